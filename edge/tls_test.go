package edge

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"edgesim/edge/behavior"
)

func TestOriginOverTLS(t *testing.T) {
	origin := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=60")
		fmt.Fprint(w, "over ", r.TLS != nil)
	}))
	defer origin.Close()
	roots := x509.NewCertPool()
	roots.AddCert(origin.Certificate())
	for _, x := range []struct {
		name   string
		roots  *x509.CertPool
		status int
		body   string
	}{{"trusted", roots, 200, "over true"}, {"unknown", x509.NewCertPool(), 502, "502 no connection to the origin\n"}} {
		t.Run(x.name, func(t *testing.T) {
			o, err := ParseOrigin("o", origin.URL)
			if err != nil {
				t.Fatal(err)
			}
			o.Host, o.Certificates = "example.com", &tls.Config{RootCAs: x.roots} // the test certificate's name
			def := behavior.Standard()
			def.Origin = "o"
			e, err := New(Config{
				Distributions: []behavior.Distribution{{ID: "E1", Domain: "127.0.0.1", Default: def}},
				Origins:       []Origin{o}, Capacity: 1 << 20, Shards: 1,
			})
			if err != nil {
				t.Fatal(err)
			}
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			go e.Serve(ln)
			defer func() {
				ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
				defer cancel()
				e.Shutdown(ctx)
			}()
			for range 2 {
				res, err := http.Get("http://" + ln.Addr().String() + "/a")
				if err != nil {
					t.Fatal(err)
				}
				b, _ := io.ReadAll(res.Body)
				res.Body.Close()
				if res.StatusCode != x.status || string(b) != x.body {
					t.Errorf("%d %q, want %d %q", res.StatusCode, b, x.status, x.body)
				}
			}
			http.DefaultClient.CloseIdleConnections()
		})
	}
}

func TestParseOrigin(t *testing.T) {
	for text, want := range map[string]Origin{
		"http://example.com":             {Addr: "example.com:80", Host: "example.com"},
		"https://example.com/base/":      {Addr: "example.com:443", Host: "example.com", Path: "/base", TLS: true},
		"http://[::1]:8080":              {Addr: "[::1]:8080", Host: "[::1]:8080"},
		"http://127.0.0.1:8000/a%20b":    {Addr: "127.0.0.1:8000", Host: "127.0.0.1:8000", Path: "/a%20b"},
		"ftp://example.com":              {},
		"example.com":                    {},
		"http://":                        {},
		"http://user:secret@example.com": {},
		"http://example.com/?q=1":        {},
	} {
		got, err := ParseOrigin("n", text)
		want.Name = got.Name
		if (err == nil) != (want.Addr != "") || got.Addr != want.Addr || got.Host != want.Host || got.Path != want.Path || got.TLS != want.TLS {
			t.Errorf("%q is read as %+v, %v", text, got, err)
		}
	}
}
