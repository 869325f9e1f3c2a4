package private

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"preread/sources"
)

var week = sources.Week{Year: 2026, N: 46}

func TestItems(t *testing.T) {
	text := "- before all\r\n\r\n# People #\n\n- Anya leads\n  the vault\n- Ben: tired (released 2026-W45)\n\ntext\n  not an item's\n## 1:1\n* raise pay\n1. second\n    - below\n"
	want := []Item{
		{Words: "before all"},
		{Section: "People", Words: "Anya leads the vault"},
		{Section: "People", Words: "Ben: tired", Released: true},
		{Section: "1:1", Words: "raise pay"},
		{Section: "1:1", Words: "second - below"},
	}
	if diff := cmp.Diff(want, Items(text), cmpopts.IgnoreUnexported(Item{})); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
	if got := Items(Template); len(got) > 0 {
		t.Errorf("the template has items: %v", got)
	}
}

func TestRelease(t *testing.T) {
	text := "# People\r\n- Anya leads  \r\n  the vault\r\n- Ben\r\n"
	marked, item, err := Release(text, 1, week)
	if err != nil || item.Words != "Anya leads the vault" || marked != "# People\r\n- Anya leads (released 2026-W46)  \r\n  the vault\r\n- Ben\r\n" {
		t.Errorf("%q %+v %v", marked, item, err)
	}
	for n, want := range map[int]string{0: "there is no item 0; there are 2", 3: "there is no item 3; there are 2", 1: "item 1 was released before"} {
		if _, _, err := Release(marked, n, week); err == nil || err.Error() != want {
			t.Errorf("item %d: %v, want %q", n, err, want)
		}
	}
}

// Releasing marks one item and changes nothing else, whatever the text.
func TestReleaseMarksOneItem(t *testing.T) {
	line := rapid.SampledFrom([]string{"", "# People", "- Anya", "* Ben (released 2026-W40)", "  more", "\ttabs", "1. one", "plain", "- \x00 é", "###### x #"})
	rapid.Check(t, func(t *rapid.T) {
		end := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "end")
		text := strings.Join(rapid.SliceOfN(line, 0, 12).Draw(t, "lines"), end)
		before := Items(text)
		if len(before) == 0 {
			return
		}
		n := rapid.IntRange(1, len(before)).Draw(t, "item")
		marked, item, err := Release(text, n, week)
		if before[n-1].Released {
			if err == nil {
				t.Fatal("it was released twice")
			}
			return
		}
		if err != nil || item.Words != before[n-1].Words {
			t.Fatalf("%+v %v", item, err)
		}
		if strings.Replace(marked, " (released 2026-W46)", "", 1) != text {
			t.Fatalf("%q became %q", text, marked)
		}
		after := Items(marked)
		before[n-1].Released = true
		if diff := cmp.Diff(before, after, cmp.AllowUnexported(Item{})); diff != "" {
			t.Fatalf("items (-want +got):\n%s", diff)
		}
	})
}

func FuzzItems(f *testing.F) {
	f.Add(Template + "- a\n")
	f.Add("# \n-  \r\n- x\n\n  y")
	f.Fuzz(func(t *testing.T, text string) {
		for n, i := range Items(text) {
			if marked, _, err := Release(text, n+1, week); (err == nil) == i.Released || err == nil && len(Items(marked)) != len(Items(text)) {
				t.Fatalf("item %d of %q: %v", n+1, text, err)
			}
		}
	})
}
