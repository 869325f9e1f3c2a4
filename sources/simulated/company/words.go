package company

import (
	"math"
	"math/rand/v2"
)

// Title returns a believable line of work, such as "Teach the basket to count
// past twelve". It is drawn from r, so one generator gives one company.
func Title(r *rand.Rand) string {
	return verbs[r.IntN(len(verbs))] + " " + things[r.IntN(len(things))] + " " + ends[r.IntN(len(ends))]
}

// Bug returns a believable complaint.
func Bug(r *rand.Rand) string {
	return symptoms[r.IntN(len(symptoms))] + " " + ends[r.IntN(len(ends))]
}

var verbs = []string{
	"Teach", "Rewrite", "Remove", "Cache", "Measure", "Rename", "Move", "Speed up", "Document", "Retire", "Test", "Split",
}

var things = []string{
	"the basket", "the tea cosy service", "the spout validator", "the price cache", "the returns form", "the lid matcher",
	"the address book", "the gift-wrap queue", "the index writer", "the synonym list", "the stock feed", "the till",
}

var ends = []string{
	"for left-handed teapots", "before Christmas", "without waking anybody", "in Switzerland", "when the lid is missing",
	"on very small screens", "past twelve items", "for guests", "in the old region", "behind a flag", "again", "for real this time",
}

var symptoms = []string{
	"Total is off by one cup", "Button needs two clicks", "Image shows the wrong handle", "Filter hides blue pots",
	"Receipt says 'undefined teapots'", "Back button buys it twice", "Search ignores umlauts", "Spinner never stops",
	"Postcode with a space is refused", "Delivery date lies in the past",
}

// Poisson draws a count with the given mean, by Knuth's product of uniforms.
func Poisson(r *rand.Rand, mean float64) int {
	limit, product := math.Exp(-mean), r.Float64()
	n := 0
	for product > limit {
		product *= r.Float64()
		n++
	}
	return n
}
