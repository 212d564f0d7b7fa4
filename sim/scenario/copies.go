package scenario

import (
	"time"

	"edgesim/sim/origin"
	"edgesim/workloads"
)

// Copies says which version of an object a viewer has who asks conditionally at
// a moment, with the key of its entity tag: the one that the origin has then, as
// one who saw it a moment ago. nil where an origin is a real server, whose tags
// are its own. It may be asked by any number of goroutines.
func (s *Scenario) Copies(c *workloads.Catalog) func(object uint64, at time.Duration) (key, version uint64) {
	for _, o := range s.Origins {
		if o.URL != "" {
			return nil
		}
	}
	var types [][]origin.Object
	for i := range s.Workload.Sections {
		types = append(types, s.fixed(i))
	}
	return func(object uint64, at time.Duration) (key, version uint64) {
		found := c.Object(object)
		o := types[found.Section][found.Type]
		o.Key = found.Key
		return o.Key, origin.Version(o, at)
	}
}
