package report

import (
	"fmt"
	"os"
	"regexp"
	"testing"
)

// All sixty-six practices have a place, or a reason why not.
func TestPracticesAreListed(t *testing.T) {
	text, err := os.ReadFile("practices.go")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`(?m)^//\t +?([0-9]+)  (\S.*?)  +(\S.*)$|^//\t([0-9]+)  (\S.*?)  +(\S.*)$`).FindAllStringSubmatch(string(text), -1)
	for i, row := range rows {
		if got := row[1] + row[4]; got != fmt.Sprint(i+1) {
			t.Fatalf("row %d is numbered %s", i+1, got)
		}
	}
	if len(rows) != 66 {
		t.Errorf("%d practices are listed, want 66", len(rows))
	}
}
