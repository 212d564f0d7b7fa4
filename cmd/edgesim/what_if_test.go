package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The size that a log's reader says there is is marked in the curve, and one that
// is no size is refused.
func TestReportMarksTheCacheSize(t *testing.T) {
	line := `192.0.2.7 - - [01/Nov/2026:10:00:00 +0000] "GET /a.js HTTP/1.1" 200 5000 "-" "curl/8.10.1"` + "\n"
	log := filepath.Join(t.TempDir(), "access.log")
	if err := os.WriteFile(log, []byte(strings.Repeat(line, 4)), 0o644); err != nil {
		t.Fatal(err)
	}
	status, stdout, stderr := edgesim(t, context.Background(), "report", log, "--format", "nginx", "--reports", "what_if", "--cache-size", "5500B", "--rows", "0")
	if status != 0 || !strings.Contains(stdout, "5.37 KiB (today)     3  75.00") {
		t.Errorf("status %d, want 3 hits of 4 for today's 5500 bytes:\n%s%s", status, stdout, stderr)
	}
	status, _, stderr = edgesim(t, context.Background(), "report", log, "--cache-size", "tall")
	if status != 2 || !strings.Contains(stderr, "--cache-size") {
		t.Errorf("status %d for a size that is none: %s", status, stderr)
	}
}
