package edge

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/valyala/fasthttp"

	"edgesim/edge/behavior"
	"edgesim/results"
)

// onSocket is an edge on a loopback socket in front of a net/http origin.
func onSocket(tb testing.TB, handler http.HandlerFunc) (addr string) {
	addr, _ = onSocketWith(tb, handler, func(*Config) {})
	return addr
}

// onSocketWith is onSocket with settings changed.
func onSocketWith(tb testing.TB, handler http.HandlerFunc, change func(*Config)) (addr string, e *Edge) {
	origin := httptest.NewServer(handler)
	tb.Cleanup(origin.Close)
	o, err := ParseOrigin("o", origin.URL)
	if err != nil {
		tb.Fatal(err)
	}
	def := behavior.Standard()
	def.Origin = "o"
	rec := results.NewRecorder(0)
	go rec.Take(func([]results.Record) {})
	conf := Config{
		Distributions: []behavior.Distribution{{ID: "E1", Domain: "example.com", Default: def}},
		Origins:       []Origin{o}, Capacity: 256 << 20, Shards: 2, CacheStatus: true, Recorder: rec,
	}
	change(&conf)
	e, err = New(conf)
	if err != nil {
		tb.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	go e.Serve(ln)
	tb.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		e.Shutdown(ctx)
		rec.Close()
	})
	return ln.Addr().String(), e
}

// bare is a fasthttp server that answers with body from memory: the floor.
func bare(tb testing.TB, body []byte) (addr string) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	srv := &fasthttp.Server{Handler: func(ctx *fasthttp.RequestCtx) { ctx.Response.SetBodyRaw(body) }}
	go srv.Serve(ln)
	tb.Cleanup(func() { srv.Shutdown() })
	return ln.Addr().String()
}

// rawClient asks one thing over and over without allocating.
type rawClient struct {
	c    net.Conn
	br   *bufio.Reader
	ask  []byte
	size int
}

func newRawClient(tb testing.TB, addr, path string, size int) *rawClient {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { c.Close() })
	ask := "GET " + path + " HTTP/1.1\r\nHost: example.com\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) test\r\n" +
		"Accept: */*\r\nReferer: https://example.org/page\r\n\r\n"
	return &rawClient{c, bufio.NewReaderSize(c, 64<<10), []byte(ask), size}
}

func (r *rawClient) get() error {
	if _, err := r.c.Write(r.ask); err != nil {
		return err
	}
	for first := true; ; first = false {
		line, err := r.br.ReadSlice('\n')
		if err != nil {
			return err
		}
		if first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200")) {
			return fmt.Errorf("got %q", line)
		}
		if len(line) == 2 {
			break
		}
	}
	n, err := r.br.Discard(r.size)
	if err != nil {
		return fmt.Errorf("after %d bytes: %w", n, err)
	}
	return nil
}

func BenchmarkHit(b *testing.B) {
	for _, size := range []int{1 << 10, 64 << 10, 1 << 20} {
		body := bytes.Repeat([]byte{'x'}, size)
		edge := func(b *testing.B) string {
			return onSocket(b, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Cache-Control", "max-age=3600")
				w.Header().Set("Content-Length", strconv.Itoa(size))
				w.Header().Set("Etag", `"v1"`)
				w.Write(body)
			})
		}
		floor := func(b *testing.B) string { return bare(b, body) }
		for _, x := range []struct {
			name string
			addr func(*testing.B) string
		}{{"edge", edge}, {"bare", floor}} {
			b.Run(fmt.Sprintf("size=%d/server=%s", size, x.name), func(b *testing.B) {
				c := newRawClient(b, x.addr(b), "/a.jpg", size)
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
}
