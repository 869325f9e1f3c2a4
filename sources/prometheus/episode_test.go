package prometheus

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"
	"pgregory.net/rapid"
)

var episodes = cmp.AllowUnexported(episode{}, span{})

// at is a minute of a made-up time.
func at(minute float64) model.Time { return model.Time(minute * 60_000) }

// exact is a firing sample: at one minute, active since another.
func exact(minute, active float64) point { return point{at(minute), active * 60, true} }

func TestFold(t *testing.T) {
	hole := []span{{at(100), at(110)}}
	const before = model.Time(-1 << 40) // everything is held
	for _, c := range []struct {
		name   string
		points []point
		holes  []span
		held   model.Time
		want   []episode
	}{
		{"nothing", nil, nil, before, nil},
		{"one activation", []point{exact(10, 5), exact(11, 5), exact(12, 5)}, nil, before, []episode{{from: at(10), to: at(12), active: 300}}},
		{"an evaluation was skipped", []point{exact(10, 5), exact(14, 5)}, nil, before, []episode{{from: at(10), to: at(14), active: 300}}},
		{"off for one evaluation", []point{exact(10, 10), exact(12, 12)}, nil, before,
			[]episode{{from: at(10), to: at(10), active: 600}, {from: at(12), to: at(12), active: 720}}},
		{"another replica answers, with its own activation", []point{exact(10, 5), exact(11.4, 5.5)}, nil, before, []episode{{from: at(10), to: at(11.4), active: 300}}},
		{"chunks are not contiguous", []point{{at(10), 300, false}, exact(11, 10)}, nil, before,
			[]episode{{from: at(10), to: at(10), active: 300}, {from: at(11), to: at(11), active: 600}}},
		{"one sample twice", []point{exact(10, 5), exact(10, 5)}, nil, before, []episode{{from: at(10), to: at(10), active: 300}}},
		{"out of order", []point{exact(12, 5), exact(10, 5)}, nil, before, []episode{{from: at(10), to: at(12), active: 300}}},
		{"restarted while firing", []point{exact(99, 50), exact(112, 110.5)}, hole, before, []episode{{from: at(99), to: at(112), active: 3000}}},
		{"over before the hole", []point{exact(97, 50), exact(112, 110.5)}, hole, before,
			[]episode{{from: at(97), to: at(97), active: 3000}, {from: at(112), to: at(112), active: 6630}}},
		{"active long after the hole", []point{exact(99, 50), exact(120, 114)}, hole, before,
			[]episode{{from: at(99), to: at(99), active: 3000}, {from: at(120), to: at(120), active: 6840}}},
		{"firing before anything was held", []point{exact(10, 1), exact(11, 1)}, nil, at(9.5), []episode{{from: at(10), to: at(11), active: 60, early: true}}},
		{"pending when the store begins", []point{exact(15, 1)}, nil, at(9.5), []episode{{from: at(15), to: at(15), active: 60}}},
		{"active when the store begins", []point{exact(10, 10)}, nil, at(9.5), []episode{{from: at(10), to: at(10), active: 600}}},
		{"activation that is no number of a second", []point{{at(1), 1e300, true}, {at(9), -1e300, true}}, nil, before,
			[]episode{{from: at(1), to: at(1), active: 1e300}, {from: at(9), to: at(9), active: -1e300}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := fold(c.points, time.Minute, c.holes, c.held)
			if diff := cmp.Diff(c.want, got, episodes); diff != "" {
				t.Errorf("episodes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMerge(t *testing.T) {
	holes := []span{{at(100), at(130)}}
	first := []episode{{from: at(10), to: at(20)}, {from: at(132), to: at(140)}}
	for _, c := range []struct {
		name  string
		other []episode
		more  []episode
	}{
		{"the same, a little later", []episode{{from: at(10.5), to: at(20.5)}}, nil},
		{"outside a hole the first is right", []episode{{from: at(50), to: at(60)}}, nil},
		{"in the hole", []episode{{from: at(110), to: at(120)}}, []episode{{from: at(110), to: at(120)}}},
		{"in the hole and on after it", []episode{{from: at(120), to: at(139)}}, nil},
		{"up to where the first goes on", []episode{{from: at(120), to: at(131)}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := append(append([]episode{}, first...), c.more...)
			got := merge([][]episode{first, c.other}, holes, time.Minute)
			if diff := cmp.Diff(want, got, episodes); diff != "" {
				t.Errorf("episodes (-want +got):\n%s", diff)
			}
		})
	}
}

// What two lists have in common is what every instant has in common.
func TestIntersect(t *testing.T) {
	spans := rapid.Custom(func(t *rapid.T) []span {
		var list []span
		edge := model.Time(0)
		for range rapid.IntRange(0, 6).Draw(t, "n") {
			from := edge + model.Time(rapid.IntRange(0, 5).Draw(t, "pause"))
			edge = from + model.Time(rapid.IntRange(1, 5).Draw(t, "length"))
			list = append(list, span{from, edge})
		}
		return list
	})
	inside := func(list []span, t model.Time) bool {
		for _, s := range list {
			if s.holds(t) {
				return true
			}
		}
		return false
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := spans.Draw(t, "a"), spans.Draw(t, "b")
		both := intersect(a, b)
		for i := range model.Time(70) {
			if got, want := inside(both, i), inside(a, i) && inside(b, i); got != want {
				t.Fatalf("%v and %v have %v in common: %d is in it: %t, want %t", a, b, both, i, got, want)
			}
		}
	})
}

func TestSheets(t *testing.T) {
	day := func(from, to float64) span { return span{at(from * 60), at(to * 60)} }
	days := []span{day(0, 24), day(24, 48), day(48, 73), day(73, 97), day(97, 121), day(200, 224)}
	want := []sheet{{day(0, 24), 2}, {day(48, 73), 1}, {day(73, 97), 2}, {day(200, 224), 1}}
	got := sheets(days)
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(sheet{}, span{})); diff != "" {
		t.Errorf("sheets (-want +got):\n%s", diff)
	}
	a, b, ok := sheet{day(0, 24), 5}.halves()
	if a != (sheet{day(0, 24), 2}) || b != (sheet{day(48, 72), 3}) || !ok {
		t.Errorf("halves of five days are %v and %v", a, b)
	}
	if _, _, ok := (sheet{day(0, 1.9), 1}).halves(); ok {
		t.Error("less than two hours are halved")
	}
}

func TestCutUp(t *testing.T) {
	names := map[string]bool{"KettleTooHot": true}
	for samples, want := range map[int]int{0: 1, enough - 1: 1, 3 * enough: 4, 1000 * enough: 24} {
		parts := cutUp(detail{span{0, at(24 * 60)}, names}, samples)
		if len(parts) != want || parts[0].from != 0 || parts[len(parts)-1].to != at(24*60) {
			t.Errorf("%d samples are cut into %d parts, want %d", samples, len(parts), want)
		}
		for i := 1; i < len(parts); i++ {
			if parts[i].from != parts[i-1].to {
				t.Errorf("part %d does not follow part %d", i, i-1)
			}
		}
	}
}
