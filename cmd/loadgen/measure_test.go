package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"edgesim/results"
)

// What was promised decides the exit status, and stands in the output.
func TestObjectivesDecideTheExitStatus(t *testing.T) {
	addr, _ := server(t, func([]byte) {})
	for _, c := range []struct {
		slo  string
		code int
	}{{"errors<=0.1%", exitDone}, {"total-p99<=1h", exitDone}, {"hit>=99%", exitFail}} {
		var out, errs bytes.Buffer
		code := run([]string{addr, "--zipf", "0.8", "--objects", "1000", "--requests", "100", "--closed", "--slo", c.slo}, &out, &errs)
		if code != c.code || !strings.Contains(out.String(), "\n"+c.slo+" ") || strings.Contains(errs.String(), "missed: "+c.slo) != (code == exitFail) {
			t.Errorf("%s: exit status %d; right is %d\n%s%s", c.slo, code, c.code, out.String(), errs.String())
		}
	}
}

func TestFiguresByStatusClassAndSecond(t *testing.T) {
	addr, _ := server(t, func([]byte) {})
	dir := t.TempDir()
	run1, series := filepath.Join(dir, "run"), filepath.Join(dir, "seconds.csv")
	var out, errs bytes.Buffer
	// Objects beyond the server's 1,000 are not found.
	code := run([]string{addr, "--zipf", "0", "--objects", "2000", "--requests", "300", "--closed", "--out", run1, "--csv", series, "--json"}, &out, &errs)
	if code != exitDone {
		t.Fatalf("exit status %d: %s", code, errs.String())
	}
	var sum results.Summary
	if err := json.Unmarshal(out.Bytes(), &sum); err != nil {
		t.Fatal(err)
	}
	found, lost := sum.ByStatus["200"], sum.ByStatus["404"]
	if found.Requests+lost.Requests != 300 || found.Errors != 0 || lost.Errors != lost.Requests || lost.Latency.TTFB.Count != lost.Requests {
		t.Errorf("by status: %+v", sum.ByStatus)
	}
	if len(sum.ByClass) < 3 || sum.ByDistribution[addr].Requests != 300 {
		t.Errorf("by class %+v, by distribution %+v", sum.ByClass, sum.ByDistribution)
	}
	if g := sum.Generator; g == nil || g.Sent != 300 || g.Done != 300 || g.Scheduled != 0 {
		t.Errorf("generator %+v; right are 300 sent and done, none scheduled", g)
	}
	text, err := os.ReadFile(series)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil || len(lines) < 2 || lines[0][0] != "second" {
		t.Errorf("the time series is\n%s%v", text, err)
	}
	for _, name := range []string{"ttfb.hlog", "total.hlog", "service.hlog", "ttfb.hgrm"} {
		if _, err := os.Stat(filepath.Join(run1, results.LatencyDir, name)); err != nil {
			t.Error(err)
		}
	}
}
