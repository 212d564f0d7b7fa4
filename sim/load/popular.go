package load

import (
	"fmt"

	"edgesim/workloads"
)

func (o *Options) checkPopularity() error {
	if err := workloads.CheckPopularity(o.Popularity); err != nil {
		return fmt.Errorf("--popularity: %w", err)
	}
	return nil
}

// ranked reports whether the user says how popular a workload's objects are.
func (o *Options) ranked() bool {
	return o.given("zipf") || o.given("objects") || o.given("popularity")
}
