package aggregate

import (
	"cmp"
	"slices"

	"preread/aggregate/forecast"
	"preread/sources"
)

// Said is what the page of one week said about one line, to be remembered: the
// facts of that week may be others tomorrow, and what was promised should be
// held against what came.
type Said struct {
	Team   string       `json:"team"`
	Line   string       `json:"line"`
	Week   sources.Week `json:"week"`
	Noun   sources.Noun `json:"noun"`
	Title  string       `json:"title"`
	Status Status       `json:"status"`
	Value  *float64     `json:"value,omitempty"` // of the week; nil: unknown, or nothing to measure

	// Source and Query are what was asked; zero: not remembered.
	Source string        `json:"source,omitempty"`
	Query  sources.Query `json:"query,omitzero"`

	// Of a goal.
	Due  sources.Day `json:"due,omitzero"`
	P85  sources.Day `json:"p85,omitzero"`    // forecast: done by then with 85 percent; zero: none
	PDue *float64    `json:"p_due,omitempty"` // forecast: how likely done by Due; nil: none
	Done bool        `json:"done,omitempty"`  // everything in its scope was done

	// DoneIn is the week in which that was so at last, as far as it is known.
	DoneIn sources.Week `json:"done_in,omitzero"`

	// Steps are the tracker's own milestones and their dates.
	Steps map[string]sources.Day `json:"steps,omitempty"`
}

// Said returns what a report says of all lines, in its order.
func (r Report) Said() []Said {
	var all []Said
	for _, t := range r.Teams {
		for _, f := range t.Lines {
			all = append(all, f.said(t.ID, r.Window.Last))
		}
	}
	return all
}

func (f Finding) said(team string, week sources.Week) Said {
	s := Said{Team: team, Line: f.ID, Week: week, Noun: f.Noun, Title: f.Title, Status: f.Status.Status, Source: f.Source, Query: f.Query, Due: f.Plan.Due}
	if p := f.Weeks[len(f.Weeks)-1]; p.State == Known {
		s.Value = &p.Value
	}
	for _, m := range f.Steps {
		if m.Evidence.Ref != "" {
			if s.Steps == nil {
				s.Steps = map[string]sources.Day{}
			}
			s.Steps[m.Title] = m.Due
		}
	}
	if s.Done = f.Status.Rule == AllDone || f.Status.Rule == Reached; f.Status.Rule == AllDone {
		s.DoneIn = f.Status.Since
	}
	if f.Goal == nil || f.Goal.Outlook.State != forecast.Forecast {
		return s
	}
	if w := f.Goal.Outlook.P85; w > 0 {
		s.P85 = DoneBy(week, w)
	}
	if !f.Plan.Due.IsZero() {
		p := f.Goal.Outlook.PDone(weeksUntil(f.Plan.Due, week))
		s.PDue = &p
	}
	return s
}

// DoneBy returns the Friday of the week so many weeks on, the day by which a
// forecast in weeks says that something is done.
func DoneBy(week sources.Week, weeks int) sources.Day { return week.Add(weeks).Monday().Add(4) }

// answers reports whether what was said answers a question. Another question
// has another answer, and that is no change.
func (s Said) answers(source string, query sources.Query) bool {
	return s.Query.Noun == "" || s.Source == source && s.Query.Equal(query)
}

// LastTold returns what the last page before a week said of the line; nil if none
// is remembered.
func (f Finding) LastTold(week sources.Week) (last *Said) {
	for i, s := range f.Said {
		if s.Week.Compare(week) < 0 && s.answers(f.Source, f.Query) && (last == nil || s.Week.Compare(last.Week) > 0) {
			last = &f.Said[i]
		}
	}
	return last
}

// told returns what the page of a week said of the line.
func (f Finding) told(week sources.Week) *Said {
	for i := len(f.Said) - 1; i >= 0; i-- {
		if s := f.Said[i]; s.Week == week && s.answers(f.Source, f.Query) {
			return &f.Said[i]
		}
	}
	return nil
}

// stepBefore returns the date that the first page to name a milestone gave it,
// zero if none did. Trackers forget that a date was moved.
func (l Line) stepBefore(title string) sources.Day {
	for _, s := range l.Said {
		if due, found := s.Steps[title]; found && !due.IsZero() {
			return due
		}
	}
	return sources.Day{}
}

// dueBefore returns the due dates that earlier pages gave a goal, each once, as
// long as they were not that of today.
func (l Line) dueBefore() (before []sources.Day) {
	for _, s := range l.Said {
		if s.Due.IsZero() || len(before) > 0 && before[len(before)-1] == s.Due {
			continue
		}
		before = append(before, s.Due)
	}
	if n := len(before); n > 0 && before[n-1] == l.Plan.Due {
		before = before[:n-1]
	}
	return before
}

// A Revision is a past week of a line of which the facts say something else
// today than its page did.
type Revision struct {
	Week        sources.Week
	Said, Today Status
	Was, Now    *float64 // values of the week; nil: unknown
}

// revisions lists the weeks whose colour is another today than their pages said,
// because a value that it is made of is another. What cannot be told today, as in
// an outage, revises nothing.
func (f Finding) revisions(window sources.Window) (all []Revision) {
	for i, v := range f.Past[:max(0, len(f.Past)-1)] {
		week := window.Last.Add(i + 1 - len(f.Past))
		told := f.told(week)
		if told == nil {
			continue
		}
		r := Revision{Week: week, Said: told.Status, Today: v.Status, Was: told.Value}
		if at := slices.IndexFunc(f.Weeks, func(p Point) bool { return p.Week == week }); at >= 0 && f.Weeks[at].State == Known {
			r.Now = &f.Weeks[at].Value
		}
		if r.Today != Unknown && r.Said != r.Today && f.changedBy(week) {
			all = append(all, r)
		}
	}
	return all
}

// Kept is how the forecasts of goals came true: of Ended goals that were
// forecast and then done, Met were done by the date that their first forecast
// gave with 85 percent.
type Kept struct{ Ended, Met int }

// Grade holds remembered forecasts against what came. A goal that was never
// done tells nothing yet.
func Grade(said []Said) (k Kept) {
	said = slices.Clone(said)
	slices.SortStableFunc(said, func(a, b Said) int {
		return cmp.Or(cmp.Compare(a.Team, b.Team), cmp.Compare(a.Line, b.Line), a.Week.Compare(b.Week))
	})
	for len(said) > 0 {
		n := 1
		for n < len(said) && said[n].Team == said[0].Team && said[n].Line == said[0].Line {
			n++
		}
		k.goal(said[:n])
		said = said[n:]
	}
	return k
}

// goal grades what was said of one goal, week by week.
func (k *Kept) goal(said []Said) {
	var first sources.Day
	for i, s := range said {
		if i > 0 && !s.answers(said[i-1].Source, said[i-1].Query) && said[i-1].Query.Noun != "" {
			first = sources.Day{} // it became another goal
		}
		switch {
		case first.IsZero():
			first = s.P85
		case s.Done:
			k.Ended++
			// Done in a week is done by its Friday, which is as fine as a
			// forecast by weeks can tell. The page that says so may come later.
			in := s.DoneIn
			if in.IsZero() {
				in = s.Week
			}
			if in.Monday().Add(4).Compare(first) <= 0 {
				k.Met++
			}
			return
		}
	}
}

// changedBy reports whether a week that a level at the end of the given one is
// pooled from has another value today than its own page said.
func (f Finding) changedBy(week sources.Week) bool {
	for _, p := range slices.Concat(f.Earlier, f.Weeks) {
		told := f.told(p.Week)
		if told == nil || p.Week.Compare(week) > 0 || p.Week.Compare(week.Add(-poolWeeks)) <= 0 {
			continue
		}
		known := p.State == Known
		if known != (told.Value != nil) || known && p.Value != *told.Value {
			return true
		}
	}
	return false
}
