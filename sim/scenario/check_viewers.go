package scenario

import (
	"maps"
	"slices"
	"strings"
)

// checkReferrers looks at the weights of where viewers come from.
func (s *Scenario) checkReferrers() *fault {
	r, where := &s.Workload.Viewers.Referrers, at{"workload", "viewers", "referrers"}
	for _, weight := range []struct {
		key   string
		value float64
	}{{"none", r.None}, {"search", r.Search}, {"social", r.Social}, {"other", r.Other}} {
		if weight.value < 0 {
			return s.source.fault(where.then(weight.key), "%v: want a weight of 0 or more", weight.value)
		}
	}
	switch {
	case r.Sites < 0 || r.Sites > 60_000:
		return s.source.fault(where.then("sites"), "%d: want 1 to 60000, or 0 for the default", r.Sites)
	case r.Zipf < 0:
		return s.source.fault(where.then("zipf"), "%v: want an exponent of 0 or more", r.Zipf)
	}
	return nil
}

// checkAgents looks at the weights of what viewers run.
func (s *Scenario) checkAgents() *fault {
	agents, sum := s.Workload.Viewers.Agents, 0.0
	for _, name := range slices.Sorted(maps.Keys(agents)) {
		where := at{"workload", "viewers", "agents", name}
		if agents[name] < 0 {
			return s.source.fault(where, "%v: want a weight of 0 or more", agents[name])
		}
		if strings.ContainsAny(name, "\r\n\x00") {
			return s.source.fault(where, "want a User-Agent of one line")
		}
		sum += agents[name]
	}
	if len(agents) > 0 && sum == 0 {
		return s.source.fault(at{"workload", "viewers", "agents"}, "want a weight above 0")
	}
	return nil
}
