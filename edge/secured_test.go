package edge

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"edgesim/edge/behavior"
	"edgesim/edge/certificate"
	"edgesim/results"
)

// pair is a certificate for names, and the roots that believe it.
func pair(tb testing.TB, names ...string) (tls.Certificate, *x509.CertPool) {
	tb.Helper()
	text, err := certificate.Make(names, time.Now())
	if err != nil {
		tb.Fatal(err)
	}
	c, err := tls.X509KeyPair(text, text)
	if err != nil {
		tb.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(c.Leaf)
	return c, roots
}

// overTLS makes the lab's viewers speak TLS. The edge goes on to serve plain
// HTTP where it did. dial makes a plain connection to where TLS is spoken.
func (l *lab) overTLS() (dial func() (net.Conn, error), roots *x509.CertPool) {
	cert, roots := pair(l.t, "example.com", "other.net")
	ln := newPipes()
	go l.edge.ServeTLS(ln, &tls.Config{Certificates: []tls.Certificate{cert}})
	l.client.CloseIdleConnections()
	l.scheme = "https"
	l.client.Transport = &http.Transport{
		DialContext:     func(ctx context.Context, _, addr string) (net.Conn, error) { return ln.dial(ctx, addr) },
		TLSClientConfig: &tls.Config{RootCAs: roots}, DisableCompression: true, MaxIdleConnsPerHost: 100,
	}
	return func() (net.Conn, error) { return ln.dial(context.Background(), "") }, roots
}

func TestViewersOverTLS(t *testing.T) {
	inLab(t, fixed("hello", "Cache-Control", "max-age=60"), nil, func(l *lab) {
		l.overTLS()
		l.want(l.get("/a"), 200, "Miss")
		a := l.get("/a")
		l.want(a, 200, "Hit")
		if string(a.body) != "hello" {
			t.Errorf("body %q", a.body)
		}
		for _, r := range l.recorded(2) {
			if r.Protocol != results.HTTPS || r.TLS != tls.VersionTLS13-0x0300 || r.Cipher != tls.TLS_AES_128_GCM_SHA256 {
				t.Errorf("recorded %v, TLS %d, cipher %#x", r.Protocol, r.TLS, r.Cipher)
			}
			if r.BytesOut > 600 || r.BodyBytes != 5 {
				t.Errorf("%d bytes out, %d of them body: want what was said, not what it takes to hide it", r.BytesOut, r.BodyBytes)
			}
		}
	})
}

// TestFirstByteOverTLS wants the first bytes at once, few as they are, with
// Content-Length kept.
func TestFirstByteOverTLS(t *testing.T) {
	const rest = 10 * time.Second
	origin := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=60")
		w.Header().Set("Content-Length", "20")
		w.Write(bytes.Repeat([]byte("a"), 3))
		w.(http.Flusher).Flush()
		time.Sleep(rest)
		w.Write(bytes.Repeat([]byte("b"), 17))
	}
	inLab(t, origin, nil, func(l *lab) {
		l.overTLS()
		var answers [2]answer
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * time.Second)
				answers[i] = l.get("/a")
			})
		}
		wg.Wait()
		for i, a := range answers {
			if a.err != nil || a.length != 20 || len(a.body) != 20 || a.first > time.Millisecond || a.total < rest-time.Second {
				t.Errorf("viewer %d: length %d, first byte after %v, end after %v, %v", i, a.length, a.first, a.total, a.err)
			}
		}
		l.wantAsked(1)
	})
}

func TestATruncatedOriginBreaksTLSViewersOff(t *testing.T) {
	die := new(atomic.Int64)
	die.Store(slowPiece * 2)
	inLab(t, slow(die, sized...), nil, func(l *lab) {
		l.overTLS()
		if a := l.get("/big"); a.err == nil || len(a.body) != 2*slowPiece {
			t.Errorf("got %d bytes and %v, want a break after %d", len(a.body), a.err, 2*slowPiece)
		}
	})
}

// TestAHandshakeHoldsNobodyUp leaves handshakes open, and half made: others are
// served meanwhile, and nothing of them is left after their time. The bubble
// finds goroutines that stay.
func TestAHandshakeHoldsNobodyUp(t *testing.T) {
	inLab(t, fixed("x", "Cache-Control", "max-age=60"), nil, func(l *lab) {
		dial, _ := l.overTLS()
		for _, sent := range []string{"", "\x16\x03\x01\x02\x00", "\x00\x00\x00\x00\x00\x00"} {
			c, err := dial()
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			go io.WriteString(c, sent)
		}
		began := time.Now()
		l.want(l.get("/a"), 200, "Miss")
		if took := time.Since(began); took > time.Millisecond {
			t.Errorf("served after %v", took)
		}
		l.client.CloseIdleConnections()
		time.Sleep(l.edge.conf.HandshakeTimeout + time.Second)
		synctest.Wait()
		l.edge.mu.Lock()
		defer l.edge.mu.Unlock()
		if n := len(l.edge.viewers); n != 0 {
			t.Errorf("%d viewers are left", n)
		}
	})
}

// TestNoRoomForTLSViewers has more connections than there is room for. They are
// closed, not waited for.
func TestNoRoomForTLSViewers(t *testing.T) {
	inLab(t, fixed("x"), func(c *Config) { c.MaxConns = 1 }, func(l *lab) {
		dial, _ := l.overTLS()
		first, _ := dial()
		synctest.Wait()
		for range 3 {
			c, _ := dial()
			defer c.Close()
			if _, err := c.Read(make([]byte, 1)); err == nil {
				t.Error("a connection beyond the limit gets an answer")
			}
		}
		first.Close()
		time.Sleep(time.Minute)
		began := time.Now()
		if a := l.get("/a"); a.status != 200 || time.Since(began) > time.Second {
			t.Errorf("after that: %d, %v after %v", a.status, a.err, time.Since(began))
		}
	})
}

func TestPlainHTTPWhereTLSIsSpoken(t *testing.T) {
	inLab(t, fixed("x"), nil, func(l *lab) {
		dial, _ := l.overTLS()
		c, _ := dial()
		defer c.Close()
		go io.WriteString(c, "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		if res.StatusCode != 400 || err != nil || !strings.HasSuffix(string(b), "address\n") {
			t.Errorf("%d %q, %v", res.StatusCode, b, err)
		}
	})
}

func TestOldTLSIsRefusedAndHTTP11Agreed(t *testing.T) {
	inLab(t, fixed("x"), nil, func(l *lab) {
		dial, roots := l.overTLS()
		for _, row := range []struct {
			version uint16
			ok      bool
		}{{tls.VersionTLS11, false}, {tls.VersionTLS12, true}, {tls.VersionTLS13, true}} {
			raw, _ := dial()
			c := tls.Client(raw, &tls.Config{RootCAs: roots, ServerName: "example.com", NextProtos: []string{"h2", "http/1.1"},
				MinVersion: tls.VersionTLS10, MaxVersion: row.version})
			err := c.Handshake()
			if (err == nil) != row.ok {
				t.Errorf("%s: %v", tls.VersionName(row.version), err)
			}
			if row.ok && c.ConnectionState().NegotiatedProtocol != "http/1.1" {
				t.Errorf("agreed on %q", c.ConnectionState().NegotiatedProtocol)
			}
			raw.Close()
		}
	})
}

// TestAnotherSitesConnection goes by RFC 9110 §15.5.20.
func TestAnotherSitesConnection(t *testing.T) {
	inLab(t, fixed("x", "Cache-Control", "max-age=60"), func(c *Config) {
		other := c.Distributions[0]
		other.ID, other.Domain = "E2", "other.net"
		c.Distributions[0].Aliases = []string{"www.example.com"}
		c.Distributions = append(c.Distributions, other)
	}, func(l *lab) {
		dial, _ := l.overTLS()
		for _, row := range []struct {
			server, host string
			status       int
		}{
			{"example.com", "example.com", 200},
			{"example.com", "EXAMPLE.com:8443", 200},
			{"example.com", "www.example.com", 200},
			{"example.com", "other.net", 421},
			{"other.net", "example.com", 421},
			{"unknown.net", "example.com", 200},
			{"", "example.com", 200},
		} {
			raw, _ := dial()
			c := tls.Client(raw, &tls.Config{ServerName: row.server, InsecureSkipVerify: true})
			go fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", row.host)
			res, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil || res.StatusCode != row.status {
				t.Errorf("connected to %q, asked %q: %v %v, want %d", row.server, row.host, res, err, row.status)
			}
			raw.Close()
		}
	})
}

// TestShutdownDoesNotWaitForDeafTLSViewers has viewers who read nothing any more,
// so that not even a goodbye can be sent to them: some idle, some waiting.
func TestShutdownDoesNotWaitForDeafTLSViewers(t *testing.T) {
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			time.Sleep(time.Minute)
		}
	}, nil, func(l *lab) {
		dial, roots := l.overTLS()
		for i := range 6 {
			raw, _ := dial()
			defer raw.Close()
			c := tls.Client(raw, &tls.Config{RootCAs: roots, ServerName: "example.com"})
			fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
			if _, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil {
				t.Fatal(err)
			}
			if i%2 == 0 {
				fmt.Fprintf(c, "GET /slow HTTP/1.1\r\nHost: example.com\r\n\r\n")
			}
		}
		synctest.Wait()
		began := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		l.edge.Shutdown(ctx)
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("shutdown took %v", took)
		}
	})
}

func TestViewerProtocolPolicy(t *testing.T) {
	const to = "https://example.com:8443/p/a.txt?q=1&r"
	allow, redirect, only := behavior.AllowAll, behavior.RedirectToHTTPS, behavior.HTTPSOnly
	for _, row := range []struct {
		policy   behavior.ViewerProtocol
		request  string // method and version
		fields   string
		status   int
		location string
		result   results.Result
	}{
		{allow, "GET 1.1", "", 200, "", results.Miss},
		{"", "GET 1.1", "", 200, "", results.Miss},
		{redirect, "GET 1.1", "", 301, to, results.Redirect},
		{redirect, "GET 1.0", "", 301, to, results.Redirect},
		{redirect, "HEAD 1.1", "", 301, to, results.Redirect},
		{redirect, "POST 1.1", "Content-Length: 0\r\n", 307, to, results.Redirect},
		{redirect, "PUT 1.1", "Content-Length: 0\r\n", 307, to, results.Redirect},
		{redirect, "DELETE 1.1", "", 307, to, results.Redirect},
		{redirect, "OPTIONS 1.1", "", 307, to, results.Redirect},
		{redirect, "PATCH 1.1", "Content-Length: 0\r\n", 307, to, results.Redirect},
		{redirect, "POST 1.0", "Content-Length: 0\r\n", 403, "", results.Error},
		{redirect, "DELETE 1.0", "", 403, "", results.Error},
		{redirect, "GET 1.1", "X-Forwarded-Proto: https\r\n", 301, to, results.Redirect},
		{only, "GET 1.1", "", 403, "", results.Error},
		{only, "POST 1.1", "Content-Length: 0\r\n", 403, "", results.Error},
	} {
		method, version, _ := strings.Cut(row.request, " ")
		inLab(t, fixed("x", "Cache-Control", "max-age=60"), func(c *Config) {
			c.HTTPSPort, c.CloudFront, c.Product, c.Server = 8443, true, "cloudfront", "CloudFront"
			c.Distributions[0].Default.ViewerProtocol = row.policy
		}, func(l *lab) {
			c, _ := l.dial()
			defer c.Close()
			go fmt.Fprintf(c, "%s /p/a.txt?q=1&r HTTP/%s\r\nHost: example.com:80\r\n%sConnection: close\r\n\r\n", method, version, row.fields)
			res, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
			if err != nil {
				t.Fatalf("%+v: %v", row, err)
			}
			body, err := io.ReadAll(res.Body)
			if res.StatusCode != row.status || res.Header.Get("Location") != row.location || err != nil {
				t.Errorf("%+v: %d, Location %q, %v", row, res.StatusCode, res.Header.Get("Location"), err)
			}
			if want := row.result.String() + " from cloudfront"; res.Header.Get("X-Cache") != want {
				t.Errorf("%+v: X-Cache %q", row, res.Header.Get("X-Cache"))
			}
			if row.result == results.Redirect {
				l.wantRedirect(res, body, method)
			}
			if r := l.recorded(1)[0]; r.Object == 0 || r.Result != row.result || r.Response != row.result || int(r.Status) != row.status || r.Protocol != results.HTTP {
				t.Errorf("%+v: recorded %v of object %x, %v, %d, %v", row, r.Response, r.Object, r.Result, r.Status, r.Protocol)
			}
		})
	}
}

func (l *lab) wantRedirect(res *http.Response, body []byte, method string) {
	l.t.Helper()
	if res.Header.Get("Server") != "CloudFront" || res.Header.Get("Content-Type") != "text/html" || res.ContentLength < 1 {
		l.t.Errorf("redirected with %v", res.Header)
	}
	if method != "HEAD" && !bytes.Contains(body, []byte(strconv.Itoa(res.StatusCode))) {
		l.t.Errorf("redirected with body %q", body)
	}
}

func TestHTTPSIsServedWhereItIsWanted(t *testing.T) {
	for _, policy := range []behavior.ViewerProtocol{behavior.RedirectToHTTPS, behavior.HTTPSOnly} {
		inLab(t, fixed("x", "Cache-Control", "max-age=60"), func(c *Config) {
			c.Distributions[0].Default.ViewerProtocol = policy
		}, func(l *lab) {
			l.overTLS()
			l.want(l.get("/a"), 200, "Miss")
			l.want(l.get("/a"), 200, "Hit")
		})
	}
}

// TestARedirectKeepsTheURL has a root object that the viewer did not ask for.
func TestARedirectKeepsTheURL(t *testing.T) {
	inLab(t, fixed("x"), func(c *Config) {
		c.Distributions[0].DefaultRootObject = "index.html"
		c.Distributions[0].Default.ViewerProtocol = behavior.RedirectToHTTPS
	}, func(l *lab) {
		if a := l.get("/"); a.status != 301 || a.header.Get("Location") != "https://example.com/" {
			t.Errorf("%d to %q", a.status, a.header.Get("Location"))
		}
	})
}

// TestAProxyInFrontTellsTheProtocol trusts the last member of the last line
// only: what stands before it may be the viewer's.
func TestAProxyInFrontTellsTheProtocol(t *testing.T) {
	inLab(t, fixed("x"), func(c *Config) {
		c.TrustForwardedProto = true
		c.Distributions[0].Default.ViewerProtocol = behavior.HTTPSOnly
	}, func(l *lab) {
		for value, status := range map[string]int{"https": 200, "HTTPS": 200, "http, https": 200, "https, http": 403, "http": 403, "": 403} {
			if a := l.get("/a", "X-Forwarded-Proto", value); a.status != status {
				t.Errorf("%q: %d, want %d", value, a.status, status)
			}
		}
		if a := l.get("/a", "X-Forwarded-Proto", "https", "X-Forwarded-Proto", "http"); a.status != 403 {
			t.Errorf("two lines: %d", a.status)
		}
		if r := l.recorded(7); r[0].TLS != 0 {
			t.Errorf("recorded TLS %d, of which nothing is known", r[0].TLS)
		}
	})
}

// TestSchemesInTheKey goes by RFC 9111 §2 in the standard mode; CloudFront's key
// has no scheme (reference 1.4).
func TestSchemesInTheKey(t *testing.T) {
	for _, apart := range []bool{true, false} {
		inLab(t, fixed("x", "Cache-Control", "max-age=60"), func(c *Config) {
			c.Distributions[0].Default.Key.Scheme = apart
		}, func(l *lab) {
			l.want(l.get("/a"), 200, "Miss")
			l.overTLS()
			want := "Hit"
			if apart {
				want = "Miss"
			}
			l.want(l.get("/a"), 200, want)
		})
	}
	if !behavior.Standard().Key.Scheme || behavior.CloudFront().Key.Scheme {
		t.Error("the presets have it the other way round")
	}
}

func TestOriginsSeeTheNormalisedEncoding(t *testing.T) {
	var seen atomic.Value
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		seen.Store(strings.Join(r.Header["Accept-Encoding"], "|"))
		w.Header().Set("Cache-Control", "max-age=60")
		w.Header().Set("Vary", "Accept-Encoding")
	}, func(c *Config) {
		k := &c.Distributions[0].Default.Key
		k.Gzip, k.Brotli = true, true
	}, func(l *lab) {
		for _, row := range []struct{ sent, forwarded, xcache string }{
			{"gzip, deflate, br", "br,gzip", "Miss"},
			{"br , gzip;q=0.2", "", "Hit"},
			{"gzip", "gzip", "Miss"},
			{"deflate", "identity", "Miss"},
			{"zstd", "", "Hit"},
		} {
			seen.Store("")
			a := l.get("/a", "Accept-Encoding", row.sent)
			l.want(a, 200, row.xcache)
			if seen.Load() != row.forwarded {
				t.Errorf("%q: the origin saw %q, want %q", row.sent, seen.Load(), row.forwarded)
			}
		}
	})
}
