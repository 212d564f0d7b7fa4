package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/results/recording"
	"edgesim/sim/fleet"
)

// stage is a NATS server with workers, all in this process.
type stage struct {
	t   *testing.T
	url string
}

func newStage(t *testing.T, workers ...string) *stage {
	t.Helper()
	srv, err := fleet.Serve(fleet.Serving{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	s := &stage{t, srv.URL}
	for _, name := range workers {
		s.hire(&fleet.Worker{Name: name, Slots: 1})
	}
	return s
}

// hire has a worker work until the test ends, or fire is called: that tells it to end.
func (s *stage) hire(w *fleet.Worker) (fire func()) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var err error
	w.Cache = s.t.TempDir()
	if w.Conn, err = fleet.Connect(ctx, fleet.Options{URL: s.url, Name: w.Name, Version: fleet.VersionOf(results.ThisProgram("loadgen"))}); err != nil {
		s.t.Fatal(err)
	}
	var done sync.WaitGroup
	done.Go(func() {
		if err := w.Run(ctx); err != nil {
			s.t.Error(err)
		}
	})
	s.t.Cleanup(func() { cancel(); done.Wait(); w.Conn.Close() })
	return cancel
}

// halting is a server that stands still at a request, until do was done.
func halting(t *testing.T, at int64, do func()) (url string) {
	t.Helper()
	var asked atomic.Int64
	done := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if n := asked.Add(1); n == at {
			do()
			close(done)
		} else if n > at {
			<-done
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// run runs the program with the stage's workers.
func (s *stage) run(ctx context.Context, args ...string) (sum results.Summary, code int, errs string) {
	s.t.Helper()
	var out, said bytes.Buffer
	code = runUntil(ctx, append(args, "--json", "--nats", s.url), &out, &said)
	if out.Len() > 0 {
		if err := json.Unmarshal(out.Bytes(), &sum); err != nil {
			s.t.Fatal(err)
		}
	}
	return sum, code, said.String()
}

// asked is a request as a record has it.
type asked struct {
	id  uint64
	at  int64
	url string
}

// recorded reads the records of a run folder: what was asked when, and the times.
func recorded(t *testing.T, dir string) (list []asked, times *results.Latencies) {
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
	times = results.NewLatencies()
	for {
		recs, err := r.Next()
		times.Add(recs)
		for i := range recs {
			list = append(list, asked{recs[i].ID, recs[i].At, names.Strings.Get(recs[i].URL)})
		}
		if err != nil || len(recs) == 0 {
			break
		}
	}
	slices.SortFunc(list, func(a, b asked) int { return cmp.Compare(a.id, b.id) })
	return list, times
}

// replayingTrace is a scenario up to what it says of the file that it replays.
const replayingTrace = `origins: {a: {kind: bucket}}
distributions: [{id: E1, domain: a.example, default: {origin: a}}]
warmup: 0s
workload:
  replay:
`

// A recorded schedule, and one that is drawn, are played by three workers as by one
// process: the same objects at the same intended moments, and the histograms are
// those of all records.
func TestWorkersPlayTheScheduleOfOne(t *testing.T) {
	s := newStage(t, "one", "two", "three")
	var lines strings.Builder
	for i := range 300 {
		fmt.Fprintf(&lines, "%d,%d,%d\n", i/100, i*i%17, 100+i%7)
	}
	trace := traceFile(t, "t.csv", "time,id,size\n"+lines.String())
	url, _ := ofTrace(t, trace, "csv", false)
	replays := traceFile(t, "s.yaml", replayingTrace+"    file: "+trace+"\n    speed: 10\n")
	for name, args := range map[string][]string{
		"trace":   {url, "--trace", trace, "--format", "csv", "--speed", "2", "--verify"},
		"drawn":   {url, "--zipf", "1", "--objects", "50", "--rate", "200/s", "--duration", "1s", "--ranges", "5%"},
		"preset":  {url, "--workload", "web", "--rate", "100/s", "--duration", "1s"},
		"replay":  {url, "--scenario", replays},
		"builtin": {url, "--scenario", "quickstart", "--rate", "100/s", "--duration", "1s", "--warmup", "0s"},
	} {
		t.Run(name, func(t *testing.T) {
			if raceEnabled && name != "trace" {
				t.Skip("what differs is drawing, and the race detector makes it long")
			}
			alone, together := t.TempDir(), t.TempDir()
			var out, errs bytes.Buffer
			run(append(args, "--out", alone, "--records"), &out, &errs)
			sum, code, said := s.run(t.Context(), append(args, "--out", together, "--workers", "3")...)
			if sum.Requests == 0 {
				t.Fatalf("exit status %d: %s", code, said)
			}
			want, _ := recorded(t, alone)
			got, times := recorded(t, together)
			if len(want) == 0 || !slices.Equal(got, want) {
				t.Fatalf("%d requests by workers, %d by one process; they differ\n%s%s", len(got), len(want), errs.String(), said)
			}
			if f := times.All(results.TTFB).Figures(); f != sum.Latency.TTFB {
				t.Errorf("the summary's first bytes are %+v, those of the records %+v", sum.Latency.TTFB, f)
			}
			if len(sum.Shares) != 3 || sum.Generator.Scheduled != uint64(len(want)) || sum.StartSkew <= 0 || sum.StartSkew > 1000 {
				t.Errorf("shares %+v, start skew %v ms, %d scheduled", sum.Shares, sum.StartSkew, sum.Generator.Scheduled)
			}
			if m, err := results.ReadManifest(together); err != nil || len(m.Merged) != 3 || !strings.HasPrefix(m.Merged[0], "share 1/3: worker ") {
				t.Errorf("the manifest has %q, %v", m.Merged, err)
			}
			if name == "trace" && (sum.Verified != 300 || sum.Unverified != 0) {
				t.Errorf("%d bodies right, %d wrong", sum.Verified, sum.Unverified)
			}
		})
	}
}

// A worker that ends in the middle leaves what it has; the run goes on, fails, and
// says how much load was missing.
func TestAWorkerThatEnds(t *testing.T) {
	s := newStage(t, "stays")
	url := halting(t, 100, s.hire(&fleet.Worker{Name: "goes", Slots: 1}))
	sum, code, errs := s.run(t.Context(), url, "--rate", "100/s", "--arrivals", "constant", "--duration", "4s", "--workers", "2")
	if code != exitFail || !sum.Unsound || !strings.Contains(sum.UnsoundReason, "Load is missing: share") || !strings.Contains(errs, "(worker goes): its worker was stopped") {
		t.Errorf("exit status %d, %q: %s", code, sum.UnsoundReason, errs)
	}
	for _, f := range sum.Shares {
		switch {
		case f.Worker == "stays" && (f.State != results.ShareWhole || f.Missing != 0):
			t.Errorf("%+v", f)
		case f.Worker == "goes" && (f.State != results.SharePartial || f.Scheduled+f.Missing != 200):
			t.Errorf("%+v", f)
		}
	}
}

// Who waits and is interrupted has the shares stopped, and what they have put
// together.
func TestInterruptedTogether(t *testing.T) {
	s := newStage(t, "one", "two")
	ctx, cancel := context.WithCancel(t.Context())
	url := halting(t, 50, cancel)
	dir := t.TempDir()
	sum, code, errs := s.run(ctx, url, "--rate", "100/s", "--duration", "1h", "--workers", "2", "--connections", "2", "--out", dir)
	if code != exitFail || !sum.Partial || sum.Requests < 40 || strings.Contains(sum.UnsoundReason, "missing") || !strings.Contains(errs, "interrupted; the results are partial") {
		t.Errorf("exit status %d, %+v: %s", code, sum, errs)
	}
	if m, err := results.ReadManifest(dir); err != nil || !m.Partial {
		t.Errorf("the manifest: %v, %v", m, err)
	}
}

func TestTroubleTogether(t *testing.T) {
	s := newStage(t)
	s.hire(&fleet.Worker{Name: "narrow", Slots: 1, Targets: []string{"edge.test"}})
	s.hire(&fleet.Worker{Name: "calm", Slots: 1, NoLoad: true})
	for args, want := range map[string]string{
		"http://127.0.0.1:1 --workers 1":                                         "worker narrow: worker narrow may not load 127.0.0.1:1: its --load-targets are edge.test",
		"http://edge.test --workers 2 --workers-wait 1s":                         "of 2 workers are ready after 1s",
		"http://edge.test --workers 0":                                           "--workers 0; right are 1 to",
		"http://edge.test":                                                       "--workers 0",
		"http://edge.test --workers 2 --share 1/2 --out x":                       "right is --workers 2 in its place",
		"http://edge.test --workers 2 --start-at 2046-01-01T00:00:00Z":           "--start-at",
		"http://edge.test --workers 2 --metrics nowhere":                         "--metrics",
		"http://edge.test --workers 9 --find-max ttfb-p99<=1s --workers-wait 1s": "of 9 workers are ready after 1s",
		"http://edge.test --workers 2 --find-max ttfb-p99<=1s --connections 1":   "--connections 1 for --workers 2",
		"http://edge.test --workers 2 --connections 1":                           "--connections 1 for --workers 2",
		"http://edge.test --workers 2 --trace -":                                 "right is a file",
		"http://edge.test --workers 2 --workers-wait 0s":                         "--workers-wait 0s",
		"http://edge.test --workers 1 --scenario nosuch":                         "--scenario",
		"http://edge.test --workers 1 --ca nosuch":                               "--ca",
		"https://edge.test --workers 1 --ca nosuch":                              "nosuch",
		"http://edge.test --workers 1 --nats-store /tmp/x":                       "embedded",
		"http://edge.test --workers 1 --workload web --rate 1e12/s":              "--rate",
	} {
		_, code, errs := s.run(t.Context(), strings.Fields(args)...)
		if code == exitDone || !strings.Contains(errs, want) {
			t.Errorf("%s: exit status %d: %s; want %s", args, code, errs, want)
		}
	}
	for args, want := range map[string]string{
		"http://edge.test --workers 2":      "--workers goes with --nats",
		"http://edge.test --nats-user me":   "--nats-user",
		"http://edge.test --lease 5s":       "--lease",
		"http://edge.test --workers-wait 1": "--workers-wait",
	} {
		var out, errs bytes.Buffer
		if code := run(strings.Fields(args), &out, &errs); code != exitUsage || !strings.Contains(errs.String(), want) {
			t.Errorf("%s: exit status %d: %s; want %s", args, code, errs.String(), want)
		}
	}
}
