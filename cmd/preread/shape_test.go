package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"preread/sources"
)

// A station is a part of the tree and what it may import of the module. The
// first station whose prefix fits a package is the package's.
type station struct {
	prefix string
	may    []string // prefixes; a package may always import what is below itself
}

// stations are the design: facts, judgements, words, one way. What comes later
// may import what came before, never the other way round.
var stations = []station{
	{"preread/sources/internal/web", []string{"preread/sources"}},
	{"preread/sources/simulated", []string{"preread/sources", "preread/sources/simulated"}},
	{"preread/sources/sourcetest", []string{"preread/sources", "preread/sources/simulated/fault"}},
	{"preread/sources/jira", []string{"preread/sources", "preread/sources/internal/web"}},
	{"preread/sources/github", []string{"preread/sources", "preread/sources/internal/web"}},
	{"preread/sources/prometheus", []string{"preread/sources", "preread/sources/internal/web"}},
	{"preread/sources", nil},
	{"preread/aggregate/history", []string{"preread/sources"}},
	{"preread/aggregate", []string{"preread/sources"}},
	{"preread/report", []string{"preread/aggregate", "preread/sources"}},
	{"preread/config", []string{"preread/report", "preread/aggregate", "preread/sources"}},
	{"preread/cmd/preread/desk", []string{"preread/report", "preread/sources"}},
	{"preread/cmd", []string{"preread"}},
}

// exact are the prefixes that stand for one package only: a collector may
// import package sources, not another collector.
var exact = []string{"preread/sources"}

// pure are the stations that touch nothing outside of their arguments.
var pure = []string{"preread/aggregate", "preread/report"}

// blind are packages below cmd that are given what they need of the outside:
// they answer requests, and open no file and no connection.
var blind = []string{"preread/cmd/preread/desk"}

var ofTheOutside = []string{"os", "net", "database/sql", "io/ioutil", "log", "log/slog", "os/exec", "os/signal", "time"}

var impure = []string{"os", "net", "net/http", "database/sql", "io/ioutil", "log", "log/slog", "os/exec", "math/rand"}

// clients are the client libraries and the one folder that may import each.
var clients = map[string]string{
	"github.com/andygrunwald/go-jira":            "preread/sources/jira",
	"github.com/google/go-github/":               "preread/sources/github",
	"github.com/prometheus/client_golang/":       "preread/sources/prometheus",
	"github.com/hashicorp/go-retryablehttp":      "preread/sources/internal/web",
	"preread/aggregate/history":                  "preread/cmd/preread", // what was seen is remembered by whoever runs it
	"modernc.org/sqlite":                         "preread/aggregate/history",
	"filippo.io/age":                             "preread/cmd/preread",
	"github.com/jackc/pgx/":                      "preread/aggregate/history",
	"github.com/pressly/goose/":                  "preread/aggregate/history",
	"github.com/chromedp/":                       "", // tests only
	"github.com/yuin/goldmark":                   "preread/report",
	"github.com/microcosm-cc/bluemonday":         "preread/report",
	"github.com/bradleyfalzon/ghinstallation/":   "preread/sources/github",
	"github.com/aymanbagabas/go-udiff":           "preread/cmd/preread",
	"github.com/gofrs/flock":                     "preread/cmd/preread",
	"github.com/spf13/cobra":                     "preread/cmd/preread",
	"github.com/google/renameio/":                "preread/cmd/preread",
	"github.com/jstemmer/go-junit-report/":       "preread/report",
	"github.com/santhosh-tekuri/jsonschema/":     "", // tests only
	"github.com/golang/snappy":                   "",
	"github.com/rogpeppe/go-internal/testscript": "",
}

// listed returns the module's packages with what they import, tests left out.
func listed(t *testing.T) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "preread/...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		packages[fields[0]] = fields[1:]
	}
	return packages
}

const root = "../.."

func stationOf(pkg string) (station, bool) {
	for _, s := range stations {
		if pkg == s.prefix || strings.HasPrefix(pkg, s.prefix+"/") {
			return s, true
		}
	}
	return station{}, false
}

func (s station) allows(pkg string) bool {
	if pkg == s.prefix || strings.HasPrefix(pkg, s.prefix+"/") {
		return true
	}
	return slices.ContainsFunc(s.may, func(p string) bool {
		return pkg == p || !slices.Contains(exact, p) && strings.HasPrefix(pkg, p+"/")
	})
}

func TestImportsRunOneWay(t *testing.T) {
	packages := listed(t)
	if len(packages) < 12 {
		t.Fatalf("go list sees only %d packages", len(packages))
	}
	for pkg, imports := range packages {
		s, known := stationOf(pkg)
		if !known {
			t.Errorf("%s belongs to no station", pkg)
			continue
		}
		for _, i := range imports {
			if strings.HasPrefix(i, "preread/") && !s.allows(i) {
				t.Errorf("%s imports %s", pkg, i)
			}
			if slices.Contains(pure, s.prefix) && slices.Contains(impure, i) {
				t.Errorf("%s imports %s; it must depend on its arguments alone", pkg, i)
			}
			if slices.Contains(blind, pkg) && slices.Contains(ofTheOutside, i) {
				t.Errorf("%s imports %s; whoever uses it gives it what it needs of that", pkg, i)
			}
			for client, folder := range clients {
				if strings.HasPrefix(i, client) && pkg != folder {
					t.Errorf("%s imports %s, which belongs to %q", pkg, i, folder)
				}
			}
		}
	}
}

// sourceFiles calls f with every Go file of the program, tests left out.
func sourceFiles(t *testing.T, f func(path, text string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			f(filepath.ToSlash(path), string(text))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNoClockOrEnvironmentOutsideCmd(t *testing.T) {
	files := 0
	sourceFiles(t, func(path, text string) {
		files++
		if strings.Contains(text, "\nfunc init()") {
			t.Errorf("%s has an init", path)
		}
		if strings.Contains(path, "/cmd/") || strings.Contains(path, "/simulated/") {
			return
		}
		for _, word := range []string{"time.Now(", "time.Since(", "time.Until(", "os.Getenv(", "os.LookupEnv(", "os.Exit("} {
			if strings.Contains(text, word) {
				t.Errorf("%s uses %s)", path, word)
			}
		}
	})
	if files < 40 {
		t.Errorf("only %d files were read", files)
	}
}

func TestTopLevel(t *testing.T) {
	want := []string{"LICENSE", "README.md", "aggregate", "cmd", "config", "go.mod", "go.sum", "report", "sources", "testdata"}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && e.Name() != "preread" && e.Name() != "preread-demo" {
			got = append(got, e.Name())
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the top level is %v, want %v", got, want)
	}
}

// A collector is a folder and a line in the list, no more and no less.
func TestEveryCollectorIsListed(t *testing.T) {
	if err := sources.Validate(collectors); err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, k := range collectors {
		listed = append(listed, k.Name)
	}
	folders, err := filepath.Glob(root + "/sources/*/sample.toml")
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range folders {
		folders[i] = filepath.Base(filepath.Dir(f))
	}
	slices.Sort(listed)
	if !slices.Equal(listed, folders) {
		t.Errorf("collectors %v, folders with a sample %v", listed, folders)
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	cmd := exec.Command("go", "list", "-f", "{{.ImportPath}}\t{{.Doc}}", "preread/...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		pkg, doc, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if len(doc) < 30 {
			t.Errorf("%s has no package comment", pkg)
		}
	}
}

// Work that a collector does beside the call it was asked by has a guard: a panic
// there would end the program, with every other answer.
func TestWorkOfCollectorsIsGuarded(t *testing.T) {
	for _, folder := range []string{"jira", "github", "prometheus"} {
		files, err := filepath.Glob(filepath.Join("..", "..", "sources", folder, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s has no files: %v", folder, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if work := besideOf(n); work != nil && !calls(work, "Guard") {
					t.Errorf("%s starts work without sources.Guard", name)
				}
				return true
			})
		}
	}
}

// besideOf returns what a node runs in a goroutine of its own, nil if nothing.
func besideOf(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.GoStmt:
		return n.Call
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Go" && len(n.Args) == 1 {
			return n.Args[0]
		}
	}
	return nil
}

// calls reports whether a function of a name is called in a node.
func calls(in ast.Node, name string) (found bool) {
	ast.Inspect(in, func(n ast.Node) bool {
		if f, ok := n.(*ast.SelectorExpr); ok && f.Sel.Name == name {
			found = true
		}
		return !found
	})
	return found
}
