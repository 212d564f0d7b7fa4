package main

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"edgesim/results"
	"edgesim/results/report"
)

// failing is a scenario of two sites over four hours, one of whose origins is gone for
// twenty minutes in the second hour.
const failing = `
name: failing
duration: 4h
edge: {capacity: 4MiB}
origins:
  one: {kind: server, errors: 0.5%, outages: [{from: 80m, for: 20m, kind: error}]}
  two: {kind: bucket}
distributions:
  - {id: E1FAIL00000001, domain: d1fail.cloudfront.net, default: {origin: one}}
  - {id: E2FAIL00000002, domain: d2fail.cloudfront.net, default: {origin: two}}
workload:
  rate: 5/s
  sections:
    - {name: a, hosts: [d1fail.cloudfront.net], share: 60%, objects: 3000, zipf: 0.9, types: [{name: image, prefix: /img/, ext: .jpg, size: {median: 9KB}}]}
    - {name: b, hosts: [d2fail.cloudfront.net], share: 40%, objects: 3000, zipf: 0.8, types: [{name: script, prefix: /js/, ext: .js, size: {median: 5KB}}]}
`

// TestAFitHasTheLogsOutages: what is fitted to a log with an outage, and played, has an
// outage of the same site, time and length, and in each hour the share of errors that
// the log has.
func TestAFitHasTheLogsOutages(t *testing.T) {
	if raceEnabled {
		t.Skip("some runs: without the race detector")
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(at("failing.yaml"), []byte(failing), 0o644); err != nil {
		t.Fatal(err)
	}
	virtually(t, at("failing.yaml"), at("run"))
	first := fitted(t, at("run"), at("fitted.yaml"))
	virtually(t, at("fitted.yaml"), at("again"))
	second := fitted(t, at("again"), at("twice.yaml"))
	for _, f := range []string{"first", "second"} {
		sites := first.Parameters.Mixes.Sites
		if f == "second" {
			sites = second.Parameters.Mixes.Sites
		}
		for _, s := range sites {
			if s.Domain == "d2fail.cloudfront.net" {
				if len(s.Outages) > 0 {
					t.Errorf("%s fit: %s has %+v, want none", f, s.Domain, s.Outages)
				}
				continue
			}
			if len(s.Outages) != 1 || math.Abs(s.Outages[0].From-4800) > 45 || math.Abs(s.Outages[0].For-1200) > 45 || s.Outages[0].Kind != "error" {
				t.Errorf("%s fit: %s has %+v, want one from 4,800 s for 1,200 s", f, s.Domain, s.Outages)
			}
		}
	}
	want, got := errorsByHour(t, at("run")), errorsByHour(t, at("again"))
	for h := range want {
		if math.Abs(want[h]-got[h]) > 0.012+0.1*want[h] {
			t.Errorf("hour %d: %.4f of the requests fail, want %.4f", h, got[h], want[h])
		}
	}
	if want[1] < 0.05 || want[2] > 0.01 {
		t.Errorf("errors by hour are %v: the outage is not in the second", want)
	}
}

// errorsByHour is the share of requests answered with a 5xx in each of a run's first four
// hours.
func errorsByHour(t *testing.T, run string) (shares [4]float64) {
	t.Helper()
	file, err := os.Open(filepath.Join(run, results.ReportsDir, "cache_statistics.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	table, err := report.ReadCSV(file)
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, c := range table.Columns {
		at[c.Name] = i
	}
	var all, failed [4]float64
	begun := table.Together()[0][at["TimeBucket"]].Num
	for _, row := range table.Together() {
		if h := int((row[at["TimeBucket"]].Num - begun) / 3600); h < 4 {
			all[h] += row[at["RequestCount"]].Num
			failed[h] += row[at["HTTP5xx"]].Num
		}
	}
	for h := range shares {
		shares[h] = failed[h] / all[h]
	}
	return shares
}
