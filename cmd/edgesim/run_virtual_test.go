package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"edgesim/results"
)

// A virtual run leaves the folder of a live one, and says the same twice.
func TestRunVirtual(t *testing.T) {
	t.Parallel()
	var texts [][]byte
	for range 2 {
		dir := filepath.Join(t.TempDir(), "run")
		status, stdout, stderr := edgesim(t, context.Background(), "run", "quickstart", "--mode", "virtual",
			"--set", "duration=2s", "--set", "warmup=500ms", "--seed", "5", "--out", dir, "--access-log", "--json")
		if status != 0 {
			t.Fatalf("status %d: %s", status, stderr)
		}
		var sum results.Summary
		if err := json.Unmarshal([]byte(stdout), &sum); err != nil || sum.Requests < 4000 || sum.Seed != 5 || sum.HitRatio < 0.5 {
			t.Errorf("%v: %d requests, seed %d, hit ratio %v", err, sum.Requests, sum.Seed, sum.HitRatio)
		}
		var m results.Manifest
		b, err := os.ReadFile(filepath.Join(dir, results.ManifestFile))
		if err == nil {
			err = json.Unmarshal(b, &m)
		}
		if err != nil || m.Mode != "virtual" || m.Partial || m.Seed != 5 {
			t.Errorf("%v: mode %q, partial %v, seed %d", err, m.Mode, m.Partial, m.Seed)
		}
		for _, name := range []string{results.IndexFile, results.AccessLogFile, "reports/cache_statistics.csv"} {
			if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
				t.Errorf("%s: %v", name, err)
			}
		}
		text, err := os.ReadFile(filepath.Join(dir, "reports/cache_statistics.csv"))
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, append(text, stdout...))
	}
	if !bytes.Equal(texts[0], texts[1]) {
		t.Error("two runs of one seed differ")
	}
}

// A run of weeks keeps its reports by the hour: the console's five are shown by hours
// or by days, and the sums are the same.
func TestVirtualWeeksByHoursAndDays(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "run")
	args := []string{"run", "quickstart", "--mode", "virtual", "--set", "duration=15d", "--set", "warmup=1d", "--set", "workload.rate=0.01/s", "--out", dir}
	if status, _, stderr := edgesim(t, context.Background(), args...); status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	sums := map[string]int{}
	for grain, want := range map[string]int{"hour": 14 * 24, "day": 14} {
		status, stdout, stderr := edgesim(t, context.Background(), "report", dir, "--granularity", grain, "--json")
		var tables []struct {
			Name string
			Rows []struct{ RequestCount int }
		}
		if err := json.Unmarshal([]byte(stdout), &tables); err != nil || status != 0 {
			t.Fatalf("by the %s: status %d, %v: %s", grain, status, err, stderr)
		}
		for _, row := range tables[0].Rows {
			sums[grain] += row.RequestCount
		}
		if tables[0].Name != "cache_statistics" || len(tables[0].Rows) != want || sums[grain] == 0 {
			t.Errorf("by the %s: %s has %d rows, want %d", grain, tables[0].Name, len(tables[0].Rows), want)
		}
	}
	if sums["hour"] != sums["day"] {
		t.Errorf("the hours have %d requests, the days %d", sums["hour"], sums["day"])
	}
}
