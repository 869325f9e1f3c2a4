package config

import (
	"slices"

	"preread/aggregate"
	"preread/report"
)

// readerTable is a [[reader]] table.
type readerTable struct {
	ID      string            `toml:"id"`
	Name    string            `toml:"name"`
	Level   report.Level      `toml:"level"`
	Form    report.Form       `toml:"form"`
	Format  report.Format     `toml:"format"`
	First   []string          `toml:"first"`
	Words   int               `toml:"words"`
	Cadence aggregate.Cadence `toml:"cadence"`
	Known   []string          `toml:"knows"`
}

// readers reads how others than the page's own reader want to read.
func (l *loader) readers(top table) {
	for _, t := range l.list(top, "reader") {
		var in readerTable
		if l.decode(t, &in) != nil || !l.id(t, in.ID, "reader") {
			continue
		}
		if slices.ContainsFunc(l.config.Readers, func(o report.Profile) bool { return o.ID == in.ID }) {
			l.complain(join(t.path, "id"), "id: a second reader has the id %q", in.ID)
		}
		if in.Words < 0 {
			l.complain(join(t.path, "words"), "words: it is the most that is read, and not below 0")
		}
		if in.Name == "" {
			in.Name = in.ID
		}
		l.config.Readers = append(l.config.Readers, report.Profile{
			ID: in.ID, Name: in.Name, Level: in.Level, Form: in.Form, Format: in.Format, First: in.First, Words: in.Words, Cadence: in.Cadence, Known: in.Known,
		})
	}
}
