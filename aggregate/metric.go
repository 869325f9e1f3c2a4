package aggregate

import "preread/sources"

// metric takes the reading of each week's end as it is.
func metric(facts []sources.Reading, window sources.Window) series {
	points := unknownWeeks(window, "the source has no reading of this week")
	for i := range points {
		for _, r := range facts {
			if r.Week != points[i].Week {
				continue
			}
			points[i].Graded = r.Graded
			if r.Grade != sources.Ungraded {
				points[i].Value, points[i].State = r.Value, Known
			}
		}
	}
	return series{shown: points}
}
