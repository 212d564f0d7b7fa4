package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"

	"edgesim/results/logs/logtest"
	"edgesim/sim/fleet"
)

// monthOfLogs is a folder of logs, packed and plain, with what is wrong in logs.
func monthOfLogs(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for i := range 4 {
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("E%dEXAMPLE00000.2026-09-0%d-00.abcdefgh", i%2, i+1)))
		if err != nil {
			t.Fatal(err)
		}
		var w io.WriteCloser = f
		if i > 1 {
			w = gzip.NewWriter(f)
		}
		if err := logtest.Write(w, uint64(i), 3000, 3); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(w, "no line of a log\n#Fields: date time cs-uri-stem x-edge-result-type cs(Host)\n2026-09-02\t00:00:01\t/a\tStrange\td9.example\n")
		if w.Close() != nil || i > 1 && f.Close() != nil {
			t.Fatal("closing a log")
		}
	}
	return dir
}

// futureLog is a log of lines from long ago and from the future.
func futureLog(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "future")
	text := "#Fields: date time cs-uri-stem x-edge-result-type cs(Host)\n2006-09-02\t00:00:01\t/a\tHit\td9.example\n2226-09-02\t00:00:01\t/a\tHit\td9.example\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// madeAt is the moment in which a table was made, in JSON.
var madeAt = regexp.MustCompile(`"GeneratedTimeUTC": "[^"]*"`)

// filesOf are the CSV files below a folder, by name, without the moment in which they
// were made.
func filesOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && strings.HasSuffix(path, ".csv") {
			var b []byte
			b, err = os.ReadFile(path)
			rel, _ := filepath.Rel(dir, path)
			files[rel] = generated.ReplaceAllString(string(b), "")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// replayedRun is a run of a scenario that replays a trace, whose name tells its format.
func replayedRun(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	world := "origins: {a: {kind: bucket}}\ndistributions: [{id: E1, domain: a.example, default: {origin: a}}]\nworkload: {replay: {file: " +
		oracleTrace(t, 2_000) + "}}\nwarmup: 0s\n"
	scenario := filepath.Join(dir, "s.yaml")
	if err := os.WriteFile(scenario, []byte(world), 0o600); err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(dir, "run")
	if status, _, stderr := edgesim(t, t.Context(), "run", scenario, "--out", dir, "--access-log", "--mode", "virtual"); status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	return dir
}

// Reports of logs that workers read are those of one process, to the byte: tables,
// JSON, the files of a folder, and what is said of broken lines.
func TestReportsByWorkersAreThoseOfOneProcess(t *testing.T) {
	h := newHub(t, fleet.Login{})
	dir := monthOfLogs(t)
	for _, name := range []string{"a", "b", "c"} {
		h.worker(name, "--shared", dir)
	}
	run := filepath.Join(t.TempDir(), "run")
	if status, _, stderr := edgesim(t, t.Context(), append([]string{"run", "quickstart", "--out", run, "--access-log"}, quick...)...); status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	replayed := replayedRun(t)
	for name, args := range map[string][]string{
		"tables":       {dir},
		"replayed run": {replayed, "--reports", "viewers"},
		"JSON":         {dir, "--json", "--rows", "0"},
		"range":        {dir, "--from", "2026-09-01T12:00:00Z", "--to", "2026-09-02", "--granularity", "day"},
		"distribution": {dir, "--distribution", "d222222abcdef8.cloudfront.net"},
		"bounded":      {dir, "--bounded", "100", "--query"},
		"all":          {dir, "--reports", "all"},
		"run":          {run},
		"geo":          {dir, "--geo", geoDatabase(t), "--reports", "viewers"},
		"query":        {dir, "--query", "--states", "--browser-versions", "--geo", geoDatabase(t)},
		"continent":    {dir, "--viewer-location", "Europe"},
		"future":       {dir, futureLog(t), "--distribution", "d9.example"},
	} {
		t.Run(name, func(t *testing.T) {
			args = append([]string{"report"}, args...)
			there := append(append([]string{}, args...), "--nats", h.srv.URL)
			var want, got, wantSaid, gotSaid bytes.Buffer
			if status := runUntil(t.Context(), args, &want, &wantSaid); status != exitDone {
				t.Fatalf("status %d: %s", status, wantSaid.String())
			}
			if status := runUntil(t.Context(), there, &got, &gotSaid); status != exitDone {
				t.Fatalf("status %d: %s", status, gotSaid.String())
			}
			if name == "geo" && !strings.Contains(want.String(), "FI") {
				t.Error("the database says nothing")
			}
			a, b := madeAt.ReplaceAllString(want.String(), ""), madeAt.ReplaceAllString(got.String(), "")
			if a != b {
				t.Errorf("by workers:\n%salone:\n%s", diff(b, a), diff(a, b))
			}
			for line := range strings.Lines(wantSaid.String()) { // how far one is, the other is not
				if !strings.HasSuffix(line, " files read\n") && !strings.Contains(gotSaid.String(), line) {
					t.Errorf("not said by workers: %s", line)
				}
			}
		})
	}
	t.Run("where they lie", func(t *testing.T) {
		want, got := alone(t, "report", dir, "--query"), alone(t, "report", dir, "--query", "--nats", h.srv.URL, "--shared", dir)
		if want != got {
			t.Errorf("by workers:\n%salone:\n%s", diff(got, want), diff(want, got))
		}
	})
	t.Run("folder", func(t *testing.T) {
		one, many := filepath.Join(t.TempDir(), "one"), filepath.Join(t.TempDir(), "many")
		alone(t, "report", dir, "--out", one)
		alone(t, "report", dir, "--out", many, "--nats", h.srv.URL)
		want, got := filesOf(t, one), filesOf(t, many)
		if len(want) < 20 || len(want) != len(got) {
			t.Errorf("%d files by workers, %d alone", len(got), len(want))
		}
		for name, text := range want {
			if got[name] != text {
				t.Errorf("%s by workers:\n%salone:\n%s", name, diff(got[name], text), diff(text, got[name]))
			}
		}
	})
}

// A log that cannot be read twice is refused, and flags that would do nothing.
func TestReportsByWorkersRefuse(t *testing.T) {
	h := newHub(t, fleet.Login{})
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"report", "-", "--nats", h.srv.URL}, "the standard input can be read once only"},
		{[]string{"report", monthOfLogs(t), "--nats", h.srv.URL, "--workers", "3"}, "--workers is of this process"},
		{[]string{"report", "x.log", "--nats", h.srv.URL}, "x.log"},
		{[]string{"report", "x.log", "--nats", "nats://127.0.0.1:1"}, "x.log"},
		{[]string{"report", monthOfLogs(t), "--shared", "/tmp"}, "--shared"},
	} {
		var out, said bytes.Buffer
		if status := runUntil(t.Context(), c.args, &out, &said); status != exitUsage || !strings.Contains(said.String(), c.want) {
			t.Errorf("%v: status %d, %q; right is %d and %q", c.args, status, said.String(), exitUsage, c.want)
		}
	}
}

// geoDatabase says that all IPv4 addresses are in Finland.
func geoDatabase(t *testing.T) string {
	t.Helper()
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: "GeoLite2-Country", IncludeReservedNetworks: true, BuildEpoch: 1_700_000_000})
	if err != nil {
		t.Fatal(err)
	}
	_, all, _ := net.ParseCIDR("0.0.0.0/0")
	if err := tree.Insert(all, mmdbtype.Map{"country": mmdbtype.Map{"iso_code": mmdbtype.String("FI")}}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "country.mmdb")
	f, err := os.Create(path)
	if err == nil {
		_, err = tree.WriteTo(f)
	}
	if err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	return path
}
