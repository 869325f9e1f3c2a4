package prometheus

import (
	"testing"
	"time"
)

func TestReach(t *testing.T) {
	const day = 24 * time.Hour
	for _, c := range []struct {
		expr string
		want time.Duration
	}{
		{"pot_celsius", 0},
		{"sum(increase(errors_total[1w]))", 7 * day},
		{"sum(increase(errors_total[ 7d ])) or vector(0)", 7 * day},
		{`rate(a{path="[30d]"}[5m]) / rate(b{path='offset 1w'}[1w2d]) # [90d]`, 9 * day},
		{"max_over_time(rate(a[5m])[1w:5m])", 7*day + 5*time.Minute},
		{"max_over_time(rate(a[5m])[1w:]) / max_over_time(rate(b[5m])[1w:])", 7*day + 5*time.Minute},
		{"increase(a[1w] OFFSET 1w)", 14 * day},
		{"increase(a[1w] offset -1w)", 7 * day},
		{"increase(a[3600])", time.Hour},
		{"increase(a[290y]) + max_over_time(b[290y:]) offset 290y", farthest},
		{"increase(a[lots])", 0},
	} {
		if got := reach(c.expr); got != c.want {
			t.Errorf("%s looks back %s, want %s", c.expr, got, c.want)
		}
	}
}

func FuzzReach(f *testing.F) {
	for _, seed := range []string{"a[1w]", `a{b="[`, "a[1e400]", "a[999999999999999999999s]", "offset 9223372036854775807", "[1w:"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		if d := reach(expr); d < 0 || d > farthest {
			t.Errorf("%q looks back %s", expr, d)
		}
	})
}
