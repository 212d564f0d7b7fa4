package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"edgesim/results"
)

// quick makes quickstart short enough for a test.
var quick = []string{"--set", "duration=1500ms", "--set", "warmup=300ms", "--set", "workload.rate=400/s"}

func edgesim(t *testing.T, ctx context.Context, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = runUntil(ctx, args, &out, &errs)
	return status, out.String(), errs.String()
}

func TestRunLeavesAWholeFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	args := append([]string{"run", "quickstart", "--out", dir, "--verify", "--access-log"}, quick...)
	status, stdout, stderr := edgesim(t, context.Background(), args...)
	if status != 0 {
		t.Fatalf("status %d, stderr:\n%s", status, stderr)
	}
	for _, want := range []string{"hit ratio", "byte hit ratio", "origin offload", "first byte", "index.html"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the last lines do not tell %q:\n%s", want, stdout)
		}
	}
	for line := range strings.Lines(stdout) {
		if n := len([]rune(strings.TrimRight(line, "\n"))); n > 80 && !strings.Contains(line, dir) {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	for _, name := range []string{"manifest.json", "summary.json", "index.html", "access.log.gz",
		"reports/cache_statistics.csv", "reports/popular_objects.csv",
		"plots/hit_ratio.svg", "plots/hit_ratio.png", "plots/latency_spectrum.svg", "plots/first_byte.svg",
		"plots/rank_frequency.svg", "plots/origin_offload.svg", "latency/ttfb.hgrm"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	sum, err := results.ReadSummary(dir)
	if err != nil {
		t.Fatal(err)
	}
	if sum.Requests < 300 || sum.HitRatio <= 0 || sum.OriginRequests <= 0 || sum.Unverified != 0 || sum.Verified == 0 || sum.Partial {
		t.Errorf("summary %+v", sum)
	}
}

func TestInterruptedRunIsMarkedPartial(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(2500*time.Millisecond, cancel)
	status, _, stderr := edgesim(t, ctx, "run", "quickstart", "--out", dir, "--set", "duration=60s", "--set", "warmup=100ms", "--set", "workload.rate=300/s")
	if status != 1 || !strings.Contains(stderr, "partial") {
		t.Errorf("status %d, stderr %q", status, stderr)
	}
	m, err := results.ReadManifest(dir)
	if err != nil || !m.Partial {
		t.Errorf("manifest %+v, %v", m, err)
	}
	sum, err := results.ReadSummary(dir)
	if err != nil || !sum.Partial || sum.Requests == 0 {
		t.Errorf("summary %+v, %v", sum, err)
	}
	for _, name := range []string{"index.html", "plots/hit_ratio.png", "reports/popular_objects.csv"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}

func TestTwoBuckets(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	status, stdout, stderr := edgesim(t, context.Background(), "run", "two-buckets", "--out", dir, "--json", "--verify",
		"--set", "duration=2s", "--set", "warmup=0s", "--set", "workload.rate=500/s")
	if status != 0 {
		t.Fatalf("status %d, stderr:\n%s", status, stderr)
	}
	var sum results.Summary
	if err := json.Unmarshal([]byte(stdout), &sum); err != nil {
		t.Fatalf("--json printed no summary: %v", err)
	}
	if len(sum.Distributions) != 3 || sum.Unverified != 0 {
		t.Fatalf("%d distributions, %d wrong bodies", len(sum.Distributions), sum.Unverified)
	}
	for _, d := range sum.Distributions {
		if d.Requests == 0 || d.HitRatio <= 0 || d.OriginRequests == 0 {
			t.Errorf("distribution %+v", d)
		}
	}
	f, err := os.Open(filepath.Join(dir, "reports", "popular_objects.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	if rows, err := r.ReadAll(); err != nil || len(rows) < 20 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

func TestBadInput(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bad.yaml")
	os.WriteFile(file, []byte("name: x\nedge:\n  capasity: 64MiB\n"), 0o644)
	for _, x := range []struct {
		args []string
		want string // regular expression for the one line
	}{
		{[]string{"rum"}, `no command "rum".*run`},
		{[]string{"run"}, `0 scenarios given`},
		{[]string{"run", "quickstrat"}, `no scenario "quickstrat".*quickstart`},
		{[]string{"run", "quickstart", "--set", "edge.capasity=1MiB"}, `capasity.*capacity`},
		{[]string{"run", "quickstart", "--set", "edge.capacity=1MB5"}, `edge.capacity.*1MB5`},
		{[]string{"run", "quickstart", "--set", "edge.policy=lru2"}, `lru2.*lru`},
		{[]string{"run", "quickstart", "--mode", "fast"}, `--mode "fast" is none; right is live or virtual`},
		{[]string{"run", "quickstart", "--mode", "virtual", "--verify"}, `--verify: .*right is --mode live`},
		{[]string{"run", "quickstart", "--mode", "virtual", "--admin", ":9090"}, `--admin: .*right is --mode live`},
		{[]string{"run", "quickstart", "--mode", "virtual", "--set", "workload.closed=true", "--set", "workload.rate=0"}, `workload.closed: .*give a rate`},
		{[]string{"run", "quickstart", "--admin", "nonsense"}, `--admin "nonsense": right is a port`},
		{[]string{"run", "quickstart", "--nope"}, `unknown flag: --nope; .edgesim run --help. lists`},
		{[]string{"run", file}, `bad\.yaml:3:3.*capasity.*capacity`},
		{[]string{"serve"}, `--origin URL or --config FILE`},
		{[]string{"serve", "--origin", "ftp://x"}, `write http://`},
		{[]string{"serve", "--origin", "http://127.0.0.1:1", "--mode", "fast"}, `--mode "fast"; right are standard and cloudfront`},
		{[]string{"serve", "--origin", "http://127.0.0.1:1", "--capacity", "1"}, `--capacity 1: want at least 64KiB`},
		{[]string{"serve", "--origin", "http://127.0.0.1:1", "--policy", "mru"}, `--policy mru: unknown policy "mru"`},
		{[]string{"serve", "--origin", "http://127.0.0.1:1", "--listen", "nowhere:xx"}, `--listen nowhere:xx`},
		{[]string{"serve", "--origin", "http://127.0.0.1:1", "--shards", "-1"}, `--shards -1: want 1 to 1024`},
		{[]string{"serve", "--config", "../../docs/serve.example.yaml", "--admin", "here"}, `serve: --admin here: admin: "here": want host:port`},
		{[]string{"serve", "--config", "/nonexistent.yaml"}, `nonexistent\.yaml`},
		{[]string{"origin", "--first-byte", "40"}, `--first-byte`},
		{[]string{"origin", "--config", "quickstart"}, `--name.*app, assets`},
		{[]string{"scenarios", "nope"}, `no built-in scenario "nope"`},
	} {
		status, stdout, stderr := edgesim(t, context.Background(), x.args...)
		line := strings.TrimRight(stderr, "\n")
		if status != 2 || stdout != "" || strings.Contains(line, "\n") || !regexp.MustCompile(x.want).MatchString(line) {
			t.Errorf("edgesim %s: status %d, stdout %q, stderr %q; want 2 and one line like %s",
				strings.Join(x.args, " "), status, stdout, stderr, x.want)
		}
	}
}

func TestHelpEverywhere(t *testing.T) {
	all := slices.Clone(commands)
	for _, c := range commands {
		for _, u := range c.under {
			u.name = c.name + " " + u.name
			all = append(all, u)
		}
	}
	for _, c := range all {
		status, stdout, stderr := edgesim(t, context.Background(), append([]string{"help"}, strings.Fields(c.name)...)...)
		if status != 0 || stderr != "" || !strings.Contains(stdout, "Usage:\n  edgesim "+c.name) || !strings.Contains(stdout, "Example") {
			t.Errorf("%s --help: status %d, stderr %q\n%s", c.name, status, stderr, stdout)
		}
		for flag := range strings.SplitSeq(stdout, "\n      --") {
			if strings.Count(flag, "(default") > 1 || strings.Contains(flag, "(default )") {
				t.Errorf("%s --help tells a default twice or not: %s", c.name, flag)
			}
		}
		for line := range strings.Lines(stdout) {
			if len(line) > 81 {
				t.Errorf("%s --help has a line of %d columns: %s", c.name, len(line)-1, line)
			}
		}
	}
}

func TestScenariosPrintsWhatRunReads(t *testing.T) {
	_, list, _ := edgesim(t, context.Background(), "scenarios")
	for _, name := range []string{"quickstart", "two-buckets"} {
		if !strings.Contains(list, name) {
			t.Errorf("%s is not listed:\n%s", name, list)
		}
		status, text, _ := edgesim(t, context.Background(), "scenarios", name)
		if status != 0 || !strings.Contains(text, "name: "+name) {
			t.Errorf("scenarios %s: status %d\n%s", name, status, text)
		}
	}
}

// Help that could not be printed is no success.
func TestHelpIntoAFullDisk(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"run", "--help"}, {"trace", "--help"}} {
		var stderr strings.Builder
		if status := runUntil(t.Context(), args, fullDisk{}, &stderr); status != exitFail || !strings.Contains(stderr.String(), "no space left") {
			t.Errorf("%v: status %d, %q", args, status, stderr.String())
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, syscall.ENOSPC }
