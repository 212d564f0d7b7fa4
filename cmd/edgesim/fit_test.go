package main

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"edgesim/sim/curve"
	"edgesim/sim/scenario"
	"edgesim/workloads/fit"
	"edgesim/workloads/trace"
)

// TestFit makes a trace, fits it, and runs what was fitted.
func TestFit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if status, _, stderr := edgesim(t, t.Context(), "trace", "gen", "--objects", "5000", "--requests", "20000", "--rate", "500/s", "--size", "median=10KB,sigma=1", "-o", at("z.csv")); status != 0 {
		t.Fatal(stderr)
	}
	status, stdout, stderr := edgesim(t, t.Context(), "fit", at("z.csv"))
	if status != 0 || !strings.Contains(stderr, "Zipf's law, exponent 0.") || !strings.Contains(stderr, "written: within 1") {
		t.Fatalf("status %d:\n%s", status, stderr)
	}
	for line := range strings.Lines(stderr) {
		if len([]rune(line)) > 81 {
			t.Errorf("more than 80 columns: %q", line)
		}
	}
	if _, err := scenario.Parse("fitted.yaml", []byte(stdout)); err != nil {
		t.Fatalf("%v\n%s", err, stdout)
	}
	status, stdout, stderr = edgesim(t, t.Context(), "fit", at("z.csv"), "--model", "recency", "--json", "--out", at("f.yaml"), "--plot", at("f.svg"))
	var f fit.Fit
	if err := json.Unmarshal([]byte(stdout), &f); status != 0 || err != nil || f.Tried[0].Model != "recency" {
		t.Fatalf("status %d, %v: %s\n%s", status, err, stderr, stdout)
	}
	if text, err := os.ReadFile(at("f.svg")); err != nil || !strings.Contains(string(text), "bytes, fitted") {
		t.Errorf("the plot: %v", err)
	}
	if status, _, stderr := edgesim(t, t.Context(), "run", at("f.yaml"), "--mode", "virtual", "--out", at("run")); status != 0 {
		t.Errorf("running what was fitted: status %d, %s", status, stderr)
	}
}

func TestFitSaysWhatIsWrong(t *testing.T) {
	file := filepath.Join(t.TempDir(), "t.ids")
	if err := os.WriteFile(file, []byte("1\n2\n1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"":                          "no log or trace given",
		file + " --model zpif":      `did you mean "zipf"?`,
		file + " --objects 5":       "from 1000 on",
		file + " --plot x.jpeg":     "ends in one of",
		file + " --limit -1":        "--limit -1",
		file + " --policies lr":     `did you mean "lru"?`,
		file + " --policies belady": "knows the future",
		file + " --geo nowhere":     "--geo",
		"nothing.csv":               "nothing.csv",
	} {
		status, _, stderr := edgesim(t, t.Context(), append([]string{"fit"}, strings.Fields(line)...)...)
		if status != exitUsage || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("fit %s: status %d, %q; want 2 and one line with %q", line, status, stderr, want)
		}
	}
	if status, _, stderr := edgesim(t, t.Context(), "fit", file, "--model", "zipf"); status != exitFail || !strings.Contains(stderr, "too few objects") {
		t.Errorf("status %d, %q", status, stderr)
	}
}

// TestTheFitsCurveIsTheCurve holds the curve that fits are judged by to the exact one.
func TestTheFitsCurveIsTheCurve(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "z.csv")
	if status, _, stderr := edgesim(t, t.Context(), "trace", "gen", "--objects", "3000", "--requests", "20000", "--size", "median=10KB,sigma=2", "-o", file); status != 0 {
		t.Fatal(stderr)
	}
	open := func() *trace.Trace {
		tr, err := trace.Open(trace.Options{Files: []string{file}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { tr.Close() })
		return tr
	}
	exact, _, err := curve.Exact(context.Background(), open(), curve.Config{})
	if err != nil {
		t.Fatal(err)
	}
	tr := open()
	m, err := fit.Measure(t.Context(), tr, fit.Options{Tells: tr.Info().Tells})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range m.Capacities() {
		r, b := exact.At(c)
		gotR, gotB := m.Curve.At(c)
		if math.Abs(r-gotR) > 0.003 || math.Abs(b-gotB) > 0.003 { // both lie on a line within a bin
			t.Errorf("at %d: %.4f and %.4f of bytes, want %.4f and %.4f", c, gotR, gotB, r, b)
		}
	}
}
