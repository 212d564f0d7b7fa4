package player

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"edgesim/results"
	"edgesim/workloads"
)

// secure is a TLS server, its certificate for example.com and 127.0.0.1, and the
// authority that vouches for it.
func secure(t *testing.T, h http.HandlerFunc) (addr string, roots *x509.CertPool) {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	roots = x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return strings.TrimPrefix(s.URL, "https://"), roots
}

func TestSpeaksTLS(t *testing.T) {
	var mu sync.Mutex
	names, conns := map[string]int{}, map[string]bool{}
	addr, roots := secure(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		names[r.TLS.ServerName]++
		conns[r.RemoteAddr] = true
		io.WriteString(w, "hello")
	})
	got := play(t, context.Background(), Config{Target: addr, Scheme: "https", HostHeader: "example.com:8443", TLS: &tls.Config{RootCAs: roots},
		Source: workloads.FromSlice(every(time.Millisecond, 30)), Connections: 2})
	mu.Lock()
	defer mu.Unlock()
	if got.Done != 30 || got.Failed() != 0 || names["example.com"] != 30 || len(conns) > 2 {
		t.Errorf("%+v; names %v, %d connections", got.Outcome, names, len(conns))
	}
	c := got.Connections
	if int(c.Made) != len(conns) || c.Handshake.Count != int64(c.Made) || c.Connect.Count != int64(c.Made) || c.Handshake.Max <= 0 {
		t.Errorf("connections %+v, made were %d", c, len(conns))
	}
	if got.recs[0].Protocol != results.HTTPS {
		t.Error("the record does not say HTTPS")
	}
}

// Hosts of different names have connections of their own, each under its name (RFC
// 6066 §3).
func TestEveryNameHasItsConnection(t *testing.T) {
	cat, err := workloads.NewCatalog(workloads.CatalogConfig{Seed: 1, Sections: []workloads.Section{{
		Name: "s", Hosts: []string{"a.example.com", "b.example.com"}, Objects: 9, Share: 1,
		Types: []workloads.Type{{Name: "x", Prefix: "/", Share: 1, Size: workloads.SizeModel{Median: 10}}}}}})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	seen, wrong := map[string]bool{}, 0
	addr, roots := secure(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen[r.RemoteAddr] = true
		if r.TLS.ServerName != r.Host {
			wrong++
		}
	})
	reqs := every(time.Millisecond, 40)
	for i := range reqs {
		reqs[i].Object, reqs[i].Host = 1, uint16(i/3%2)
	}
	got := play(t, context.Background(), Config{Target: addr, Scheme: "https", Catalog: cat, TLS: &tls.Config{RootCAs: roots}, Source: workloads.FromSlice(reqs), Connections: 1})
	mu.Lock()
	defer mu.Unlock()
	if got.Done != 40 || wrong != 0 || len(seen) != 2 {
		t.Errorf("%d requests under the wrong name, on %d connections: %+v", wrong, len(seen), got.Outcome)
	}
}

// What is wrong with TLS is told by kind, and ends the run.
func TestTLSTroubleByKind(t *testing.T) {
	addr, roots := secure(t, func(http.ResponseWriter, *http.Request) {})
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	later := func() time.Time { return time.Now().AddDate(100, 0, 0) }
	for name, c := range map[string]struct {
		addr string
		host string
		conf *tls.Config
		want results.Fault
	}{
		"nobody trusts it": {addr, "example.com", nil, results.FaultUntrusted},
		"another name":     {addr, "example.net", &tls.Config{RootCAs: roots}, results.FaultWrongName},
		"too old":          {addr, "example.com", &tls.Config{RootCAs: roots, Time: later}, results.FaultExpired},
		"no TLS there":     {strings.TrimPrefix(plain.URL, "http://"), "example.com", nil, results.FaultTLS},
	} {
		got := play(t, context.Background(), Config{Target: c.addr, Scheme: "https", HostHeader: c.host, TLS: c.conf,
			Source: workloads.FromSlice(every(time.Millisecond, 1000)), Connections: 4})
		if got.err == nil || got.Sent > 100 {
			t.Errorf("%s: %d requests, error %v", name, got.Sent, got.err)
		}
		wantOnly(t, got.Outcome, c.want, got.Sent-got.Cut) // who is in flight at the end of the run hangs up
		if len(got.Errors[0].Examples) != examplesKept {
			t.Errorf("%s: examples %q", name, got.Errors[0].Examples)
		}
	}
	got := play(t, context.Background(), Config{Target: addr, Scheme: "https", HostHeader: "example.net", TLS: &tls.Config{InsecureSkipVerify: true},
		Source: workloads.FromSlice(every(0, 3))})
	if got.Done != 3 {
		t.Errorf("insecure: %+v", got.Outcome)
	}
}

func TestAConnectionForEachRequest(t *testing.T) {
	var mu sync.Mutex
	conns := map[string]bool{}
	got := asks(t, Config{NoKeepAlive: true}, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		conns[r.RemoteAddr] = r.Close
	}, every(0, 7)...)
	if len(conns) != 7 || got.Connections.Made != 7 || got.Done != 7 || got.Retried != 0 {
		t.Errorf("%d connections: %+v", len(conns), got.Outcome)
	}
	for _, said := range conns {
		if !said {
			t.Error("a request did not say Connection: close")
		}
	}
}

func TestHeadersReplaceTheViewers(t *testing.T) {
	viewers, err := workloads.NewViewers(workloads.ViewersConfig{Seed: 3, Count: 2})
	if err != nil {
		t.Fatal(err)
	}
	var agent, cookie, from []string
	asks(t, Config{Viewers: viewers, Headers: []Header{{"User-Agent", "probe/1"}, {"Cookie", "a=b"}, {"X-Forwarded-For", "192.0.2.7"}}},
		func(w http.ResponseWriter, r *http.Request) {
			agent, cookie, from = r.Header["User-Agent"], r.Header["Cookie"], r.Header["X-Forwarded-For"]
		}, workloads.Request{})
	if len(agent) != 1 || agent[0] != "probe/1" || len(cookie) != 1 || len(from) != 1 || from[0] != "192.0.2.7" {
		t.Errorf("%q %q %q", agent, cookie, from)
	}
}

// A viewer who reads 10 kB a second takes 4 s for 40 kB, and the first byte comes
// at once; the others are not held up.
func TestSlowViewersTakeTheirTime(t *testing.T) {
	viewers, err := workloads.NewViewers(workloads.ViewersConfig{Seed: 3, Count: 1000})
	if err != nil {
		t.Fatal(err)
	}
	reqs := every(10*time.Millisecond, 1000)
	for i := range reqs {
		reqs[i].Viewer = uint32(i)
	}
	synctest.Test(t, func(t *testing.T) {
		got := play(t, context.Background(), Config{Source: workloads.FromSlice(reqs), Viewers: viewers, Connections: 400, GoTimers: true,
			SlowShare: 0.1, SlowRate: 10_000, Dial: dialer(func(*http.Request) reply { return reply{text: lengthed(40_000)} })})
		slow := 0
		for _, r := range got.recs {
			switch {
			case r.Total == int64(4*time.Second) && r.TTFB == 0:
				slow++
			case r.Total != 0:
				t.Fatalf("request %d took %v", r.ID, time.Duration(r.Total))
			}
		}
		if slow < 70 || slow > 130 || got.Done != 1000 {
			t.Errorf("%d of 1000 viewers were slow: %+v", slow, got.Outcome)
		}
	})
}

// Over sockets the server notices: its writes wait for the viewer, but for what the
// two sockets hold.
func TestServersNoticeSlowViewers(t *testing.T) {
	const body, rate, held = 3 << 20, 4 << 20, 1 << 20
	took := make(chan time.Duration, 1)
	addr := talker(t, func(w net.Conn, _ *http.Request) bool {
		_ = w.(*net.TCPConn).SetWriteBuffer(64 << 10)
		began := time.Now()
		io.WriteString(w, lengthed(body))
		took <- time.Since(began)
		return false
	})
	got := play(t, context.Background(), Config{Target: addr, Connections: 1, Source: workloads.FromSlice(make([]workloads.Request, 1)),
		SlowShare: 1, SlowRate: rate})
	if got.Done != 1 || got.recs[0].BodyBytes != body {
		t.Fatalf("%+v, a body of %d bytes", got.Outcome, got.recs[0].BodyBytes)
	}
	reading := time.Duration(got.recs[0].Total - got.recs[0].TTFB)
	if least := time.Second * body / rate * 9 / 10; reading < least {
		t.Errorf("the viewer read for %v, right is %v or more", reading, least)
	}
	if writing, least := <-took, time.Second*(body-held)/rate; writing < least {
		t.Errorf("the server wrote for %v, right is %v or more", writing, least)
	}
}

// A closed loop that thinks for a second and is answered in 10 ms asks 0.99 times a
// second on each connection.
func TestThinkTime(t *testing.T) {
	for _, even := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			got := play(t, context.Background(), Config{Source: workloads.FromSlice(every(0, 100_000)), Connections: 20, Closed: true, Length: 100 * time.Second,
				Think: time.Second, ThinkEven: even, ThinkSeed: 1, GoTimers: true,
				Dial: dialer(func(*http.Request) reply { return reply{delay: 10 * time.Millisecond, text: tiny} })})
			const want = uint64(1980) // 20 · 100 s / 1.01 s
			if got.Sent < want-want/15 || got.Sent > want+want/15 || even && got.Sent != 20*100 {
				t.Errorf("even %v: %d requests, right are about %d", even, got.Sent, want)
			}
			if got.Elapsed > 101*time.Second {
				t.Errorf("the run lasted %v: the last thought was not cut short", got.Elapsed)
			}
		})
	}
}

// Every target is asked under its own name.
func TestHostsByTarget(t *testing.T) {
	viewers, err := workloads.NewViewers(workloads.ViewersConfig{Seed: 3, Count: 2})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	seen := map[string]int{}
	server := func(name string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			seen[name+" as "+r.Host]++
		}))
		t.Cleanup(s.Close)
		return strings.TrimPrefix(s.URL, "http://")
	}
	reqs := every(time.Millisecond, 20)
	for i := range reqs {
		reqs[i].Viewer = uint32(i % 2)
	}
	play(t, context.Background(), Config{Targets: []string{server("one"), server("two")}, TargetOf: []uint16{0, 1}, Hosts: []string{"a.example", "b.example"},
		Viewers: viewers, Source: workloads.FromSlice(reqs), Connections: 2})
	mu.Lock()
	defer mu.Unlock()
	if len(seen) != 2 || seen["one as a.example"] != 10 || seen["two as b.example"] != 10 {
		t.Errorf("%v", seen)
	}
}
