package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"edgesim/sim/fleet"
)

// cluster is a server and workers of one slot in this process. It gives the server's
// URL.
func cluster(t *testing.T, workers int, shared ...string) string {
	t.Helper()
	srv, err := fleet.Serve(fleet.Serving{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	ctx, stop := context.WithCancel(context.Background())
	var over sync.WaitGroup
	cache := filepath.Join(t.TempDir(), "cache")
	for i := range workers {
		c, err := fleet.Connect(ctx, fleet.Options{URL: srv.URL, Name: "worker", Version: fleetVersion()})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		w := &fleet.Worker{Conn: c, Name: fmt.Sprint("w", i), Slots: 1, Cache: cache, Shared: shared}
		over.Go(func() {
			if err := w.Run(ctx); err != nil {
				t.Logf("worker: %v", err)
			}
		})
	}
	t.Cleanup(func() { stop(); over.Wait() })
	return srv.URL
}

// same runs a command here and by workers: what it prints must be the same.
func same(t *testing.T, url string, args ...string) string {
	t.Helper()
	status, want, errs := edgesim(t, context.Background(), args...)
	if status != exitDone {
		t.Fatalf("%q: status %d: %s", args, status, errs)
	}
	status, got, errs := edgesim(t, context.Background(), append(args, "--nats", url)...)
	if status != exitDone || got != want {
		t.Errorf("%q: status %d: %s\nby workers:\n%s\nhere:\n%s", args, status, errs, got, want)
	}
	return errs
}

func TestCurvesByWorkersAreThoseOfOneProcess(t *testing.T) {
	t.Parallel()
	url := cluster(t, 3)
	path, other := oracleTrace(t, 20_000), oracleTrace(t, 7_000)
	text := filepath.Join(t.TempDir(), "trace.csv")
	if err := os.WriteFile(text, []byte("time,id,size\n1,a,100\n2,b,200\nbad\n3,a,100\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{path, "--policy", "all"},
		{path, "--policy", "lru,wtinylfu,random", "--seed", "3", "--capacity", "1%,10%,500kB", "--json"},
		{path, "--policy", "lru,belady", "--warmup", "10%", "--limit", "9000", "--csv", "-"},
		{path, "--policy", "belady,sieve", "--capacity", "100kB,200kB", "--csv", "-"},
		{path, other, "--policy", "fifo,belady", "--ignore-size", "--json"},
		{path, "--all-sizes", "--csv", "-", "--resized", "new", "--capacity", "100kB"},
		{path, "--sample", "50%", "--policy", "lru,fifo", "--json"},
		{path, "--sample-size", "1000", "--capacity", "100kB", "--csv", "-"},
		{text, "--skip-bad", "--capacity", "250"},
		{path, other, "--shards", "4", "--policy", "lru,sieve,wtinylfu", "--capacity", "100kB,300kB", "--warmup", "10%"},
		{path, "--shards", "5", "--json", "--seed", "2", "--ignore-size"},
	} {
		same(t, url, append([]string{"mrc"}, args...)...)
	}
}

func TestSweepsAndPlansByWorkersAreThoseOfOneProcess(t *testing.T) {
	t.Parallel()
	url := cluster(t, 3)
	path := oracleTrace(t, 20_000)
	for _, args := range [][]string{
		{"sweep", path, "--policy", "lru,random,belady", "--replicas", "3", "--json"},
		{"sweep", path, "--capacity", "1%,10%", "--ignore-size", "--csv", "-", "--limit", "5000"},
		{"plan", path, "--target", "byte-hit>=0.5", "--policy", "lru,random,belady", "--replicas", "2", "--json"},
		append([]string{"plan", "quickstart", "--target", "hit>=50%", "--policy", "lru,sieve", "--replicas", "2", "--precision", "0.3", "--json"}, short...),
		append([]string{"sweep", "quickstart", "--policy", "lru,sieve", "--replicas", "2", "--json"}, short...),
	} {
		same(t, url, args...)
	}
}

func TestSharedTracesDoNotGoThroughTheStore(t *testing.T) {
	t.Parallel()
	path := oracleTrace(t, 5_000)
	dir := filepath.Dir(path)
	args := []string{"mrc", path, "--capacity", "100kB", "--csv", "-"}
	_, want, _ := edgesim(t, context.Background(), args...)
	status, out, errs := edgesim(t, context.Background(), append(args, "--shared", dir, "--nats", cluster(t, 1, dir))...)
	if status != exitDone || out != want {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
	status, out, errs = edgesim(t, context.Background(), append(args, "--shared", dir, "--nats", cluster(t, 1))...)
	if status != exitFail || out != "" || !strings.Contains(errs, "is not shared with this worker") {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
}

func TestTracesForWorkersBlameTheFlag(t *testing.T) {
	t.Parallel()
	url := cluster(t, 0)
	path := oracleTrace(t, 100)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"mrc", path, "--shared", "/"}, "--shared is about workers"},
		{[]string{"mrc", path, "--nats", url, "--shared", "/nowhere"}, "/nowhere"},
		{[]string{"mrc", path, "--nats", url, "--warmup", "1000", "--capacity", "1MiB"}, "--warmup 1000 leaves nothing"},
		{[]string{"mrc", path, "--nats", url, "--policy", "pfoo-l", "--warmup", "10", "--capacity", "1MiB"}, "no warm-up"},
		{[]string{"mrc", os.DevNull, "--nats", url, "--format", "ids", "--capacity", "1MiB"}, "has no requests"},
		{[]string{"mrc", "nowhere.bin", "--nats", url}, "nowhere.bin"},
		{[]string{"mrc", path, "--shards", "3"}, "4 to 4096"},
		{[]string{"mrc", path, "--shards", "4"}, "are too few"},
		{[]string{"mrc", path, "--shards", "4", "--sample", "1%"}, "one of them"},
		{[]string{"mrc", path, "--shards", "4", "--all-sizes"}, "one of them"},
		{[]string{"mrc", path, "--shards", "4", "--policy", "belady", "--nats", url}, "knows the whole trace"},
		{[]string{"sweep", "nowhere", "--shared", "/"}, "--shared is about workers"},
		{[]string{"plan", path, "--nats", "nats://127.0.0.1:1", "--target", "hit>=0.1"}, "no NATS server"},
	} {
		status, out, errs := edgesim(t, context.Background(), c.args...)
		if status != exitUsage || out != "" || !strings.Contains(errs, c.want) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%q: status %d, stdout %q, stderr %q; want one line with %q", c.args, status, out, errs, c.want)
		}
	}
}

const replayed = `
duration: 20s
edge: {capacity: 4MiB}
network: {matrix: %s}
origins:
  a: {kind: bucket}
distributions:
  - id: E1
    domain: a.example
    default: {origin: a}
workload:
  replay: {file: trace.bin}
`

// A scenario's files go with it: workers have them under other names.
func TestReplaysByWorkersAreThoseOfOneProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	trace, err := os.ReadFile(oracleTrace(t, 5_000))
	if err != nil {
		t.Fatal(err)
	}
	matrix := filepath.Join(dir, "round-trips.csv")
	for name, text := range map[string]string{
		filepath.Join(dir, "trace.bin"): string(trace), matrix: "from,to,ms\nDE,FRA,3\n",
		filepath.Join(dir, "s.yaml"): fmt.Sprintf(replayed, matrix),
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	url := cluster(t, 2)
	path := filepath.Join(dir, "s.yaml")
	same(t, url, "sweep", path, "--policy", "lru,sieve", "--capacity", "100KiB,500KiB", "--replicas", "2", "--json")
	same(t, url, "plan", path, "--target", "hit>=30%", "--policy", "lru,sieve", "--replicas", "2", "--precision", "0.5", "--json")
}
