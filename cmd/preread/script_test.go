package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"preread/report"
	"preread/sources/simulated"
	"preread/sources/simulated/company"
	"preread/sources/simulated/fault"
)

var update = flag.Bool("update", false, "write what is seen as what is wanted")

// later is how much later than that a script says it is, by env LATER=1h.
func later() time.Duration {
	d, _ := time.ParseDuration(os.Getenv("LATER")) // none: not later
	return d
}

// scriptNow is when scripts play: Monday, 16 November 2026, early in Berlin.
var scriptNow = time.Date(2026, 11, 16, 5, 0, 0, 0, time.UTC)

// TestMain lets the test binary be the program, for the scripts; only the
// clock is not the machine's.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"preread": func() {
			os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr, os.Getenv, func() time.Time { return scriptNow.Add(later()) }))
		},
		weekAgoName: func() {
			weekAgo := scriptNow.AddDate(0, 0, -7)
			os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr, os.Getenv, func() time.Time { return weekAgo }))
		},
		killedName: draftUntilKilled,
	})
}

// TestScripts plays the scripts of testdata: the program from outside, with
// the world inside. A script starts the simulated systems by itself.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 root + "/testdata/scripts",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Values[worldKey{}] = &world{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"systems": startSystems,
			"down":    downSystem,
			"fault":   addFault,
			"people":  letPeople,
			"code":    wantCode,
			"type":    typeIntoSlot,
			"typed":   wantInSlot,
			"edit":    editFile,
			"follows": followsSchema,
			"figures": sameFigures,
			"wellformed": func(ts *testscript.TestScript, neg bool, args []string) {
				dec := xml.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
				for {
					if _, err := dec.Token(); errors.Is(err, io.EOF) {
						return
					} else if err != nil {
						ts.Fatalf("%s: %v", args[0], err)
					}
				}
			},
		},
	})
}

// The stop and the skip of testscript go before commands of ours, and let a
// script pass that has not come to its end.
func TestScriptsRunToTheirEnd(t *testing.T) {
	ended := regexp.MustCompile(`(?m)^((\[.*\] *)?stop|skip)\b.*`)
	scripts, err := filepath.Glob(root + "/testdata/scripts/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("%d scripts, %v", len(scripts), err)
	}
	for _, script := range scripts {
		a, err := txtar.ParseFile(script)
		if err != nil {
			t.Fatal(err)
		}
		if line := ended.Find(a.Comment); line != nil {
			t.Errorf("%s ends at %q", filepath.Base(script), line)
		}
	}
}

// A world holds the systems that one script runs.
type world struct{ systems *simulated.Systems }

type worldKey struct{}

// startSystems starts the systems, writes settings and tokens for them:
// "systems cloud" or "systems datacenter".
func startSystems(ts *testscript.TestScript, neg bool, args []string) {
	c, err := company.New(demoSeed, scriptNow)
	ts.Check(err)
	s := simulated.Start(c, len(args) > 0 && args[0] == "datacenter")
	ts.Defer(s.Close)
	ts.Value(worldKey{}).(*world).systems = s
	for name, text := range s.Tokens() {
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text+"\n"), 0o600))
	}
	ts.Check(os.WriteFile(ts.MkAbs(settingsName), []byte(s.Settings()), 0o644))
}

func system(ts *testscript.TestScript, name string) simulated.System {
	s := ts.Value(worldKey{}).(*world).systems
	if s == nil {
		ts.Fatalf("no systems run; begin the script with systems")
	}
	switch name {
	case "jira":
		return s.Jira
	case "github":
		return s.GitHub
	case "prometheus":
		return s.Prometheus
	}
	ts.Fatalf("there is no system %q", name)
	return simulated.System{}
}

func downSystem(ts *testscript.TestScript, neg bool, args []string) { system(ts, args[0]).Close() }

// addFault makes a system misbehave: "fault jira status=503 path=search body=x
// header=Retry-After:7 empty cut wrongtype times=2". "fault jira" alone ends it.
func addFault(ts *testscript.TestScript, neg bool, args []string) {
	gate := system(ts, args[0]).Gate
	if len(args) == 1 {
		gate.Clear()
		return
	}
	f := fault.Fault{Header: map[string][]string{}}
	for _, a := range args[1:] {
		key, value, _ := strings.Cut(a, "=")
		var err error
		switch key {
		case "status":
			f.Status, err = strconv.Atoi(value)
		case "times":
			f.Times, err = strconv.Atoi(value)
		case "path":
			f.Path = value
		case "body":
			f.Body = value
		case "header":
			name, v, _ := strings.Cut(value, ":")
			f.Header.Set(name, v)
		case "empty":
			f.Empty = true
		case "cut":
			f.Cut = true
		case "wrongtype":
			f.WrongType = true
		default:
			ts.Fatalf("no fault is called %q", key)
		}
		ts.Check(err)
	}
	gate.Add(f)
}

// letPeople lets people work at GitHub: "people delete kettle/checkout#1".
func letPeople(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value(worldKey{}).(*world).systems
	if s == nil || len(args) != 2 || args[0] != "delete" {
		ts.Fatalf("usage, after systems: people delete REPO#NUMBER")
	}
	repo, number, _ := strings.Cut(args[1], "#")
	n, err := strconv.Atoi(number)
	ts.Check(err)
	s.Org.Delete(repo, n)
}

// wantCode runs the program and wants one exit code: "code 2 preread check".
func wantCode(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	var exit interface{ ExitCode() int }
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("%s exited with %d, want %s", strings.Join(args[1:], " "), got, args[0])
	}
}

// slotMark opens a slot; the next mark at the start of a line closes it.
func slotMark(id string) string { return "<!-- preread:note id=" + id + " -->" }

const slotEnd = "<!-- /preread:note -->"

// typeIntoSlot puts the bytes of a file between the marks of a slot that
// nobody has written in, as an editor does: "type page.md asks words.txt".
func typeIntoSlot(ts *testscript.TestScript, neg bool, args []string) {
	before, rest, found := strings.Cut(ts.ReadFile(args[0]), slotMark(args[1])+"\n")
	_, after, closed := strings.Cut(rest, slotEnd)
	if !found || !closed {
		ts.Fatalf("%s has no slot %s", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(before+slotMark(args[1])+"\n"+ts.ReadFile(args[2])+slotEnd+after), 0o644))
}

// wantInSlot wants exactly the bytes of a file between the marks of a slot.
func wantInSlot(ts *testscript.TestScript, neg bool, args []string) {
	page, want := ts.ReadFile(args[0]), ts.ReadFile(args[2])
	for _, end := range []string{"\n", "\r\n"} {
		if strings.Contains(page, slotMark(args[1])+end+want+slotEnd) {
			return
		}
	}
	_, rest, _ := strings.Cut(page, slotMark(args[1]))
	ts.Fatalf("slot %s of %s does not hold %q; the page goes on with %q", args[1], args[0], want, rest[:min(len(rest), 300)])
}

// editFile replaces text in a file, each \n, \r and \uXXXX in the arguments
// read as in Go: "edit preread.toml old new". "edit FILE crlf" and "edit FILE
// bom" do what some editors do.
func editFile(ts *testscript.TestScript, neg bool, args []string) {
	text := ts.ReadFile(args[0])
	switch {
	case len(args) == 2 && args[1] == "crlf":
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
	case len(args) == 2 && args[1] == "bom":
		text = "\ufeff" + text
	case len(args) == 3:
		from, to := unquote(ts, args[1]), unquote(ts, args[2])
		if !strings.Contains(text, from) {
			ts.Fatalf("%s does not hold %q", args[0], from)
		}
		text = strings.ReplaceAll(text, from, to)
	default:
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

func unquote(ts *testscript.TestScript, s string) string {
	text, err := strconv.Unquote(`"` + strings.ReplaceAll(s, `"`, `\"`) + `"`)
	ts.Check(err)
	return text
}

// followsSchema wants a JSON file to be what the shipped schema describes.
func followsSchema(ts *testscript.TestScript, neg bool, args []string) {
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(report.Schema))
	ts.Check(err)
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	ts.Check(compiler.AddResource("schema.json", schema))
	compiled, err := compiler.Compile("schema.json")
	ts.Check(err)
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(ts.ReadFile(args[0])))
	ts.Check(err)
	if err := compiled.Validate(doc); err != nil {
		ts.Fatalf("%s: %v", args[0], err)
	}
	fmt.Fprintf(ts.Stdout(), "%s follows the schema\n", args[0])
}

// sameFigures wants two pages in JSON to say the same: all but how many
// requests it took.
func sameFigures(ts *testscript.TestScript, neg bool, args []string) {
	var pages [2]map[string]any
	for i := range pages {
		ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[i])), &pages[i]))
		delete(pages[i], "requests")
	}
	if diff := cmp.Diff(pages[0], pages[1]); diff != "" {
		ts.Fatalf("%s and %s differ:\n%s", args[0], args[1], diff)
	}
}
