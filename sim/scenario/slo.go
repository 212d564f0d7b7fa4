package scenario

import "edgesim/sim/objective"

// Objectives are what the run must keep.
func (s *Scenario) Objectives() []objective.Target { return s.promises }

// checkSLO reads the objectives.
func (s *Scenario) checkSLO() *fault {
	for i, text := range s.SLO {
		t, err := objective.Parse(text, objective.Measured())
		if err != nil {
			return s.source.fault(at{"slo", i}, "%v", err)
		}
		s.promises = append(s.promises, t)
	}
	return nil
}
