package main

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"edgesim/results"
)

// Reports of nothing say why in a line, and are no failure where a log of CloudFront
// would be right: a quiet hour has no requests, and a range may have none. Logs of
// which nothing can be read are a failure.
func TestReportSaysWhyItIsEmpty(t *testing.T) {
	t.Parallel()
	header := logFile(t, threeLines[:strings.Index(threeLines, "2026-11-01")])
	full, rubbish := logFile(t, threeLines), logFile(t, threeLines[:strings.Index(threeLines, "2026-11-01")]+"rubbish\nmore\n")
	const span = "; the logs are of 2026-11-01T10:00:00Z to 2026-11-02T00:00:00Z\n"
	for _, c := range []struct {
		args   []string
		status int
		says   string // the last line on stderr; "": none
	}{
		{[]string{header}, exitDone, "the log has no request in it\n"},
		{[]string{logFile(t, "")}, exitDone, "the log has no request in it\n"},
		{[]string{header, logFile(t, "")}, exitDone, "none of 2 logs has a request in it\n"},
		{[]string{rubbish}, exitFail, "not one of 2 lines could be read\n"},
		{[]string{full, "--from", "2026-12-01"}, exitDone, "none of 3 requests is of the range asked for" + span},
		{[]string{full, "--to", "2026-10-01"}, exitDone, "none of 3 requests is of the range asked for" + span},
		{[]string{full, "--to", "2026-10-01", "--distribution", "d222222abcdef8.cloudfront.net"}, exitDone, "none of 3 requests is of the range and distribution asked for" + span},
		{[]string{full, "--to", "2026-11-01"}, exitDone, "1 of 3 requests are not of the range asked for\n"},
		{[]string{full, "--distribution", "d222222abcdef8.cloudfront.net"}, exitDone, "2 of 3 requests are not of the distribution asked for\n"},
		{[]string{full, header}, exitDone, ""},
	} {
		status, stdout, stderr := edgesim(t, context.Background(), append([]string{"report", "--reports", "cache_statistics"}, c.args...)...)
		last := stderr[strings.LastIndex(strings.TrimSuffix(stderr, "\n"), "\n")+1:]
		if want := "edgesim report: " + c.says; status != c.status || last != want && (c.says != "" || strings.Contains(last, "request")) {
			t.Errorf("%v: status %d and %q, want %d and %q", c.args, status, last, c.status, want)
		}
		if stdout == "" {
			t.Errorf("%v: no reports", c.args)
		}
	}
}

// A folder of nothing has the reason among its warnings, where its page shows it.
func TestFolderSaysWhyItIsEmpty(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "out")
	status, _, stderr := edgesim(t, context.Background(), "report", logFile(t, threeLines), "--from", "2026-12-01", "--out", out, "--reports", "cache_statistics")
	const want = "none of 3 requests is of the range asked for; the logs are of 2026-11-01T10:00:00Z to 2026-11-02T00:00:00Z"
	s, err := results.ReadSummary(out)
	if status != exitDone || err != nil || !slices.Contains(s.Warnings, want) || !strings.Contains(stderr, want) {
		t.Errorf("status %d, %v, stderr %q, warnings %q; want %q", status, err, stderr, s.Warnings, want)
	}
}
