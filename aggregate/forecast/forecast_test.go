package forecast

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"pgregory.net/rapid"
)

// The reference cases were computed with rational arithmetic. A case with
// growth has no reference for the urn; its plain bootstrap is compared with a
// plain draw over the same pairs.
func TestReferenceCases(t *testing.T) {
	text, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		ID          string
		Done, Added []int
		Remaining   int
		Tolerance   float64
		CDF, Plain  []float64
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, c := range cases {
		net := make([]int, len(c.Done))
		for i := range net {
			net[i] = c.Done[i] - c.Added[i]
		}
		if c.CDF != nil {
			compared++
			for w, got := range urn(c.Remaining, net, len(c.CDF)) {
				if math.Abs(got-c.CDF[w]) > c.Tolerance {
					t.Errorf("%s: done within %d weeks with %.12f, want %.12f", c.ID, w+1, got, c.CDF[w])
				}
			}
		}
		for w, got := range plain(c.Remaining, net, len(c.Plain)) {
			compared++
			if math.Abs(got-c.Plain[w]) > c.Tolerance {
				t.Errorf("%s: plain bootstrap within %d weeks %.12f, want %.12f", c.ID, w+1, got, c.Plain[w])
			}
		}
	}
	if compared < 60 {
		t.Errorf("only %d figures were compared", compared)
	}
}

// plain is the ordinary bootstrap: weeks go back without a copy. The tests
// compare with it; the program does not use it.
func plain(remaining int, net []int, horizon int) []float64 {
	left := map[int]float64{remaining: 1}
	cdf := make([]float64, horizon)
	done := 0.0
	for w := range cdf {
		next := map[int]float64{}
		for r, p := range left {
			for _, x := range net {
				if r-x <= 0 {
					done += p / float64(len(net))
				} else {
					next[r-x] += p / float64(len(net))
				}
			}
		}
		left = next
		cdf[w] = done
	}
	return cdf
}

func TestStates(t *testing.T) {
	week := func(done ...int) (past []Week) {
		for _, d := range done {
			past = append(past, Week{Done: d})
		}
		return past
	}
	for _, tt := range []struct {
		name      string
		remaining int
		past      []Week
		want      State
	}{
		{"nothing left", 0, nil, Completed},
		{"no past", 5, nil, TooFew},
		{"three weeks", 5, week(1, 2, 3), TooFew},
		{"one week moved", 5, week(0, 0, 0, 9, 0, 0), TooFew},
		{"none moved", 5, week(0, 0, 0, 0), Nothing},
		{"enough", 5, week(0, 1, 0, 2), Forecast},
	} {
		if got := Ahead(tt.remaining, tt.past).State; got != tt.want {
			t.Errorf("%s: state %d, want %d", tt.name, got, tt.want)
		}
	}
	o := Ahead(10, []Week{{1, 3}, {2, 2}, {2, 2}, {3, 1}})
	if !o.Outgrown || o.Exact || o.PerWeek != 2 || o.Added != 2 || o.LeastOne != 1 || o.MostOne != 3 {
		t.Errorf("scope grows as fast as work is done: %+v", o)
	}
	if got := Ahead(1, week(9, 9, 9, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)).Weeks; got != MostWeeks {
		t.Errorf("%d weeks were used", got)
	}
	if o := Ahead(10000, week(1, 1, 1, 1)); o.State != Forecast || o.P50 != 0 || o.P85 != 0 || o.PDone(Horizon) != 0 {
		t.Errorf("beyond the horizon: %+v", o.P50)
	}
}

func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(4, 8).Draw(t, "n")
		past := make([]Week, n)
		for i := range past {
			past[i] = Week{rapid.IntRange(0, 9).Draw(t, "done"), rapid.IntRange(-2, 5).Draw(t, "added")}
		}
		remaining := rapid.IntRange(1, 40).Draw(t, "remaining")
		o := Ahead(remaining, past)
		if o.State != Forecast {
			return
		}
		last := 0.0
		for w := 1; w <= Horizon; w++ {
			p := o.PDone(float64(w))
			if p < last || p > 1 {
				t.Fatalf("done within %d weeks with %v, after %v", w, p, last)
			}
			last = p
		}
		if o.P85 != 0 && o.P85 < o.P50 {
			t.Fatalf("P85 %d before P50 %d", o.P85, o.P50)
		}
		if again := Ahead(remaining, past); fmt.Sprint(again) != fmt.Sprint(o) {
			t.Fatal("the same past gives another outlook")
		}
		if more := Ahead(remaining+5, past); o.Exact && more.PDone(10) > o.PDone(10)+1e-9 {
			t.Fatalf("with more left it is done sooner: %v > %v", more.PDone(10), o.PDone(10))
		}
	})
}

// Where both are possible, drawing agrees with computing.
func TestDrawnAgreesWithComputed(t *testing.T) {
	net := []int{2, 4, 0, 3, 5, 1}
	exact, estimate := urn(12, net, 30), drawn(12, net, 30)
	for w := range exact {
		if bound := 4*math.Sqrt(exact[w]*(1-exact[w])/trials) + 1e-9; math.Abs(exact[w]-estimate[w]) > bound {
			t.Errorf("within %d weeks: computed %.4f, drawn %.4f", w+1, exact[w], estimate[w])
		}
	}
}

// TestPromisesHold simulates goals of which six weeks are known and counts how
// often they are done by the P85 date: it must be 80 to 92 in 100. The plain
// bootstrap and the straight line stand beside it.
func TestPromisesHold(t *testing.T) {
	goals := 600
	for _, tt := range []struct {
		name      string
		remaining int
		variance  float64 // of a week's throughput, in means
		growth    float64
	}{
		{"30 left, as chance has it", 30, 1, 0},
		{"60 left, as chance has it", 60, 1, 0},
		{"60 left, one added a week", 60, 1, 1},
		{"60 left, twice the variance", 60, 2, 0},
		{"60 left, twice the variance, one added a week", 60, 2, 1},
	} {
		r := rand.New(rand.NewPCG(7, uint64(tt.remaining)))
		held, heldPlain, heldLine, counted := 0, 0, 0, 0
		for range goals {
			past := make([]Week, 6)
			for i := range past {
				past[i] = Week{throughput(r, 5, tt.variance), poisson(r, tt.growth)}
			}
			o := Ahead(tt.remaining, past)
			if o.State != Forecast {
				continue
			}
			counted++
			weeks := truth(r, tt.remaining, tt.variance, tt.growth)
			if o.P85 == 0 || weeks <= o.P85 {
				held++
			}
			net := make([]int, len(past))
			mean := 0.0
			for i, w := range past {
				net[i] = w.Done - w.Added
				mean += float64(net[i]) / float64(len(past))
			}
			if p := (Outlook{cdf: plain(tt.remaining, net, Horizon)}).within(0.85); p == 0 || weeks <= p {
				heldPlain++
			}
			if mean <= 0 || float64(weeks) <= math.Ceil(float64(tt.remaining)/mean) {
				heldLine++
			}
		}
		share := func(n int) float64 { return 100 * float64(n) / float64(counted) }
		t.Logf("%-46s P85 holds %4.1f %%; plain bootstrap %4.1f %%; straight line %4.1f %%", tt.name, share(held), share(heldPlain), share(heldLine))
		if share(held) < 80 || share(held) > 92 {
			t.Errorf("%s: P85 dates hold in %.1f %% of %d goals", tt.name, share(held), counted)
		}
	}
}

// truth plays a goal to its end and returns the week in which it was done.
func truth(r *rand.Rand, remaining int, variance, growth float64) int {
	for w := 1; ; w++ {
		remaining += poisson(r, growth) - throughput(r, 5, variance)
		if remaining <= 0 || w == Horizon {
			return w
		}
	}
}

// throughput draws a week's finished items: Poisson, or with a gamma mean
// where weeks vary more than chance.
func throughput(r *rand.Rand, mean, variance float64) int {
	if variance > 1 {
		// A Poisson count with a gamma mean of shape mean/(variance-1) has this
		// variance; the shape here is whole, so the gamma is a sum.
		shape := mean / (variance - 1)
		sum := 0.0
		for range int(math.Round(shape)) {
			sum += r.ExpFloat64()
		}
		mean = sum * (variance - 1)
	}
	return poisson(r, mean)
}

func poisson(r *rand.Rand, mean float64) int {
	limit, product, n := math.Exp(-mean), r.Float64(), 0
	for product > limit {
		product *= r.Float64()
		n++
	}
	return n
}

func BenchmarkAhead(b *testing.B) {
	for name, past := range map[string][]Week{
		"computed": {{2, 0}, {4, 1}, {0, 0}, {3, 0}, {5, 2}, {1, 0}},
		"drawn":    {{2, 0}, {4, 1}, {0, 2}, {3, 0}, {5, 2}, {1, 3}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Ahead(30, past)
			}
		})
	}
}
