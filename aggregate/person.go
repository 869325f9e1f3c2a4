package aggregate

import "preread/sources"

// An Own is the colour that a person gives a line, with their reason. It
// stands beside the computed one and never replaces it, and lapses by itself
// after the day Until.
type Own struct {
	Status Status
	Until  sources.Day
	Reason string
	Where  string // "settings" or "page"
}

// A Waiver lets a check pass over a line up to the day Until, for a reason.
type Waiver struct {
	Until  sources.Day
	Reason string
}

// IsZero reports whether there is none.
func (w Waiver) IsZero() bool { return w == Waiver{} }

// own returns the last of a line's own colours that still holds on a day.
func (l Line) own(today sources.Day) *Own {
	for i := len(l.Own) - 1; i >= 0; i-- {
		if o := l.Own[i]; o.Until.Compare(today) >= 0 {
			return &o
		}
	}
	return nil
}

// Disagrees reports that a person sees a line otherwise than its rule.
func (f Finding) Disagrees() bool { return f.Own != nil && f.Own.Status != f.Status.Status }
