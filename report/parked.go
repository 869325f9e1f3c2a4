package report

import (
	"fmt"
	"regexp"

	"preread/sources"
)

var (
	parkedUntil  = regexp.MustCompile(`(?i)\b(?:until|review(?:ed)?|again)\b[^\d,;]{0,20}(\d{4}-\d{2}-\d{2})`)
	parkedAgreed = regexp.MustCompile(`(?i)\bagreed\b`)
	notAgreed    = regexp.MustCompile(`(?i)\b(?:not|never|nobody|yet to be)\b[^,;]{0,20}\bagreed\b|\bagreed:?\s*(?:no|nobody|not yet|open)\b`)
)

// A parking is work that is not done for now, as somebody wrote it in a list
// under "Parked".
type parking struct {
	words  string
	until  sources.Day // when it is looked at again; zero: not said
	agreed bool        // somebody is said to have agreed
}

// parkings reads the list of parked work that stands on the page, or is carried
// over to it. An item with a ticked box is parked no more.
func (p *page) parkings() (all []parking) {
	words, ticked := items(unmarked(p.now("parked")))
	for i, text := range words {
		if ticked[i] {
			continue
		}
		k := parking{words: shortened(text, titleLimit), agreed: parkedAgreed.MatchString(text) && !notAgreed.MatchString(text)}
		if m := parkedUntil.FindStringSubmatch(text); m != nil {
			k.until, _ = sources.ParseDay(m[1]) // a day that there is not stays unsaid
		}
		all = append(all, k)
	}
	return all
}

// parked says of parked work what its list does not: that nobody agreed, or
// that its day has come.
func (p *page) parked() (lines []string) {
	today := p.today()
	for _, k := range p.parkings() {
		if !k.agreed {
			lines = append(lines, fmt.Sprintf("Parked, and nobody is named who agreed: %s", Escape(k.words)))
		}
		if !k.until.IsZero() && k.until.Compare(today) <= 0 {
			lines = append(lines, fmt.Sprintf("Parked until %s, which has come: %s", day(k.until), Escape(k.words)))
		}
	}
	return lines
}
