package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"edgesim/results"
	"edgesim/results/logs/logtest"
	"edgesim/results/report"
)

// cloudFrontTables are the names of the console's tables.
func cloudFrontTables() []string {
	var names []string
	for _, k := range report.InOrder(report.Kinds()) {
		if k.Group == report.CloudFront {
			names = append(names, k.TableNames()...)
		}
	}
	return names
}

var generated = regexp.MustCompile(`(?m)^GeneratedTimeUTC,.*\n`)

func reportFile(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, results.ReportsDir, name+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	return generated.ReplaceAllString(string(b), "")
}

// What a run's edge counted and what is counted from the log that it wrote are
// the same files, but for the moment in which they were made.
func TestReportsOfARunAreThoseOfItsLog(t *testing.T) {
	trouble := []string{"workload.aborts=5%", "workload.heads=10%", "workload.ranges=10%", "origins.api.errors=10%",
		"origins.api.resets=5%", "origins.downloads-bucket.truncates=10%", "distributions.1.default.viewer_protocol=redirect-to-https"}
	for scenario, sets := range map[string][]string{"quickstart": nil, "two-buckets": trouble, "tiers": nil, "api": nil} {
		t.Run(scenario, func(t *testing.T) {
			run, again := filepath.Join(t.TempDir(), "run"), filepath.Join(t.TempDir(), "again")
			args := append([]string{"run", scenario, "--out", run, "--access-log"}, quick...)
			for _, set := range sets {
				args = append(args, "--set", set)
			}
			if status, _, stderr := edgesim(t, context.Background(), args...); status != 0 {
				t.Fatalf("status %d, stderr:\n%s", status, stderr)
			}
			status, stdout, stderr := edgesim(t, context.Background(), "report", run, "--query", "--out", again)
			if status != 0 {
				t.Fatalf("status %d, stderr:\n%s", status, stderr)
			}
			if !strings.Contains(stdout, "hit ratio") {
				t.Errorf("the last lines do not tell the hit ratio:\n%s", stdout)
			}
			names := cloudFrontTables()
			if len(sets) > 0 { // and of one of the several distributions
				for _, name := range cloudFrontTables() {
					names = append(names, "E2DOWNLOADS001/"+name)
				}
			}
			for _, name := range names {
				want, got := reportFile(t, run, name), reportFile(t, again, name)
				if got != want {
					t.Errorf("%s.csv from the log:\n%s\nthe run's own:\n%s", name, diff(got, want), diff(want, got))
				}
			}
		})
	}
}

// diff is what of a's lines b does not have, at most ten of them.
func diff(a, b string) string {
	has := map[string]bool{}
	for line := range strings.Lines(b) {
		has[line] = true
	}
	var lines []string
	for line := range strings.Lines(a) {
		if !has[line] && len(lines) < 10 {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

// A run without a log still has its reports, and they can be read again.
func TestReportsOfARunWithoutALog(t *testing.T) {
	run, again := filepath.Join(t.TempDir(), "run"), filepath.Join(t.TempDir(), "again")
	args := append([]string{"run", "quickstart", "--out", run}, quick...)
	if status, _, stderr := edgesim(t, context.Background(), args...); status != 0 {
		t.Fatalf("status %d, stderr:\n%s", status, stderr)
	}
	if status, _, stderr := edgesim(t, context.Background(), "report", run, "--out", again, "--reports", "cache_statistics"); status != 0 {
		t.Fatalf("status %d, stderr:\n%s", status, stderr)
	}
	for _, name := range []string{"cache_statistics"} {
		if want, got := reportFile(t, run, name), reportFile(t, again, name); got != want {
			t.Errorf("%s.csv read again:\n%s\nthe run's own:\n%s", name, diff(got, want), diff(want, got))
		}
	}
}

const threeLines = `#Version: 1.0
#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query
2026-11-01	10:00:00	FRA50-C1	1000	192.0.2.1	GET	d111111abcdef8.cloudfront.net	/a.jpg	200	https://example.com/x	curl/8.5.0	-
2026-11-01	11:59:59	FRA50-C1	2000	192.0.2.2	GET	d111111abcdef8.cloudfront.net	/a.jpg	200	-	curl/8.5.0	-
2026-11-02	00:00:00	LHR3	3000	192.0.2.3	GET	d222222abcdef8.cloudfront.net	/b.jpg	404	-	-	-
`

func logFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "access.log")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReportPrintsTables(t *testing.T) {
	log := logFile(t, threeLines)
	status, stdout, stderr := edgesim(t, context.Background(), "report", log)
	if status != 0 {
		t.Fatalf("status %d, stderr:\n%s", status, stderr)
	}
	for _, want := range []string{"Cache statistics", "/a.jpg", "2026-11-01 10:00"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q is not told:\n%s", want, stdout)
		}
	}
	for line := range strings.Lines(stdout) {
		if n := len([]rune(strings.TrimRight(line, "\n"))); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestReportOfARangeAndDistribution(t *testing.T) {
	log := logFile(t, threeLines)
	for _, c := range []struct {
		args     []string
		requests float64
		buckets  int
	}{
		{nil, 3, 15},
		{[]string{"--granularity", "day"}, 3, 2},
		{[]string{"--to", "2026-11-01"}, 2, 14},
		{[]string{"--from", "2026-11-01T11:00:00Z", "--to", "2026-11-02T01:00:00Z"}, 2, 14},
		{[]string{"--distribution", "d222222abcdef8.cloudfront.net"}, 1, 1},
	} {
		status, stdout, stderr := edgesim(t, context.Background(), append([]string{"report", log, "--json", "--reports", "cache_statistics"}, c.args...)...)
		if status != 0 {
			t.Fatalf("%v: status %d, stderr:\n%s", c.args, status, stderr)
		}
		var tables []struct {
			Preamble map[string]string
			Rows     []map[string]any
		}
		if err := json.Unmarshal([]byte(stdout), &tables); err != nil {
			t.Fatalf("%v: %v in\n%s", c.args, err, stdout)
		}
		sum, buckets := 0.0, map[any]bool{}
		for _, row := range tables[0].Rows {
			buckets[row["TimeBucket"]] = true
			if id := tables[0].Preamble["DistributionID"]; row["DistributionID"] == id {
				sum += row["RequestCount"].(float64)
			}
		}
		if sum != c.requests || len(buckets) != c.buckets {
			t.Errorf("%v: %v requests in %d buckets, want %v in %d", c.args, sum, len(buckets), c.requests, c.buckets)
		}
	}
}

// Beyond fourteen days the tables are by the day unless told otherwise.
func TestReportChoosesDays(t *testing.T) {
	log := logFile(t, threeLines+strings.ReplaceAll(threeLines[strings.Index(threeLines, "2026-11-01"):], "2026-11", "2026-12"))
	_, stdout, _ := edgesim(t, context.Background(), "report", log, "--reports", "cache_statistics", "--rows", "0")
	if !strings.Contains(stdout, "by the day") || !strings.Contains(stdout, " 2026-11-15 ") {
		t.Errorf("not by the day:\n%s", stdout)
	}
	_, stdout, _ = edgesim(t, context.Background(), "report", log, "--reports", "cache_statistics", "--granularity", "hour")
	if !strings.Contains(stdout, "by the hour") || !strings.Contains(stdout, "24 of 2,") {
		t.Errorf("not by the hour:\n%s", stdout)
	}
}

func TestReportSaysWhatIsWrong(t *testing.T) {
	log, rubbish := logFile(t, threeLines), logFile(t, "\x00\x01\x02 rubbish \xff\xfe")
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "no log and no run given"},
		{[]string{filepath.Join(t.TempDir(), "none.log")}, "none.log"},
		{[]string{rubbish}, "none of these is a log"},
		{[]string{logFile(t, `192.0.2.1 - - [10/Oct/2026:13:55:36 +0000] "GET / HTTP/1.1" 200 2326`)}, "by name, as a format, squid"},
		{[]string{log, "--granularity", "week"}, "--granularity"},
		{[]string{log, "--from", "yesterday"}, `--from "yesterday": right is a date, as 2026-11-01`},
		{[]string{log, "--from", "2026-11-02", "--to", "2026-11-01"}, "--to 2026-11-01 is not after --from"},
		{[]string{log, "--reports", "everything"}, "cache_statistics"},
		{[]string{log, "--format", "iis"}, "iis"},
		{[]string{log, "--geo", rubbish}, "--geo"},
		{[]string{log, "--bounded", "-1"}, "--bounded"},
		{[]string{log, "--prices", filepath.Join(t.TempDir(), "none.yaml")}, "--prices"},
		{[]string{log, "--prices", logFile(t, "gigabyte: 0\n")}, "gigabyte: 0 bytes"},
		{[]string{log, "--prices", log}, ": 3:1: "},
		{[]string{log, "--distribution", "E1"}, `--distribution "E1": there is no such one here; right is ALL or one of d111111abcdef8.cloudfront.net, d222222`},
		{[]string{log, "--format", "nginx"}, "--format nginx: not one of 3 lines is of it, as " + log + ":3: "},
	} {
		status, stdout, stderr := edgesim(t, context.Background(), append([]string{"report"}, c.args...)...)
		if status != 2 || !strings.Contains(stderr, c.want) || stdout != "" {
			t.Errorf("%v: status %d, stdout %q, stderr %q; want 2 and %q", c.args, status, stdout, stderr, c.want)
		}
		if strings.Count(stderr, "\n") > 1 {
			t.Errorf("%v: more than a line: %q", c.args, stderr)
		}
	}
}

// A folder in which nothing is to be told after all is not left there, and one that
// was there before stays.
func TestReportLeavesNoFolderOfNothing(t *testing.T) {
	log, dir, old := logFile(t, threeLines), t.TempDir(), t.TempDir()
	for _, args := range [][]string{
		{filepath.Join(dir, "none.log"), "--out", filepath.Join(dir, "a", "b")},
		{log, "--distribution", "E1", "--out", filepath.Join(dir, "c")},
		{log, "--format", "nginx", "--out", old},
	} {
		if status, _, stderr := edgesim(t, context.Background(), append([]string{"report"}, args...)...); status != 2 {
			t.Errorf("%v: status %d, stderr %q", args, status, stderr)
		}
	}
	for _, d := range []string{dir, old} {
		if left, err := os.ReadDir(d); err != nil || len(left) > 0 {
			t.Errorf("%v, %v is left", err, left)
		}
	}
}

// A price list of the user's own takes the place of the default's figures.
func TestReportByOwnPrices(t *testing.T) {
	prices := logFile(t, "source: our contract\ncurrency: EUR\n")
	status, stdout, stderr := edgesim(t, context.Background(), "report", logFile(t, threeLines), "--reports", "cost", "--prices", prices)
	if status != 0 || !strings.Contains(stdout, "Prices in EUR as of 2025, our contract.") {
		t.Errorf("status %d, stderr:\n%s\nstdout:\n%s", status, stderr, stdout)
	}
}

// Reports that a run left are taken for what they are only if they say so, and the
// distribution asked for is one of the run's.
func TestReportOfARunWhoseReportsAreWrong(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "run")
	if status, _, stderr := edgesim(t, context.Background(), "report", logFile(t, threeLines), "--out", dir); status != 0 {
		t.Fatalf("status %d, stderr:\n%s", status, stderr)
	}
	if status, stdout, stderr := edgesim(t, context.Background(), "report", dir, "--distribution", "E1"); status != 2 || stdout != "" || !strings.Contains(stderr, "there is no such one here") {
		t.Errorf("status %d: %s", status, stderr)
	}
	broken := filepath.Join(dir, results.ReportsDir, "cache_statistics.csv")
	if err := os.WriteFile(broken, []byte("a,b\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if status, _, stderr := edgesim(t, context.Background(), "report", dir); status != 2 || !strings.Contains(stderr, broken+": line 1: not the report") {
		t.Errorf("status %d: %s", status, stderr)
	}
}

// A line that cannot be read is counted and shown with its place.
func TestReportCountsMalformedLines(t *testing.T) {
	log := logFile(t, threeLines+"2026-11-02\tnoon\trubbish\n")
	status, stdout, stderr := edgesim(t, context.Background(), "report", log)
	if status != 0 || !strings.Contains(stderr, "1 of 4 lines could not be read") || !strings.Contains(stderr, log+":6:") {
		t.Errorf("status %d, stderr:\n%s", status, stderr)
	}
	if !strings.Contains(stdout, "Cache statistics") {
		t.Errorf("no reports:\n%s", stdout)
	}
}

// The folders of two halves of a log are put together as one: what adds up is as
// in that of the whole, and what cannot be known from tables is left out and said.
func TestReportsOfPartsMakeTheWhole(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	if err := logtest.Write(&text, 11, 4000, 2); err != nil {
		t.Fatal(err)
	}
	lines := slices.Collect(strings.Lines(text.String()))
	head := strings.Join(lines[:2], "")
	dir := t.TempDir()
	for name, lines := range map[string][]string{"whole": lines[2:], "a": lines[2:2000], "b": lines[2000:]} {
		log := logFile(t, head+strings.Join(lines, ""))
		if status, _, stderr := edgesim(t, context.Background(), "report", log, "--out", filepath.Join(dir, name)); status != 0 {
			t.Fatalf("status %d, stderr:\n%s", status, stderr)
		}
	}
	whole, sum := filepath.Join(dir, "whole"), filepath.Join(dir, "sum")
	status, stdout, stderr := edgesim(t, context.Background(), "report", filepath.Join(dir, "a"), filepath.Join(dir, "b"), "--reports", "all", "--out", sum)
	if status != 0 || !strings.Contains(stdout, "2 run folders") || !strings.Contains(stderr, "longer_ttl") {
		t.Fatalf("status %d, stdout:\n%s\nstderr:\n%s", status, stdout, stderr)
	}
	for _, name := range []string{"cache_statistics", "usage", "viewers_devices", "viewers_device_trends", "viewers_locations", "serving", "cost"} {
		if want, got := reportFile(t, whole, name), reportFile(t, sum, name); got != want {
			t.Errorf("%s.csv of two parts:\n%s\nof the whole:\n%s", name, diff(got, want), diff(want, got))
		}
	}
	if _, err := os.Stat(filepath.Join(sum, results.ReportsDir, "longer_ttl.csv")); err == nil {
		t.Error("there is a longer_ttl.csv, which nobody could know")
	}
}
