package edge

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"edgesim/edge/behavior"
)

// twofold is an origin that speaks plain HTTP and TLS, and says what it was
// asked.
func twofold(t *testing.T) (plain, secure *httptest.Server, roots string) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=60")
		fmt.Fprintf(w, "TLS %v %s", r.TLS != nil, r.Host)
	})
	plain, secure = httptest.NewServer(h), httptest.NewUnstartedServer(h)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that are to fail
	secure.StartTLS()
	t.Cleanup(plain.Close)
	t.Cleanup(secure.Close)
	var b bytes.Buffer
	pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})
	return plain, secure, b.String()
}

func hostOf(s *httptest.Server) string { _, host, _ := strings.Cut(s.URL, "://"); return host }

// TestAnOriginMatchesItsViewers asks over TLS for viewers who speak it, and
// without for others, and lets them share what is cached where the key says so.
func TestAnOriginMatchesItsViewers(t *testing.T) {
	plain, secure, roots := twofold(t)
	addr, e := onSocketWith(t, nil, func(c *Config) {
		o := &c.Origins[0]
		o.Addr, o.Host, o.TLSAddr, o.Trust = hostOf(plain), hostOf(plain), hostOf(secure), OriginTLS{Roots: roots}
		c.Distributions[0].Default.Key.Scheme = true
		shared := c.Distributions[0].Default
		shared.Path, shared.Key.Scheme = "/shared/*", false
		c.Distributions[0].Behaviors = []behavior.Behavior{shared}
	})
	cert, viewerRoots := pair(t, "example.com")
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go e.ServeTLS(ln, &tls.Config{Certificates: []tls.Certificate{cert}})
	over := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: viewerRoots, ServerName: "example.com"}}
	defer over.CloseIdleConnections()
	for range 2 {
		for _, row := range []struct{ url, want string }{
			{"http://" + addr + "/a", "TLS false " + hostOf(plain)},
			{"https://" + ln.Addr().String() + "/a", "TLS true " + hostOf(secure)},
			{"https://" + ln.Addr().String() + "/shared/a", "TLS true " + hostOf(secure)},
			{"http://" + addr + "/shared/a", "TLS true " + hostOf(secure)},
		} {
			if status, body := fetch(t, over, row.url); status != 200 || body != row.want {
				t.Errorf("%s: %d %q, want %q", row.url, status, body, row.want)
			}
		}
		site := e.site.Load()
		if err := e.Reload(e.conf.Distributions, e.conf.Origins, nil); err != nil {
			t.Fatal(err)
		}
		if again := e.site.Load(); len(again.ups) != 2 || again.ups[0] != site.ups[0] || again.ups[1] != site.ups[1] {
			t.Error("a reload of the same settings makes other upstreams")
		}
	}
	// A connection is free again a moment after the viewer has the last byte, so that a
	// quick next request may have found none and opened one of its own.
	if f := e.Figures().Origins; len(f) != 1 || f[0].Open != open(e, 0)+open(e, 1) || open(e, 0) == 0 || open(e, 1) == 0 {
		t.Errorf("figures %+v, want one origin with the connections of both", f)
	}
}

func open(e *Edge, up int) int {
	u := e.site.Load().ups[up]
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.live)
}

func fetch(t *testing.T, by http.RoundTripper, url string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "example.com"
	res, err := by.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

func TestWhoAnOriginBelieves(t *testing.T) {
	_, secure, roots := twofold(t)
	cert, _ := pair(t, "example.com")
	var other bytes.Buffer
	pem.Encode(&other, &pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]})
	for _, row := range []struct {
		why    string
		trust  OriginTLS
		host   string
		status int
	}{
		{"the system's roots", OriginTLS{}, "", 502},
		{"its own roots", OriginTLS{Roots: roots}, "", 200},
		{"another's roots", OriginTLS{Roots: other.String()}, "", 502},
		{"another name", OriginTLS{Roots: roots}, "other.net", 502},
		{"the name it has, asked for another", OriginTLS{Roots: roots, Name: "example.com"}, "other.net", 200}, // the test certificate's
		{"anything", OriginTLS{Insecure: true}, "other.net", 200},
	} {
		addr, _ := onSocketWith(t, nil, func(c *Config) {
			o := &c.Origins[0]
			o.Addr, o.Host, o.TLS, o.Trust = hostOf(secure), row.host, true, row.trust
		})
		if status, body := fetch(t, http.DefaultTransport, "http://"+addr+"/a"); status != row.status {
			t.Errorf("%s: %d %q, want %d", row.why, status, body, row.status)
		}
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	for _, o := range []Origin{
		{Name: "o", Addr: "a:1", TLSAddr: "a"},
		{Name: "o", Addr: "a:1", TLS: true, TLSAddr: "a:2"},
		{Name: "o", Addr: "a:1", TLS: true, Trust: OriginTLS{Roots: "none"}},
	} {
		def := behavior.Standard()
		def.Origin = "o"
		if _, err := New(Config{Capacity: 1 << 20, Shards: 1, Origins: []Origin{o},
			Distributions: []behavior.Distribution{{ID: "E1", Domain: "a.net", Default: def}}}); err == nil {
			t.Errorf("%+v stands", o)
		}
	}
}
