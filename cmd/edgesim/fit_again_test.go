package main

import (
	"encoding/json"
	"math"
	"path/filepath"
	"testing"

	"edgesim/results"
	"edgesim/workloads/fit"
)

// TestAFitGivesTheLogsReportsBack runs a built-in scenario, fits its log, runs what was
// fitted, and compares: hit ratios to 4 percentage points, shares of content classes,
// methods, countries and statuses to 3.
func TestAFitGivesTheLogsReportsBack(t *testing.T) {
	if raceEnabled {
		t.Skip("a dozen runs: without the race detector")
	}
	for _, name := range []string{"quickstart", "storm"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			at := func(name string) string { return filepath.Join(dir, name) }
			virtually(t, name, at("run"), "--set", "duration=8s", "--set", "warmup=2s", "--set", "workload.heads=2%", "--set", "workload.conditionals=4%")
			first := fitted(t, at("run"), at("fitted.yaml"))
			virtually(t, at("fitted.yaml"), at("again"))
			second := fitted(t, at("again"), at("twice.yaml"))

			before, after := summaryOf(t, at("run")), summaryOf(t, at("again"))
			if math.Abs(before.HitRatio-after.HitRatio) > 0.04 {
				t.Errorf("hit ratio %.3f, want %.3f", after.HitRatio, before.HitRatio)
			}
			a, b := first.Parameters.Mixes, second.Parameters.Mixes
			for what, pair := range map[string][2]map[string]float64{"classes": {a.Classes, b.Classes}, "methods": {a.Methods, b.Methods},
				"countries": {a.Countries, b.Countries}, "statuses": {a.Statuses, b.Statuses}} {
				for key, want := range pair[0] {
					if got := pair[1][key]; math.Abs(got-want) > 0.03 {
						t.Errorf("%s: %s has %.4f of the requests, want %.4f", what, key, got, want)
					}
				}
			}
		})
	}
}

// virtually runs a scenario in virtual time, with its log.
func virtually(t *testing.T, scenario, out string, args ...string) {
	t.Helper()
	status, _, stderr := edgesim(t, t.Context(), append([]string{"run", scenario, "--mode", "virtual", "--access-log", "--out", out}, args...)...)
	if status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
}

func fitted(t *testing.T, run, out string) (f fit.Fit) {
	t.Helper()
	status, stdout, stderr := edgesim(t, t.Context(), "fit", run, "--out", out, "--json", "--policies", "sieve")
	if status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	if err := json.Unmarshal([]byte(stdout), &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func summaryOf(t *testing.T, run string) *results.Summary {
	t.Helper()
	s, err := results.ReadSummary(run)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
