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
