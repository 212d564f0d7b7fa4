package virtual

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/sim/scenario"
	"edgesim/workloads"
)

// The clockwork: an origin that takes 100 ms to its first byte and then sends a
// piece of 1,000 bytes every millisecond; objects of 10,000 bytes, fresh for a
// second. So all that happens can be reckoned in one's head. An object's age
// begins with the 100 ms that asking took (RFC 9111 §4.2.3), so that it is fresh
// for 900 ms from its header on.
const clockwork = `
name: clockwork
duration: 1000s
edge: {mode: standard, capacity: 64MiB, policy: lru, shards: 1}
origins:
  o: {kind: bucket, first_byte: {constant: 100ms}, bandwidth: 1MB/s, piece: 1kB, cache_control: "max-age=1"}
distributions:
  - {id: E1, domain: d1.cloudfront.net, aliases: [www.example.com], default: {origin: o}}
workload:
  rate: 1/s
  sections:
    - name: site
      hosts: [www.example.com]
      objects: 1000
      types: [{name: a, prefix: /a/, size: {median: 10000B}}]
`

// clockworkOf is the clockwork with some settings changed.
func clockworkOf(t testing.TB, sets ...string) *scenario.Scenario {
	t.Helper()
	s, err := scenario.Parse("clockwork.yaml", []byte(clockwork), sets...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// playList plays a list of requests, and gives the records by their order.
func playList(t testing.TB, s *scenario.Scenario, c Config, list []workloads.Request) []results.Record {
	t.Helper()
	c.Scenario = s
	w, err := newWorld(&c, c.names())
	if err != nil {
		t.Fatal(err)
	}
	var got collected
	w.out, w.relay = make([]results.Record, 0, batchLen), newRelay(&got)
	w.askAll(w.studied(list), 0)
	w.run(never)
	w.flush()
	w.relay.close()
	recs := make([]results.Record, len(list))
	for _, r := range got.recs {
		recs[r.ID-1] = r
	}
	if len(got.recs) != len(list) {
		t.Fatalf("%d requests, %d records", len(list), len(got.recs))
	}
	return recs
}

// studied is requests as the clerk hands them on.
func (w *world) studied(list []workloads.Request) *batch {
	b := &batch{list, make([]known, len(list))}
	w.clerk.study(b)
	return b
}

// step is a request at a millisecond and what comes of it: result, flags, layer
// and times in milliseconds.
type step struct {
	at   float64
	ask  workloads.Request
	want string
}

func ms(x float64) time.Duration { return time.Duration(x * float64(time.Millisecond)) }

func (s *step) of(r *results.Record) string {
	flags := ""
	for _, f := range []struct {
		flag results.Flags
		name string
	}{{results.StaleHit, " stale"}, {results.Collapsed, " collapsed"}, {results.Truncated, " broken"}, {results.Aborted, " gone"}} {
		if r.Flags.Has(f.flag) {
			flags += f.name
		}
	}
	return fmt.Sprintf("%v %d%s from %v: %g, %g ms, %d bytes, asked %d", r.Result, r.Status, flags, r.Layer,
		float64(r.TTFB)/1e6, float64(r.Total)/1e6, r.BodyBytes, r.OriginAsked)
}

// Timelines, reckoned by hand: first and last byte of joined requests, of queues,
// revalidation and everything stale, ranges and far origins.
func TestTimelines(t *testing.T) {
	get := func(object uint64) workloads.Request { return workloads.Request{Object: object} }
	part := func(object uint64, first, length int64) workloads.Request {
		return workloads.Request{Object: object, Range: workloads.Range{First: first, Length: length}}
	}
	head := func(object uint64) workloads.Request {
		return workloads.Request{Object: object, Method: workloads.HEAD}
	}
	for _, x := range []struct {
		name  string
		sets  []string
		steps []step
	}{
		{"a miss, who joins it, and hits", nil, []step{
			{0, get(1), "Miss 200 from origin: 100, 110 ms, 10000 bytes, asked 1"},
			{50, get(1), "Hit 200 collapsed from origin: 50, 60 ms, 10000 bytes, asked 0"},
			{105, get(1), "Hit 200 collapsed from origin: 0, 5 ms, 10000 bytes, asked 0"}, // the body is half there
			{110, get(1), "Hit 200 from edge: 0, 0 ms, 10000 bytes, asked 0"},
			{999, get(1), "Hit 200 from edge: 0, 0 ms, 10000 bytes, asked 0"},
		}},
		{"expired and asked about", nil, []step{
			{0, get(1), "Miss 200 from origin: 100, 110 ms, 10000 bytes, asked 1"},
			{1000, get(1), "RefreshHit 200 from edge: 100, 100 ms, 10000 bytes, asked 1"},
			{1050, get(1), "Hit 200 collapsed from edge: 50, 50 ms, 10000 bytes, asked 0"},
			{1999, get(1), "Hit 200 from edge: 0, 0 ms, 10000 bytes, asked 0"},
		}},
		{"stale while it is renewed", []string{"origins.o.cache_control=max-age=1, stale-while-revalidate=2"}, []step{
			{0, get(1), "Miss 200 from origin: 100, 110 ms, 10000 bytes, asked 1"},
			{1500, get(1), "Hit 200 stale from edge: 0, 0 ms, 10000 bytes, asked 1"},
			{1550, get(1), "Hit 200 stale from edge: 0, 0 ms, 10000 bytes, asked 0"},
			{1700, get(1), "Hit 200 from edge: 0, 0 ms, 10000 bytes, asked 0"},
			{9000, get(1), "RefreshHit 200 from edge: 100, 100 ms, 10000 bytes, asked 1"},
		}},
		{"stale in an outage", []string{"origins.o.cache_control=max-age=1, stale-if-error=60", "origins.o.outages=[{from: 1s, for: 10s, kind: error}]"}, []step{
			{0, get(1), "Miss 200 from origin: 100, 110 ms, 10000 bytes, asked 1"},
			{2000, get(1), "Hit 200 stale from edge: 100, 100 ms, 10000 bytes, asked 1"},
			{2050, get(1), "Hit 200 stale collapsed from edge: 50, 50 ms, 10000 bytes, asked 0"},
			{2500, get(1), "Hit 200 stale from edge: 0, 0 ms, 10000 bytes, asked 0"}, // the origin is left alone for a second
			{3500, get(2), "Error 503 from origin: 100, 100 ms, 158 bytes, asked 1"},
		}},
		{"refused connections", []string{"origins.o.outages=[{from: 0s, for: 1s, kind: refuse}]"}, []step{
			{0, get(1), "Error 502 from none: 0, 0 ms, 0 bytes, asked 1"},
			{1000, get(1), "Miss 200 from origin: 100, 110 ms, 10000 bytes, asked 1"},
		}},
		{"an origin that hangs for longer than it is waited for", []string{"origins.o.read_timeout=2s", "origins.o.response_attempts=2",
			"origins.o.outages=[{from: 0s, for: 3s, kind: hang}]"}, []step{
			{0, get(1), "Miss 200 from origin: 3100, 3110 ms, 10000 bytes, asked 2"},
			{1500, get(2), "Miss 200 from origin: 1600, 1610 ms, 10000 bytes, asked 1"},
		}},
		{"a place at a time", []string{"origins.o.concurrency=1", "origins.o.queue_limit=1"}, []step{
			{0, get(1), "Miss 200 from origin: 100, 110 ms, 10000 bytes, asked 1"},
			{10, get(2), "Miss 200 from origin: 200, 210 ms, 10000 bytes, asked 1"}, // served from 110 on
			{20, get(3), "Error 503 from origin: 0, 0 ms, 158 bytes, asked 1"},      // no room to wait
		}},
		{"heads", nil, []step{
			{0, head(1), "Miss 200 from origin: 100, 100 ms, 0 bytes, asked 1"},
			{200, get(1), "Miss 200 from origin: 100, 110 ms, 10000 bytes, asked 1"},
			{400, head(1), "Hit 200 from edge: 0, 0 ms, 0 bytes, asked 0"},
		}},
		{"ranges of what is there, and of what is not", nil, []step{
			{0, get(1), "Miss 200 from origin: 100, 110 ms, 10000 bytes, asked 1"},
			{200, part(1, 2000, 500), "Hit 206 from edge: 0, 0 ms, 500 bytes, asked 0"},
			{300, part(2, 5000, 1000), "Miss 206 from origin: 100, 101 ms, 1000 bytes, asked 1"}, // the slice from there on
			{500, part(2, 7000, 1000), "Hit 206 from edge: 0, 0 ms, 1000 bytes, asked 0"},
			{600, get(2), "Miss 200 from origin: 100, 105 ms, 10000 bytes, asked 1"}, // its first half
			{800, get(2), "Hit 200 from edge: 0, 0 ms, 10000 bytes, asked 0"},
		}},
		{"what cannot be shared", []string{"origins.o.cache_control=no-store"}, []step{
			{0, get(1), "Miss 200 from origin: 100, 110 ms, 10000 bytes, asked 1"},
			{50, get(1), "Miss 200 from origin: 150, 160 ms, 10000 bytes, asked 1"}, // it waited for nothing, and asks again
			{500, get(1), "Miss 200 from origin: 100, 110 ms, 10000 bytes, asked 1"},
			{510, get(1), "Miss 200 from origin: 100, 110 ms, 10000 bytes, asked 1"}, // now that is known
		}},
		{"a viewer who hangs up", nil, []step{
			{0, workloads.Request{Object: 1, Abort: 0.25}, "Error 200 gone from origin: 100, 103 ms, 3000 bytes, asked 1"},
			{200, get(1), "Hit 200 from edge: 0, 0 ms, 10000 bytes, asked 0"}, // the flight went on
		}},
		{"one connection at a time", []string{"origins.o.max_conns=1", "origins.o.max_wait=50ms"}, []step{
			{0, get(1), "Miss 200 from origin: 100, 110 ms, 10000 bytes, asked 1"},
			{20, get(2), "Error 503 from none: 50, 50 ms, 0 bytes, asked 1"},
			{70, get(3), "Miss 200 from origin: 140, 150 ms, 10000 bytes, asked 1"}, // from 110 on
		}},
	} {
		t.Run(strings.ReplaceAll(x.name, " ", "_"), func(t *testing.T) {
			var list []workloads.Request
			for _, s := range x.steps {
				s.ask.At = ms(s.at)
				list = append(list, s.ask)
			}
			for i, r := range playList(t, clockworkOf(t, x.sets...), Config{}, list) {
				if got := x.steps[i].of(&r); got != x.steps[i].want {
					t.Errorf("at %g ms:\n  got  %s\n  want %s", x.steps[i].at, got, x.steps[i].want)
				}
			}
		})
	}
}

// Distances: the origin is 20 ms away there and back, the viewer 10.
func TestDistances(t *testing.T) {
	s := clockworkOf(t, "network.local=20ms", "network.overhead=20ms", "edge.location=FRA56-P1", "origins.o.location=FRA")
	list := []workloads.Request{{Object: 1}, {Object: 1, At: ms(500)}, {Object: 2, At: ms(500)}}
	recs := playList(t, s, Config{}, list)
	// A new connection costs the edge a round trip, and the request another.
	if got := float64(recs[0].OriginTTFB) / 1e6; got != 140 {
		t.Errorf("first byte from the origin after %g ms, want 20 + 20 + 100", got)
	}
	if got := float64(recs[2].OriginTTFB) / 1e6; got != 120 {
		t.Errorf("on a connection that is there: %g ms, want 20 + 100", got)
	}
	// The viewer's own way twice where the connection is new, once where it is kept.
	way := recs[1].TTFB
	if way <= 0 || recs[0].TTFB != recs[0].OriginTTFB+2*way || recs[2].TTFB != recs[2].OriginTTFB+way {
		t.Errorf("the way is %d; first bytes after %d and %d", way, recs[0].TTFB, recs[2].TTFB)
	}
}

// Viewers are themselves, however many there are.
func TestViewersBeyondSixteenMillionAreThemselves(t *testing.T) {
	c := Config{Scenario: clockworkOf(t)}
	w, err := newWorld(&c, c.names())
	if err != nil {
		t.Fatal(err)
	}
	if w.clerk.viewers, err = workloads.NewViewers(workloads.ViewersConfig{Count: 40_000_000}); err != nil {
		t.Fatal(err)
	}
	near, far := w.clerk.face(1<<24+1), w.clerk.face(1<<25+7)
	if near == far || near.addr == far.addr || near != w.clerk.face(1<<24+1) {
		t.Errorf("two viewers have the faces %+v and %+v", near, far)
	}
}
