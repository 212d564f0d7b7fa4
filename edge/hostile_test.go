package edge

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"edgesim/results"
)

// hostile is an origin that means harm: what it does on a connection, and what
// a viewer gets of it.
type hostile struct {
	name   string
	say    string        // before it stops
	then   string        // "close", "hang", "drip" a byte in 29 s, or "flood" with what it repeats
	repeat string        // of a flood
	status int           // 0: the response breaks off after its header
	most   time.Duration // it takes at the most, beyond the first second
}

func (h *hostile) serve(c net.Conn, br *bufio.Reader) {
	if !readReq(br) {
		return
	}
	time.Sleep(time.Second) // so that everybody has come
	io.WriteString(c, h.say)
	gone := make(chan struct{})
	go func() { io.Copy(io.Discard, br); close(gone) }()
	switch h.then {
	case "hang":
		<-gone
	case "drip":
		for {
			if _, err := io.WriteString(c, "x"); err != nil {
				return
			}
			select {
			case <-time.After(29 * time.Second):
			case <-gone:
				return
			}
		}
	case "flood":
		for range 1 << 14 {
			if _, err := io.WriteString(c, h.repeat); err != nil {
				return
			}
		}
		<-gone
	}
}

const fine = "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n"

var hostiles = []hostile{
	{"closes before the header", "", "close", "", 502, 0},
	{"closes within the header", "HTTP/1.1 200 OK\r\nX-", "close", "", 502, 0},
	{"hangs before the header", "", "hang", "", 504, 30 * time.Second},
	{"hangs within the header", "HTTP/1.1 200 OK\r\nX-", "hang", "", 504, 30 * time.Second},
	{"drips its header", "HTTP/1.1 200 OK\r\nX-", "drip", "", 504, 2 * time.Minute},
	{"floods with fields", "HTTP/1.1 200 OK\r\n", "flood", "X-Field: 0123456789\r\n", 502, 0},
	{"floods with 1xx", "", "flood", "HTTP/1.1 103 Early Hints\r\n\r\n", 502, 0},
	{"closes short of Content-Length", fine + "Content-Length: 100\r\n\r\nshort", "close", "", 0, 0},
	{"closes between chunks", fine + "Transfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n", "close", "", 0, 0},
	{"closes within a chunk", fine + "Transfer-Encoding: chunked\r\n\r\n50\r\nshort", "close", "", 0, 0},
	{"hangs within the body", fine + "Content-Length: 100\r\n\r\nshort", "hang", "", 0, 30 * time.Second},
	{"drips its body", fine + "Content-Length: 100000\r\n\r\nshort", "drip", "", 0, 2 * time.Minute},
	{"a status that is none", "HTTP/1.1 9999 OK\r\n\r\n", "close", "", 502, 0},
	{"two lengths", fine + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", "close", "", 502, 0},
	{"a chunk size that is none", fine + "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n", "close", "", 0, 0},
}

// Whatever an origin does, a viewer gets the right status in time or sees the
// response break off, 50 viewers make one request, nothing is stored, and
// nobody is left waiting. synctest fails on a goroutine that stays.
func TestHostileOrigins(t *testing.T) {
	for _, h := range hostiles {
		for _, viewers := range []int{1, 50} {
			t.Run(fmt.Sprintf("%s/%d", h.name, viewers), func(t *testing.T) {
				var asked atomic.Int64
				rawLab(t, func(c net.Conn, br *bufio.Reader) { asked.Add(1); h.serve(c, br) }, func(c *Config) {
					c.Origins[0].CompletionTimeout = 2 * time.Minute
				}, func(l *lab) {
					for _, a := range l.all(viewers, "/a") {
						switch {
						case h.status == 0 && (a.err == nil || a.status != 200 && a.status != 0):
							t.Errorf("%d, %q, %v: the break is not to be seen", a.status, a.body, a.err)
						case h.status != 0 && (a.status != h.status || a.err != nil):
							t.Errorf("%d, %v; want %d", a.status, a.err, h.status)
						case a.total > h.most+time.Second:
							t.Errorf("after %v, want %v and a second at the most", a.total, h.most)
						}
					}
					if n := asked.Load(); n != 1 {
						t.Errorf("%d viewers made %d requests", viewers, n)
					}
					l.wantNothingLeft()
					for _, r := range l.recorded(viewers) {
						if r.Result != results.Error || r.Detail == results.SameAsResult {
							t.Errorf("a record says %v, %v", r.Result, r.Detail)
						}
					}
				})
			})
		}
	}
}

// wantNothingLeft fails when anything is stored, or still under way.
func (l *lab) wantNothingLeft() {
	l.t.Helper()
	time.Sleep(time.Second)
	for _, p := range l.edge.parts {
		p.mu.Lock()
		for _, o := range p.objects {
			if o != nil && !o.marker {
				l.t.Errorf("stored: %d under %q", o.status, o.key)
			}
		}
		if len(p.flights) != 0 || len(p.under) != 0 {
			l.t.Errorf("%d flights are left", len(p.under))
		}
		p.mu.Unlock()
	}
	if n := l.edge.inFlight.Load(); n != 0 {
		l.t.Errorf("%d flights are counted", n)
	}
}

// With something stale that may stand in, or another origin in the group, a
// hostile origin that fails before its response begins is not to be noticed.
func TestHostileOriginsBesideStaleAndGroup(t *testing.T) {
	for _, h := range hostiles {
		if h.status == 0 {
			continue // what has begun cannot be taken back
		}
		t.Run("stale/"+h.name, func(t *testing.T) {
			var n atomic.Int64
			rawLab(t, func(c net.Conn, br *bufio.Reader) {
				if n.Add(1) > 1 {
					h.serve(c, br)
				} else if readReq(br) {
					io.WriteString(c, "HTTP/1.1 200 OK\r\nCache-Control: max-age=5, stale-if-error=600\r\nConnection: close\r\nContent-Length: 4\r\n\r\ngood")
				}
			}, func(c *Config) { c.Origins[0].CompletionTimeout = 2 * time.Minute }, func(l *lab) {
				l.get("/a")
				time.Sleep(10 * time.Second)
				for _, a := range l.all(50, "/a") {
					if a.status != 200 || string(a.body) != "good" || a.total > h.most+time.Second {
						t.Fatalf("%d %q after %v", a.status, a.body, a.total)
					}
				}
				if n.Load() != 2 {
					t.Errorf("asked %d times", n.Load())
				}
			})
		})
		t.Run("group/"+h.name, func(t *testing.T) {
			bad, stop := newPipes(), func() {}
			second := &member{handler: status(200)}
			first := &member{dial: func(ctx context.Context, addr string) (net.Conn, error) { return bad.dial(ctx, addr) }}
			inGroup(t, first, second, func(c *Config) {
				bad, stop = rawOrigin(h.serve)
				c.Origins[0].CompletionTimeout = 2 * time.Minute
			}, func(l *lab) {
				defer stop()
				for _, a := range l.all(50, "/a") {
					if a.status != 200 || string(a.body) != "200" || a.total > h.most+time.Second {
						t.Errorf("%d %q after %v", a.status, a.body, a.total)
					}
				}
				if second.asked.Load() != 1 {
					t.Errorf("the second origin was asked %d times", second.asked.Load())
				}
			})
		})
	}
}

// A body ended by the connection's end is believed (RFC 9112 §6.3); one on a
// response that has none is not read as the next one.
func TestBodiesWhereThereAreNone(t *testing.T) {
	for _, status := range []string{"204 No Content", "200 OK"} {
		rawLab(t, func(c net.Conn, br *bufio.Reader) {
			for readReq(br) {
				body := "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
				if strings.HasPrefix(status, "200") {
					body = "Content-Length: 4\r\n\r\nfine" + body
				} else {
					body = "\r\n" + body
				}
				io.WriteString(c, "HTTP/1.1 "+status+"\r\n"+body)
			}
		}, nil, func(l *lab) {
			for i := range 3 {
				if a := l.get(fmt.Sprint("/", i)); string(a.body) == "evil" {
					t.Errorf("%s: the bytes behind it became the answer to another request", status)
				}
			}
		})
	}
}
