package prometheus

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"
)

// beats are samples at every minute from one minute to another, that included.
func beats(from, to int) []model.Time {
	var times []model.Time
	for m := from; m <= to; m++ {
		times = append(times, at(float64(m)+0.3))
	}
	return times
}

// Three days of 100 minutes; the middle one was read sample by sample.
func TestHoles(t *testing.T) {
	days := []span{{at(0), at(100)}, {at(100), at(200)}, {at(200), at(300)}}
	read := []bool{false, true, false}
	for _, c := range []struct {
		name   string
		hearts hearts
		want   []span
	}{
		{"none", hearts{"a": {counts: []int{100, 100, 100}, times: beats(98, 201)}}, nil},
		{"one evaluation is missing", hearts{"a": {counts: []int{100, 99, 100}, times: append(beats(98, 149), beats(151, 201)...)}},
			[]span{{at(149.3), at(151.3)}}},
		{"at the edge of the day", hearts{"a": {counts: []int{100, 97, 100}, times: append(beats(98, 99), beats(103, 201)...)}},
			[]span{{at(99.3), at(103.3)}}},
		{"nothing on the last day", hearts{"a": {counts: []int{100, 50, 0}, times: beats(98, 149)}}, []span{{at(149.3), at(301)}}},
		{"nothing on the first day", hearts{"a": {counts: []int{0, 50, 100}, times: beats(150, 201)}}, []span{{at(-1), at(150.3)}}},
		{"another name without a pause", hearts{
			"a": {counts: []int{100, 50, 0}, times: beats(98, 149)},
			"b": {counts: []int{0, 50, 100}, times: beats(150, 201)},
		}, []span{{at(149.3), at(150.3)}}},
		{"another name after a restart", hearts{
			"a": {counts: []int{100, 50, 0}, times: beats(98, 149)},
			"b": {counts: []int{0, 40, 100}, times: beats(160, 201)},
		}, []span{{at(149.3), at(160.3)}}},
		{"a second target that came and went", hearts{
			"a": {counts: []int{100, 100, 100}, times: beats(98, 201)},
			"b": {counts: []int{0, 10, 0}, times: beats(120, 129)},
		}, nil},
		{"two targets of one server", hearts{
			"a": {counts: []int{100, 90, 100}, times: append(beats(98, 149), beats(160, 201)...)},
			"b": {counts: []int{100, 92, 100}, times: append(beats(98, 150), beats(159, 201)...)},
		}, []span{{at(150.3), at(159.3)}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.hearts.holes(time.Minute, days, read)
			if diff := cmp.Diff(c.want, got, episodes); diff != "" {
				t.Errorf("holes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCoverage(t *testing.T) {
	p := pulse{beats: map[string]beat{"a": {interval: time.Minute}}}
	week := span{at(100), at(200)}
	for _, c := range []struct {
		name   string
		silent []span
		want   float64
	}{
		{"all", nil, 1},
		{"nothing", []span{{at(-1), at(301)}}, 0},
		{"one sample of a hundred is missing", []span{{at(149.3), at(151.3)}}, 0.99},
		{"the second half", []span{{at(149.5), at(301)}}, 0.5},
		{"before and after", []span{{at(0), at(110.5)}, {at(189.5), at(300)}}, 0.8},
		{"elsewhere", []span{{at(0), at(50)}}, 1},
	} {
		if got := p.coverage(week, c.silent); got != c.want {
			t.Errorf("%s: %v is held, want %v", c.name, got, c.want)
		}
	}
}

// Where half of every day is missing, that is not taken for half as many
// samples.
func TestInterval(t *testing.T) {
	days := []span{{at(0), at(100)}, {at(100), at(200)}}
	for _, c := range []struct {
		name   string
		hearts hearts
		want   time.Duration
	}{
		{"from counts", hearts{"a": {counts: []int{90, 100}, times: nil}}, time.Minute},
		{"from counts of half a day", hearts{"a": {counts: []int{0, 50}, times: nil}}, 2 * time.Minute},
		{"from samples of half a day", hearts{"a": {counts: []int{0, 50}, times: beats(100, 149)}}, time.Minute},
		{"some milliseconds off", hearts{"a": {counts: []int{0, 3}, times: []model.Time{0, 59_988, 119_991, 180_012}}}, time.Minute},
		{"less than a second", hearts{"a": {counts: []int{0, 3}, times: []model.Time{0, 400, 800}}}, 400 * time.Millisecond},
		{"nothing", hearts{"a": {counts: []int{0, 0}, times: nil}}, 0},
	} {
		if got := c.hearts.interval(days); got != c.want {
			t.Errorf("%s: the interval is %v, want %v", c.name, got, c.want)
		}
	}
}
