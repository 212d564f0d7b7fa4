package edge

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"testing"
)

// BenchmarkTLSHit is BenchmarkHit over TLS 1.3; the client's work is in it.
func BenchmarkTLSHit(b *testing.B) {
	cert, roots := pair(b, "example.com")
	for _, size := range []int{1 << 10, 64 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("size=%d", size), func(b *testing.B) {
			body := bytes.Repeat([]byte{'x'}, size)
			_, e := onSocketWith(b, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Cache-Control", "max-age=3600")
				w.Header().Set("Content-Length", strconv.Itoa(size))
				w.Write(body)
			}, func(*Config) {})
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			go e.ServeTLS(ln, &tls.Config{Certificates: []tls.Certificate{cert}})
			c := newRawClient(b, ln.Addr().String(), "/a.jpg", size)
			c.c = tls.Client(c.c, &tls.Config{RootCAs: roots, ServerName: "example.com"})
			c.br = bufio.NewReaderSize(c.c, 64<<10)
			for range 3 {
				if err := c.get(); err != nil {
					b.Fatal(err)
				}
			}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				if err := c.get(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
