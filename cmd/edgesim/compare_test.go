package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/results/compare"
	"edgesim/results/plot"
)

// comparableRun makes a run folder of that seed and hit ratio, with one plot.
func comparableRun(t *testing.T, name string, seed uint64, hit float64) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if err := os.MkdirAll(filepath.Join(dir, results.PlotsDir), 0o755); err != nil {
		t.Fatal(err)
	}
	s := &results.Summary{Name: name, Seed: seed, Requests: 1000, Duration: 10, HitRatio: hit, Rate: results.Rate{Achieved: 100}}
	m := results.Manifest{Name: name, Mode: "live", Seed: seed, Scenario: "name: x\n", Started: time.Unix(int64(seed), 0)}
	f := &plot.Figure{Name: "hit_ratio", Title: "Hit ratio", Series: []plot.Line{{Label: "all", X: plot.Numbers{0, 1}, Y: plot.Numbers{hit, hit}}}}
	for _, err := range []error{results.WriteSummary(dir, s), results.WriteManifest(dir, m), results.WriteJSON(filepath.Join(dir, results.PlotsDir, "hit_ratio.json"), f)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestCompareRuns(t *testing.T) {
	t.Parallel()
	var a, b []string
	for seed := range 3 {
		jitter := float64(seed%2) / 500
		a = append(a, comparableRun(t, "a"+strconv.Itoa(seed), uint64(seed), 0.7+jitter))
		b = append(b, comparableRun(t, "b"+strconv.Itoa(seed), uint64(10+seed), 0.8+jitter))
	}
	args := append(append(append([]string{"compare", "--json"}, a...), "--"), b...)
	status, out, errs := edgesim(t, context.Background(), args...)
	if status != exitDone || errs != "" {
		t.Fatalf("status %d: %s", status, errs)
	}
	var r compare.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.A) != 3 || len(r.B) != 3 || r.Rows[0].Says != compare.Better || r.Rows[0].Delta.Low == nil {
		t.Errorf("%+v", r)
	}
	dir := filepath.Join(t.TempDir(), "figures")
	status, out, errs = edgesim(t, context.Background(), "compare", a[0], b[0], "--out", dir)
	if status != exitDone || !strings.Contains(out, "?") || !strings.Contains(errs, "one run against one has no interval") {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
	if _, err := os.Stat(filepath.Join(dir, "hit_ratio.svg")); err != nil {
		t.Error(err)
	}
}

func TestCompareSaysWhatIsWrong(t *testing.T) {
	run := comparableRun(t, "run", 1, 0.5)
	for _, c := range []struct{ args, want string }{
		{"", "runs of both sides are wanted"}, {run, "runs of both sides"}, {run + " " + run + " " + run, "two sets with --"},
		{run + " --", "runs of both sides"}, {"-- " + run + " " + run, "runs of both sides"},
		{run + " " + t.TempDir(), "is not a run folder"}, {run + " " + run + " --confidence 100%", "--confidence"},
	} {
		status, _, errs := edgesim(t, context.Background(), append([]string{"compare"}, strings.Fields(c.args)...)...)
		if status != exitUsage || !strings.Contains(errs, c.want) || strings.Count(errs, "\n") != 1 {
			t.Errorf("compare %s: status %d, %q, does not say %q in one line", c.args, status, errs, c.want)
		}
	}
}
