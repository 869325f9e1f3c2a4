package change

// A span is a half-open stretch of week indices.
type span struct{ from, to int }

// Compared reports whether week i takes part: it is known, not before From,
// long enough, and holds something to measure.
func (m *Metric) Compared(i int) bool { return i < len(m.Weeks) && m.known(i) }

// known tells whether week i can be compared.
func (m *Metric) known(i int) bool {
	if i < 0 || i < m.From {
		return false
	}
	w := &m.Weeks[i]
	switch m.Type {
	case Count:
		return w.Known && w.Exposure >= leastExposure
	case Proportion:
		return w.Known && w.Exposure >= leastExposure && w.Trials > 0
	case Duration:
		return w.Known && len(w.Items) > 0
	}
	return w.Known
}

func (m *Metric) count(s span) (known int) {
	for i := max(0, s.from); i < s.to; i++ {
		if m.known(i) {
			known++
		}
	}
	return known
}

// before returns the stretch up to a week that holds the latest known ones, up
// to the length of a baseline, and how many it holds.
func (m *Metric) before(to int) (s span, known int) {
	s = span{max(0, to), max(0, to)}
	for i := s.to - 1; i >= max(0, m.From) && known < longest; i-- {
		if m.known(i) {
			known++
			s.from = i
		}
	}
	return s, known
}

func (m *Metric) window() int {
	if m.Window <= 0 {
		return usualWindow
	}
	return max(3, m.Window)
}

// baseline returns the weeks that the last of n weeks are compared with, in
// blocks of k. Long tells that they lie before the window.
func (m *Metric) baseline(n, k int) (s span, known int, long bool) {
	end := n - m.window()
	if m.Until > m.From {
		end = min(end, m.Until)
	}
	if s, known = m.before(end); known >= locked {
		return s, known, true
	}
	s, known = m.before(n - k)
	return s, known, false
}

// consistent tells whether all known figures of a stretch can be.
func (m *Metric) consistent(s span) bool {
	for i := max(0, s.from); i < s.to; i++ {
		if m.known(i) && !m.Weeks[i].consistent(m.Type) {
			return false
		}
	}
	return true
}

func (w *Week) consistent(t Type) bool {
	switch t {
	case Count:
		return countable(w.Value) && w.Exposure <= largestExposure
	case Proportion:
		return countable(w.Successes) && countable(w.Trials) && w.Successes <= w.Trials
	case Duration:
		for _, v := range w.Items {
			if !(v >= 0) || !finite(v) {
				return false
			}
		}
		return true
	}
	return finite(w.Value) && w.Value >= -largestReading && w.Value <= largestReading
}

const (
	largestCount    = 1 << 35 // of which the exact tests still take the sum of 32 weeks
	largestExposure = 1e6     // beyond which a rate would vanish
	largestReading  = 1e150   // whose square is still finite
)

func countable(v float64) bool { return v >= 0 && v <= largestCount && v == float64(int64(v)) }
