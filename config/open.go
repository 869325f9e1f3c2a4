package config

import (
	"preread/sources"
)

// Questions returns what the page asks, in the order of the teams and lines.
func (c *Config) Questions() []sources.Question { return c.questions }

// Open opens every source that a question goes to and returns the questions
// with their sources. setup is called once for each source name. A secret that
// cannot be had is a problem of the settings.
func (c *Config) Open(setup func(name string) sources.Setup) ([]sources.Ask, error) {
	var problems Problems
	opened := map[string]sources.Source{}
	for _, t := range c.tables {
		if !c.asked(t.name) {
			continue
		}
		l := &loader{file: c.File}
		source, err := t.kind.Open(func(into any) error { return l.decode(t.table, into, "name") }, setup(t.name))
		if err != nil {
			reason, hint := sources.Reason(err)
			if hint != "" {
				reason += "\nhint: " + hint
			}
			problems = append(problems, Problem{File: c.File, Text: "source " + t.name + ": " + reason})
		}
		opened[t.name] = source
	}
	if len(problems) > 0 {
		return nil, problems
	}
	asks := make([]sources.Ask, len(c.questions))
	for i, q := range c.questions {
		asks[i] = sources.Ask{Question: q, Source: opened[q.Source]}
	}
	return asks, nil
}

func (c *Config) asked(name string) bool {
	for _, q := range c.questions {
		if q.Source == name {
			return true
		}
	}
	return false
}
