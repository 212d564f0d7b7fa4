package edge

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"edgesim/edge/behavior"
	"edgesim/results"
)

// The table of result types (reference, section 1.16): what is recorded of a
// request, as a log has it.

// logged is a record as "x-edge-response-result-type x-edge-result-type
// x-edge-detailed-result-type sc-status", then whose bytes they were and flags.
func logged(r *results.Record) string {
	detail := r.Detail.String()
	if r.Detail == results.SameAsResult {
		detail = r.Result.String()
	}
	s := fmt.Sprintf("%v %v %s %03d %v", r.Response, r.Result, detail, r.Status, r.Layer)
	for _, f := range []struct {
		flag results.Flags
		name string
	}{{results.Collapsed, " collapsed"}, {results.StaleHit, " stale"}, {results.Aborted, " aborted"}, {results.Truncated, " truncated"}} {
		if r.Flags.Has(f.flag) {
			s += f.name
		}
	}
	return s
}

type resultRow struct {
	name   string
	change func(*Config)
	script string       // of script_test.go; its last request counts
	play   func(l *lab) // after it; its last request counts then
	want   string       // of logged
}

// quits asks, reads so many bytes of the response, and hangs up a while later.
func quits(bytes int64, after time.Duration) func(l *lab) {
	return func(l *lab) {
		c, err := l.dial()
		if err != nil {
			l.t.Error(err)
			return
		}
		go io.WriteString(c, "GET /a HTTP/1.1\r\nHost: example.com\r\n\r\n")
		io.CopyN(io.Discard, c, bytes)
		time.Sleep(after)
		c.Close()
		time.Sleep(time.Minute)
	}
}

func sends(request string) func(l *lab) { return func(l *lab) { l.exchange(request) } }

// answering has the origin answer every request with the same bytes, and close.
func answering(response string) func(*Config) {
	return func(c *Config) {
		ln, stop := rawOrigin(func(c net.Conn, br *bufio.Reader) {
			if readReq(br) {
				io.WriteString(c, response)
			}
		})
		c.Origins[0].Dial = ln.dial
		time.AfterFunc(time.Minute, stop)
	}
}

func resultRows() []resultRow {
	const (
		keeps = "origin 200 | Cache-Control: max-age=9 | Etag: \"v\" | body 0123456789\nGET => 200\n"
		stale = keeps + "wait 10s\n"
		host  = "Host: example.com\r\n"
	)
	def := func(change func(*behavior.Behavior)) func(*Config) {
		return func(c *Config) { change(&c.Distributions[0].Default) }
	}
	any := def(func(b *behavior.Behavior) { b.AllowedMethods = behavior.AnyMethod })
	secure := func(p behavior.ViewerProtocol) func(*Config) {
		return def(func(b *behavior.Behavior) { b.ViewerProtocol, b.AllowedMethods = p, behavior.AnyMethod })
	}
	page := withErrors(behavior.ErrorRule{Code: 404, Page: "/page", ResponseCode: 200}, behavior.ErrorRule{Code: 502, Page: "/page", ResponseCode: 404})
	return []resultRow{
		{name: "fresh", script: keeps + "GET => 200", want: "Hit Hit Hit 200 edge"},
		{name: "fresh, a range", script: keeps + "GET | Range: bytes=0-1 => 206", want: "Hit Hit Hit 206 edge"},
		{name: "fresh, not changed for the viewer", script: keeps + "GET | If-None-Match: \"v\" => 304", want: "Hit Hit Hit 304 edge"},
		{name: "fresh, HEAD", script: keeps + "HEAD => 200", want: "Hit Hit Hit 200 edge"},
		{name: "a range that the fresh object has not", script: keeps + "GET | Range: bytes=10- => 416", want: "Error Error Error 416 edge"},
		{name: "expired, 304", script: stale + "origin 304 | Etag: \"v\"\nGET => 200", want: "RefreshHit RefreshHit RefreshHit 200 edge"},
		{name: "expired, 304 for edge and viewer", script: stale + "origin 304 | Etag: \"v\"\nGET | If-None-Match: \"v\" => 304", want: "RefreshHit RefreshHit RefreshHit 304 edge"},
		{name: "expired, changed", script: stale + "GET => 200", want: "Miss Miss Miss 200 origin"},
		{name: "stale while revalidated", script: "origin 200 | Cache-Control: max-age=9, stale-while-revalidate=60\nGET => 200\nwait 10s\nGET => 200",
			want: "Hit Hit Hit 200 edge stale"},
		{name: "stale, the origin answers 503", script: stale + "origin 503\nGET => 200", want: "Hit Hit Hit 200 edge stale"},
		{name: "stale, the origin failed just now", script: stale + "origin 503\nGET => 200\nwait 5s\nGET => 200", want: "Hit Hit Hit 200 edge stale"},
		{name: "stale, the origin closes", script: stale + "origin close\nGET => 200", want: "Hit Hit Hit 200 edge stale"},
		{name: "stale, the origin answers 404", script: stale + "origin 404\nGET => 404", want: "Error Error Error 404 origin"},
		{name: "stale-if-error=0", script: "origin 200 | Cache-Control: max-age=9, stale-if-error=0 | Etag: \"v\"\nGET => 200\nwait 10s\norigin 503\nGET => 503",
			want: "Error Error Error 503 origin"},
		{name: "not in the cache", script: "origin 200\nGET => 200", want: "Miss Miss Miss 200 origin"},
		{name: "uncacheable", script: "origin 200 | Cache-Control: no-store\nGET => 200", want: "Miss Miss Miss 200 origin"},
		{name: "caching disabled", change: def(func(b *behavior.Behavior) { b.TTL = behavior.TTL{} }), script: keeps + "GET => 200", want: "Miss Miss Miss 200 origin"},
		{name: "proxied method", change: any, script: "origin 200\nPOST => 200", want: "Miss Miss Miss 200 origin"},
		{name: "collapsed", script: "origin 200 | after 2s", play: func(l *lab) {
			go l.get("/a")
			time.Sleep(time.Second)
			l.get("/a")
		}, want: "Hit Hit Hit 200 origin collapsed"},
		{name: "collapsed with a renewal", script: stale + "origin 304 | Etag: \"v\" | after 2s", play: func(l *lab) {
			go l.get("/a")
			time.Sleep(time.Second)
			l.get("/a")
		}, want: "Hit Hit Hit 200 edge collapsed"},
		{name: "collapsed with an error", script: "origin 500 | after 2s", play: func(l *lab) {
			go l.get("/a")
			time.Sleep(time.Second)
			l.get("/a")
		}, want: "Error Error Error 500 origin collapsed"},

		{name: "origin error", script: "origin 404\nGET => 404", want: "Error Error Error 404 origin"},
		{name: "origin error that is not kept", script: "origin 429\nGET => 429", want: "Error Error Error 429 origin"},
		{name: "origin error to a proxied method", change: any, script: "origin 500\nPOST => 500", want: "Error Error Error 500 origin"},
		{name: "cached error", script: "origin 404\nGET => 404\nGET => 404\nasked 1", want: "Error Error Error 404 edge"},
		{name: "no connection", change: lateDial(errRefused), script: "GET => 502", want: "Error Error OriginConnectError 502 none"},
		{name: "no connection, cached", change: lateDial(errRefused), script: "GET => 502\nGET => 502", want: "Error Error Error 502 edge"},
		{name: "no connection in time", change: func(c *Config) { c.Origins[0].Dial = hangDial }, script: "GET => 504", want: "Error Error OriginConnectError 504 none"},
		{name: "no such name", change: lateDial(noSuchName), script: "GET => 502", want: "Error Error OriginDnsError 502 none"},
		{name: "no answer in time", script: "origin 200 | after 40s\nGET => 504", want: "Error Error OriginCommError 504 none"},
		{name: "the origin closes", script: "origin close\nGET => 502", want: "Error Error OriginCommError 502 none"},
		{name: "what is no response", change: answering("HTTP/1.1 abc OK\r\n\r\n"), script: "GET => 502", want: "Error Error OriginInvalidResponseError 502 none"},
		{name: "a header too large", change: answering("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 40<<10)), script: "GET => 502",
			want: "Error Error OriginHeaderTooBigError 502 none"},
		{name: "a body cut off", change: answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"), play: quits(1<<20, 0),
			want: "Miss Error OriginReadError 200 origin truncated"},
		{name: "an error page with a status of its own", change: page,
			script: "origin 200 | Cache-Control: max-age=99 | body sorry\nGET /page => 200\norigin 404\nGET => 200 \"sorry\"", want: "Error Error Error 200 edge"},
		{name: "an error page for an origin that closes", change: page,
			script: "origin 200 | Cache-Control: max-age=99 | body sorry\nGET /page => 200\norigin close\nGET => 404 \"sorry\"", want: "Error Error OriginCommError 404 edge"},
		{name: "an error page that is not to be had", change: page, script: "origin 404\nGET => 404", want: "Error Error Error 404 origin"},

		{name: "the viewer left amid a miss", script: "origin 200 | body 0123456789", play: quits(20, 0), want: "Miss Error ClientCommError 200 origin aborted"},
		{name: "the viewer left amid a hit", script: keeps, play: quits(20, 0), want: "Hit Error ClientCommError 200 edge aborted"},
		{name: "the viewer left amid a renewed response", script: stale + "origin 304 | Etag: \"v\"", play: quits(20, 0), want: "RefreshHit Error ClientCommError 200 edge aborted"},
		{name: "the viewer left before any response", script: "origin 200 | after 5s", play: quits(0, time.Second), want: "Miss Error ClientHungUpRequest 000 origin aborted"},

		{name: "to HTTPS", change: secure(behavior.RedirectToHTTPS), script: "origin 200\nGET => 301", want: "Redirect Redirect Redirect 301 none"},
		{name: "to HTTPS, POST", change: secure(behavior.RedirectToHTTPS), script: "origin 200\nPOST => 307", want: "Redirect Redirect Redirect 307 none"},
		{name: "HTTPS only", change: secure(behavior.HTTPSOnly), script: "origin 200\nGET => 403", want: "Error Error InvalidRequest 403 none"},
		{name: "overload", change: func(c *Config) { c.MaxFlights = 1 }, script: "origin 200 | after 2s", play: func(l *lab) {
			go l.get("/a")
			time.Sleep(time.Second)
			l.get("/b")
			time.Sleep(time.Minute)
		}, want: "CapacityExceeded CapacityExceeded CapacityExceeded 503 none"},
		{name: "a method that is not allowed", script: "origin 200\nPOST => 403", want: "Error Error InvalidRequestMethod 403 none"},
		{name: "GET with a body", play: sends("GET /a HTTP/1.1\r\n" + host + "Content-Length: 1\r\nConnection: close\r\n\r\nx"), want: "Error Error InvalidRequest 403 none"},
		{name: "another country", change: func(c *Config) {
			c.Distributions[0].Geo = behavior.Geo{Allow: []string{"DE"}}
			c.Locate = func(netip.Addr) [2]byte { return [2]byte{'F', 'R'} }
		}, script: "origin 200\nGET => 403", want: "Error Error ClientGeoBlocked 403 none"},
		{name: "a host of nobody", play: sends("GET /a HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n"), want: "Error Error InvalidRequest 403 none"},
		{name: "a header that is none", play: sends("GET /a HTTP/1.1\r\n" + host + "X : y\r\n\r\n"), want: "Error Error InvalidRequestHeader 400 none"},
		{name: "what is no request", play: sends("GET /a b HTTP/1.1\r\n" + host + "\r\n"), want: "Error Error InvalidRequest 400 none"},
	}
}

func TestResultTypes(t *testing.T) {
	for _, x := range resultRows() {
		t.Run(x.name, func(t *testing.T) {
			s := &script{t: t}
			inLab(t, s.origin, withPreset("cloudfront", nil, x.change), func(l *lab) {
				s.l = l
				for line := range strings.Lines(x.script) {
					s.step = strings.TrimSpace(line)
					s.run()
				}
				if x.play != nil {
					time.Sleep(time.Second)
					x.play(l)
				}
				if got := logged(l.latest()); got != x.want {
					t.Errorf("recorded %s, want %s", got, x.want)
				}
			})
		})
	}
}

// latest is the record of the request that came last.
func (l *lab) latest() *results.Record {
	l.t.Helper()
	synctest.Wait()
	list := l.recorded(1)
	slices.SortStableFunc(list, func(a, b results.Record) int { return int(a.At - b.At) })
	return &list[len(list)-1]
}

// What a tier had is a hit of the edge's; that of a shield is told apart.
func TestResultTypesOfTiers(t *testing.T) {
	s := &script{t: t}
	inTiers(t, s.origin, withPreset("cloudfront", nil, nil), func(x *tiers) {
		s.l = x.lab
		s.told("404 | Cache-Control: max-age=100")
		x.get("/error")
		s.told("200 | Cache-Control: max-age=100")
		x.get("/a")
		for _, row := range []struct {
			name, path, want string
			purged           []*Edge
		}{
			{"an error that the edge had", "/error", "Error Error Error 404 edge", nil},
			{"the edge", "/a", "Hit Hit Hit 200 edge", nil},
			{"the regional tier", "/a", "Hit Hit Hit 200 regional", []*Edge{x.edge}},
			{"an error that the regional tier had", "/error", "Error Error Error 404 regional", nil},
			{"the shield", "/a", "Hit Hit OriginShieldHit 200 shield", []*Edge{x.edge, x.regional}},
			{"nobody", "/a", "Miss Miss Miss 200 origin", []*Edge{x.edge, x.regional, x.shield}},
		} {
			for _, e := range row.purged {
				x.purge(e)
			}
			time.Sleep(time.Second)
			x.get(row.path)
			if got := logged(x.latest()); got != row.want {
				t.Errorf("%s: recorded %s, want %s", row.name, got, row.want)
			}
		}
	})
}
