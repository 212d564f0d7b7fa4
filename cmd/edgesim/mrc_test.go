package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// oracleTrace writes a small trace of libCacheSim's binary records: requests for
// 500 objects, small numbers more often than large ones. Nobody has looked for the
// next accesses.
func oracleTrace(t *testing.T, requests int) string {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	var out bytes.Buffer
	for i := range requests {
		object := uint64(500 * math.Pow(rng.Float64(), 3))
		var rec [24]byte
		binary.LittleEndian.PutUint32(rec[0:], uint32(i/100))
		binary.LittleEndian.PutUint64(rec[4:], object)
		binary.LittleEndian.PutUint32(rec[12:], uint32(1000+object*7))
		out.Write(rec[:])
	}
	path := filepath.Join(t.TempDir(), "small.oracleGeneral.bin")
	if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func mrc(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	status, stdout, stderr = edgesim(t, context.Background(), append([]string{"mrc"}, args...)...)
	return stdout, stderr, status
}

func TestMRCPrintsWhatItCounted(t *testing.T) {
	t.Parallel()
	path := oracleTrace(t, 20_000)
	csv, errs, status := mrc(t, path, "--policy", "lru,s3fifo:small=0.2,max=0.5", "--capacity", "100kB,500kB", "--csv", "-")
	if status != exitDone || errs != "" {
		t.Fatalf("status %d: %s", status, errs)
	}
	lines := strings.Split(strings.TrimSpace(csv), "\n")
	if len(lines) != 5 || lines[0] != "policy,capacity,requests,misses,miss_ratio,bytes,miss_bytes,byte_miss_ratio" ||
		!strings.HasPrefix(lines[1], "lru,100000,20000,") || !strings.HasPrefix(lines[4], `"s3fifo:small=0.2,max=0.5",500000,20000,`) {
		t.Errorf("CSV:\n%s", csv)
	}
	text, _, _ := mrc(t, path, "--policy", "all")
	for line := range strings.Lines(text) {
		if n := len([]rune(strings.TrimRight(line, "\n"))); n > columns {
			t.Errorf("a line of %d columns: %s", n, line)
		}
	}
	out, _, _ := mrc(t, path, "--capacity", "1%,10%,100%", "--json", "--warmup", "10%")
	var got curveJSON
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if got.Counted != 18_000 || len(got.Results) != 3 || got.Results[2].Capacity != got.WorkingSet || got.Results[2].Misses > got.Results[0].Misses {
		t.Errorf("JSON:\n%s", out)
	}
}

// TestMRCSamplesAndDraws: intervals in every form of output, and pictures.
func TestMRCSamplesAndDraws(t *testing.T) {
	t.Parallel()
	path, dir := oracleTrace(t, 30_000), filepath.Join(t.TempDir(), "curves")
	out, errs, status := mrc(t, path, "--sample", "50%", "--policy", "lru,fifo", "--out", dir, "--mark", "100kB")
	if status != exitDone || !strings.Contains(out, "±") || !strings.Contains(errs, "byte_miss_ratio.svg") {
		t.Errorf("status %d\n%s%s", status, out, errs)
	}
	for _, name := range []string{"miss_ratio.svg", "miss_ratio.png", "byte_miss_ratio.json"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	csv, _, _ := mrc(t, path, "--sample-size", "1000", "--capacity", "100kB", "--csv", "-")
	if first, rest, _ := strings.Cut(csv, "\n"); !strings.HasSuffix(first, ",byte_miss_ratio_high") || strings.Count(rest, ",") != 11 {
		t.Errorf("CSV of a sample:\n%s", csv)
	}
	csv, _, _ = mrc(t, path, "--all-sizes", "--capacity", "100kB", "--csv", "-")
	if !strings.Contains(csv, "\nlru-stack,") {
		t.Errorf("CSV of all sizes:\n%s", csv)
	}
}

func TestMRCBlamesTheFlag(t *testing.T) {
	t.Parallel()
	path := oracleTrace(t, 100)
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "no trace given"},
		{[]string{"nowhere.bin"}, "nowhere.bin"},
		{[]string{path, "--policy", "siev"}, `did you mean "sieve"?`},
		{[]string{path, "--capacity", "0"}, "--capacity"},
		{[]string{path, "--capacity", "1GiB,"}, "--capacity"},
		{[]string{path, "--capacity", "10KiB", "--ignore-size"}, "no number of objects"},
		{[]string{path, "--capacity", "0%"}, "more than 0%"},
		{[]string{path, "--warmup", "100%"}, "--warmup"},
		{[]string{path, "--warmup", "100"}, "--warmup 100 leaves nothing to count of 100 requests"},
		{[]string{path, "--warmup", "1000", "--capacity", "1MiB"}, "--warmup 1000 leaves nothing"},
		{[]string{path, "--warmup", "1000", "--capacity", "1MiB", "--sample", "50%"}, "--warmup 1000 leaves nothing"},
		{[]string{os.DevNull, "--format", "ids", "--capacity", "1MiB"}, "has no requests"},
		{[]string{path, "--resized", "drop"}, "keep or new"},
		{[]string{path, "--jobs", "-1"}, "--jobs"},
		{[]string{path, "--sample", "100%"}, "--sample"},
		{[]string{path, "--sample", "1%", "--sample-size", "2000"}, "one of them"},
		{[]string{path, "--sample-size", "10"}, "from 1000 on"},
		{[]string{path, "--even"}, "--sample 1% --even"},
		{[]string{path, "--sample", "1%", "--policy", "belady", "--capacity", "1MiB"}, "knows the whole trace"},
		{[]string{path, "--sample-size", "1000", "--policy", "fifo", "--capacity", "1MiB"}, "only lru can"},
		{[]string{path, "--warmup", "10", "--policy", "pfoo-l", "--capacity", "1MiB"}, "no warm-up"},
		{[]string{path, "--format", "no"}, "oraclegeneral"},
	} {
		out, errs, status := mrc(t, c.args...)
		if status != exitUsage || out != "" || !strings.Contains(errs, c.want) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%q: status %d, stdout %q, stderr %q; want one line with %q", c.args, status, out, errs, c.want)
		}
	}
}

// TestMRCInterrupted prints what was counted and says that it is partial.
func TestMRCInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	status, out, errs := edgesim(t, ctx, "mrc", oracleTrace(t, 100_000), "--capacity", "100kB")
	if status != exitFail || !strings.Contains(out, "partial") || !strings.Contains(errs, "interrupted") {
		t.Errorf("status %d\n%s\n%s", status, out, errs)
	}
}

// The requests of oracleTrace are independent of each other, so that formulas hold:
// to 2 percentage points of 20,000 of them.
func TestFormulasStandBesideWhatWasPlayed(t *testing.T) {
	t.Parallel()
	path, dir := oracleTrace(t, 20_000), t.TempDir()
	text, errs, status := mrc(t, path, "--policy", "lru,fifo,sieve", "--capacity", "100kB,500kB", "--formula", "--json", "--csv", filepath.Join(dir, "c.csv"), "--out", dir)
	if status != exitDone {
		t.Fatalf("status %d: %s", status, errs)
	}
	var out curveJSON
	if err := json.Unmarshal([]byte(text), &out); err != nil || len(out.Results) != 6 {
		t.Fatalf("%v: %s", err, text)
	}
	for _, r := range out.Results {
		if r.Policy == "sieve" {
			if r.Formula != nil {
				t.Errorf("sieve has the formula %+v", r.Formula)
			}
			continue
		}
		if f := r.Formula; f == nil || math.Abs(f.MissRatio-r.MissRatio) > 0.02 || math.Abs(f.ByteMissRatio-r.ByteMissRatio) > 0.02 {
			t.Errorf("%s at %d misses %v, %v; its formula says %+v", r.Policy, r.Capacity, r.MissRatio, r.ByteMissRatio, f)
		}
	}
	rows, err := os.ReadFile(filepath.Join(dir, "c.csv"))
	if lines := strings.Split(strings.TrimSpace(string(rows)), "\n"); err != nil || len(lines) != 7 ||
		!strings.HasSuffix(lines[0], ",formula_miss_ratio,formula_byte_miss_ratio") || strings.HasSuffix(lines[1], ",") || !strings.HasSuffix(lines[5], ",,") {
		t.Errorf("%v: %s", err, rows)
	}
	if played, err := readBeside(filepath.Join(dir, "c.csv")); err != nil || len(played) != 6 {
		t.Errorf("model --beside reads %d of its rows: %v", len(played), err)
	}
	drawn, err := os.ReadFile(filepath.Join(dir, "miss_ratio.json"))
	if err != nil || strings.Count(string(drawn), ", formula") != 2 || strings.Count(string(drawn), `"form": "points"`) != 2 {
		t.Errorf("%v: %s", err, drawn)
	}
}

func TestFormulasThatDoNotStand(t *testing.T) {
	t.Parallel()
	path := oracleTrace(t, 100)
	for want, more := range map[string][]string{
		"none of sieve has one":     {"--policy", "sieve"},
		"--warmup leaves such out":  {"--warmup", "10"},
		"--resized new has several": {"--resized", "new"},
	} {
		if _, errs, status := mrc(t, append([]string{path, "--formula"}, more...)...); status != exitUsage || !strings.Contains(errs, want) {
			t.Errorf("%v: status %d, %s", more, status, errs)
		}
	}
}
