package config

import (
	"slices"

	"preread/aggregate"
	"preread/sources"
)

// colour is the word for a colour that a person gives.
type colour struct{ aggregate.Status }

// UnmarshalText reads "red", "amber" or "green".
func (c *colour) UnmarshalText(text []byte) error {
	if err := c.Status.UnmarshalText(text); err != nil || c.Status < aggregate.Green {
		return sources.Unansweredf(`%q is not a colour; there is red, amber and green`, sources.OneLine(string(text), 40))
	}
	return nil
}

// word is what a person says about a line, and until when or since when.
type word struct {
	Colour colour      `toml:"colour"`
	Until  sources.Day `toml:"until"`
	From   sources.Day `toml:"from"`
	Reason string      `toml:"reason"`
}

// personal reads what people say against a line's rule: a colour of their own,
// a waiver for the check, a new level. Each needs a date and a reason, so that
// nothing is overruled for ever or for nothing.
func (l *loader) personal(t table, line *aggregate.Line) {
	if w, found := l.word(t, "own", "colour", "until"); found {
		line.Own = []aggregate.Own{{Status: w.Colour.Status, Until: w.Until, Reason: w.Reason, Where: "settings"}}
	}
	if w, found := l.word(t, "waiver", "until"); found {
		line.Waiver = aggregate.Waiver{Until: w.Until, Reason: w.Reason}
	}
	if w, found := l.word(t, "accepted", "from"); found {
		line.Accepted = aggregate.Accepted{From: w.From, Reason: w.Reason}
	}
}

// word reads one such table, which must hold the keys and a reason, and nothing
// else.
func (l *loader) word(t table, name string, keys ...string) (w word, found bool) {
	sub, found := l.sub(t, name)
	if !found {
		return w, false
	}
	before := len(l.problems)
	keys = append(keys, "reason")
	for _, key := range l.sorted(sub) {
		if !slices.Contains(keys, key) {
			l.complain(join(sub.path, key), "unknown key %q in %s%s", sources.OneLine(key, 60), name, nearest(key, keys))
			delete(sub.values, key)
		}
	}
	for _, key := range keys {
		if value, has := sub.values[key]; !has || value == "" {
			l.complain(sub.path, "%s has no %s", name, key)
		}
	}
	_ = l.decode(sub, &w)
	return w, len(l.problems) == before
}
