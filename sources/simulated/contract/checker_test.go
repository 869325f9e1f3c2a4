package contract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// descriptions is where the published descriptions lie, beside the project.
const descriptions = "../../../../shared/contracts"

// load reads a description and corrects it. Without the file the test is
// skipped, unless all tests are wanted.
func load(t *testing.T, file string, correct ...func(*openapi3.T)) routers.Router {
	t.Helper()
	path := filepath.Join(filepath.FromSlash(descriptions), file)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		if os.Getenv("PREREAD_TEST_ALL") != "" {
			t.Fatalf("published description %s is absent", path)
		}
		t.Skipf("published description %s is absent", path)
	}
	doc, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc.Servers = nil // wherever it is served
	for _, c := range correct {
		c(doc)
	}
	// Some of the descriptions' own examples do not fit them.
	if err := doc.Validate(t.Context(), openapi3.DisableExamplesValidation()); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return router
}

// A checker stands before a simulated system and holds requests and answers
// to its descriptions.
type checker struct {
	system  http.Handler
	routers []routers.Router
	// translate rewrites an address to that of the description. False: the
	// description does not go so far, and nothing is checked.
	translate func(*url.URL) bool

	mu         sync.Mutex
	violations []string
	checked    map[string]int // requests by the path of the description
}

// ServeHTTP passes a request on and checks it and its answer.
func (c *checker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	c.system.ServeHTTP(answer, r)

	seen := r.Clone(context.WithoutCancel(r.Context()))
	seen.Body = io.NopCloser(bytes.NewReader(body))
	path, err := c.check(seen, answer)
	c.mu.Lock()
	if err != nil {
		c.violations = append(c.violations, fmt.Sprintf("%s %s: %v", r.Method, r.URL.RequestURI(), err))
	}
	if c.checked == nil {
		c.checked = map[string]int{}
	}
	c.checked[path]++
	c.mu.Unlock()

	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

// check returns the described path of a request, and what is wrong with the
// request or its answer.
func (c *checker) check(r *http.Request, answer *httptest.ResponseRecorder) (path string, err error) {
	u := *r.URL
	r.URL = &u
	if !c.translate(r.URL) {
		return "", nil
	}
	route, params, err := c.find(r)
	if err != nil {
		return "", err
	}
	for name := range r.URL.Query() {
		if !declared(route, name) {
			return route.Path, fmt.Errorf("parameter %q is not described", name)
		}
	}
	options := &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true, SkipSettingDefaults: true}
	input := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route, Options: options}
	if err := openapi3filter.ValidateRequest(r.Context(), input); err != nil {
		return route.Path, fmt.Errorf("request: %w", err)
	}
	response := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: answer.Code, Header: answer.Header(), Options: options,
	}
	response.SetBodyBytes(answer.Body.Bytes())
	if err := openapi3filter.ValidateResponse(r.Context(), response); err != nil {
		return route.Path, fmt.Errorf("answer: %w", err)
	}
	return route.Path, nil
}

func (c *checker) find(r *http.Request) (route *routers.Route, params map[string]string, err error) {
	for _, router := range c.routers {
		if route, params, err = router.FindRoute(r); err == nil {
			return route, params, nil
		}
	}
	return nil, nil, fmt.Errorf("%s %s is not described: %w", r.Method, r.URL.Path, err)
}

func declared(route *routers.Route, name string) bool {
	all := slices.Concat(route.PathItem.Parameters, route.Operation.Parameters)
	return slices.ContainsFunc(all, func(p *openapi3.ParameterRef) bool {
		return p.Value.In == openapi3.ParameterInQuery && p.Value.Name == name
	})
}

// report fails the test for every violation, and for every path in want that
// was not checked at all.
func (c *checker) report(t *testing.T, want ...string) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for n, v := range c.violations {
		if n == 5 {
			t.Errorf("and %d more", len(c.violations)-n)
			break
		}
		t.Error(shorten(v))
	}
	for _, path := range want {
		if c.checked[path] == 0 {
			t.Errorf("%s was not asked for, so nothing is known of it; asked: %v", path, c.checked)
		}
	}
}

// shorten keeps the start of a violation: it may quote a whole schema.
func shorten(s string) string {
	lines := strings.SplitN(s, "\n", 13)
	return strings.Join(lines[:min(12, len(lines))], "\n")
}
