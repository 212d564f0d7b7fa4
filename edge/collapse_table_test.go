package edge

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"edgesim/edge/behavior"
	"edgesim/results"
)

// The tables of request collapsing (reference, section 1.7): fifty viewers ask
// at once for what their origin takes a second to begin.

const (
	herdSize = 50
	herdWait = time.Second // to the origin's header
	herdSlop = 10 * time.Millisecond
)

// herdOrigin answers its nth request with #n, or 304 where its tag is known.
type herdOrigin struct {
	status int    // 0: 200
	fields string // "Name: value | Name: value"
	empty  bool   // no body
}

func (o herdOrigin) handler() http.HandlerFunc {
	var n atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		count := n.Add(1)
		time.Sleep(herdWait)
		for _, f := range parts(" | " + o.fields)[1:] {
			name, value, _ := strings.Cut(f, ": ")
			w.Header().Set(name, value)
		}
		if tag := w.Header().Get("Etag"); tag != "" && r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(304)
			return
		}
		w.WriteHeader(cmp.Or(o.status, 200))
		if !o.empty && r.Method != "HEAD" {
			fmt.Fprint(w, "#", count)
		}
	}
}

// herd is who asks: the first viewer at once, the others after a while.
type herd struct {
	method, others string // of the first, and of the others; "": GET, and the same
	join           time.Duration
	path           func(i int) string   // nil: /a
	fields         func(i int) []string // nil: none
}

func (h *herd) ask(l *lab) []answer {
	answers := make([]answer, herdSize)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() {
			method, path, fields := cmp.Or(h.method, "GET"), "/a", []string(nil)
			if i > 0 {
				time.Sleep(h.join)
				method = cmp.Or(h.others, method)
			}
			if h.path != nil {
				path = h.path(i)
			}
			if h.fields != nil {
				fields = h.fields(i)
			}
			answers[i] = l.do(method, path, fields...)
		})
	}
	wg.Wait()
	return answers
}

// tally is what the records of a herd say.
type tally struct {
	led, rode map[results.Result]int // response result types, of who did not ride another's flight and who did
	origin    int                    // requests to the origin
	split     int                    // records that ended as another result type than they began
}

func tallied(list []results.Record) tally {
	t := tally{led: map[results.Result]int{}, rode: map[results.Result]int{}}
	for i := range list {
		r := &list[i]
		if r.Flags.Has(results.Collapsed) {
			t.rode[r.Response]++
		} else {
			t.led[r.Response]++
		}
		if r.Result != r.Response {
			t.split++
		}
		t.origin += int(r.OriginAsked)
	}
	return t
}

// withPreset gives the lab a preset, then the row's changes to the behavior.
func withPreset(preset string, change func(*behavior.Behavior), more func(*Config)) func(*Config) {
	set := mode(presets[preset](), change)
	return func(c *Config) {
		set(c)
		c.CloudFront = preset == "cloudfront"
		if more != nil {
			more(c)
		}
	}
}

func minTTL(b *behavior.Behavior) { b.TTL.Min = 5 * time.Second }

// lateDial fails a second later.
func lateDial(err error) func(*Config) {
	return func(c *Config) {
		c.Origins[0].Dial = func(context.Context, string) (net.Conn, error) {
			time.Sleep(herdWait)
			return nil, err
		}
		c.Origins[0].ConnectAttempts = 1
	}
}

var noSuchName = &net.DNSError{Err: "no such host", Name: "origin", IsNotFound: true}

// seekable is an origin that knows ranges.
func seekable(w http.ResponseWriter, r *http.Request) {
	time.Sleep(herdWait)
	w.Header().Set("Cache-Control", "max-age=60")
	w.Header().Set("Etag", `"v"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(pattern(slowSize)))
}

// failsLater answers once, and 503 from then on.
func failsLater() http.HandlerFunc {
	good := herdOrigin{fields: "Cache-Control: max-age=10, stale-if-error=60"}.handler()
	bad := herdOrigin{status: 503}.handler()
	var asked atomic.Bool
	return func(w http.ResponseWriter, r *http.Request) {
		if asked.Swap(true) {
			bad(w, r)
		} else {
			good(w, r)
		}
	}
}

type collapseRow struct {
	name     string
	only     string // a preset; "": both
	origin   herdOrigin
	handler  http.HandlerFunc // in place of origin
	behavior func(*behavior.Behavior)
	change   func(*Config)
	wait     time.Duration // after somebody has fetched it; 0: nobody has
	herd     herd
	status   int // 0: 200
	body     string
	leader   results.Result // NoResult: Miss; the others are Hit, or Error where this is
	took     time.Duration  // 0: the origin's second
}

func collapseRows() []collapseRow {
	const fresh = "Cache-Control: max-age=10"
	aRange := func(int) []string { return []string{"Range", "bytes=1000-1009"} }
	rows := []collapseRow{
		{name: "absent", origin: herdOrigin{fields: fresh}, body: "#1"},
		{name: "expired, the origin has another", origin: herdOrigin{fields: fresh}, wait: 11 * time.Second, body: "#2"},
		{name: "expired, the origin says 304", origin: herdOrigin{fields: fresh + ` | Etag: "v"`}, wait: 11 * time.Second,
			body: "#1", leader: results.RefreshHit},
		{name: "expired, the origin fails: stale for all", handler: failsLater(), wait: 11 * time.Second, body: "#1", leader: results.Hit},
		{name: "an empty body", origin: herdOrigin{fields: fresh, empty: true}},
		{name: "204", origin: herdOrigin{fields: fresh, status: 204, empty: true}, status: 204},
		{name: "301", origin: herdOrigin{fields: fresh + " | Location: /b", status: 301}, status: 301, body: "#1"},
		{name: "302 with a lifetime", origin: herdOrigin{fields: fresh + " | Location: /b", status: 302}, status: 302, body: "#1"},
		{name: "302 by the default TTL", only: "cloudfront", origin: herdOrigin{fields: "Location: /b", status: 302}, status: 302, body: "#1"},
		{name: "the default TTL", only: "cloudfront", body: "#1"},
		{name: "no connection", change: lateDial(errRefused), status: 502, leader: results.Error},
		{name: "no such name", change: lateDial(noSuchName), status: 502, leader: results.Error},
		{name: "no answer in time", change: func(c *Config) {
			c.Origins[0].ReadTimeout, c.Origins[0].ResponseAttempts = herdWait/2, 1
		}, status: 504, leader: results.Error, took: herdWait / 2},
		{name: "the same range", handler: seekable, herd: herd{fields: aRange}, status: 206, body: string(pattern(slowSize)[1000:1010])},
		{name: "HEAD while a GET is under way", origin: herdOrigin{fields: fresh}, herd: herd{others: "HEAD", join: herdWait / 2}},
		{name: "a slow body, all from its first byte", handler: slow(new(atomic.Int64), sized...), body: string(pattern(slowSize)), took: slowTime},
		{name: "a slow body, joined midway", handler: slow(new(atomic.Int64), chunked...), herd: herd{join: slowTime / 2},
			body: string(pattern(slowSize)), took: slowTime},
		{name: "a variant", only: "standard", origin: herdOrigin{fields: fresh + " | Vary: X"}, body: "#1",
			herd: herd{fields: func(int) []string { return []string{"X", "1"} }}},
		{name: "Vary counts for nothing", only: "cloudfront", origin: herdOrigin{fields: fresh + " | Vary: X"}, body: "#1",
			herd: herd{fields: func(i int) []string { return []string{"X", fmt.Sprint(i)} }}},
		{name: "query and cookies that go nowhere", only: "cloudfront", origin: herdOrigin{fields: fresh}, body: "#1", herd: herd{
			path:   func(i int) string { return fmt.Sprint("/a?", i) },
			fields: func(i int) []string { return []string{"Cookie", fmt.Sprint("a=", i)} }}},
	}
	for _, status := range []int{404, 414, 500, 501, 502, 503, 504} {
		rows = append(rows, collapseRow{name: fmt.Sprint("error that says how long: ", status),
			origin: herdOrigin{fields: fresh, status: status}, status: status, body: "#1", leader: results.Error})
	}
	for _, status := range []int{404, 414, 500, 501, 502, 503, 504} {
		rows = append(rows, collapseRow{name: fmt.Sprint("error that is always cached: ", status), only: "cloudfront",
			origin: herdOrigin{status: status}, status: status, body: "#1", leader: results.Error})
	}
	for _, cc := range []string{"private", "no-store", "no-cache", "max-age=0", "s-maxage=0", "no-cache, no-store, private, max-age=0"} {
		rows = append(rows, collapseRow{name: "a minimum TTL beats " + cc, only: "cloudfront", behavior: minTTL,
			origin: herdOrigin{fields: "Cache-Control: " + cc}, body: "#1"})
	}
	return rows
}

// One flight for all: one request at the origin, fifty right answers at the
// moment of the first, one record of who led and forty-nine of who rode.
func TestWhatCollapses(t *testing.T) {
	for preset := range presets {
		for _, x := range collapseRows() {
			if x.only == "" || x.only == preset {
				t.Run(preset+"/"+x.name, func(t *testing.T) { x.run(t, preset) })
			}
		}
	}
}

func (x *collapseRow) run(t *testing.T, preset string) {
	handler := x.handler
	if handler == nil {
		handler = x.origin.handler()
	}
	inLab(t, handler, withPreset(preset, x.behavior, x.change), func(l *lab) {
		before := 0
		if x.wait > 0 {
			l.get("/a")
			before = len(l.recorded(1))
			time.Sleep(x.wait)
		}
		x.check(l, x.herd.ask(l))
		x.checkRecords(t, l.recorded(herdSize + before)[before:])
		if asked := l.asked.Load(); asked > int64(before+1) {
			t.Errorf("the origin was asked %d times", asked)
		}
	})
}

func (x *collapseRow) check(l *lab, answers []answer) {
	l.t.Helper()
	for i, a := range answers {
		switch body := string(a.body); {
		case a.err != nil || a.status != cmp.Or(x.status, 200):
			l.t.Errorf("viewer %d: %d, %v", i, a.status, a.err)
		case body != x.body && x.body != "":
			if i > 0 && x.herd.others == "HEAD" && body == "" {
				continue
			}
			l.t.Errorf("viewer %d got %.20q", i, body)
		case a.total > cmp.Or(x.took, herdWait)+herdSlop:
			l.t.Errorf("viewer %d was answered after %v", i, a.total)
		}
	}
}

func (x *collapseRow) checkRecords(t *testing.T, list []results.Record) {
	leader, follower := cmp.Or(x.leader, results.Miss), results.Hit
	if leader == results.Error {
		follower = results.Error
	}
	got := tallied(list)
	if got.led[leader] != 1 || len(got.led) != 1 || got.rode[follower] != herdSize-1 || got.origin != 1 || got.split != 0 {
		t.Errorf("records: %+v; want one %v that led and %d %v that rode", got, leader, herdSize-1, follower)
	}
}

// Every tier collapses, so three of them together ask the origin once.
func TestTiersCollapse(t *testing.T) {
	for preset := range presets {
		inTiers(t, herdOrigin{fields: "Cache-Control: max-age=10"}.handler(), withPreset(preset, nil, nil), func(x *tiers) {
			row := collapseRow{body: "#1"}
			row.check(x.lab, row.herd.ask(x.lab))
			row.checkRecords(t, x.recorded(herdSize))
			x.wantAsked(1)
		})
	}
}

type loneRow struct {
	name     string
	only     string
	origin   herdOrigin
	behavior func(*behavior.Behavior)
	herd     herd
	waits    bool           // the first herd waits to know, and asks then
	again    results.Result // of the second herd's; NoResult: Miss
}

func loneRows() []loneRow {
	fresh := herdOrigin{fields: "Cache-Control: max-age=10"}
	unkept := func(b *behavior.Behavior) { b.TTL = behavior.TTL{} }
	cookie := func(int) []string { return []string{"Cookie", "a=1"} }
	numbered := func(name string) func(int) []string {
		return func(i int) []string { return []string{name, fmt.Sprint("a=", i)} }
	}
	rows := []loneRow{
		{name: "the path differs", origin: fresh, herd: herd{path: func(i int) string { return fmt.Sprint("/", i) }}, again: results.Hit},
		{name: "the query in the key differs", origin: fresh, behavior: func(b *behavior.Behavior) { b.Key.Query = behavior.All },
			herd: herd{path: func(i int) string { return fmt.Sprint("/a?", i) }}, again: results.Hit},
		{name: "a header in the key differs", origin: fresh, behavior: func(b *behavior.Behavior) { b.Key.Headers = []string{"X"} },
			herd: herd{fields: numbered("X")}, again: results.Hit},
		{name: "a cookie in the key differs", origin: fresh, herd: herd{fields: numbered("Cookie")}, again: results.Hit,
			behavior: func(b *behavior.Behavior) { b.Key.Cookies = behavior.All }},
		{name: "CachingDisabled", origin: fresh, behavior: func(b *behavior.Behavior) {
			p, _ := behavior.ManagedCachePolicy("CachingDisabled")
			b.TTL, b.Key = p.TTL, p.Key
		}},
		{name: "errors with CachingDisabled", origin: herdOrigin{status: 404}, behavior: unkept, again: results.Error},
		{name: "cookies go to the origin by the key", only: "cloudfront", origin: fresh, again: results.Hit,
			behavior: func(b *behavior.Behavior) { b.Key.Cookies = behavior.All }, herd: herd{fields: cookie}},
		{name: "cookies go to the origin by the origin request policy", only: "cloudfront", origin: fresh, again: results.Hit,
			behavior: func(b *behavior.Behavior) { b.Forward.Cookies = behavior.All }, herd: herd{fields: cookie}},
		{name: "cookies may go, and there are none", only: "cloudfront", origin: fresh, again: results.Hit,
			behavior: func(b *behavior.Behavior) { b.Forward.Cookies = behavior.All }},
		{name: "HEAD of what is absent: its response is not kept", origin: fresh, herd: herd{method: "HEAD"}},
		{name: "error without a lifetime", only: "standard", origin: herdOrigin{status: 500}, waits: true, again: results.Error},
		{name: "error that is never cached", only: "cloudfront", origin: herdOrigin{status: 401}, waits: true, again: results.Error},
		{name: "no-cache with a validator", origin: herdOrigin{fields: `Cache-Control: no-cache | Etag: "v"`}, waits: true, again: results.RefreshHit},
		{name: "max-age=0 with a validator", origin: herdOrigin{fields: `Cache-Control: max-age=0 | Etag: "v"`}, waits: true, again: results.RefreshHit},
	}
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
		rows = append(rows, loneRow{name: "proxied: " + method, origin: fresh, herd: herd{method: method},
			behavior: func(b *behavior.Behavior) { b.AllowedMethods = behavior.AnyMethod }})
	}
	for _, cc := range []string{"private", "no-store", "no-cache", "max-age=0", "s-maxage=0", "max-age=60, private"} {
		rows = append(rows, loneRow{name: "without a minimum TTL: " + cc, origin: herdOrigin{fields: "Cache-Control: " + cc}, waits: true})
	}
	return rows
}

// What does not collapse: each asks the origin. Where only the response tells,
// those who waited for it are released together, and the key is remembered, so
// that the next ones do not wait.
func TestWhatDoesNotCollapse(t *testing.T) {
	for preset := range presets {
		for _, x := range loneRows() {
			if x.only == "" || x.only == preset {
				t.Run(preset+"/"+x.name, func(t *testing.T) { x.run(t, preset) })
			}
		}
	}
}

func (x *loneRow) run(t *testing.T, preset string) {
	inLab(t, x.origin.handler(), withPreset(preset, x.behavior, nil), func(l *lab) {
		first := herdWait
		if x.waits {
			first *= 2
		}
		x.check(l, x.herd.ask(l), first)
		x.wantAsked(l, herdSize)
		if got := tallied(l.recorded(herdSize)); len(got.rode) > 0 || got.origin != herdSize {
			t.Errorf("records: %+v", got)
		}
		synctest.Wait()
		again := cmp.Or(x.again, results.Miss)
		x.check(l, x.herd.ask(l), herdWait)
		if got := tallied(l.recorded(2 * herdSize)[herdSize:]); got.led[again] != herdSize {
			t.Errorf("records of the next herd: %+v", got)
		}
		if again != results.Hit {
			x.wantAsked(l, 2*herdSize)
		}
	})
}

func (x *loneRow) wantAsked(l *lab, n int64) {
	l.t.Helper()
	if got := l.asked.Load(); got != n {
		l.t.Errorf("the origin was asked %d times, want %d", got, n)
	}
}

func (x *loneRow) check(l *lab, answers []answer, within time.Duration) {
	l.t.Helper()
	for i, a := range answers {
		if a.err != nil || a.status != cmp.Or(x.origin.status, 200) || a.total > within+herdSlop {
			l.t.Errorf("viewer %d: %d after %v, %v", i, a.status, a.total, a.err)
		}
	}
}
