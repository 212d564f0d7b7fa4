package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"edgesim/results"
	"edgesim/sim/plan"
	"edgesim/sim/sweep"
	"edgesim/sim/validate"
)

// A sweep over a trace says what mrc says of the same cells.
func TestASweepOfATraceIsItsCurve(t *testing.T) {
	t.Parallel()
	path := oracleTrace(t, 20_000)
	args := []string{path, "--policy", "lru,sieve", "--capacity", "100kB,500kB", "--csv", "-"}
	status, grid, errs := edgesim(t, context.Background(), append([]string{"sweep", "--replicas", "1"}, args...)...)
	if status != exitDone {
		t.Fatalf("status %d: %s", status, errs)
	}
	_, curve, _ := edgesim(t, context.Background(), append([]string{"mrc"}, args...)...)
	rows, points := strings.Split(strings.TrimSpace(grid), "\n"), strings.Split(strings.TrimSpace(curve), "\n")
	if len(rows) != 5 || len(points) != 5 {
		t.Fatalf("%s\n%s", grid, curve)
	}
	for i := range rows[1:] {
		row, point := strings.Split(rows[i+1], ","), strings.Split(points[i+1], ",")
		hit, miss := number(t, row[3]), number(t, point[4])
		if row[0] != point[0] || row[1] != point[1] || hit+miss < 0.99999 || hit+miss > 1.00001 {
			t.Errorf("%s beside %s", rows[i+1], points[i+1])
		}
	}
}

func number(t *testing.T, text string) (v float64) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

var short = []string{"--set", "duration=2s", "--set", "warmup=500ms"}

func TestASweepOfAScenario(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	args := append([]string{"sweep", "quickstart", "--policy", "lru,s3fifo", "--capacity", "2MiB,8MiB", "--replicas", "2", "--out", dir, "--json"}, short...)
	status, out, errs := edgesim(t, context.Background(), args...)
	var r sweep.Result
	if err := json.Unmarshal([]byte(out), &r); status != exitDone || err != nil {
		t.Fatalf("status %d, %v: %s", status, err, errs)
	}
	if len(r.Rows) != 4 || r.Rows[0].Replicas != 2 || r.Rows[0].Figures["hit"].Doubt == nil ||
		r.Rows[1].Figures["hit"].Mean <= r.Rows[0].Figures["hit"].Mean {
		t.Errorf("%s", out)
	}
	if _, err := os.Stat(filepath.Join(dir, "sweep_byte_hit.svg")); err != nil {
		t.Error(err)
	}
	_, again, _ := edgesim(t, context.Background(), append(args, "--jobs", "1")...)
	if again != out {
		t.Error("another number of jobs says something else")
	}
}

func TestAPlanFindsACapacity(t *testing.T) {
	t.Parallel()
	status, out, errs := edgesim(t, context.Background(), append([]string{"plan", "quickstart", "--target", "hit>=50%",
		"--policy", "lru", "--replicas", "2", "--precision", "0.3", "--json"}, short...)...)
	var r plan.Result
	if err := json.Unmarshal([]byte(out), &r); status != exitDone || err != nil {
		t.Fatalf("status %d, %v: %s%s", status, err, out, errs)
	}
	a := r.Answers[0]
	if !a.Reached || a.Guess == 0 || a.Capacity < 1<<17 || a.Capacity > 1<<26 || len(a.Variants) != 5 || a.At.Cost == nil {
		t.Errorf("%s", out)
	}
	status, _, errs = edgesim(t, context.Background(), append([]string{"plan", "quickstart", "--target", "hit>=99.9%", "--replicas", "1"}, short...)...)
	if status != exitFail || !strings.Contains(errs, "no policy keeps the targets") {
		t.Errorf("status %d: %s", status, errs)
	}
}

// What a plan says to play is what it has played: of one replica the run of the same
// seed has the same hit ratio, to the last digit.
func TestAPlansAnswerCanBePlayed(t *testing.T) {
	t.Parallel()
	ask := append([]string{"plan", "quickstart", "--target", "hit>=50%", "--policy", "lru", "--replicas", "1", "--precision", "0.3", "--no-variants"}, short...)
	_, out, errs := edgesim(t, context.Background(), append(ask, "--json")...)
	var r plan.Result
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v: %s", err, errs)
	}
	_, out, _ = edgesim(t, context.Background(), ask...)
	_, line, found := strings.Cut(out, "To play it:\n  edgesim ")
	if !found {
		t.Fatalf("no command in:\n%s", out)
	}
	status, out, errs := edgesim(t, context.Background(), append(strings.Fields(line), "--mode", "virtual", "--json", "--out", filepath.Join(t.TempDir(), "run"))...)
	var s results.Summary
	if err := json.Unmarshal([]byte(out), &s); status != exitDone || err != nil {
		t.Fatalf("edgesim %s: status %d, %v: %s", line, status, err, errs)
	}
	if got, want := s.HitRatio, r.Answers[0].At.Figures["hit"].Mean; got != want {
		t.Errorf("edgesim %s has a hit ratio of %v, the plan said %v", line, got, want)
	}
}

// A trace that tells no sizes is counted in objects, and its plan's answer is played
// by mrc.
func TestATraceWithoutSizesIsCountedInObjects(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "t.ids")
	traced(t, "gen", "--requests", "3000", "--objects", "500", "--unit", "-o", path)
	_, out, errs := edgesim(t, context.Background(), "plan", path, "--target", "hit>=50%", "--policy", "lru")
	_, line, found := strings.Cut(out, "To play it:\n  edgesim ")
	if !found || strings.Contains(out+errs, "B ") || !strings.Contains(line, "--ignore-size") {
		t.Fatalf("%s%s", out, errs)
	}
	status, out, errs := edgesim(t, context.Background(), strings.Fields(line)...)
	if status != exitDone || strings.Contains(out, "bytes") {
		t.Errorf("edgesim %s: status %d: %s%s", line, status, out, errs)
	}
}

func TestWordsAreQuotedForShells(t *testing.T) {
	for word, want := range map[string]string{"a.b=5%": "a.b=5%", "": "''", "a b": "'a b'", "it's": `'it'\''s'`, "$HOME": "'$HOME'"} {
		if got := quoted(word); got != want {
			t.Errorf("%q: %s, want %s", word, got, want)
		}
	}
}

// A sweep sets formulas beside what it played, of traces and of scenarios; of a trace
// they are those of mrc.
func TestASweepHasFormulasBesideIt(t *testing.T) {
	t.Parallel()
	path, dir := oracleTrace(t, 20_000), t.TempDir()
	for name, more := range map[string][]string{path: {"--capacity", "100kB,500kB"}, "quickstart": append([]string{"--capacity", "8MiB,16MiB"}, short...)} {
		status, out, errs := edgesim(t, context.Background(), append([]string{"sweep", name, "--policy", "lru,sieve", "--replicas", "1", "--formula", "--json", "--out", dir, "--csv", filepath.Join(dir, "g.csv")}, more...)...)
		var r sweep.Result
		if err := json.Unmarshal([]byte(out), &r); status != exitDone || err != nil || len(r.Rows) != 4 {
			t.Fatalf("status %d, %v: %s%s", status, err, out, errs)
		}
		for _, row := range r.Rows {
			if (row.Formula != nil) != (row.Policy == "lru") || row.Policy == "lru" && !(row.Formula["hit"] > 0.1 && row.Formula["hit"] < 1) {
				t.Errorf("%s: %+v", name, row)
			}
			if name == path && row.Policy == "lru" && math.Abs(row.Formula["hit"]-row.Figures["hit"].Mean) > 0.02 {
				t.Errorf("%+v", row)
			}
		}
		csv, err := os.ReadFile(filepath.Join(dir, "g.csv"))
		lines := strings.Split(strings.TrimSpace(string(csv)), "\n")
		if err != nil || len(lines) != 5 || !strings.HasSuffix(lines[0], ",formula_hit,formula_byte_hit") || strings.HasSuffix(lines[1], ",") || !strings.HasSuffix(lines[4], ",,") {
			t.Errorf("%v: %s", err, csv)
		}
	}
	if status, _, errs := edgesim(t, context.Background(), "sweep", "quickstart", "--policy", "sieve", "--replicas", "1", "--capacity", "8MiB", "--formula"); status != exitUsage || !strings.Contains(errs, "none of sieve has one") {
		t.Errorf("status %d: %s", status, errs)
	}
}

func TestAPlanOfATrace(t *testing.T) {
	t.Parallel()
	path := oracleTrace(t, 20_000)
	status, out, errs := edgesim(t, context.Background(), "plan", path, "--target", "byte-hit>=0.5", "--policy", "lru,belady", "--replicas", "1")
	if status != exitDone || !strings.Contains(out, "belady at") {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
}

// How near the worlds are on a machine that has other work to do says nothing of them:
// that they agree is held in virtual time (sim/live). Here both are played, and what is
// said of them follows from their figures.
func TestAValidationComparesWorlds(t *testing.T) {
	if testing.Short() {
		t.Skip("plays a scenario on sockets")
	}
	dir := t.TempDir()
	status, out, errs := edgesim(t, context.Background(), append([]string{"validate", "quickstart", "--repeat", "1", "--out", dir, "--json"}, short...)...)
	var r validate.Result
	if err := json.Unmarshal([]byte(out), &r); status == exitUsage || err != nil {
		t.Fatalf("status %d, %v: %s", status, err, errs)
	}
	hit := slices.IndexFunc(r.Figures, func(f validate.Figure) bool { return f.Name == "hit ratio" })
	if f := r.Figures[hit]; f.Live <= 0 || f.Virtual <= 0 || math.Abs(f.Virtual-f.Live-f.Distance) > 1e-9 || f.Doubt != nil || f.Samples == 0 {
		t.Errorf("%+v", f)
	}
	if len(r.Seeds) != 1 || r.Partial || len(r.Figures) < 10 {
		t.Errorf("seeds %v, partial %v, %d figures", r.Seeds, r.Partial, len(r.Figures))
	}
	if _, err := os.Stat(filepath.Join(dir, "first_byte.png")); err != nil {
		t.Error(err)
	}
}

func TestCellsBlameTheFlag(t *testing.T) {
	t.Parallel()
	path := oracleTrace(t, 100)
	for want, args := range map[string][]string{
		"right is one, as: edgesim sweep quickstart": {"sweep"},
		"--replicas 0":                      {"sweep", "quickstart", "--replicas", "0"},
		"--format is for traces":            {"sweep", "quickstart", "--format", "csv"},
		"--set is for scenarios":            {"sweep", path, "--set", "seed=1"},
		`did you mean "sieve"`:              {"sweep", "quickstart", "--policy", "sive"},
		"has no working set":                {"sweep", "quickstart", "--capacity", "10%"},
		"edge.capacity":                     {"sweep", "quickstart", "--capacity", "1KiB"},
		"knows the future":                  {"sweep", "quickstart", "--policy", "belady"},
		"no --target given":                 {"plan", "quickstart"},
		"write it as":                       {"plan", "quickstart", "--target", "hit"},
		`no quantity "speed"`:               {"plan", "quickstart", "--target", "speed>=1"},
		"--precision 7":                     {"plan", "quickstart", "--target", "hit>=0.5", "--precision", "7"},
		"--most":                            {"plan", "quickstart", "--target", "hit>=0.5", "--most", "1KiB"},
		"--prices":                          {"plan", "quickstart", "--target", "hit>=0.5", "--prices", "/no/such/file"},
		`neither a built-in one nor a file`: {"validate", "quikstart"},
		"--repeat 0":                        {"validate", "quickstart", "--repeat", "0"},
		"right is one, as: edgesim validate quickstart": {"validate"},
		"of a trace no ttfb-p99 is known":               {"plan", path, "--target", "ttfb-p99<=1s"},
	} {
		status, _, errs := edgesim(t, context.Background(), args...)
		if status == exitDone || !strings.Contains(errs, want) || strings.Count(strings.TrimSpace(lastLine(errs)), "\n") > 0 {
			t.Errorf("%v: status %d, %q; want %q", args, status, errs, want)
		}
		if status != exitUsage {
			t.Errorf("%v: status %d, want %d", args, status, exitUsage)
		}
	}
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

// What was played until it was interrupted is told.
func TestASweepInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out bytes.Buffer
	said := &heard{what: "3 of 1000 trials", then: cancel}
	args := []string{"sweep", "quickstart", "--replicas", "1000", "--set", "duration=3s", "--set", "warmup=1s", "--capacity", "2MiB"}
	status := runUntil(ctx, args, &out, said)
	if errs := said.String(); status != exitFail || !strings.Contains(errs, "interrupted; the figures are of what was played") || !strings.Contains(out.String(), "s3fifo") {
		t.Errorf("status %d: %s%s", status, &out, errs)
	}
}
