package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"preread/sources/simulated/fault"
)

// Sources take their time. A note that is saved while they are asked is on the
// page that is written afterwards.
func TestANoteWrittenMeanwhileStays(t *testing.T) {
	c := serve(t)
	page := filepath.Join(c.dir, "prereads", "2026-W46.md")
	draft := func() string {
		var out, talk bytes.Buffer
		if code := run(t.Context(), []string{"draft", "-c", c.settings()}, &out, &talk, func(string) string { return "" }, func() time.Time { return scriptNow }); code != exitFine {
			t.Fatalf("draft exited with %d: %s", code, talk.String())
		}
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	empty := draft()
	const words = "written while the sources were asked\n"
	written := strings.Replace(empty, slotMark("asks")+"\n", slotMark("asks")+"\n"+words, 1)
	save := sync.OnceFunc(func() { write(t, page, written) })
	c.systems.Jira.Gate.Add(fault.Fault{Edit: func(body []byte) []byte { save(); return body }})
	write(t, c.settings(), strings.Replace(c.systems.Settings(), "One-click checkout in all regions", "One click", 1)) // so that there is something to write
	if text := draft(); !strings.Contains(text, words) || !strings.Contains(text, "One click") {
		t.Error("the note is lost, or the page was not made again")
	}
}
