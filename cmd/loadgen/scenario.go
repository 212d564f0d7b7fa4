package main

import (
	"fmt"

	"edgesim/edge/behavior"
	"edgesim/results"
	"edgesim/sim/scenario"
)

// fromScenario takes catalog, viewers and schedule from a scenario, but for
// what the command line says itself.
func (o *options) fromScenario() (*load, error) {
	s, err := scenario.Load(o.scenario, o.settings()...)
	if err != nil {
		return nil, fmt.Errorf("--scenario: %w", err)
	}
	table, err := behavior.Compile(s.BehaviorDistributions())
	if err != nil {
		return nil, fmt.Errorf("--scenario %s: %w", o.scenario, err)
	}
	l := &load{
		name: s.Name, text: s.Text(), seed: s.Seed,
		length: s.Duration.Std(), warmup: s.Warmup.Std(), conns: s.Workload.Connections, promises: s.Objectives(), closed: s.Workload.Closed, think: s.Workload.Think.Std(),
		crowd: s.Crowd, warnings: s.Doubts(),
	}
	index := map[string]uint16{}
	for i, d := range s.Distributions {
		index[d.ID] = uint16(i)
		l.distrs = append(l.distrs, results.Distribution{ID: d.ID, Domain: d.Domain, Aliases: d.Aliases, Friendly: friendly(d)})
	}
	l.ofHost = func(host string) uint16 {
		d, ok := table.Host([]byte(host))
		if !ok {
			panic("loadgen: a checked scenario asks for a host that no distribution has: " + host)
		}
		return index[d.ID]
	}
	return l, nil
}

// friendly is the name that people know a distribution by.
func friendly(d scenario.Distribution) string {
	if len(d.Aliases) > 0 {
		return d.Aliases[0]
	}
	return d.Domain
}

// settings are the flags on the command line as assignments to a scenario, so
// that they are judged as the scenario's own values are.
func (o *options) settings() []string {
	var sets []string
	set := func(flag, key string, value any) {
		if o.given(flag) {
			sets = append(sets, fmt.Sprintf("%s=%v", key, value))
		}
	}
	set("seed", "seed", o.seed)
	set("duration", "duration", o.duration)
	set("warmup", "warmup", o.warmup)
	set("rate", "workload.rate", o.rate)
	set("rate", "workload.closed", false)
	set("closed", "workload.closed", o.closed)
	if o.closed {
		sets = append(sets, "workload.rate=0")
	}
	set("shape", "workload.shape", o.quoted())
	set("arrivals", "workload.arrivals", o.arrivals)
	set("requests", "workload.requests", o.requests)
	set("connections", "workload.connections", o.connections)
	set("ranges", "workload.ranges", o.ranges)
	set("aborts", "workload.aborts", o.aborts)
	set("conditionals", "workload.conditionals", o.conditionals)
	return sets
}
