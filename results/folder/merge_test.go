package folder

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"edgesim/results"
)

// loaded is a load generator's run folder of the records.
func loaded(t *testing.T, dir, share string, names *results.Names, recs []results.Record) {
	t.Helper()
	o := options(dir, names)
	o.TrafficFrom, o.LatencyFrom, o.Groups, o.Records = results.AtClient, results.AtClient, true, true
	o.Manifest.Mode, o.Manifest.Share = "load", share
	v := results.NewIntervals(results.IntervalFor(runLength), runWarmup)
	lag := results.NewHistogram()
	v.Add(recs)
	for i := range recs {
		lag.Record(recs[i].Lag)
	}
	n := uint64(len(recs))
	build(t, o, recs, End{
		Ended: runStart.Add(runLength), Rate: results.Rate{Scheduled: float64(n) / 20, Sent: float64(n) / 20, Achieved: float64(n) / 20},
		Generator: &results.Generator{Scheduled: n, Sent: n, Done: n, Lag: lag.Figures(), OwnDelay: lag.Figures()},
		Intervals: v, Kept: map[string]*results.Histogram{results.LagTimes: lag, results.OwnDelayTimes: lag},
	})
}

// clientSide are the client's records of the synthetic run, in the order of their
// ends, numbered by their beginnings.
func clientSide() ([]results.Record, *results.Names) {
	all, names := synthetic(5)
	var recs []results.Record
	for _, r := range all {
		if r.Vantage == results.AtClient {
			r.ID, r.Lag = uint64(len(recs)+1), int64(len(recs)%7)*1000
			recs = append(recs, r)
		}
	}
	slices.SortStableFunc(recs, func(a, b results.Record) int { return int(a.End() - b.End()) })
	return recs, names
}

// dealt are the records of share number of n, as its process would have kept them:
// with its own numbers and names.
func dealt(recs []results.Record, from *results.Names, number, n int) ([]results.Record, *results.Names) {
	names := results.NewNames(runStart)
	names.Distributions = from.Distributions
	var own []results.Record
	for _, r := range recs {
		if int(r.ID-1)%n == number-1 {
			r.ID = (r.ID-1)/uint64(n) + 1
			r.URL = names.Strings.Of(from.Str(r.URL))
			own = append(own, r)
		}
	}
	return own, names
}

// Three shares come to what one process comes to: the same summary, reports, plots,
// percentile files and interval logs, byte for byte.
func TestSharesMergeToOneRun(t *testing.T) {
	recs, names := clientSide()
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole")
	loaded(t, whole, "", names, recs)
	var shares []string
	for i := 1; i <= 3; i++ {
		share := filepath.Join(dir, "share"+strconv.Itoa(i))
		own, ownNames := dealt(recs, names, i, 3)
		loaded(t, share, strconv.Itoa(i)+"/3", ownNames, own)
		shares = append(shares, share)
	}
	merged := filepath.Join(dir, "merged")
	if _, err := Merge(Merging{Runs: shares, Dir: merged, Formats: []string{"svg"}}); err != nil {
		t.Fatal(err)
	}
	var patterns []string
	for _, pattern := range ours {
		if pattern != results.IndexFile { // it has the manifest's facts
			patterns = append(patterns, pattern)
		}
	}
	paths, err := files(whole, patterns...)
	if err != nil || len(paths) < 40 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	for _, path := range paths {
		want, errA := os.ReadFile(filepath.Join(whole, path))
		got, errB := os.ReadFile(filepath.Join(merged, path))
		if err := errors.Join(errA, errB); err != nil {
			t.Error(err)
			continue
		}
		if string(withoutVersion(got)) != string(withoutVersion(want)) {
			t.Errorf("%s differs:\n%s", path, firstDifference(string(got), string(want)))
		}
	}
}

// withoutVersion leaves out the preamble's line of the program that made a report.
func withoutVersion(b []byte) []byte {
	lines := strings.SplitAfter(string(b), "\n")
	lines = slices.DeleteFunc(lines, func(l string) bool {
		return strings.HasPrefix(l, "Version,") || strings.HasPrefix(l, "DateGenerated") || strings.HasPrefix(l, "GeneratedBy")
	})
	return []byte(strings.Join(lines, ""))
}

func firstDifference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return "line " + strconv.Itoa(i+1) + " is   " + a[i][:min(len(a[i]), 200)] + "\nright is " + b[i][:min(len(b[i]), 200)]
		}
	}
	return "one is longer"
}

func TestRunsThatDoNotBelongTogetherAreRefused(t *testing.T) {
	recs, names := clientSide()
	recs = recs[:200]
	dir := t.TempDir()
	place := func(name, share string, change func(*Options)) string {
		path := filepath.Join(dir, name)
		o := options(path, names)
		o.Plots, o.Records, o.Manifest.Mode, o.Manifest.Share = false, true, "load", share
		change(&o)
		build(t, o, recs, End{Ended: runStart})
		return path
	}
	same := func(*Options) {}
	one, two, again := place("one", "1/3", same), place("two", "2/3", same), place("again", "1/3", same)
	seed := place("seed", "2/3", func(o *Options) { o.Manifest.Seed = 7 })
	bare := place("bare", "2/3", func(o *Options) { o.Records = false })
	four, live := place("four", "2/4", same), place("live", "2/3", func(o *Options) { o.Manifest.Mode = "live" })
	torn := place("torn", "2/3", same)
	if err := os.Truncate(filepath.Join(torn, results.RecordsFile), 900); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		runs []string
		want string
	}{
		{[]string{one, two, again}, "are both share 1/3"},
		{[]string{one, seed}, "different schedules"},
		{[]string{one, bare}, "has no records.zst"},
		{[]string{one, four}, "is share 1/3 and"},
		{[]string{one, live}, "right is runs of one kind"},
		{[]string{one, filepath.Join(dir, "nosuch")}, "not the folder of a finished run"},
		{[]string{one, torn}, "records.zst"},
	} {
		_, err := Merge(Merging{Runs: c.runs, Dir: filepath.Join(dir, "out")})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v: %v; right is one line with %q", c.runs, err, c.want)
		}
		if _, err := os.Stat(filepath.Join(dir, "out", results.SummaryFile)); err == nil {
			t.Errorf("%v: a run folder is left", c.runs)
		}
	}
	s, err := Merge(Merging{Runs: []string{one, two}, Dir: filepath.Join(dir, "out"), Formats: []string{"svg"}})
	if err != nil || !strings.Contains(strings.Join(s.Warnings, "\n"), "1 of 3 shares are missing: 3/3") {
		t.Errorf("without the third share: %v, %v", s, err)
	}
}
