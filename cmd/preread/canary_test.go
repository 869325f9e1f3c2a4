package main

import (
	"bytes"
	"encoding/base64"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"preread/sources/simulated"
	"preread/sources/simulated/company"
	"preread/sources/simulated/fault"
)

// canary is in everything that the sources' faults say and that only a secret
// may hold.
const canary = "canary"

// A cage is a folder with settings for running systems, to see what gets out.
type cage struct {
	t       *testing.T
	dir     string
	systems *simulated.Systems
	env     map[string]string
	ran     int // how many times the program ran
}

// newCage starts the systems and keeps each token in another kind of place:
// none of them, and nothing else that it holds, may be shown.
func newCage(t *testing.T) *cage {
	t.Helper()
	c, err := company.New(demoSeed, scriptNow)
	if err != nil {
		t.Fatal(err)
	}
	b := &cage{t: t, dir: t.TempDir(), systems: simulated.Start(c, false)}
	t.Cleanup(b.systems.Close)
	credentials := t.TempDir()
	write(t, filepath.Join(credentials, "github-token"), simulated.GitHubToken+"\n")
	b.env = map[string]string{
		"JIRA_TOKEN": simulated.JiraToken, "OTHER_SECRET": canary, "CREDENTIALS_DIRECTORY": credentials,
		"XDG_STATE_HOME": filepath.Join(b.dir, "state"), "HOME": b.dir,
	}
	b.settings(func(s string) string { return s })
	return b
}

// settings writes the systems' settings, changed.
func (b *cage) settings(change func(string) string) {
	places := strings.NewReplacer("file:jira.token", "env:JIRA_TOKEN", "file:github.token", "credential:github-token",
		"file:prometheus.token", "cmd:echo "+simulated.PrometheusToken)
	write(b.t, filepath.Join(b.dir, settingsName), change(places.Replace(b.systems.Settings())))
}

// run runs the program and returns what it said.
func (b *cage) run(args ...string) (code int, said string) {
	b.ran++
	var out bytes.Buffer
	args = append(args, "-c", filepath.Join(b.dir, settingsName))
	code = run(b.t.Context(), args, &out, &out, func(name string) string { return b.env[name] }, func() time.Time { return scriptNow })
	b.clean(strings.Join(args, " "), out.Bytes())
	return code, out.String()
}

// clean wants nothing in a text that only a secret or a refusal's body holds.
func (b *cage) clean(where string, text []byte) {
	b.t.Helper()
	for _, secret := range []string{
		canary, simulated.JiraToken, simulated.GitHubToken, simulated.PrometheusToken,
		base64.StdEncoding.EncodeToString([]byte("preread@kettle.example:" + simulated.JiraToken)),
	} {
		if at := bytes.Index(text, []byte(secret)); at >= 0 {
			b.t.Errorf("%s shows %s: …%s…", where, secret, text[max(0, at-80):min(len(text), at+80)])
		}
	}
}

// cleanFiles looks through every file but the settings.
func (b *cage) cleanFiles() {
	b.t.Helper()
	err := filepath.WalkDir(b.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == settingsName {
			return err
		}
		text, err := os.ReadFile(path)
		b.clean(path, text)
		return err
	})
	if err != nil {
		b.t.Error(err)
	}
}

// everything runs every verb that shows something of what was seen: the first
// from the sources, the others from what it saved.
func (b *cage) everything() (said string) {
	b.t.Helper()
	facts := filepath.Join(b.dir, "facts.json")
	code, said := b.run("collect", "-o", facts)
	if code != exitFine {
		b.t.Fatalf("collect exited with %d: %s", code, said)
	}
	for _, args := range [][]string{
		{"draft", "--format", "markdown,json"}, {"draft", "-o", "-", "--format", "json"},
		{"check"}, {"check", "--format", "json"}, {"check", "--format", "github"}, {"check", "--format", "junit"},
		{"explain", "checkout/one-click"}, {"explain", "checkout/alarms"}, {"explain", "checkout/incidents"},
	} {
		b.run(append(args, "--facts", facts)...)
	}
	b.cleanFiles()
	return said
}

// spoil puts a fault before every system.
func (b *cage) spoil(f fault.Fault) {
	for _, gate := range []*fault.Gate{b.systems.Jira.Gate, b.systems.GitHub.Gate, b.systems.Prometheus.Gate} {
		gate.Clear()
		gate.Add(f)
	}
}

// What goes wrong between the program and its sources shows no token and
// nothing of what a refusal says, in any output of any verb.
func TestNoSecretGetsOut(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("all verbs", func(t *testing.T) {
		b := newCage(t)
		head := http.Header{
			"X-Canary": {canary}, "Www-Authenticate": {`Basic realm="` + canary + `"`}, "Set-Cookie": {"session=" + canary},
			"X-Accepted-Github-Permissions": {"contents=read"}, "Warning": {"199 - " + canary},
		}
		said := `{"message":"` + canary + " " + simulated.JiraToken + " " + simulated.GitHubToken + `","errorMessages":["` + canary + `"],"status":"error","errorType":"execution","error":"` + canary + `"}`
		refusal := func(status int) fault.Fault { return fault.Fault{Status: status, Header: head, Body: said} }
		to := func(status int, place string) fault.Fault {
			f := refusal(status)
			f.Header = head.Clone()
			f.Header.Set("Location", place)
			return f
		}
		later := refusal(429)
		later.Header = head.Clone()
		later.Header.Set("Retry-After", "3600")
		down := refusal(503)
		down.Header = head.Clone()
		down.Header.Set("Retry-After", "0")
		faults := map[string]fault.Fault{
			"none": {Header: head}, "400": refusal(400), "401": refusal(401), "403": refusal(403), "404": refusal(404), "410": refusal(410), "422": refusal(422),
			"429": later, "500": refusal(500), "503": down, "sign-in page": {Body: "<html>" + canary, Header: head},
			"elsewhere":         to(302, "https://user:"+canary+"@elsewhere.example/"+canary+"?token="+canary+"#"+canary),
			"nowhere":           to(301, "/"+canary+"?token="+canary),
			"no address":        to(307, "http://["+canary),
			"in a circle":       to(302, "/rest/"+canary),
			"sign-on elsewhere": {Status: 403, Body: said, Header: http.Header{"X-Github-Sso": {"required; url=https://x.example/sso?token=" + canary}}},
			"next page":         {Header: http.Header{"Link": {`<https://elsewhere.example/` + canary + `?token=` + canary + `>; rel="next"`}}},
			"cut":               {Cut: true, Header: head}, "cut JSON": {Header: head, Edit: func(b []byte) []byte { return append([]byte(`{"`+canary+`":`), b...) }},
			"wrong types": {WrongType: true, Header: head},
			"wrong words": {Edit: func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(`"id":`), []byte(`"id":"`+canary+`","i":`)) }, Path: "myself|serverInfo|milestone|rules"},
		}
		for name, f := range faults {
			b.spoil(f)
			said := b.everything()
			if name != "none" && name != "wrong words" && name != "next page" && !strings.Contains(said, "warning: ") {
				t.Errorf("%s: nothing was said to be unknown", name)
			}

		}
		t.Logf("%d runs", b.ran)
	})
	t.Run("no network", func(t *testing.T) {
		b := newCage(t)
		b.run("sources")
		b.run("sources", "jira")
		b.run("draft", "-n")
		b.systems.Close()
		b.everything()
	})
	t.Run("out of time", func(t *testing.T) {
		b := newCage(t)
		b.spoil(fault.Fault{Delay: time.Hour})
		b.run("draft", "--timeout", "50ms")
		b.spoil(fault.Fault{Drip: 20 * time.Millisecond, Body: `{"` + canary + `":"` + strings.Repeat(canary, 100) + `"}`})
		b.run("draft", "--timeout", "100ms")
		b.cleanFiles()
	})
}

// Settings that hold a secret where none belongs are refused without a word of
// it, whatever else is wrong with them.
func TestSettingsShowNoSecret(t *testing.T) {
	b := newCage(t)
	for name, edit := range map[string][2]string{
		"a literal token":                {`"env:JIRA_TOKEN"`, `"canary"`},
		"a literal token for a variable": {`"env:JIRA_TOKEN"`, `"env:ghp_canary"`},
		"a literal with a dash":          {`"env:JIRA_TOKEN"`, `"env:canary-canary"`},
		"a list":                         {`"env:JIRA_TOKEN"`, `["canary"]`},
		"no quotes":                      {`"env:JIRA_TOKEN"`, `canary`},
		"a table":                        {`"env:JIRA_TOKEN"`, `{env = "canary"}`},
		"an open quote":                  {`"env:JIRA_TOKEN"`, `"canary`},
		"an escape that is none":         {`"env:JIRA_TOKEN"`, `"\canary"`},
		"another key":                    {`token = "env:JIRA_TOKEN"`, `pasword = "canary"`},
		"an empty command":               {`"env:JIRA_TOKEN"`, `"cmd:true canary"`},
		"a command that fails":           {`"env:JIRA_TOKEN"`, `"cmd:echo canary; exit 3"`},
		"a command that does not exist":  {`"env:JIRA_TOKEN"`, `"cmd:/no/such/thing --password canary"`},
		"jira's password":                {b.systems.Jira.URL, `https://me:canary@jira.example`},
		"github's password":              {b.systems.GitHub.URL, `https://me:canary@ghe.example`},
		"github's password, no host":     {b.systems.GitHub.URL, `https://me:canary@`},
		"github's password, escaped":     {b.systems.GitHub.URL, `https://me:canary%zz@ghe.example`},
		"github's query":                 {b.systems.GitHub.URL, `https://ghe.example?token=canary`},
		"github's web":                   {`https://github.kettle.example`, `https://me:canary@github.example`},
		"prometheus's password":          {b.systems.Prometheus.URL, `https://me:canary@prom.example`},
		"prometheus's password, escaped": {b.systems.Prometheus.URL, `https://me:canary%zz@prom.example`},
		"prometheus's web":               {`https://prometheus.kettle.example`, `https://me:canary@prom.example`},
		"a header":                       {`"cmd:echo demo-prometheus-token"`, "\"env:JIRA_TOKEN\"\nheaders = {Authorization = \"Bearer canary\"}"},
		"a header's line end":            {`"cmd:echo demo-prometheus-token"`, "\"env:JIRA_TOKEN\"\nheaders = {X-Any = \"canary\\r\\n\"}"},
	} {
		t.Run(name, func(t *testing.T) {
			b.t = t
			b.settings(func(s string) string {
				if !strings.Contains(s, edit[0]) {
					t.Fatalf("the settings do not hold %s", edit[0])
				}
				return strings.ReplaceAll(s, edit[0], edit[1])
			})
			for _, verb := range []string{"draft", "check", "collect"} {
				if code, said := b.run(verb); code != exitWrong {
					t.Errorf("%s exited with %d: %s", verb, code, said)
				}
			}
			b.cleanFiles()
		})
	}
}
