package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"preread/aggregate"
	"preread/sources"
)

// What seems to contradict a colour is said: a figure of one week that would
// have another, a level that misses the target, and a colour about to change.
func TestDoubts(t *testing.T) {
	var target aggregate.Target
	if err := target.Green.UnmarshalText([]byte("<= 20")); err != nil {
		t.Fatal(err)
	}
	finding := func(status, wish aggregate.Status, level, last float64) aggregate.Finding {
		return aggregate.Finding{
			Line: aggregate.Line{Noun: sources.Alarms, Better: aggregate.Lower, Target: target},
			Status: aggregate.Verdict{Status: status, Wish: wish, Rule: aggregate.ByTarget, Value: level,
				Level: aggregate.Estimate{Value: level, Low: level - 5, High: level + 5, Weeks: 6}},
			Weeks: []aggregate.Point{{State: aggregate.Known, Value: last}},
		}
	}
	goal := finding(aggregate.Green, aggregate.Green, 14, 22)
	goal.Goal = &aggregate.Goal{}
	unseen := finding(aggregate.Green, aggregate.Green, 14, 22)
	unseen.Weeks[0].State = aggregate.NotKnown
	resting := finding(aggregate.Green, aggregate.Green, 14, 22)
	resting.Weeks = append(resting.Weeks, aggregate.Point{State: aggregate.NothingToMeasure})
	type doubt struct {
		Alone bool
		Brief string
	}
	tests := []struct {
		name string
		f    aggregate.Finding
		want doubt
	}{
		{"as it looks", finding(aggregate.Green, aggregate.Green, 14, 18), doubt{false, "14 a week"}},
		{"one bad week", finding(aggregate.Green, aggregate.Green, 14, 22), doubt{true, "14 a week"}},
		{"one bad week, then none", resting, doubt{true, "14 a week"}},
		{"one good week", finding(aggregate.Amber, aggregate.Amber, 24, 18), doubt{true, "24 a week (green at most 20)"}},
		{"not surely missed", finding(aggregate.Green, aggregate.Green, 22, 18), doubt{false, "22 a week (green at most 20; not surely missed)"}},
		{"about to change", finding(aggregate.Green, aggregate.Amber, 28, 30), doubt{true, "28 a week (green at most 20); one more report like this makes it amber"}},
		{"about to get better", finding(aggregate.Red, aggregate.Amber, 18, 12), doubt{true, "18 a week (green at most 20); one more report like this makes it amber"}},
		{"a goal", goal, doubt{false, "14 a week"}},
		{"the last week is not known", unseen, doubt{false, "14 a week"}},
	}
	for _, tt := range tests {
		tt.f.Noun = sources.Alarms
		if diff := cmp.Diff(tt.want, doubt{alone(tt.f), briefReason(tt.f)}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
