package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBadTracesAreBadInput: what cannot be counted ends in one line and status 2,
// whichever command read it, and in no figures of nothing.
func TestBadTracesAreBadInput(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	broken, good := file("broken.txt", "1 1 10\n2 2 20\n3 3"), file("good.txt", "1 1 10\n2 2 20\n3 1 10\n")
	junk := file("junk", "\x00\x01\x02 nothing\n")
	run := filepath.Join(dir, "run")
	if err := os.Mkdir(run, 0o700); err != nil {
		t.Fatal(err)
	}
	file("run/manifest.json", "{}")
	file("run/summary.json", "{}")
	for _, c := range []struct{ args, says string }{
		{"mrc " + broken, "broken.txt:3: "},
		{"sweep " + broken, "broken.txt:3: "},
		{"plan " + broken + " --target hit>=0.1", "broken.txt:3: "},
		{"model --trace " + broken, "broken.txt:3: "},
		{"mrc " + junk + " --format arc --capacity 10", "junk:1: "},
		{"mrc " + good + " --capacity 100 --warmup 3", "leaves nothing to count of 3 requests"},
		{"mrc " + good + " --capacity 100 --warmup 4", "leaves nothing to count of 3 requests"},
		{"mrc " + good + " --capacity 100 --warmup 4 --sample 50%", "leaves nothing to count"},
		{"plan " + good + " --target hit>=0.1 --memory-price NaN", "a price is a number from 0 on"},
		{"model --objects 1e9 --size median=1EB --capacity 1EB", "2^63 bytes or more"},
		{"trace gen --arrivals poisson -o " + filepath.Join(dir, "x.csv"), "--rate 5000/s beside it"},
		{"compare " + run + " " + run, "is no run's"},
	} {
		status, stdout, stderr := edgesim(t, context.Background(), strings.Fields(c.args)...)
		if status != exitUsage || stdout != "" || !strings.Contains(stderr, c.says) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: status %d, %q, %q; want %d, nothing, and one line with %q", c.args, status, stdout, stderr, exitUsage, c.says)
		}
	}
	if out, _, status := mrc(t, good, "--capacity", "100", "--warmup", "2"); status != exitDone || !strings.Contains(out, "2 first requests are warm-up") {
		t.Errorf("a warm-up that leaves one: status %d\n%s", status, out)
	}
}
