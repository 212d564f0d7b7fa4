package edge

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strconv"
	"testing"
)

// What is sent without a copy on plain sockets must not pass by TLS on these.
// Without the race detector, under which nothing is sent so.
func TestHitsOfAnySizeOverTLSOnSockets(t *testing.T) {
	cert, roots := pair(t, "example.com")
	_, e := onSocketWith(t, func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Path[1:])
		w.Header().Set("Cache-Control", "max-age=3600")
		w.Header().Set("Content-Length", strconv.Itoa(n))
		w.Write(pattern(n))
	}, func(*Config) {})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go e.ServeTLS(ln, &tls.Config{Certificates: []tls.Certificate{cert}})
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, ln.Addr().String())
	}}
	defer tr.CloseIdleConnections()
	for _, size := range []int{100, 5_000, 40_000, 64 << 10, 300_000, 3 << 20} {
		for i := range 3 {
			res, err := (&http.Client{Transport: tr}).Get("https://example.com/" + strconv.Itoa(size))
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(res.Body)
			res.Body.Close()
			if err != nil || !bytes.Equal(got, pattern(size)) {
				t.Fatalf("time %d: %v, %d bytes of %d, or not those", i, err, len(got), size)
			}
		}
	}
}
