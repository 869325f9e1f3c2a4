package stats

import "math"

// A Center says what the limits of an XmR chart are made from.
type Center uint8

// The usual form, and the two that one wild value cannot stretch.
const (
	MeanRange    Center = iota // mean of the values, mean of the moving ranges
	MedianRange                // mean of the values, median of the moving ranges
	MedianMedian               // median of both
)

// XmR is a process behaviour chart of single values (Wheeler 1993), also
// called an individuals chart. The quarter lines are half way between the
// center and the natural process limits. Lower can be negative also where the
// values cannot.
type XmR struct {
	Center       float64
	Range        float64 // mean or median moving range
	Lower, Upper float64 // natural process limits
	RangeUpper   float64 // limit of a single moving range
	LowerQuarter float64
	UpperQuarter float64
	Values       int // known values
	Ranges       int // moving ranges between adjacent known values
}

// NewXmR computes limits from a series. A gap forms no moving range. ok is
// false without two adjacent known values, and for infinite ones.
func NewXmR(series []float64, by Center) (c XmR, ok bool) {
	values, ok := known(series)
	ranges := movingRanges(series)
	if !ok || len(ranges) == 0 || by > MedianMedian {
		return XmR{}, false
	}
	c = XmR{Center: mean(values), Range: mean(ranges), Values: len(values), Ranges: len(ranges)}
	// Wheeler's constants: 3/d2 and D4 of ranges of two for the mean, and
	// 3/d4 and D6 for the median.
	natural, rangeLimit := 2.66, 3.268
	if by != MeanRange {
		natural, rangeLimit = 3.145, 3.865
		c.Range = Median(ranges)
	}
	if by == MedianMedian {
		c.Center = Median(values)
	}
	half := natural * c.Range
	c.Lower, c.Upper = c.Center-half, c.Center+half
	c.LowerQuarter, c.UpperQuarter = c.Center-half/2, c.Center+half/2
	c.RangeUpper = rangeLimit * c.Range
	return c, true
}

func movingRanges(series []float64) []float64 {
	var ranges []float64
	for i := 1; i < len(series); i++ {
		if r := math.Abs(series[i] - series[i-1]); !math.IsNaN(r) {
			ranges = append(ranges, r)
		}
	}
	return ranges
}

// Outside returns the indices of values strictly outside of the limits,
// Wheeler's first rule.
func (c XmR) Outside(series []float64) []int {
	var at []int
	for i, v := range series {
		if v < c.Lower || v > c.Upper {
			at = append(at, i)
		}
	}
	return at
}

// Run returns the indices of all values that belong to eight or more
// successive ones strictly on one side of the center, Wheeler's second rule.
// Missing values are passed over; one on the center ends a run. The rule means
// something only against limits that were locked before.
func (c XmR) Run(series []float64) []int {
	const length = 8
	return c.patterns(series, length, length, c.Center, c.Center)
}

// NearLimit returns the indices of all values that belong to four successive
// ones of which at least three are beyond the same quarter line, Wheeler's
// third rule. Missing values are passed over. The rule means something only
// against limits that were locked before.
func (c XmR) NearLimit(series []float64) []int {
	return c.patterns(series, 4, 3, c.LowerQuarter, c.UpperQuarter)
}

// patterns marks every stretch of length known values that holds at least
// enough values below low, or at least enough above high.
func (c XmR) patterns(series []float64, length, enough int, low, high float64) []int {
	var at, marked []int
	for i, v := range series {
		if !math.IsNaN(v) {
			at = append(at, i)
		}
	}
	next := 0 // the first position in at that is not marked yet
	for end := length; end <= len(at); end++ {
		below, above := 0, 0
		for _, i := range at[end-length : end] {
			if series[i] < low {
				below++
			}
			if series[i] > high {
				above++
			}
		}
		if max(below, above) >= enough {
			marked = append(marked, at[max(next, end-length):end]...)
			next = end
		}
	}
	return marked
}
