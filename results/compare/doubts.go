package compare

import (
	"fmt"
	"maps"
	"slices"
	"strings"
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
	for _, r := range all {
		if r.Summary.Partial {
			list = append(list, r.Name+" was interrupted before its end")
		}
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

// once leaves out what is the same run again: a folder named twice, or a virtual
// run of the same scenario and seed, which is the same to the byte. Neither says
// anything of chance.
func once(side []Run) (kept []Run, said []string) {
	type identity struct {
		scenario, started string
		seed              uint64
	}
	seen := map[identity]string{}
	for _, r := range side {
		id := identity{r.Manifest.Scenario, r.Manifest.Started.String(), r.Manifest.Seed}
		if r.Manifest.Mode == "virtual" {
			id.started = ""
		}
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
