package aggregate_test

import (
	"testing"

	"pgregory.net/rapid"

	"preread/aggregate"
)

func limit(t testing.TB, s string) (l aggregate.Limit) {
	t.Helper()
	if s != "" {
		if err := l.UnmarshalText([]byte(s)); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func target(t testing.TB, green, red string) aggregate.Target {
	return aggregate.Target{Green: limit(t, green), Red: limit(t, red)}
}

func TestLimitText(t *testing.T) {
	for in, want := range map[string]string{
		">= 85%": ">= 85%", "<3": "< 3", " <=  0.30 ": "<= 0.3", "> 12.5 %": "> 12.5%", ">=0": ">= 0", "< -4": "< -4", ">= 57%": ">= 57%",
	} {
		l := limit(t, in)
		if got := l.String(); got != want {
			t.Errorf("%q reads as %q, want %q", in, got, want)
		}
		if again := limit(t, want); again != l {
			t.Errorf("%q does not read back: %v, %v", want, l, again)
		}
	}
	for _, in := range []string{"", "85", "== 3", "=> 3", "<", "< x", "< NaN", "< Inf", "about 7", "< 3 4"} {
		var l aggregate.Limit
		if err := l.UnmarshalText([]byte(in)); err == nil {
			t.Errorf("%q is accepted as %v", in, l)
		}
	}
}

func TestTargetStatus(t *testing.T) {
	for _, tt := range []struct {
		green, red string
		at         map[float64]aggregate.Status
	}{
		{">= 85%", "< 70%", map[float64]aggregate.Status{0.85: aggregate.Green, 0.849: aggregate.Amber, 0.70: aggregate.Amber, 0.699: aggregate.Red}},
		{"<= 20", "> 40", map[float64]aggregate.Status{0: aggregate.Green, 20: aggregate.Green, 21: aggregate.Amber, 40: aggregate.Amber, 41: aggregate.Red}},
		{"<= 20", "", map[float64]aggregate.Status{20: aggregate.Green, 1e9: aggregate.Amber}},
		{"", "> 40", map[float64]aggregate.Status{40: aggregate.Green, 41: aggregate.Red}},
		{"", "", map[float64]aggregate.Status{0: aggregate.NoTarget}},
		{">= 5", "< 5", map[float64]aggregate.Status{5: aggregate.Green, 4.9: aggregate.Red}},
	} {
		for v, want := range tt.at {
			if got := target(t, tt.green, tt.red).Status(v); got != want {
				t.Errorf("green %q red %q: %v is %s, want %s", tt.green, tt.red, v, got, want)
			}
		}
	}
}

func TestTargetCheck(t *testing.T) {
	for _, tt := range []struct {
		green, red string
		better     aggregate.Better
		ok         bool
	}{
		{">= 85%", "< 70%", aggregate.Higher, true},
		{">= 85%", "< 85%", aggregate.Higher, true},
		{"> 85%", "<= 85%", aggregate.Higher, true},
		{">= 85%", "<= 85%", aggregate.Higher, false},
		{">= 70%", "< 85%", aggregate.Higher, false},
		{"<= 20", "> 40", aggregate.Lower, true},
		{"<= 40", "> 20", aggregate.Lower, false},
		{"<= 20", "> 40", aggregate.Higher, false},
		{">= 3", ">= 1", aggregate.Neither, false},
		{"<= 20", "> 40", aggregate.Neither, true},
		{"", "", aggregate.Lower, true},
		{"", "> 3", aggregate.Lower, true},
		{"", "< 3", aggregate.Lower, false},
	} {
		if err := target(t, tt.green, tt.red).Check(tt.better); (err == nil) != tt.ok {
			t.Errorf("green %q, red %q, %s better: %v", tt.green, tt.red, tt.better, err)
		}
	}
}

// No value is on both sides of a target that Check accepts.
func TestNoValueIsGreenAndRed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		op := rapid.SampledFrom([]string{"<", "<=", ">", ">="})
		draw := func(name string) aggregate.Limit {
			return aggregate.Limit{Op: op.Draw(t, name+" op"), Value: float64(rapid.IntRange(-3, 3).Draw(t, name))}
		}
		target := aggregate.Target{Green: draw("green"), Red: draw("red")}
		if target.Check(target.Better()) != nil {
			return
		}
		v := float64(rapid.IntRange(-8, 8).Draw(t, "twice")) / 2
		if target.Green.Holds(v) && target.Red.Holds(v) {
			t.Fatalf("%v is green and red of %v", v, target)
		}
	})
}
