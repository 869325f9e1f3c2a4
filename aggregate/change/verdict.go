package change

// A Verdict is what became of one metric. Without Blocks all figures but
// KnownWeeks and its like are zero.
type Verdict struct {
	ID     string
	Type   Type
	State  State
	Reason Reason // of an Unknown

	// P is how likely chance alone makes one of the two questions look at
	// least as odd. 1/P is in how many looks it does so once. Adjusted is P
	// among the other metrics of the report, to be held against FalseShare.
	P, Adjusted float64

	Blocks    [2]Block // the questions about the last week and the last three
	Driver    int      // how many weeks the odder question is about: 1 or 3; 0 if none was asked
	Direction Direction
	Worsening bool // the Direction is against Better
	Small     bool // Noise only because the effect is too small to matter

	Long       bool  // the baseline lies before the window; else before each block
	Next       Range // of the next week; unknown for a Duration
	Since      int   // index of the week in which the present level about began
	Run        int   // latest known weeks strictly on one side of the baseline's level
	Settled    bool  // Run is long enough to propose the new level to a person
	KnownWeeks int   // in baseline and window together
	NeedWeeks  int   // for any answer
	KnownItems int   // events, trials or items in baseline and window together
	NeedItems  int   // for any answer
	Recent     int   // of KnownItems, those of the last three weeks
	Earlier    int   // of KnownItems, those that the last three weeks are compared with
}

// Block returns the block of the odder question; the zero Block if none was
// asked.
func (v *Verdict) Block() Block {
	if v.Driver == 0 {
		return Block{}
	}
	return v.Blocks[v.Driver/2]
}

// A Direction is the way a metric went.
type Direction int8

// The directions. They say nothing about good or bad.
const (
	Down Direction = iota - 1
	Same
	Up
)

func directionOf(difference float64) Direction {
	switch {
	case difference > 0:
		return Up
	case difference < 0:
		return Down
	}
	return Same
}

// A Block is one of the two questions: a recent block of weeks against its
// baseline. The zero Block was not asked.
type Block struct {
	Span      int // calendar weeks: 1 or 3
	Recent    Level
	Base      Level
	BaseFrom  int // index of the first week of the baseline
	BaseTo    int // index after its last one
	Direction Direction
	Effect    Effect

	PMid float64 // two-sided p of the exact test
	X2   float64 // chi-square of the weeks within both parts
	DF   int     // its degrees of freedom
	Phi  float64 // how many times chance alone the weeks are taken to vary, at least 1
	Nu   float64 // degrees of freedom behind Phi; of a Gauge, those of T
	P    float64 // PMid, widened by Phi; of a Gauge, that of T

	T        float64 // of a Gauge: Student's t; of a Duration: the rank sum in standard deviations
	SD       float64 // of a Gauge: the standard deviation of a week that T was made with
	R        float64 // of a Gauge: assumed correlation of neighbouring weeks; 0 below 12 weeks
	Constant bool    // of a Gauge: all weeks before were equal, and P is a convention
}

// asked tells whether the question was asked.
func (b *Block) asked() bool { return b.Span > 0 }

// A Level sums up some weeks.
type Level struct {
	Weeks    int     // known ones
	Exposure float64 // in normal weeks; of a Duration or Gauge, as Weeks
	Events   float64 // of a Count the events, of a Proportion the successes
	Size     float64 // of a Proportion the trials, of a Duration the items
	Value    float64 // events per normal week, share, median or mean
}

// An Effect is how large a change is: of a Count the ratio of the rates, of a
// Duration the ratio of the medians, else the difference. A ratio to nothing
// is infinite; one of nothing to nothing is NaN. Low and High are a 95 percent
// range, widened like the test; both are NaN where the block did not decide
// the verdict or the data give none.
type Effect struct {
	Value     float64
	Low, High float64
}

// A Range is what a metric may do without being a signal by itself. Both ends
// belong to it. The zero Range is unknown.
type Range struct {
	Known     bool
	Low, High float64
	Of        float64 // of a Proportion: the usual trials of a week, of which Low and High are successes
}

// A Report is what became of one report, in the order of its metrics.
type Report struct {
	Verdicts []Verdict
	Budget   Budget
}

// A Budget is how far a report can be trusted on the whole.
type Budget struct {
	Tested  int
	Unknown int

	// FalseReports is the share of such reports that show a false signal
	// although nothing changed at all: 1/16 is one in sixteen weeks.
	FalseReports float64
}
