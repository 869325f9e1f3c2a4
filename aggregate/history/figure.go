package history

import (
	"preread/sources"
)

// figures returns the value of each week of an answer, by which a later change
// of it is noticed. A nil figure is a week with nothing to measure; a week
// that is not known has none.
func figures(a sources.Answer, w sources.Window) map[sources.Week]*float64 {
	values := map[sources.Week]*float64{}
	switch a.Question.Query.Noun {
	case sources.Alarms:
		for _, alarm := range a.Alarms {
			if alarm.Grade != sources.Ungraded && alarm.Coverage > 0 {
				values[alarm.Week] = new(float64)
				for _, c := range alarm.Alarms {
					*values[alarm.Week] += float64(c.Episodes)
				}
			}
		}
	case sources.Metrics:
		for _, reading := range a.Readings {
			if reading.Grade != sources.Ungraded {
				values[reading.Week] = &reading.Value
			}
		}
	case sources.Delivery:
		for _, week := range w.Weeks() {
			values[week] = share(a.Sprints, w, week)
		}
	default:
		for _, week := range w.Weeks() {
			n := float64(count(a, w, week))
			values[week] = &n
		}
	}
	return values
}

// count returns the value of a week for the nouns that are counted.
func count(a sources.Answer, w sources.Window, week sources.Week) int {
	from, to := w.Bounds(week)
	inside, end := sources.Span{From: from, To: to}, to.Add(-1)
	n := 0
	for _, i := range a.Incidents {
		if inside.Holds(i.Opened) {
			n++
		}
	}
	for _, i := range a.Items {
		switch a.Question.Query.Noun {
		case sources.Goals:
			if sources.Within(i.Scope, end) && sources.Within(i.Done, end) {
				n++
			}
		case sources.Quality:
			if inside.Holds(i.Created) {
				n++
			}
		case sources.Shipped:
			if d := len(i.Done); d > 0 && inside.Holds(i.Done[d-1].From) && i.Kind != sources.Release && i.Kind != sources.Deployment && !i.Bot {
				n++
			}
		}
	}
	return n
}

// share returns completed of committed ÷ committed over the sprints that were
// closed in a week, nil if nothing was.
func share(sprints []sources.Sprint, w sources.Window, week sources.Week) *float64 {
	said, did := 0, 0
	for _, s := range sprints {
		if s.State != sources.Closed || w.WeekOf(s.Completed) != week {
			continue
		}
		for _, i := range s.Issues {
			if i.Committed {
				said++
				if i.Outcome == sources.Completed {
					did++
				}
			}
		}
	}
	if said == 0 {
		return nil
	}
	v := float64(did) / float64(said)
	return &v
}
