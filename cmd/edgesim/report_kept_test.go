package main

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"edgesim/results"
)

// keptOf is the folder of a log's reports, which is a run that left no log.
func keptOf(t *testing.T, log string, flags ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "kept")
	if status, _, stderr := edgesim(t, context.Background(), append([]string{"report", log, "--out", dir}, flags...)...); status != 0 {
		t.Fatalf("status %d, stderr:\n%s", status, stderr)
	}
	return dir
}

// ofOne are the lines of threeLines of that distribution.
func ofOne(domain string) string {
	var b strings.Builder
	for line := range strings.Lines(threeLines) {
		if line[0] == '#' || strings.Contains(line, domain) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// What a run has kept says the same as its log: of one distribution, and of
// several runs of one each.
func TestRunsWithoutALogSayWhatTheirLogsDo(t *testing.T) {
	t.Parallel()
	log := logFile(t, threeLines)
	five := []string{"--reports", "cloudfront", "--from", "2026-11-01T10", "--to", "2026-11-02T01"}
	kept := keptOf(t, log, five...)
	const first, second = "d111111abcdef8.cloudfront.net", "d222222abcdef8.cloudfront.net"
	logs := []string{logFile(t, ofOne(first)), logFile(t, ofOne(second))}
	apart := []string{keptOf(t, logs[0], five...), keptOf(t, logs[1], five...)}
	for what, c := range map[string]struct{ kept, logs []string }{
		"one of two":   {[]string{kept, "--distribution", first}, []string{log, "--distribution", first}},
		"other of two": {[]string{kept, "--distribution", second}, []string{log, "--distribution", second}},
		"two runs":     {apart, logs},
	} {
		args := append(slices.Clone(five), "--granularity", "hour", "--rows", "0")
		args[1] = "cache_statistics,usage,top_referrers,viewers"
		_, want, _ := edgesim(t, context.Background(), append(append([]string{"report"}, c.logs...), args...)...)
		status, got, stderr := edgesim(t, context.Background(), append(append([]string{"report"}, c.kept...), args...)...)
		if want, got = rowsOf(want), rowsOf(got); status != 0 || got != want {
			t.Errorf("%s: status %d, stderr:\n%s%s\nwant, from the log:\n%s", what, status, stderr, diff(got, want), diff(want, got))
		}
	}
}

// rowsOf are the rows of distributions, and headings.
func rowsOf(text string) string {
	var rows strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "d") || strings.HasPrefix(line, "ALL") {
			rows.WriteString(line)
		}
	}
	return rows.String()
}

// A range or grain that kept reports cannot be cut to is refused; a run that is
// not of the range at all is said to be passed over.
func TestRunsWithoutALogAreNotCut(t *testing.T) {
	t.Parallel()
	few := []string{"--reports", "cache_statistics,top_referrers"}
	hours, days := keptOf(t, logFile(t, threeLines), few...), keptOf(t, logFile(t, threeLines), append(few, "--granularity", "day")...)
	for _, c := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{hours, "--from", "2026-11-01T11"}, exitUsage, "left no log"},
		{[]string{hours, "--to", "2026-11-01"}, exitUsage, "left no log"},
		{[]string{hours, "--from", "2026-11-01T10", "--to", "2026-11-02T01"}, 0, ""},
		{[]string{hours, "--from", "2026-12-01"}, 0, ", which is not of the range"},
		{[]string{hours, "--to", "2026-11-01T10"}, 0, ", which is not of the range"},
		{[]string{days, "--granularity", "hour"}, exitUsage, "by 24h0m0s"},
		{[]string{hours, "--granularity", "day"}, 0, ""},
		{[]string{hours, "--viewer-location", "Europe"}, exitUsage, "all viewers"},
		{[]string{hours, "--reports", "longer_ttl"}, exitUsage, "not to be had"},
	} {
		args := append([]string{"report", "--reports", "cache_statistics"}, c.args...)
		status, stdout, stderr := edgesim(t, context.Background(), args...)
		if status != c.status || !strings.Contains(stderr, c.says) || c.says == "" && stderr != "" {
			t.Errorf("%q: status %d, want %d and %q; stderr:\n%s", c.args, status, c.status, c.says, stderr)
		}
		if outside := strings.Contains(c.says, "is not of"); outside && !strings.Contains(stdout, "(no rows)") {
			t.Errorf("%q shows:\n%s", c.args, stdout)
		}
	}
}

// A folder made of a run that left no log has that run's figures, and no report
// that would show nothing for what is not known.
func TestFolderOfARunWithoutALog(t *testing.T) {
	t.Parallel()
	kept, again := keptOf(t, logFile(t, threeLines)), filepath.Join(t.TempDir(), "again")
	if status, _, stderr := edgesim(t, context.Background(), "report", kept, "--out", again); status != 0 {
		t.Fatalf("status %d, stderr:\n%s", status, stderr)
	}
	s, err := results.ReadSummary(again)
	if err != nil || s.Requests != 3 || s.BytesOut != 6000 || s.Name != "again" {
		t.Errorf("the summary is %+v, %v", s, err)
	}
	if _, err := os.Stat(filepath.Join(again, results.ReportsDir, "cloudwatch_metrics.csv")); err == nil {
		t.Error("metrics were made of nothing")
	}
	if !strings.Contains(strings.Join(s.Warnings, "\n"), "cloudwatch_metrics") {
		t.Errorf("warnings %q do not say what is left out", s.Warnings)
	}
	log := logFile(t, threeLines)
	if _, _, stderr := edgesim(t, context.Background(), "report", kept, log, "--reports", "longer_ttl,usage"); !strings.Contains(stderr, "of logs alone") {
		t.Errorf("stderr does not say what is of logs alone:\n%s", stderr)
	}
}

// Buckets of two widths fit into those of the common one.
func TestCommonGrain(t *testing.T) {
	for _, c := range [][3]time.Duration{{0, 5, 5}, {5, 0, 5}, {10, 15, 30}, {1, 3600, 3600}, {60, 60, 60}} {
		if got := common(c[0]*time.Second, c[1]*time.Second); got != c[2]*time.Second {
			t.Errorf("common(%v s, %v s) = %v", int64(c[0]), int64(c[1]), got)
		}
	}
}

// A run that workers played together has what each of them did behind its reports.
func TestReportsTellOfWorkers(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "run")
	if status, _, errs := edgesim(t, t.Context(), append([]string{"run", "quickstart", "--mode", "virtual", "--out", dir}, quick...)...); status != exitDone {
		t.Fatal(errs)
	}
	s, err := results.ReadSummary(dir)
	if err != nil {
		t.Fatal(err)
	}
	s.Shares = []results.ShareFigures{{Share: "1/1", Worker: "one", State: results.ShareWhole, Scheduled: 4711, Late: 3}}
	if err := results.WriteJSON(filepath.Join(dir, results.SummaryFile), s); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"report", dir}, {"report", dir, "--out", filepath.Join(t.TempDir(), "again")}} {
		status, out, errs := edgesim(t, t.Context(), args...)
		if status != exitDone || !regexp.MustCompile(`1/1 +one +4711 +3 +0 `).MatchString(out) {
			t.Errorf("%q: status %d: %s%s", args, status, errs, out)
		}
	}
	if status, out, _ := edgesim(t, t.Context(), "report", dir, "--json"); status != exitDone || strings.Contains(out, "4711") {
		t.Errorf("status %d: %s", status, out)
	}
}
