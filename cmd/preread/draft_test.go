package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"preread/sources/simulated"
	"preread/sources/simulated/company"
	"preread/sources/simulated/fault"
)

// Sources take their time. A note that is saved while they are asked is on the
// page that is written afterwards.
func TestANoteWrittenMeanwhileStays(t *testing.T) {
	c, err := company.New(demoSeed, scriptNow)
	if err != nil {
		t.Fatal(err)
	}
	systems := simulated.Start(c, false)
	defer systems.Close()
	dir := t.TempDir()
	for name, text := range systems.Tokens() {
		write(t, filepath.Join(dir, name), text)
	}
	file := filepath.Join(dir, settingsName)
	write(t, file, systems.Settings())
	page := filepath.Join(dir, "prereads", "2026-W46.md")
	draft := func() string {
		var out, talk bytes.Buffer
		if code := run(t.Context(), []string{"draft", "-c", file}, &out, &talk, func(string) string { return "" }, func() time.Time { return scriptNow }); code != exitFine {
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
	systems.Jira.Gate.Add(fault.Fault{Edit: func(body []byte) []byte { save(); return body }})
	write(t, file, strings.Replace(systems.Settings(), "One-click checkout in all regions", "One click", 1)) // so that there is something to write
	if text := draft(); !strings.Contains(text, words) || !strings.Contains(text, "One click") {
		t.Error("the note is lost, or the page was not made again")
	}
}
