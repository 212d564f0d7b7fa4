package fit

import (
	"errors"
	"fmt"
	"io"

	"edgesim/sim/scenario"
	"edgesim/workloads/trace"
)

// play measures what a scenario's workload asks for.
func play(text string, o Options) (*Measured, error) {
	s, err := scenario.Parse("fitted.yaml", []byte(text))
	if err != nil {
		return nil, fmt.Errorf("what was fitted is no scenario: %w", err)
	}
	catalog, err := s.Catalog()
	if err != nil {
		return nil, err
	}
	viewers, err := s.Viewers()
	if err != nil {
		return nil, err
	}
	source, err := s.Source(catalog, viewers)
	if err != nil {
		return nil, err
	}
	return Measure(trace.FromSource(source, catalog), o)
}

// Measure reads a trace to its end.
func Measure(r trace.Reader, o Options) (*Measured, error) {
	m := NewMeasured(o)
	batch := make([]trace.Request, 4096)
	for {
		n, err := r.Read(batch)
		m.Add(batch[:n])
		if errors.Is(err, io.EOF) {
			m.Finish()
			return m, nil
		}
		if err != nil {
			return m, err
		}
	}
}
