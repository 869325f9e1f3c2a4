package prometheus

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

// A grouping says which alerts a person takes for one alarm: those of one name
// and severity that share some labels and follow each other.
type grouping struct {
	on  bool
	by  []model.LabelName
	gap time.Duration
}

// usualGap is the pause within a group unless the settings name one; longestGap
// is a chunk of the survey, which is as far as it looks around.
const (
	usualGap   = 30 * time.Minute
	longestGap = 24 * time.Hour
)

// grouping returns the grouping of the settings. An empty list of labels groups
// by name and severity alone; none at all does not group.
func (t settings) grouping() grouping {
	return grouping{t.GroupBy != nil, labelNames(t.GroupBy), cmp.Or(time.Duration(t.GroupGap), usualGap)}
}

// A group is what counts as one alarm at a time: alerts that share a line and
// the values of some labels.
type group struct {
	line
	values string
}

// of returns the values of the labels that alerts are grouped by.
func (g grouping) of(metric model.Metric) string {
	if !g.on {
		return ""
	}
	values := make([]string, len(g.by))
	for i, name := range g.by {
		values[i] = string(metric[name])
	}
	return strings.Join(values, "\x00")
}

// mark adds the names whose alerts have to be looked at closely because several
// were active near each other: whether they belong together is told by when each
// of them began and ended, which the survey does not see.
func (g grouping) mark(chunks []chunk, marked []map[string]bool) {
	if !g.on {
		return
	}
	for i, c := range chunks {
		active := map[string]map[string]float64{} // by name: activations by instance
		several := map[string]bool{}
		near := c.grow(g.gap)
		for _, o := range chunks {
			if !o.overlaps(near) {
				continue
			}
			maps.Copy(several, o.several)
			for in, at := range o.single {
				if active[in.name] == nil {
					active[in.name] = map[string]float64{}
				}
				before, seen := active[in.name][in.identity]
				active[in.name][in.identity] = at
				several[in.name] = several[in.name] || len(active[in.name]) > 1 || seen && before != at
			}
		}
		all := maps.Clone(marked[i])
		for name := range c.names() {
			if several[name] {
				all[name] = true
			}
		}
		marked[i] = all
	}
}

// join makes one episode of those that follow each other within the gap. What
// joins one that fired before anything was held began then, too.
func (g grouping) join(episodes []episode) []episode {
	if !g.on {
		return episodes
	}
	slices.SortFunc(episodes, func(a, b episode) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	var joined []episode
	for _, e := range episodes {
		if n := len(joined); n > 0 && e.from.Sub(joined[n-1].to) <= g.gap {
			last := &joined[n-1]
			last.to = max(last.to, e.to)
			last.early = last.early || e.early && e.from == last.from
			continue
		}
		joined = append(joined, e)
	}
	return joined
}
