package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGenHasStagesAndShapes: a ramp from nothing to nothing ends the trace after its
// mean number of requests, twice as steep one that is doubled by a shape.
func TestGenHasStagesAndShapes(t *testing.T) {
	for shape, want := range map[string]int{"": 1000, "release:at=0s,peak=2,half=1000h": 2000} {
		args := []string{"gen", "--rate", "0/s..100/s:10s,100/s..0/s:10s", "--arrivals", "constant", "--to", "csv", "-o", "-"}
		if shape != "" {
			args = append(args, "--shape", shape)
		}
		out, _ := traced(t, args...)
		if n := strings.Count(out, "\n") - 1; n < want*99/100 || n > want*101/100 {
			t.Errorf("%q: %d requests, want about %d", shape, n, want)
		}
	}
}

// traced runs a trace command that has to go well.
func traced(t *testing.T, args ...string) (stdout, stderr string) {
	t.Helper()
	status, stdout, stderr := edgesim(t, context.Background(), append([]string{"trace"}, args...)...)
	if status != 0 {
		t.Fatalf("edgesim trace %s: status %d, %s", strings.Join(args, " "), status, stderr)
	}
	return stdout, stderr
}

func TestATraceGoesThereAndBack(t *testing.T) {
	at := func(name string) string { return filepath.Join(t.TempDir(), name) }
	csv, oracle, back := at("a.csv.gz"), at("a.oracleGeneral.zst"), at("a.csv")
	traced(t, "gen", "--objects", "500", "--requests", "3000", "--rate", "10/s", "--arrivals", "constant", "--size", "median=10KB,p99=1MB,max=1GB", "-o", csv)
	traced(t, "convert", csv, "-o", oracle)
	traced(t, "convert", oracle, "-o", back)
	want, _ := traced(t, "convert", csv, "--to", "webcachesim", "-o", "-")
	got, _ := traced(t, "convert", back, "--to", "webcachesim", "-o", "-")
	if lines := strings.Count(got, "\n"); lines != 3000 {
		t.Fatalf("%d requests", lines)
	}
	seconds := func(text string) string { // what oracleGeneral keeps of a time
		var lines []string
		for line := range strings.Lines(text) {
			at, rest, _ := strings.Cut(line, " ")
			at, _, _ = strings.Cut(at, ".")
			lines = append(lines, at+" "+rest)
		}
		return strings.Join(lines, "")
	}
	if got != seconds(want) {
		t.Error("what came back is another trace")
	}
}

func TestGeneratedTracesAreTheSameForASeed(t *testing.T) {
	gen := func(args ...string) string {
		out, _ := traced(t, append([]string{"gen", "--objects", "1000", "--requests", "2000", "--to", "csv", "-o", "-"}, args...)...)
		return out
	}
	once := gen()
	again := gen()
	if once != again || gen("--seed", "2") == once {
		t.Error("a seed does not decide the trace")
	}
	if !strings.HasPrefix(gen("--unit"), "id\n") || !strings.HasPrefix(gen("--rate", "5/s"), "time,id,size\n") {
		t.Error("columns that nobody knows are there, or known ones are not")
	}
}

func TestAScenariosWorkloadIsATrace(t *testing.T) {
	out, _ := traced(t, "gen", "--scenario", "quickstart", "--set", "workload.rate=100/s", "--set", "duration=20s", "--to", "csv", "-o", "-")
	if n := strings.Count(out, "\n"); n < 1500 || n > 2500 {
		t.Errorf("%d lines for 20 s at 100/s", n)
	}
	less, _ := traced(t, "gen", "--scenario", "quickstart", "--set", "workload.rate=100/s", "--set", "duration=20s", "--requests", "50", "--to", "csv", "-o", "-")
	if strings.Count(less, "\n") != 51 || !strings.HasPrefix(out, less) {
		t.Error("fewer requests are others")
	}
}

func TestTraceCommandsSayWhatWouldBeRight(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.webcachesim")
	if err := os.WriteFile(bad, []byte("1 2 3\n4 x y\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out.csv")
	for _, c := range []struct{ line, want string }{
		{"nothing", "there is no \"nothing\"; right is one of"},
		{"convert", "no trace given; right is as: edgesim trace convert"},
		{"convert a.csv", "nothing says where to write"},
		{"convert /nowhere -o " + out, "no such file"},
		{"convert " + bad + " --format webcachesim -o " + out, bad + `:2: column 3, the size, is "y"`},
		{"convert " + bad + " --format webcachesim -o a.b", "right is --to csv or --to ids"},
		{"convert " + bad + " --limit -1 -o " + out, "--limit -1: right is a number from 1 on"},
		{"convert " + bad + " --from 5s --until 5s -o " + out, "--until 5s is not behind --from 5s"},
		{"gen", "nothing says where to write"},
		{"gen x -o " + out, "gen reads no trace"},
		{"gen --zipf -1 -o " + out, "--zipf -1: right are 0 to 20"},
		{"gen --zipf nan -o " + out, "--zipf NaN: right"},
		{"gen --rate 0/s -o " + out, "nothing would ever come"},
		{"gen --scenario quickstart --requests -1 -o " + out, "--requests -1: right is a number from 1 on"},
		{"convert " + bad + " --format webcachesim -o /nowhere/out.csv", "open /nowhere/out.csv: no such file"},
		{"gen --objects 0 -o " + out, "--objects 0: right are 1 to 2^53"},
		{"gen --requests 0 -o " + out, "--requests 0: right is a number from 1 on"},
		{"gen --size 10KB -o " + out, `there is no "10KB"; right are median`},
		{"gen --size p99=1KB -o " + out, "median is missing"},
		{"gen --size median=1xB -o " + out, "unknown unit"},
		{"gen --size median=1KB --unit -o " + out, "contradict each other"},
		{"gen --scenario quickstart --zipf 1 -o " + out, "contradict each other"},
		{"gen --set a=b -o " + out, "--set changes a scenario"},
		{"gen --scenario nowhere -o " + out, "nowhere"},
		{"gen --arrivals never --rate 1 -o " + out, "never"},
		{"gen --shape crowd -o " + out, "--shape says how a rate is kept"},
		{"gen --shape crowed --rate 1 -o " + out, `did you mean "crowd"?`},
		{"gen --rate 5/s..9/s -o " + out, "nothing says how long"},
		{"gen --scenario quickstart --shape crowd -o " + out, "contradict each other"},
	} {
		status, _, stderr := edgesim(t, context.Background(), append([]string{"trace"}, strings.Fields(c.line)...)...)
		if status != 2 || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("edgesim trace %s: status %d, %s; want 2 and one line that says %q", c.line, status, stderr, c.want)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a trace was left behind")
	}
	if _, stderr := traced(t, "convert", bad, "--format", "webcachesim", "--skip-bad", "-o", out); !strings.Contains(stderr, "passed over: 1") || !strings.Contains(stderr, bad+":2:") {
		t.Errorf("what was passed over is not told: %s", stderr)
	}
}
