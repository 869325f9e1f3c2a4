package change

import (
	"math"

	"preread/aggregate/stats"
)

// spans are the blocks that are asked about.
var spans = [2]int{1, 3}

// What a Duration needs in one of its blocks, recent and before it.
const (
	RecentItems  = 8
	EarlierItems = 15
)

// ask puts the two questions to a metric. What the answers weigh is decided
// later, when it is known how much such metrics vary. Without an answer the
// verdict has a Reason.
func ask(m *Metric, work *workspace) Verdict {
	v := Verdict{ID: m.ID, Type: m.Type}
	if m.Type == Untyped || m.Type > Gauge {
		v.Reason = NoType
		return v
	}
	n := len(m.Weeks)
	base, _, long := m.baseline(n, 1)
	before, _, _ := m.baseline(n, spans[1])
	all := span{min(base.from, before.from, max(0, n-m.window())), n}
	v.Long = long
	v.KnownWeeks = m.count(all)
	v.NeedWeeks, v.NeedItems = m.need()
	if !m.consistent(all) {
		v.Reason = Inconsistent
		return v
	}
	v.KnownItems = m.items(all)
	v.Recent, v.Earlier = m.items(span{max(0, n-spans[1]), n}), m.items(before)
	if m.Type == Duration {
		work.sort(m, all)
	}
	for i, k := range spans {
		m.block(&v.Blocks[i], k, work)
	}
	if v.Reason = m.lack(&v); v.Reason != NoReason {
		v.Blocks = [2]Block{}
	}
	return v
}

func (m *Metric) block(b *Block, k int, work *workspace) {
	n := len(m.Weeks)
	recent := span{max(0, n-k), n}
	base, known, _ := m.baseline(n, k)
	if m.count(recent) < (k+1)/2 || known < shortest {
		return
	}
	b.Span, b.BaseFrom, b.BaseTo = k, base.from, base.to
	b.Effect.Low, b.Effect.High = math.NaN(), math.NaN()
	switch m.Type {
	case Count:
		m.compareCounts(b, recent, base)
	case Proportion:
		m.compareShares(b, recent, base)
	case Duration:
		work.compareDurations(b, recent, base)
	case Gauge:
		m.compareReadings(b, recent, base)
	}
}

// need returns how many weeks and items must be known.
func (m *Metric) need() (weeks, items int) {
	weeks, items = 5, m.MinItems
	switch {
	case m.Type == Duration:
		weeks, items = 0, RecentItems+EarlierItems
	case items == 0 && m.Type == Count:
		items = 5
	case items == 0 && m.Type == Proportion:
		items = 30
	case m.Type == Gauge:
		items = 0
	}
	if m.MinWeeks > 0 {
		weeks = m.MinWeeks
	}
	return weeks, items
}

// items counts what was seen in a stretch: events, trials or items.
func (m *Metric) items(s span) int {
	sum := 0.0
	for i := s.from; i < s.to; i++ {
		if !m.known(i) {
			continue
		}
		switch w := &m.Weeks[i]; m.Type {
		case Count:
			sum += w.Value
		case Proportion:
			sum += w.Trials
		case Duration:
			sum += float64(len(w.Items))
		}
	}
	return int(sum)
}

// lack returns what is missing for a verdict.
func (m *Metric) lack(v *Verdict) Reason {
	n := len(m.Weeks)
	few := v.KnownWeeks < v.NeedWeeks
	switch {
	case v.KnownWeeks > 0 && m.count(span{n - 1, n}) == 0 && m.count(span{n - 3, n}) < 2:
		return LastWeeksMissing
	case few && m.From > 0:
		return NewBaseline
	case few || !v.Blocks[0].asked() && !v.Blocks[1].asked():
		return TooFewWeeks
	case m.Type == Duration && !v.Blocks[0].enoughItems() && !v.Blocks[1].enoughItems(),
		v.KnownItems < v.NeedItems:
		return TooFewItems
	}
	return NoReason
}

func (b *Block) enoughItems() bool {
	return b.Recent.Size >= RecentItems && b.Base.Size >= EarlierItems
}

// compareCounts compares two rates, each week by its exposure.
func (m *Metric) compareCounts(b *Block, recent, base span) {
	b.Recent, b.Base = m.rate(recent), m.rate(base)
	tails, _ := stats.CompareRates(rateOf(b.Recent), rateOf(b.Base))
	b.PMid = tails.Mid()
	b.X2 = m.rateSpread(recent, b.Recent) + m.rateSpread(base, b.Base)
	b.DF = b.Recent.Weeks - 1 + b.Base.Weeks - 1
	b.Effect.Value = b.Recent.Value / b.Base.Value
	b.Direction = directionOf(b.Recent.Value - b.Base.Value)
}

func rateOf(l Level) stats.Rate   { return stats.Rate{Events: l.Events, Exposure: l.Exposure} }
func shareOf(l Level) stats.Share { return stats.Share{Successes: l.Events, Trials: l.Size} }

func (m *Metric) rate(s span) (l Level) {
	for i := s.from; i < s.to; i++ {
		if m.known(i) {
			l.Weeks++
			l.Events += m.Weeks[i].Value
			l.Exposure += m.Weeks[i].Exposure
		}
	}
	l.Value = l.Events / l.Exposure
	return l
}

// rateSpread is Pearson's chi-square of the weeks around their common rate.
func (m *Metric) rateSpread(s span, l Level) (x2 float64) {
	if l.Value == 0 {
		return 0
	}
	for i := s.from; i < s.to; i++ {
		if m.known(i) {
			expected := m.Weeks[i].Exposure * l.Value
			d := m.Weeks[i].Value - expected
			x2 += d * d / expected
		}
	}
	return x2
}

// compareShares compares two proportions.
func (m *Metric) compareShares(b *Block, recent, base span) {
	b.Recent, b.Base = m.share(recent), m.share(base)
	tails, _ := stats.CompareShares(shareOf(b.Recent), shareOf(b.Base))
	b.PMid = tails.Mid()
	b.X2 = m.shareSpread(recent, b.Recent) + m.shareSpread(base, b.Base)
	b.DF = b.Recent.Weeks - 1 + b.Base.Weeks - 1
	b.Effect.Value = b.Recent.Value - b.Base.Value
	b.Direction = directionOf(b.Effect.Value)
}

func (m *Metric) share(s span) (l Level) {
	for i := s.from; i < s.to; i++ {
		if m.known(i) {
			l.Weeks++
			l.Exposure += m.Weeks[i].Exposure
			l.Events += m.Weeks[i].Successes
			l.Size += m.Weeks[i].Trials
		}
	}
	l.Value = l.Events / l.Size
	return l
}

// shareSpread is Pearson's chi-square of the weeks around their common share.
func (m *Metric) shareSpread(s span, l Level) (x2 float64) {
	p := l.Value
	if p == 0 || p == 1 {
		return 0
	}
	for i := s.from; i < s.to; i++ {
		if m.known(i) {
			d := m.Weeks[i].Successes - m.Weeks[i].Trials*p
			x2 += d * d / (m.Weeks[i].Trials * p * (1 - p))
		}
	}
	return x2
}
