package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWrongFlagsAreKnownBeforeTheWork: a place that results cannot go to, and a flag
// that would do nothing, are one line and status 2 before anything is played or printed.
func TestWrongFlagsAreKnownBeforeTheWork(t *testing.T) {
	t.Parallel()
	trace, dir := oracleTrace(t, 1000), t.TempDir()
	file, folder := filepath.Join(dir, "file"), filepath.Join(dir, "folder")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	nowhere := filepath.Join(dir, "none", "x.svg")
	for _, c := range []struct{ args, says string }{
		{"mrc " + trace + " --csv " + nowhere, "there is no folder"},
		{"mrc " + trace + " --csv " + folder, "it is a folder; right is a file"},
		{"mrc " + trace + " --out " + file, "there is a file in its way; right is a folder"},
		{"mrc " + trace + " --csv - --json", "right is one of them"},
		{"mrc " + trace + " --mark 4GiB", "right is --out DIR beside it"},
		{"mrc " + trace + " --seed -1", `--seed "-1": right is a whole number from 0 on`},
		{"mrc " + folder, "there is no file in " + folder},
		{"mrc " + filepath.Join(folder, "*.gz"), "no file matches"},
		{"sweep " + trace + " --csv " + nowhere, "there is no folder"},
		{"sweep " + trace + " --csv - --json", "right is one of them"},
		{"fit " + trace + " --out " + folder, "it is a folder; right is a file"},
		{"fit " + trace + " --plot " + nowhere, "there is no folder"},
		{"model --objects 1e6 --out " + file, "right is a folder"},
		{"model --objects 1e6 --rate 0", "--rate 0/s: right is more than 0"},
		{"model --objects 1e6 --change-every 5s", "right is --ttl beside it"},
		{"model --objects 1e6 --zipf abc", `--zipf "abc": right is a number`},
		{"compare " + file + " " + file, "is not a run folder"},
		{"merge " + file, "is not the folder of a finished run"},
		{"plot " + file, "is not a run folder"},
		{"run " + folder, "it is a folder; right is a YAML file"},
		{"report " + file + " --bounded 5 --approximate", "right is one of them"},
		{"serve --origin http://127.0.0.1:1 --admin-anyone", "right is --admin :9090 beside it"},
		{"origin --kind pail", "right is bucket or server"},
		{"origin --objects 0", "--objects 0: right are 1 to 2^53"},
		{"origin --first-byte 200ms,40ms", "right is a median above 0"},
		{"worker --nats embedded --cache " + file, "right is a folder"},
	} {
		status, stdout, stderr := edgesim(t, context.Background(), strings.Fields(c.args)...)
		if status != exitUsage || stdout != "" || !strings.Contains(stderr, c.says) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: status %d, %q, %q; want %d, nothing, and one line with %q", c.args, status, stdout, stderr, exitUsage, c.says)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
}

// TestReportOfARunWithoutALogTakesNoFlagsOfLogs: what was counted is not counted anew.
func TestReportOfARunWithoutALogTakesNoFlagsOfLogs(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "run")
	if status, _, errs := edgesim(t, context.Background(), "run", "quickstart", "--mode", "virtual", "--set", "duration=4s", "--set", "workload.rate=50/s", "--out", dir); status != exitDone {
		t.Fatalf("status %d: %s", status, errs)
	}
	for _, flags := range [][]string{{"--bounded", "10"}, {"--approximate"}, {"--query"}, {"--format", "nginx"}, {"--states"}} {
		status, out, errs := edgesim(t, context.Background(), append([]string{"report", dir}, flags...)...)
		if status != exitUsage || out != "" || !strings.Contains(errs, "says how a log is read") {
			t.Errorf("%v: status %d, %q, %q", flags, status, out, errs)
		}
	}
}
