package main

import (
	"preread/config"
	"preread/sources"
)

// A job is a run of a verb that has settings, and what is remembered for them.
type job struct {
	*program
	config *config.Config
	memory memory
	gaps   []sources.Gap // questions that got no answer in this run
}

// begin reads the settings and opens what is remembered for them; done gives
// it back.
func (p *program) begin() (j job, done func(), err error) {
	c, err := p.settings()
	if err != nil {
		return job{}, nil, err
	}
	j, done = p.beginWith(c)
	return j, done, nil
}

func (p *program) beginWith(c *config.Config) (j job, done func()) {
	m, done := p.remembering(c)
	return job{program: p, config: c, memory: m}, done
}
