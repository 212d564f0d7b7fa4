package cache

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// golden compares lines with a file of testdata, or writes it under -update.
func golden(t *testing.T, name string, lines []string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	got := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	known := map[string]bool{}
	for _, l := range want {
		known[l] = true
	}
	for _, l := range lines {
		if !known[l] {
			t.Errorf("not in %s: %s", path, l)
		}
	}
	if len(lines) != len(want) {
		t.Errorf("%d lines; %s has %d", len(lines), path, len(want))
	}
	if t.Failed() {
		t.Log("where a policy changed on purpose or is new: go test ./edge/cache -update, with EDGESIM_DATA set for traces.txt")
	}
}

const goldenHeader = "# trace policy capacity requests misses bytes missed_bytes"

// eightSizes are parts of the working set, which is the sum of the objects'
// first sizes.
func eightSizes(trace []request) (sizes [8]int64) {
	seen := map[uint64]bool{}
	total := int64(0)
	for _, r := range trace {
		if !seen[r.key] {
			seen[r.key] = true
			total += r.size
		}
	}
	for i, part := range [8]int64{1000, 300, 100, 50, 20, 10, 4, 2} {
		sizes[i] = max(1, total/part)
	}
	return sizes
}

// missCounts plays a trace through every policy at eight sizes.
func missCounts(name string, trace []request) (lines []string) {
	sizes := eightSizes(trace)
	for _, spec := range specs() {
		for _, capacity := range sizes {
			s, err := New(Config{Capacity: capacity, Policy: spec})
			if err != nil {
				panic(err)
			}
			m := play(s, trace)
			lines = append(lines, fmt.Sprintf("%s %s %d %d %d %d %d",
				name, spec, capacity, m.requests, m.misses, m.bytes, m.missBytes))
		}
	}
	return lines
}

// TestGoldenMissCounts holds every policy to the exact number of misses, in
// objects and in bytes, on generated traces.
func TestGoldenMissCounts(t *testing.T) {
	lines := []string{goldenHeader}
	lines = append(lines, missCounts("unit", zipfTrace(2000, 20000, 0.9, false, 11))...)
	lines = append(lines, missCounts("sized", zipfTrace(2000, 20000, 0.9, true, 12))...)
	golden(t, "generated.txt", lines)
}
