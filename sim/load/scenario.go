package load

import (
	"fmt"
	"strconv"

	"edgesim/edge/behavior"
	"edgesim/results"
	"edgesim/sim/scenario"
	"edgesim/workloads/trace"
)

// fromScenario takes catalog, viewers and schedule from a scenario, but for
// what the command line says itself.
func (o *Options) fromScenario() (*Plan, error) {
	s, err := o.readScenario()
	if err != nil {
		return nil, fmt.Errorf("--scenario: %w", err)
	}
	table, err := behavior.Compile(s.BehaviorDistributions())
	if err != nil {
		return nil, fmt.Errorf("--scenario %s: %w", o.Scenario, err)
	}
	l := &Plan{
		Name: s.Name, Text: s.Text(), Seed: s.Seed,
		Length: s.Duration.Std(), Warmup: s.Warmup.Std(), Connections: s.Workload.Connections, promises: s.Objectives(), Closed: s.Workload.Closed, think: s.Workload.Think.Std(),
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

func (o *Options) readScenario() (*scenario.Scenario, error) {
	if o.ScenarioText != nil {
		return scenario.ParseFiles(o.Scenario, o.ScenarioText, o.ScenarioFiles, o.settings()...)
	}
	return scenario.Load(o.Scenario, o.settings()...)
}

// Hand has the scenario's text and what it says of files stand in the options, for
// machines that do not have them.
func (o *Options) Hand() error {
	if o.Scenario == "" || o.ScenarioText != nil {
		return nil
	}
	s, err := o.readScenario()
	if err != nil {
		return fmt.Errorf("--scenario: %w", err)
	}
	files := s.Names()
	if r := s.Workload.Replay; r != nil && r.Format == "auto" { // which the name of the file may have told
		if o.ReplayFormat, err = trace.Told(trace.Options{Files: []string{files[r.File]}, Columns: r.Columns}); err != nil {
			return fmt.Errorf("--scenario %s: %w", o.Scenario, err)
		}
	}
	_, o.ScenarioText, _ = s.Written()
	o.ScenarioFiles = files
	return nil
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
func (o *Options) settings() []string {
	var sets []string
	set := func(flag, key string, value any) {
		if o.given(flag) {
			sets = append(sets, fmt.Sprintf("%s=%v", key, value))
		}
	}
	set("seed", "seed", o.Seed)
	set("duration", "duration", o.Duration)
	set("warmup", "warmup", o.Warmup)
	set("rate", "workload.rate", o.Rate)
	set("rate", "workload.closed", false)
	set("closed", "workload.closed", o.Closed)
	if o.Closed {
		sets = append(sets, "workload.rate=0")
	}
	set("shape", "workload.shape", o.quoted())
	set("arrivals", "workload.arrivals", o.Arrivals)
	set("requests", "workload.requests", o.Requests)
	set("connections", "workload.connections", o.Connections)
	set("ranges", "workload.ranges", o.Ranges)
	set("aborts", "workload.aborts", o.Aborts)
	set("conditionals", "workload.conditionals", o.Conditionals)
	if o.ReplayFormat != "" {
		sets = append(sets, "workload.replay.format="+strconv.Quote(o.ReplayFormat))
	}
	return sets
}
