package prometheus

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/prometheus/common/model"

	"preread/sources"
)

var (
	literals = regexp.MustCompile(`"(\\.|[^"\\])*"|'(\\.|[^'\\])*'|` + "`[^`]*`" + `|#[^\n]*`)
	ranges   = regexp.MustCompile(`\[\s*([0-9][0-9a-z.]*)\s*(:)?[^\]]*\]`)
	offsets  = regexp.MustCompile(`(?i)\boffset\s+([0-9][0-9a-z.]*)`)
)

// reach returns how far the ranges of an expression look back from where it is
// evaluated, 0 if it has none: the longest of its ranges, of its subqueries and
// of its offsets, one after the other, since none looks further unless subqueries
// stand in each other. What a recorded series looked back over is in its value,
// whatever is held of it today.
func reach(expr string) time.Duration {
	expr = literals.ReplaceAllString(expr, `""`)
	var plain, nested, offset time.Duration
	for _, r := range ranges.FindAllStringSubmatch(expr, -1) {
		if r[2] != "" {
			nested = max(nested, lengthOf(r[1]))
		} else {
			plain = max(plain, lengthOf(r[1]))
		}
	}
	for _, o := range offsets.FindAllStringSubmatch(expr, -1) {
		offset = max(offset, lengthOf(o[1]))
	}
	return min(plain+nested+offset, farthest)
}

// farthest is how far back the heartbeat is read at most.
const farthest = 400 * 24 * time.Hour

// lengthOf reads a duration of PromQL: 1w2d, or a number of seconds.
func lengthOf(text string) time.Duration {
	if d, err := model.ParseDuration(text); err == nil {
		return min(time.Duration(d), farthest)
	}
	if d, err := time.ParseDuration(text + "s"); err == nil {
		return max(0, min(d, farthest))
	}
	return 0
}

const (
	// nearlyFrom is the coverage from which a reading is near what it would be: a
	// ratio, an average or a quantile hardly moves, and a sum is less than a tenth
	// too small.
	nearlyFrom = 0.9
	// lookback is how far a server looks for the last sample of a series.
	lookback = 5 * time.Minute
	// oneWeek is how far most expressions look back.
	oneWeek = 7 * 24 * time.Hour
)

// held grades readings at the ends of weeks by how much the server holds of what
// they were computed from. Of a part of it a sum is too small and an average one
// of other days, and what stands in for nothing, as in "or vector(0)", is no
// number at all.
func (s *server) held(ctx context.Context, expr string, weeks []span) ([]sources.Graded, error) {
	back := reach(expr)
	p, err := s.pulseOf(ctx, span{weeks[0].to.Add(-max(back, oneWeek)), weeks[len(weeks)-1].to})
	if err != nil {
		return nil, err
	}
	grades := make([]sources.Graded, len(weeks))
	for i, week := range weeks {
		grades[i] = s.heldOf(p, span{week.to.Add(-max(back, lookback)), week.to}, back)
	}
	return grades, nil
}

func (s *server) heldOf(p pulse, looked span, back time.Duration) sources.Graded {
	if len(p.beats) == 0 {
		return sources.Graded{Grade: sources.Approximate,
			Reason: s.name + " holds no heartbeat, so nobody can tell whether it holds the whole week; set heartbeat to a series that is always there"}
	}
	switch coverage := p.coverage(looked, p.silent(looked)); {
	case coverage <= 0:
		return sources.Graded{Reason: s.name + " holds nothing of what this looks back over"}
	case coverage < wholeFrom && back > 0: // without a range a sample is there or not
		grade := sources.Graded{Grade: sources.Partial, Reason: fmt.Sprintf("%s holds %d %% of what this looks back over", s.name, max(1, int(coverage*100)))}
		if coverage >= nearlyFrom {
			grade.Grade = sources.Approximate
		}
		return grade
	case p.warned:
		return sources.Graded{Grade: sources.Partial, Reason: s.doubts()}
	}
	return sources.Whole()
}
