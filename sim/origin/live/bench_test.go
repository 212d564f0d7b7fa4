package live

import (
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/valyala/fasthttp"

	"edgesim/sim/origin"
)

// BenchmarkServed is one request on one connection over loopback: the origin,
// and beside it a bare fasthttp server that answers as much from memory. The
// client allocates nothing, so the allocations are the server's.
func BenchmarkServed(b *testing.B) {
	for _, size := range []int{1 * kib, 64 * kib} {
		for _, c := range []origin.Config{
			{Name: "bucket", Kind: origin.Bucket, CacheControl: "public, max-age=60"},
			{Name: "server", Kind: origin.Server, Chunked: true, Concurrency: 8, FirstByte: origin.Delay{Kind: "lognormal", Median: 1, P99: 2}},
		} {
			b.Run(fmt.Sprintf("%s/%d", c.Name, size), func(b *testing.B) {
				s := newServer(b, c, shelf{"/a": {Key: 1, Size: int64(size), ContentType: "image/jpeg"}})
				play(b, onTCP(b, s), size)
				if st := s.Stats(); st.ByStatus[200] != st.Requests {
					b.Errorf("%+v", st)
				}
			})
		}
		b.Run(fmt.Sprintf("bare/%d", size), func(b *testing.B) {
			body := make([]byte, size)
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			defer ln.Close()
			go func() {
				_ = fasthttp.Serve(ln, func(ctx *fasthttp.RequestCtx) { ctx.Response.SetBodyRaw(body) })
			}()
			play(b, ln.Addr().String(), size)
		})
	}
}

// play asks for /a again and again; every response is as long as the first.
func play(b *testing.B, addr string, size int) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	request := []byte("GET /a HTTP/1.1\r\nHost: shop.example\r\n\r\n")
	last := []byte("GET /a HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n")
	length := responseLength(b, addr, last) - len("Connection: close\r\n")
	buf := make([]byte, length)
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := conn.Write(request); err != nil {
			b.Fatal(err)
		}
		if _, err := io.ReadFull(conn, buf); err != nil {
			b.Fatal(err)
		}
	}
}

func responseLength(b *testing.B, addr string, request []byte) int {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write(request); err != nil {
		b.Fatal(err)
	}
	whole, err := io.ReadAll(conn)
	if err != nil {
		b.Fatal(err)
	}
	return len(whole)
}
