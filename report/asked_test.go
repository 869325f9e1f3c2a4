package report

import (
	"testing"

	"preread/report/ask"
)

// An ask is edited in the bytes of the page, whatever its lines end with.
func TestAskEdited(t *testing.T) {
	said := []ask.Said{{Part: "To", Text: "Mia"}, {Part: "Answer", Text: "2026-11-20 yes"}}
	for name, tt := range map[string]struct{ text, want string }{
		"LF":              {"\n- Decide: a?\n  - To: x\n\nEnd.\n\n", "\n- Decide: a?\n  - To: Mia\n  - Answer: 2026-11-20 yes\n\nEnd.\n\n"},
		"no blank lines":  {"- Decide: a?\n  - To: x\n", "- Decide: a?\n  - To: Mia\n  - Answer: 2026-11-20 yes\n"},
		"CR LF":           {"\r\n\r\n- Decide: a?\r\n  - To: x\r\n\r\nEnd.\r\n", "\r\n\r\n- Decide: a?\r\n  - To: Mia\r\n  - Answer: 2026-11-20 yes\r\n\r\nEnd.\r\n"},
		"all kinds of it": {"\r\n\n- Decide: é?\r\n  - To: x\n\n\nEnd.\rOf it.\r\n", "\r\n\n- Decide: é?\r\n  - To: Mia\r\n  - Answer: 2026-11-20 yes\n\n\nEnd.\rOf it.\r\n"},
		"CR":              {"- Decide: a?\r  - To: x\r  - y\n", "- Decide: a?\r  - To: Mia\r  - y\n  - Answer: 2026-11-20 yes\n"},
	} {
		n := Note{ID: AsksSlot, Text: tt.text}
		got, err := Page{Notes: []Note{n}}.AskEdited(n, 1, said...)
		if got != tt.want || err != nil {
			t.Errorf("%s: %q, want %q (%v)", name, got, tt.want, err)
		}
	}
	if _, err := (Page{}).AskEdited(Note{Text: "\nwords\n"}, 1, said...); err == nil {
		t.Error("what is no ask is edited")
	}
}
