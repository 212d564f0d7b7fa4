package scenario

import (
	"fmt"

	"github.com/goccy/go-yaml"
)

// Text is the scenario as YAML with every --set carried out and defaults
// filled in: what a run's manifest keeps. Parse reads it back to the same
// scenario.
func (s *Scenario) Text() string {
	c := *s
	if s.Replays() {
		c.Workload = s.Workload.asWritten(s.path(s.Workload.Replay.File))
	}
	if s.source.root.find("network") == nil { // with one, nothing would be near any more
		c.Network = Network{}
	}
	c.Workload.Preset = "" // what it says is written out
	text, err := yaml.MarshalWithOptions(&c, yaml.OmitZero(), yaml.IndentSequence(true))
	if err != nil {
		panic(fmt.Sprintf("scenario: a checked scenario cannot be written: %v", err))
	}
	return string(text)
}

// Written is what the scenario was read from: the file's name, its text and the
// settings that changed it. Parse makes the same of them again.
func (s *Scenario) Written() (file string, text []byte, sets []string) {
	return s.source.file, s.source.text, s.source.sets
}
