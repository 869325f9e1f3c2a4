package report

import (
	"testing"

	"preread/aggregate"
)

func TestKeptWords(t *testing.T) {
	for want, k := range map[string]aggregate.Kept{
		"Of 1 goal that was forecast and is done, 0 met the date that was first given with 85 %.":    {Ended: 1},
		"Of 1 goal that was forecast and is done, 1 met the date that was first given with 85 %.":    {Ended: 1, Met: 1},
		"Of 7 goals that were forecast and are done, 6 met the date that was first given with 85 %.": {Ended: 7, Met: 6},
	} {
		if got := keptWords(k); got != want {
			t.Errorf("%+v: %q, want %q", k, got, want)
		}
	}
}
