package ask

import "testing"

// The examples that the threshold was chosen by. A wrong "one" hides that an
// ask was dropped; a wrong "two" says so of one that was only reworded, and
// everybody can see it. So it leans to two.
var examples = []struct {
	a, b string
	one  bool
}{
	// Reworded by hand.
	{"Do we drop the old card vault?", "Shall we drop the old card vault in January?", true},
	{"Do we drop the old card vault?", "Can we drop the card vault now?", true},
	{"Do we drop the old card vault?", "Should the old card vault be dropped?", true},
	{"Can we hire two testers?", "May we hire two more testers until March?", true},
	{"Is the goal still all regions?", "Is our goal all regions, as before?", true},
	{"Could Platform move our queue to the new cluster?", "Would Platform please move the queue to their new cluster by Friday?", true},
	{"Do we keep both vaults until 2027-01-15?", "Do we keep both vaults until 2027-01-31?", true},
	{"Do we keep both vaults until 15 January?", "Do we keep both vaults until 31 January?", true},
	{"Which order of countries would you choose?", "In which order would you choose the countries?", true},
	{"Could you introduce us to the head of payments at Nordbank?", "Could you introduce Mia to the head of payments at Nordbank?", true},
	{"Do we drop the old card vault?", "Do we drop the old card valt?", true},
	{"Do we drop teh old card vualt?", "Do we drop the old card vault?", true},
	{"Is the goal still all regions?", "Is the goal all regions, without Brazil?", true},
	{"May we hire 2 testers?", "May we hire 3 testers?", true},
	{"Does our team move the nightly settlement report of the card vault to the new cluster?", "Does our team shift the nightly settlement report of the card vault to the new cluster?", true},
	{"May we buy a second licence for the load tool?", "May we buy a second load tool licence for 900 euro?", true},
	{"Do we stop the pager rotation on weekends?", "Do we stop weekend pager rotations?", true},

	// Others, though they sound like it.
	{"Do we launch in Norway?", "Do we launch in Spain?", false},
	{"Do we launch one-click checkout in Norway in December?", "Do we launch one-click checkout in Spain in December?", false},
	{"Can we drop PAY-12 from the sprint?", "Can we drop PAY-13 from the sprint?", false},
	{"Could Ravi review the plan?", "Could Mia review the plan?", false},
	{"Could you introduce us to the head of payments at Nordbank?", "Could you introduce us to the head of payments at Sudbank?", false},
	{"Do we drop the old card vault?", "Do we tell customers about the old card vault?", false},
	{"Do we drop the old card vault?", "Who pays for the new card vault?", false},
	{"Can we hire two testers?", "Can we train two developers?", false},
	{"Can we hire two testers?", "Can we hire a designer?", false},
	{"Is the goal still all regions?", "Is the budget still for all regions?", false},
	{"Do we drop it?", "Do we keep it?", false},
	{"Is it still so?", "Can we do this?", false},
	{"Do we move the release to Friday?", "Do we move the offsite to Friday?", false},
	{"Do we stop the pager rotation on weekends?", "Do we pay for the pager rotation?", false},
	{"Do we hire two testers for the mobile team?", "Do we hire two designers for the mobile team?", false},
	{"Do we drop the old card vault?", "Do we keep the old card vault?", false},
	{"Does our team move the nightly settlement report of the card vault to the Oslo cluster?", "Does our team move the nightly settlement report of the card vault to the Bergen cluster?", false},

	// The same to a person, but not told from the others by their words.
	{"Could Platform move our queue to the new cluster?", "Could Platform shift our queue to the new cluster?", false},
	{"Could you introduce us to the head of payments at Nordbank?", "Could you bring us together with the head of payments at Nordbank?", false},
	{"Tun wir das?", "Machen wir das?", false},
}

func TestLikeness(t *testing.T) {
	for _, tt := range examples {
		a, b := content(tt.a), content(tt.b)
		got := likeness(a, b)
		if back := likeness(b, a); got != back {
			t.Errorf("%q and %q: %.2f one way, %.2f the other", tt.a, tt.b, got, back)
		}
		if (got > 0) != tt.one {
			t.Errorf("%q and %q are %.2f alike; one ask: %v", tt.a, tt.b, got, tt.one)
		}
	}
}
