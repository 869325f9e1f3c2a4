package history

import (
	"preread/sources"
)

// finalAfter is how many weeks after its end a week is final, counted from the
// week itself: what happened in it is complete at its end, and may be told
// anew for two weeks more.
const finalAfter = 3

// isFinal reports whether a week is final at the window's now.
func isFinal(w sources.Window, week sources.Week) bool {
	return week.Add(finalAfter).Compare(w.WeekOf(w.Now)) <= 0
}

// A weekFact is what is remembered of one week of a question: for alarms and
// readings the fact itself, for the others that they were asked about.
type weekFact struct {
	Alarm   *sources.AlarmWeek `json:"alarm,omitempty"`
	Reading *sources.Reading   `json:"reading,omitempty"`
	row     weekRow
}

// weekRow is what a row says of any week.
type weekRow struct {
	known    bool // the source told about it
	final    bool
	captured string // an instant as it is stored
}

// rank tells how well a week is known: by its grade, then by its coverage.
func (f weekFact) rank() (sources.Grade, float64) {
	switch {
	case f.Alarm != nil:
		return f.Alarm.Grade, f.Alarm.Coverage
	case f.Reading != nil:
		return f.Reading.Grade, 1
	}
	return sources.Ungraded, 0
}

// known reports whether the fact itself says something about its week.
func (f weekFact) known() bool {
	return f.Alarm != nil && f.Alarm.Grade != sources.Ungraded && f.Alarm.Coverage > 0 ||
		f.Reading != nil && f.Reading.Grade != sources.Ungraded
}

// gradeOf returns the grade to store. Of a week that was only asked about it
// is whether that was answered.
func (f weekFact) gradeOf(answered bool) sources.Grade {
	if f.Alarm == nil && f.Reading == nil && answered {
		return sources.Exact
	}
	grade, _ := f.rank()
	return grade
}

// fits reports whether the fact is one of a week of a question about a noun.
func (f weekFact) fits(noun sources.Noun, week sources.Week) bool {
	return (f.Alarm == nil || noun == sources.Alarms && f.Alarm.Week == week) &&
		(f.Reading == nil || noun == sources.Metrics && f.Reading.Week == week)
}

// better returns the one of two facts about a week that stays. A final week
// stays as it is, but for one that was never known: that is learnt once.
// Before that the newer one stays unless it is known less well, as when the
// source has begun to forget.
func (old weekFact) better(fresh weekFact) weekFact {
	switch {
	case !old.row.known && fresh.row.known:
		fresh.row.final = fresh.row.final || old.row.final
		return fresh
	case old.row.final:
		return old
	case old.row.known && (!fresh.row.known || fresh.row.captured < old.row.captured || fresh.worseThan(old)):
		old.row.final = fresh.row.final
		return old
	}
	return fresh
}

func (f weekFact) worseThan(old weekFact) bool {
	grade, coverage := f.rank()
	oldGrade, oldCoverage := old.rank()
	return grade < oldGrade || grade == oldGrade && coverage < oldCoverage
}

// byWeek reports the nouns that are told week by week.
func byWeek(noun sources.Noun) bool { return noun == sources.Alarms || noun == sources.Metrics }

// weeksOf returns what an answer tells of the weeks that were asked about. A
// week that the source left out is one that it did not tell about.
func weeksOf(a sources.Answer, asked sources.Window) map[sources.Week]weekFact {
	facts := map[sources.Week]weekFact{}
	for _, week := range asked.Weeks() {
		facts[week] = weekFact{row: weekRow{final: isFinal(asked, week), captured: stamp(asked.Now)}}
	}
	put := func(week sources.Week, f weekFact) {
		if old, ok := facts[week]; ok {
			f.row = old.row
			f.row.known = f.known()
			facts[week] = f
		}
	}
	for _, alarm := range a.Alarms {
		put(alarm.Week, weekFact{Alarm: &alarm})
	}
	for _, reading := range a.Readings {
		put(reading.Week, weekFact{Reading: &reading})
	}
	return facts
}

// mergeWeeks takes an answer about alarms or readings.
func (m *memory) mergeWeeks(window, asked sources.Window, a sources.Answer) outcome {
	if a.Gap == "" {
		for week, fact := range weeksOf(a, asked) {
			if old, ok := m.weeks[week]; ok {
				fact = old.better(fact)
			}
			m.setWeek(week, fact)
		}
		m.capture(asked)
	}
	out := outcome{answer: a}
	out.answer.Weeks, out.answer.Alarms, out.answer.Readings = 0, nil, nil
	known := false
	for _, week := range window.Weeks() {
		fact, ok := m.weeks[week]
		switch {
		case ok && (a.Gap == "" || fact.row.final):
			known = known || fact.row.known
		case a.Gap != "":
			fact = unknownWeek(a.Question.Query.Noun, week, a.Gap)
		case !ok:
			fact = unknownWeek(a.Question.Query.Noun, week, notAsked)
		}
		if fact.Alarm != nil {
			out.answer.Alarms = append(out.answer.Alarms, *fact.Alarm)
		}
		if fact.Reading != nil {
			out.answer.Readings = append(out.answer.Readings, *fact.Reading)
		}
	}
	switch {
	case a.Gap != "" && known:
		out.answer.Gap, out.answer.Hint = "", ""
	case a.Gap != "":
		out.answer = a
		out.answer.Weeks = 0
	}
	return out
}

const notAsked = "it was not asked about, and nothing is remembered of it"

func unknownWeek(noun sources.Noun, week sources.Week, reason string) weekFact {
	graded := sources.Graded{Reason: reason}
	if noun == sources.Alarms {
		return weekFact{Alarm: &sources.AlarmWeek{Week: week, Graded: graded}}
	}
	return weekFact{Reading: &sources.Reading{Week: week, Graded: graded}}
}
