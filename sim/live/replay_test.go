package live

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"edgesim/sim/scenario"
)

// logged is a log of requests with queries, ranges, heads and conditions, and a
// scenario that replays it.
func logged(t *testing.T, seed uint64, requests int) (path string) {
	t.Helper()
	dir, rng := t.TempDir(), rand.New(rand.NewPCG(seed, 0))
	var b strings.Builder
	b.WriteString("#Fields: timestamp(ms) sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query x-host-header time-taken sc-content-len sc-range-start sc-range-end c-country\n")
	for i := range requests {
		object := int(rng.ExpFloat64() * 40)
		query := []string{"-", "v=1", "v=2&utm=a"}[object%3]
		size, method, status, from, to := 500+object*700, "GET", 200, "-", "-"
		switch rng.IntN(12) {
		case 0:
			method = "HEAD"
		case 1:
			status = 304
		case 2:
			status, from, to = 206, fmt.Sprint(object), fmt.Sprint(object+99)
		}
		fmt.Fprintf(&b, "%d\t%d\t192.0.2.%d\t%s\td1.net\t/p%d%s\t%d\thttps://r%d.example/\tagent %d\t%s\t%s\t0.000\t%d\t%s\t%s\tDE\n",
			1_700_000_000_000+i*37, size+300, i%200+1, method, object, []string{".jpg", ".html", "/"}[object%3], status, i%5, i%7, query,
			[]string{"d1.net", "www.x.net"}[i%2], size, from, to)
	}
	if err := os.WriteFile(filepath.Join(dir, "log"), []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(dir, "s.yaml")
	text := `
edge: {capacity: 512KiB, shards: 1, policy: lru}
origins: {o: {kind: bucket, first_byte: {median: 20ms, p99: 60ms}, cache_control: "max-age=20"}}
distributions:
  - {id: E1, domain: d1.net, aliases: [www.x.net], default: {origin: o}}
workload:
  replay: {file: log, cache_control: {html: "max-age=3"}}
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestTheSimulatorForetellsAReplay: record for record, in both modes. Where requests
// for parts and for all of an object come within one fetch of it, the edge's own
// scheduler decides now and then who asks, and the answers after it are others.
func TestTheSimulatorForetellsAReplay(t *testing.T) {
	path := logged(t, 1, 1500)
	agree(t, 0, path)
	agree(t, 0, path, "edge.mode=cloudfront")
	agree(t, 5, path, "workload.replay.speed=3")
}

// TestAReplayHasTheRightBytes: on sockets, every byte of what a log asks for.
func TestAReplayHasTheRightBytes(t *testing.T) {
	for _, mode := range []string{"standard", "cloudfront"} {
		s, err := scenario.Load(logged(t, 2, 800), "workload.replay.speed=40", "edge.mode="+mode)
		if err != nil {
			t.Fatal(err)
		}
		res, err := Run(context.Background(), Config{Scenario: s, Dir: filepath.Join(t.TempDir(), "run"), Verify: true})
		if err != nil {
			t.Fatal(err)
		}
		// A machine that is too busy sends fewer than are due, and says so.
		sum, sent := res.Summary, res.Summary.Generator
		if res.Wrong != 0 || sum.Errors != 0 || sent.Scheduled != 800 || uint64(sum.ViewerRequests) != sent.Sent || sent.Done != sent.Sent || sent.Sent < 50 {
			t.Errorf("%s: %d requests, %d errors, %d with wrong bytes, %+v", mode, sum.ViewerRequests, sum.Errors, res.Wrong, sent)
		}
	}
}
