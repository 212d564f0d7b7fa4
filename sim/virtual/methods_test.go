package virtual

import (
	"fmt"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/workloads"
)

// Timelines of other methods, reckoned by hand: what passes, what is kept, and what
// is stored no more once it has been changed (RFC 9110 §9, RFC 9111 §4.4).
func TestTimelinesOfMethods(t *testing.T) {
	const object = 1
	by := func(m workloads.Method) workloads.Request { return workloads.Request{Object: object, Method: m} }
	get, post, options := by(workloads.GET), by(workloads.POST), by(workloads.OPTIONS)
	var (
		missed  = "Miss 200 from origin: 100, 110 ms, 10000 bytes, asked 1"
		passed  = "Miss 204 from origin: 100, 100 ms, 0 bytes, asked 1"
		had     = "Hit 200 from edge: 0, 0 ms, 10000 bytes, asked 0"
		server  = []string{"origins.o.kind=server", "origins.o.cache_control=max-age=60"}
		keeping = append([]string{"distributions.0.default.cached_methods=[GET,HEAD,OPTIONS]", "distributions.0.default.ttl={default: 60s}"}, server...)
	)
	for name, x := range map[string]struct {
		sets  []string
		steps []step
	}{
		"POST passes, never joined": {server, []step{{0, post, missed}, {50, post, missed}, {200, post, missed}}},
		"and what it changes goes": {server, []step{{0, get, missed}, {200, get, had}, {300, post, missed},
			{350, get, had}, // the answer to the POST is not there yet
			{500, get, missed}, {700, get, had}}},
		"so with PUT, PATCH, DELETE": {server, []step{{0, get, missed}, {200, by(workloads.PUT), passed}, {400, get, missed},
			{600, by(workloads.PATCH), passed}, {800, get, missed}, {1000, by(workloads.DELETE), passed}, {1200, get, missed}}},
		"not with OPTIONS": {server, []step{{0, get, missed}, {200, options, passed}, {400, get, had}, {500, options, passed}}},
		"kept where it is kept": {keeping, []step{{0, options, passed}, {200, options, "Hit 204 from edge: 0, 0 ms, 0 bytes, asked 0"},
			{300, get, missed}, {500, post, missed}, {700, options, passed}}},
		"nor when it fails": {append([]string{"origins.o.outages=[{from: 1s, for: 1s, kind: error}]"}, server...), []step{
			{0, get, missed}, {1000, post, "Error 503 from origin: 100, 100 ms, 24 bytes, asked 1"}, {1500, get, had}}},
		"a flight that began before is not kept": {server, []step{{0, by(workloads.DELETE), passed}, {50, get, missed},
			{200, get, missed}, {400, get, had}}},
		"nor joined":          {server, []step{{0, by(workloads.DELETE), passed}, {50, get, missed}, {120, get, missed}, {240, get, had}}},
		"what is not allowed": {[]string{"edge.mode=cloudfront"}, []step{{0, post, "Error 403 from none: 0, 0 ms, 0 bytes, asked 0"}}},
		"a bucket can be read": {nil, []step{{0, get, missed}, {200, post, "Error 405 from origin: 100, 100 ms, 192 bytes, asked 1"},
			{400, get, had}}},
		"a lost POST is not sent again": {append([]string{"origins.o.resets=100%"}, server...), []step{{0, post, "Error 502 from none: 0, 0 ms, 0 bytes, asked 1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			var list []workloads.Request
			for _, s := range x.steps {
				s.ask.At = ms(s.at)
				list = append(list, s.ask)
			}
			recs := playList(t, clockworkOf(t, x.sets...), Config{}, list)
			for i, s := range x.steps {
				if got := s.of(&recs[i]); got != s.want {
					t.Errorf("at %g ms: %s, want %s", s.at, got, s.want)
				}
				if want := methodOf(&s.ask); recs[i].Method != want {
					t.Errorf("at %g ms: %v, want %v", s.at, recs[i].Method, want)
				}
			}
		})
	}
}

// Content takes its time over a slow viewer's link, is counted where it was taken,
// and left where the request is refused.
func TestContent(t *testing.T) {
	send := func(at time.Duration, body uint32) workloads.Request {
		return workloads.Request{At: at, Object: 1, Method: workloads.POST, Body: body}
	}
	list := []workloads.Request{send(0, 0), send(500*time.Millisecond, 0), send(time.Second, 5000), send(2*time.Second, 1<<30+1)}
	for mode, want := range map[string]string{
		"standard":   "in +0 sent 0, in +5003 sent 5000 50ms later, in +9 sent 0 413",
		"cloudfront": "in +0 sent 0, in +3 sent 0 0s later, in +9 sent 0 413",
	} {
		recs := playList(t, clockworkOf(t, "origins.o.kind=server", "edge.mode="+mode, "network.bandwidth=100kB/s"), Config{}, list)[1:] // the first makes the connection
		in := func(i int) int64 { return recs[i].BytesIn - recs[0].BytesIn }
		got := fmt.Sprintf("in +%d sent %d, in +%d sent %d %v later, in +%d sent %d %d", in(0), recs[0].OriginSent, in(1), recs[1].OriginSent,
			time.Duration(recs[1].TTFB-recs[0].TTFB), in(2), recs[2].OriginSent, recs[2].Status)
		if got != want {
			t.Errorf("%s: %s, want %s", mode, got, want)
		}
		for i := range recs {
			if recs[i].TTL != results.TTLProxy {
				t.Errorf("%s: request %d is of TTL class %v", mode, i, recs[i].TTL)
			}
		}
	}
}
