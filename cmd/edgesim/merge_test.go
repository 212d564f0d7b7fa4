package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/results/recording"
)

// shares is a built loadgen and a server for it.
type shares struct {
	t                 *testing.T
	dir, url, loadgen string
}

func newShares(t *testing.T) *shares {
	t.Helper()
	s := &shares{t: t, dir: t.TempDir()}
	s.loadgen = filepath.Join(s.dir, "loadgen")
	if out, err := exec.Command("go", "build", "-o", s.loadgen, "edgesim/cmd/loadgen").CombinedOutput(); err != nil {
		t.Fatalf("building loadgen: %v\n%s", err, out)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Cache", map[bool]string{true: "Hit from x", false: "Miss from x"}[len(r.URL.Path)%2 == 0])
		if crc32.ChecksumIEEE([]byte(r.URL.Path))%7 == 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		io.WriteString(w, r.URL.Path)
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// play leaves a run folder of a process with these flags.
func (s *shares) play(name string, flags ...string) string {
	s.t.Helper()
	dir := filepath.Join(s.dir, name)
	out, err := exec.Command(s.loadgen, append([]string{s.url, "--out", dir, "--connections", "20"}, flags...)...).CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !(errors.As(err, &exit) && exit.ExitCode() == exitFail) {
		s.t.Errorf("loadgen %v: %v\n%s", flags, err, out)
	}
	return dir
}

// like is a copy of a run folder that says something else of itself.
func (s *shares) like(dir string, change func(*results.Manifest)) string {
	s.t.Helper()
	copied := s.t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		s.t.Fatal(err)
	}
	m, err := results.ReadManifest(copied)
	if err == nil {
		change(m)
		err = results.WriteJSON(filepath.Join(copied, results.ManifestFile), m)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return copied
}

// together plays all shares of a schedule at a time.
func (s *shares) together(n int, flags ...string) []string {
	s.t.Helper()
	dirs := make([]string, n)
	at := time.Now().Add(10 * time.Second).UTC().Format(time.RFC3339) // when both are there, on whatever machine
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			dirs[i] = s.play(fmt.Sprintf("%d of %d, %v", i+1, n, flags), append(flags, "--share", fmt.Sprintf("%d/%d", i+1, n), "--start-at", at)...)
		})
	}
	all.Wait()
	return dirs
}

func (s *shares) merged(dirs ...string) (*results.Summary, string) {
	s.t.Helper()
	dir := filepath.Join(s.t.TempDir(), "merged")
	status, out, errs := edgesim(s.t, context.Background(), append([]string{"merge", "--out", dir, "--json"}, dirs...)...)
	var sum results.Summary
	if err := json.Unmarshal([]byte(out), &sum); err != nil || status != exitDone {
		s.t.Fatalf("merge %v: exit status %d, %v: %s", dirs, status, err, errs)
	}
	return &sum, dir
}

// recordsOf are the records of a run folder and their names.
func recordsOf(t *testing.T, dir string) ([]results.Record, *results.Names) {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, results.RecordsFile))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	names := results.NewNames(time.Time{})
	r, err := recording.NewReader(f, names)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var all []results.Record
	for {
		some, err := r.Next()
		if err == io.EOF {
			return all, names
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, some...)
	}
}

// askedFor counts the requests of records by number, intended time, path and answer.
func askedFor(t *testing.T, dir string) map[string]int {
	t.Helper()
	recs, names := recordsOf(t, dir)
	m := map[string]int{}
	for _, r := range recs {
		m[fmt.Sprint(r.ID, " ", r.At, " ", names.Str(r.URL), " ", r.Status, " ", r.Response)]++
	}
	return m
}

// Two processes that share the schedule of a scenario, drawn from its seed, are merged
// to what one process plays: the same requests at the same intended times with the same
// numbers, and histograms that hold every time that was measured, once.
func TestMergedSharesAreOneRun(t *testing.T) {
	t.Parallel()
	s := newShares(t)
	flags := []string{"--scenario", "quickstart", "--duration", "1s", "--warmup", "0s", "--rate", "300"}
	parts := s.together(2, flags...)
	sum, dir := s.merged(parts...)
	whole := s.play("whole", append(flags, "--records")...)
	one, err := results.ReadSummary(whole)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := askedFor(t, dir), askedFor(t, whole); len(want) < 250 || !maps.Equal(got, want) {
		t.Errorf("%d requests, and one process plays %d, others", len(got), len(want))
	}
	if sum.Generator.Scheduled != one.Generator.Scheduled || sum.Requests != one.Requests || sum.Errors != one.Errors || sum.Errors == 0 ||
		sum.HitRatio != one.HitRatio || sum.BodyBytes != one.BodyBytes || sum.Objects != one.Objects || !maps.Equal(sum.Status, one.Status) ||
		len(sum.Troubles) != 1 || sum.Troubles[0].Count != one.Errors {
		t.Errorf("merged: %d scheduled, %d errors %v, %v, %+v; one process: %d, %d, %v, %+v", sum.Generator.Scheduled, sum.Errors, sum.Troubles, sum.Status, sum.Objects,
			one.Generator.Scheduled, one.Errors, one.Status, one.Objects)
	}
	sameTimes(t, dir, parts)
	s.refuses(parts, whole)
}

// sameTimes holds the histograms of a merged run to one of the records of its parts.
func sameTimes(t *testing.T, dir string, parts []string) {
	t.Helper()
	times := results.NewLatencies()
	for _, part := range parts {
		recs, _ := recordsOf(t, part)
		times.Add(recs)
	}
	again := t.TempDir()
	if err := times.WriteFiles(again); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(again, "*.hgrm"))
	if err != nil || len(files) < 9 {
		t.Fatalf("%d histograms, %v", len(files), err)
	}
	for _, file := range files {
		want, errA := os.ReadFile(file)
		got, errB := os.ReadFile(filepath.Join(dir, results.LatencyDir, filepath.Base(file)))
		if err := errors.Join(errA, errB); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not the histogram of both shares' records, %v", filepath.Base(file), err)
		}
	}
}

// refuses holds merge to naming what does not belong together.
func (s *shares) refuses(parts []string, whole string) {
	s.t.Helper()
	seed := s.like(parts[1], func(m *results.Manifest) { m.Seed++ })
	other := s.like(parts[1], func(m *results.Manifest) { m.Scenario += "\n# another" })
	third := s.like(parts[1], func(m *results.Manifest) { m.Share = "2/3" })
	bare := s.like(parts[1], func(*results.Manifest) {})
	if err := os.Remove(filepath.Join(bare, results.RecordsFile)); err != nil {
		s.t.Fatal(err)
	}
	for _, row := range []struct {
		runs []string
		want string
	}{
		{nil, "no runs given"},
		{[]string{parts[0], seed}, "shares of different schedules"},
		{[]string{parts[0], other}, "shares of different schedules"},
		{[]string{parts[0], third}, "right is shares of one schedule"},
		{[]string{parts[0], parts[0]}, "are both share 1/2"},
		{[]string{parts[0], bare}, "has no records.zst: play it with loadgen --share or --records"},
		{[]string{parts[0], whole}, "right is shares of one schedule"},
		{[]string{parts[0], s.t.TempDir()}, "not the folder of a finished run"},
	} {
		out := filepath.Join(s.t.TempDir(), "out")
		status, _, errs := edgesim(s.t, context.Background(), append([]string{"merge", "--out", out}, row.runs...)...)
		if status != exitUsage || !strings.Contains(errs, row.want) || strings.Count(errs, "\n") != 1 {
			s.t.Errorf("merge %v: exit status %d, %q; right is one line with %q", row.runs, status, errs, row.want)
		}
	}
}

// A share that was interrupted is merged: the whole is partial, and which shares are
// missing is said.
func TestMergeOfAnInterruptedShare(t *testing.T) {
	t.Parallel()
	s := newShares(t)
	flags := []string{"--rate", "100", "--duration", "60s"}
	dir := filepath.Join(s.dir, "broken off")
	broken := exec.Command(s.loadgen, append(flags, s.url+"/x", "--share", "1/2", "--out", dir)...)
	if err := broken.Start(); err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, results.RecordsFile)); err == nil {
			break
		}
		select {
		case <-t.Context().Done():
			t.Fatal("it never began")
		case <-time.After(10 * time.Millisecond):
		}
	}
	if err := broken.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = broken.Wait() // status 1: it was interrupted
	missing := func(w string) bool { return strings.Contains(w, "1 of 2 shares are missing: 2/2") }
	if sum, _ := s.merged(dir); !sum.Partial || !slices.ContainsFunc(sum.Warnings, missing) {
		t.Errorf("merged of an interrupted share alone: partial %v, %q", sum.Partial, sum.Warnings)
	}
}
