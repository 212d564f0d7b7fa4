package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"edgesim/results"
	"edgesim/workloads/fit"
)

// TestAFitGivesTheLogsReportsBack runs a built-in scenario, fits its log, runs what was
// fitted, and compares: hit ratios to 4 percentage points, shares of content classes,
// methods, countries and statuses to 3.
func TestAFitGivesTheLogsReportsBack(t *testing.T) {
	if raceEnabled {
		t.Skip("a dozen runs: without the race detector")
	}
	for _, name := range []string{"quickstart", "storm"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			at := func(name string) string { return filepath.Join(dir, name) }
			virtually(t, name, at("run"), "--set", "duration=8s", "--set", "warmup=2s", "--set", "workload.heads=2%", "--set", "workload.conditionals=4%")
			first := fitted(t, at("run"), at("fitted.yaml"))
			virtually(t, at("fitted.yaml"), at("again"))
			second := fitted(t, at("again"), at("twice.yaml"))

			before, after := summaryOf(t, at("run")), summaryOf(t, at("again"))
			if math.Abs(before.HitRatio-after.HitRatio) > 0.04 {
				t.Errorf("hit ratio %.3f, want %.3f", after.HitRatio, before.HitRatio)
			}
			a, b := first.Parameters.Mixes, second.Parameters.Mixes
			for what, pair := range map[string][2]map[string]float64{"classes": {a.Classes, b.Classes}, "methods": {a.Methods, b.Methods},
				"countries": {a.Countries, b.Countries}, "statuses": {a.Statuses, b.Statuses}} {
				for key, want := range pair[0] {
					if got := pair[1][key]; math.Abs(got-want) > 0.03 {
						t.Errorf("%s: %s has %.4f of the requests, want %.4f", what, key, got, want)
					}
				}
			}
		})
	}
}

// virtually runs a scenario in virtual time, with its log.
func virtually(t *testing.T, scenario, out string, args ...string) {
	t.Helper()
	status, _, stderr := edgesim(t, t.Context(), append([]string{"run", scenario, "--mode", "virtual", "--access-log", "--out", out}, args...)...)
	if status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
}

func fitted(t *testing.T, run, out string) (f fit.Fit) {
	t.Helper()
	status, stdout, stderr := edgesim(t, t.Context(), "fit", run, "--out", out, "--json", "--policies", "sieve")
	if status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	if err := json.Unmarshal([]byte(stdout), &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func summaryOf(t *testing.T, run string) *results.Summary {
	t.Helper()
	s, err := results.ReadSummary(run)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// led is a scenario of two distributions, of whose requests 14 and 3 % are sent to HTTPS,
// and some ask for what is not there.
const led = `
name: led
duration: 20s
edge: {capacity: 64MiB}
origins:
  one: {kind: bucket}
distributions:
  - id: E1LED000000001
    domain: d1led.cloudfront.net
    behaviors: [{path: /old/*, origin: one, viewer_protocol: redirect-to-https}]
    default: {origin: one}
  - id: E2LED000000002
    domain: d2led.cloudfront.net
    behaviors: [{path: /old/*, origin: one, viewer_protocol: redirect-to-https}]
    default: {origin: one}
workload:
  rate: 1000/s
  heads: 5%
  sections:
    - {name: a, hosts: [d1led.cloudfront.net], share: 50%, objects: 3000, zipf: 0.9, types: [{name: image, prefix: /img/, ext: .jpg, size: {median: 9KB}}]}
    - {name: b, hosts: [d2led.cloudfront.net], share: 30%, objects: 1000, zipf: 0.8, types: [{name: script, prefix: /js/, ext: .js, size: {median: 5KB}}]}
    - {name: old-a, hosts: [d1led.cloudfront.net], share: 14%, objects: 300, zipf: 0.9, types: [{name: image, prefix: /old/, ext: .jpg, size: {median: 9KB}}]}
    - {name: old-b, hosts: [d2led.cloudfront.net], share: 3%, objects: 300, zipf: 0.9, types: [{name: script, prefix: /old/, ext: .js, size: {median: 9KB}}]}
    - {name: gone, hosts: [d2led.cloudfront.net], share: 3%, objects: 300, zipf: 0.9, types: [{name: other, prefix: /gone/, missing: true, size: {median: 9KB}}]}
`

// TestAFitHasTheLogsRedirects: shares of each distribution's redirects and of statuses are
// within four standard errors of 20,000 requests of what the log has, and the edge answers
// them.
func TestAFitHasTheLogsRedirects(t *testing.T) {
	if raceEnabled {
		t.Skip("some runs: without the race detector")
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(at("led.yaml"), []byte(led), 0o644); err != nil {
		t.Fatal(err)
	}
	virtually(t, at("led.yaml"), at("run"))
	first := fitted(t, at("run"), at("fitted.yaml"))
	virtually(t, at("fitted.yaml"), at("again"))
	second := fitted(t, at("again"), at("twice.yaml"))

	a, b := first.Parameters.Mixes, second.Parameters.Mixes
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 4*math.Sqrt(2*want*(1-want)/float64(a.Records)) {
			t.Errorf("%s: %.4f of the requests, want %.4f", what, got, want)
		}
	}
	near("redirects of the log", a.Redirects.Value, 0.17)
	near("redirects of what was fitted", b.Redirects.Value, a.Redirects.Value)
	for _, list := range [][]fit.Site{a.Sites, b.Sites} {
		for _, s := range list {
			near(s.Domain, s.Redirects, map[string]float64{"d1led.cloudfront.net": 0.14, "d2led.cloudfront.net": 0.03}[s.Domain])
		}
	}
	for status, want := range a.Statuses {
		near(status, b.Statuses[status], want)
	}
	if before, after := summaryOf(t, at("run")), summaryOf(t, at("again")); math.Abs(before.HitRatio-after.HitRatio) > 0.03 || after.ByResult["Redirect"].Requests == 0 {
		t.Errorf("hit ratio %.3f, want %.3f; %d redirects", after.HitRatio, before.HitRatio, after.ByResult["Redirect"].Requests)
	}
}

// browsed is a scenario of page sessions, and a fifth of requests for an API.
const browsed = `
name: browsed
duration: 60s
edge: {capacity: 256MiB}
origins:
  one: {kind: bucket}
distributions:
  - id: E1SHOWN0000001
    domain: d1shown.cloudfront.net
    default: {origin: one}
workload:
  rate: 1000/s
  viewers: {count: 50000}
  sections:
    - name: site
      hosts: [d1shown.cloudfront.net]
      objects: 20000
      zipf: 0.8
      types:
        - {name: html, prefix: /pages/, ext: .html, content_type: text/html, share: 5%, size: {median: 9KB}}
        - {name: script, prefix: /js/, ext: .js, content_type: text/javascript, share: 35%, size: {median: 12KB}}
        - {name: image, prefix: /img/, ext: .jpg, content_type: image/jpeg, share: 60%, size: {median: 14KB}}
    - name: api
      hosts: [d1shown.cloudfront.net]
      objects: 5000
      zipf: 0.9
      types: [{name: json, prefix: /api/, ext: .json, content_type: application/json, size: {median: 1KB}}]
  streams:
    - {kind: "pages:objects=30,sigma=0.5,cached=60%,pages=3,think=5s,parse=200ms,each=80ms", share: 80%, sections: [site]}
    - {kind: independent, share: 20%, sections: [api]}
`

// TestAFitHasTheLogsSessions: what was fitted has the sessions of the scenario that the log
// is of, and its own log has them, too; who led to what, the classes and the hits are
// those of the log.
func TestAFitHasTheLogsSessions(t *testing.T) {
	if raceEnabled {
		t.Skip("some runs: without the race detector")
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(at("browsed.yaml"), []byte(browsed), 0o644); err != nil {
		t.Fatal(err)
	}
	virtually(t, at("browsed.yaml"), at("run"))
	first := fitted(t, at("run"), at("fitted.yaml"))
	if model := first.Tried[first.Chosen].Model; model != "pages" {
		t.Fatalf("model %s is written, want pages", model)
	}
	virtually(t, at("fitted.yaml"), at("again"))
	second := fitted(t, at("again"), at("twice.yaml"))

	a, b := first.Parameters.Mixes, second.Parameters.Mixes
	for name, x := range map[string]*fit.Mixes{"the log": a, "what was fitted": b} {
		s := x.Sessions
		if s == nil {
			t.Fatalf("%s has no sessions", name)
		}
		for _, c := range []struct {
			what           string
			got, want, off float64
		}{
			{"share", s.Share, 0.8, 0.02}, {"objects", s.Objects, 30, 4}, {"sigma", s.Sigma, 0.5, 0.1}, {"cached", s.Cached, 0.6, 0.05},
			{"pages", s.Pages, 3, 0.3}, {"think", s.Think, 5, 0.8}, {"parse", s.Parse, 0.2, 0.06}, {"each", s.Each, 0.08, 0.03},
		} {
			if math.Abs(c.got-c.want) > c.off {
				t.Errorf("%s: %s is %.3f, want %.3f give or take %.3f", name, c.what, c.got, c.want, c.off)
			}
		}
	}
	for what, pair := range map[string][2]map[string]float64{"classes": {a.Classes, b.Classes}, "referrers": {a.Referrers, b.Referrers}} {
		for key, want := range pair[0] {
			if got := pair[1][key]; math.Abs(got-want) > 0.03 {
				t.Errorf("%s: %s has %.4f of the requests, want %.4f", what, key, got, want)
			}
		}
	}
	if before, after := summaryOf(t, at("run")), summaryOf(t, at("again")); math.Abs(before.HitRatio-after.HitRatio) > 0.04 {
		t.Errorf("hit ratio %.3f, want %.3f", after.HitRatio, before.HitRatio)
	}
}
