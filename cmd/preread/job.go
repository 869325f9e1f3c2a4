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

// with reads the settings and does a job with them.
func (p *program) with(do func(*job) error) error {
	c, err := p.settings()
	if err != nil {
		return err
	}
	return p.withConfig(c, do)
}

// withConfig does a job while what is remembered for its settings is open.
func (p *program) withConfig(c *config.Config, do func(*job) error) error {
	m, done := p.remembering(c)
	defer done()
	return do(&job{program: p, config: c, memory: m})
}
