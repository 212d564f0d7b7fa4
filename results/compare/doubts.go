package compare

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"edgesim/results"
)

// doubts are what a reader must know before the figures.
func doubts(a, b []Run) (list []string) {
	all := append(slices.Clone(a), b...)
	switch {
	case len(a) == 1 && len(b) == 1:
		list = append(list, "one run against one has no interval: requests within a run are correlated, and its hours are no replicas, so nothing tells a difference from chance; repeat both with other seeds (--seed)")
	case len(a) == 1 || len(b) == 1:
		list = append(list, "a side has one run: the other side's spread stands for both")
	}
	for _, side := range [][]Run{a, b} {
		if texts := distinct(side, func(r Run) string { return withoutSeed(r.Manifest.Scenario) }); len(texts) > 1 {
			list = append(list, fmt.Sprintf("the runs %s are of different scenarios: their spread is no chance", strings.Join(namesOf(side), ", ")))
		}
	}
	for _, t := range []struct {
		what string
		of   func(r Run) string
	}{
		{"modes", func(r Run) string { return r.Manifest.Mode }},
		{"lengths", func(r Run) string { return fmt.Sprintf("%g s", r.Manifest.Length) }},
		{"warm-ups", func(r Run) string { return fmt.Sprintf("%g s", r.Manifest.Warmup) }},
		{"machines", func(r Run) string { return machine(r) }},
		{"versions of the program", func(r Run) string {
			return strings.TrimSpace(r.Manifest.Program.Version + " " + r.Manifest.Program.Commit)
		}},
	} {
		if values := distinct(all, t.of); len(values) > 1 {
			list = append(list, fmt.Sprintf("the runs have different %s: %s", t.what, strings.Join(values, ", ")))
		}
	}
	if names := distinct(all, func(r Run) string { return nameIn(r.Manifest.Scenario) }); len(names) > 1 {
		list = append(list, fmt.Sprintf("the runs are of scenarios with different names: %s; what differs need not be by what you changed", strings.Join(names, ", ")))
	}
	for _, r := range a {
		if same := slices.IndexFunc(b, func(o Run) bool { return identityOf(o) == identityOf(r) }); same >= 0 {
			list = append(list, fmt.Sprintf("%s and %s are the same run, and on both sides", r.Name, b[same].Name))
		}
	}
	for _, r := range all {
		list = append(list, ofOne(r)...)
	}
	return list
}

// ofOne are the doubts about a run by itself.
func ofOne(r Run) (list []string) {
	if r.Summary.Partial {
		list = append(list, r.Name+" was interrupted before its end")
	}
	if r.Manifest.Unsound {
		list = append(list, r.Name+": the load generator did not keep its schedule; times are its own as much as the server's")
	}
	if r.Manifest.Share != "" {
		list = append(list, fmt.Sprintf("%s is only the share %s of a schedule; edgesim merge puts shares together", r.Name, r.Manifest.Share))
	}
	return list
}

// machine is what a live run's speeds depend on; a virtual run depends on none.
func machine(r Run) string {
	if r.Manifest.Mode == "virtual" {
		return ""
	}
	return fmt.Sprintf("%s with %d CPUs", r.Manifest.Machine.CPU, r.Manifest.Machine.CPUs)
}

// distinct are the values of the runs that are not "".
func distinct(runs []Run, of func(Run) string) []string {
	seen := map[string]bool{}
	for _, r := range runs {
		if v := of(r); v != "" {
			seen[v] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// identity is what two runs have in common that are one.
type identity struct {
	mode, scenario, started, share string
	program                        results.Program
	seed                           uint64
}

func identityOf(r Run) identity {
	m := r.Manifest
	id := identity{m.Mode, m.Scenario, m.Started.String(), m.Share, m.Program, m.Seed}
	if m.Mode == "virtual" {
		id.started = ""
	}
	return id
}

// once leaves out what is the same run again: a folder named twice, or a virtual
// run of the same scenario and seed, which is the same to the byte. Neither says
// anything of chance.
func once(side []Run) (kept []Run, said []string) {
	seen := map[identity]string{}
	for _, r := range side {
		id := identityOf(r)
		if before, ok := seen[id]; ok {
			said = append(said, fmt.Sprintf("%s is the run %s again and left out: it says nothing of chance", r.Name, before))
			continue
		}
		seen[id] = r.Name
		kept = append(kept, r)
	}
	return kept, said
}

// withoutSeed is a scenario's text without its line "seed:".
func withoutSeed(text string) string {
	var kept []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "seed:") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// nameIn is what a scenario's text says it is called; "" where it does not.
func nameIn(text string) string {
	for line := range strings.Lines(text) {
		if name, ok := strings.CutPrefix(line, "name:"); ok {
			return strings.TrimSpace(name)
		}
	}
	return ""
}
