package player

import (
	"bytes"
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/sim/origin"
	"edgesim/workloads"

	"github.com/valyala/fasthttp"
)

// wireServer answers a catalog's objects over TCP.
func wireServer(t testing.TB, cat *workloads.Catalog) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &fasthttp.Server{
		NoDefaultDate: true, NoDefaultServerHeader: true, NoDefaultContentType: true,
		Handler: func(ctx *fasthttp.RequestCtx) { serveObject(ctx, cat) },
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	t.Cleanup(func() {
		l.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

func serveObject(ctx *fasthttp.RequestCtx, cat *workloads.Catalog) {
	id, ok := cat.Find(0, ctx.Path())
	if !ok {
		ctx.SetStatusCode(http.StatusNotFound)
		return
	}
	o := cat.Object(id)
	first, last := int64(0), o.Size-1
	if field := ctx.Request.Header.Peek("Range"); field != nil {
		first, last, _ = rangeOf(string(field), o.Size)
		ctx.Response.Header.SetContentRange(int(first), int(last), int(o.Size))
		ctx.SetStatusCode(http.StatusPartialContent)
	}
	var tag [48]byte
	ctx.Response.Header.SetBytesV("Etag", origin.AppendETag(tag[:0], o.Key, 3))
	ctx.Response.Header.Set("X-Cache", "Hit from cloudfront")
	ctx.Response.Header.Set("Cache-Status", "Edge; hit; ttl=100")
	ctx.Response.ImmediateHeaderFlush = false
	body := ctx.Response.Body()
	if n := int(last - first + 1); cap(body) < n {
		body = make([]byte, n)
	} else {
		body = body[:n]
	}
	origin.Fill(body, o.Key, 3, first)
	ctx.Response.SetBody(body)
}

// endless asks for objects at random until n requests are made, each at
// interval after the one before.
type endless struct {
	n        int
	interval time.Duration
	at       time.Duration
	objects  uint64
	rng      *rand.PCG
	mixed    bool // ranges, aborts and HEADs among them
}

func (e *endless) Read(reqs []workloads.Request) (int, error) {
	n := min(len(reqs), e.n)
	for i := range n {
		draw := e.rng.Uint64()
		reqs[i] = workloads.Request{At: e.at, Object: draw % e.objects}
		e.at += e.interval
		if !e.mixed {
			continue
		}
		switch draw >> 32 % 8 {
		case 0:
			reqs[i].Range = workloads.Range{First: int64(draw >> 40 % 100), Length: int64(draw>>50%1000) + 1}
		case 1:
			reqs[i].Range = workloads.Range{First: -1, Length: int64(draw>>50%1000) + 1}
		case 2:
			reqs[i].Abort = float32(draw>>40%1000) / 1000
		case 3:
			reqs[i].Method = workloads.HEAD
		}
	}
	e.n -= n
	if e.n == 0 {
		return n, workloads.EOF
	}
	return n, nil
}

// alikeCatalog has objects of one size.
func alikeCatalog(t testing.TB, objects uint64, size int64) *workloads.Catalog {
	t.Helper()
	c, err := workloads.NewCatalog(workloads.CatalogConfig{Seed: 1, Sections: []workloads.Section{{
		Name: "alike", Hosts: []string{"www.example.com"}, Objects: objects, Share: 1,
		Types: []workloads.Type{{Name: "thing", Prefix: "/things/", Share: 1, Size: workloads.SizeModel{Median: size}}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Everything at once over real sockets: every byte is right, hung-up requests
// are flagged, nothing fails and nothing is lost.
func TestOverTheWire(t *testing.T) {
	cat := smallCatalog(t)
	viewers, err := workloads.NewViewers(workloads.ViewersConfig{Seed: 1, Count: 100})
	if err != nil {
		t.Fatal(err)
	}
	got := play(t, context.Background(), Config{
		Target: wireServer(t, cat), Catalog: cat, Viewers: viewers, Verify: true, Connections: 8,
		Source:   &endless{n: 4000, interval: 50 * time.Microsecond, objects: 49, rng: rand.NewPCG(1, 2), mixed: true},
		Recorder: results.NewRecorder(1 << 13),
	})
	if got.err != nil || got.Failed() != 0 || got.Done != 4000 {
		t.Fatalf("done %d of 4000: %v %v", got.Done, got.Errors, got.err)
	}
	aborted := uint64(0)
	for _, r := range got.recs {
		if r.Flags.Has(results.Aborted) {
			aborted++
		}
		if r.TTFB < r.Lag || r.Total < r.TTFB || r.BytesOut < r.BodyBytes || r.BytesIn == 0 || r.Response != results.Hit || r.URL == 0 || r.Country == [2]byte{} {
			t.Fatalf("record does not hold together: %+v", r)
		}
	}
	if aborted == 0 || got.Verified != 4000-aborted {
		t.Errorf("%d verified, %d hung up on; right is 4000 together", got.Verified, aborted)
	}
}

func TestRefusedOverTheWire(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	got := play(t, context.Background(), Config{Target: l.Addr().String(), Source: workloads.FromSlice(every(0, 1000))})
	if got.err == nil {
		t.Error("no error although nobody listens")
	}
	wantOnly(t, got.Outcome, results.FaultRefused, got.Sent-got.Cut)
}

// Records of a run must cost the garbage collector nothing.
func TestNoAllocationPerRequest(t *testing.T) {
	const n = 20_000
	cat := alikeCatalog(t, 100, 1024)
	answer := compose(cat, newRequest(cat, 0), plainly)
	for name, closed := range map[string]bool{"open": false, "closed": true} {
		names, recorder := results.NewNames(time.Time{}), results.NewRecorder(1)
		p, err := New(Config{
			Target: rawServer(t, answer), Catalog: cat, Connections: 8, Closed: closed,
			Source: &endless{n: n, interval: time.Microsecond, objects: 100, rng: rand.NewPCG(1, 2)},
			Names:  names, Recorder: recorder,
		})
		if err != nil {
			t.Fatal(err)
		}
		go recorder.Take(func([]results.Record) {})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if o, err := p.Play(context.Background()); err != nil || o.Done != n {
			t.Fatal(o, err)
		}
		runtime.ReadMemStats(&after)
		recorder.Close()
		// Connections, URLs seen for the first time and growing buffers come
		// to a few hundred.
		if got := after.Mallocs - before.Mallocs; got > n/20 {
			t.Errorf("%s loop: %d allocations for %d requests", name, got, n)
		}
	}
}

func newRequest(cat *workloads.Catalog, id uint64) *http.Request {
	r, err := http.NewRequest(http.MethodGet, string(cat.AppendPath(nil, id)), nil)
	if err != nil {
		panic(err)
	}
	return r
}

// rawServer gives every request the same answer, without parsing it and
// without allocating.
func rawServer(t testing.TB, answer string) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go echo(c, []byte(answer))
		}
	}()
	return l.Addr().String()
}

func echo(c net.Conn, answer []byte) {
	defer c.Close()
	buf, n := make([]byte, 4096), 0
	for {
		got, err := c.Read(buf[n:])
		if err != nil {
			return
		}
		n += got
		if bytes.HasSuffix(buf[:n], []byte("\r\n\r\n")) {
			if _, err := c.Write(answer); err != nil {
				return
			}
			n = 0
		}
	}
}

// One process plays both sides, so cpu-µs/op is the client's and the server's.
func BenchmarkPlay(b *testing.B) {
	for _, size := range []int64{1 << 10, 64 << 10, 1 << 20} {
		cat := alikeCatalog(b, 100, size)
		addr := rawServer(b, compose(cat, newRequest(cat, 0), plainly))
		for _, m := range []struct {
			name     string
			closed   bool
			interval time.Duration
		}{{"closed", true, 0}, {"open-20k", false, 50 * time.Microsecond}} {
			if size > 1<<10 && !m.closed {
				continue
			}
			b.Run(m.name+"/"+strconv.FormatInt(size>>10, 10)+"KiB", func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(size)
				recorder := results.NewRecorder(0)
				go recorder.Take(func([]results.Record) {})
				defer recorder.Close()
				p, err := New(Config{
					Target: addr, Catalog: cat, Connections: 64, Closed: m.closed, Names: results.NewNames(time.Time{}), Recorder: recorder,
					Source: &endless{n: b.N, interval: m.interval, objects: 100, rng: rand.NewPCG(1, 2)},
				})
				if err != nil {
					b.Fatal(err)
				}
				b.ResetTimer()
				cpu := cpuTime()
				o, err := p.Play(context.Background())
				if err != nil || o.Done != uint64(b.N) {
					b.Fatal(o, err)
				}
				b.ReportMetric(float64((cpuTime()-cpu).Nanoseconds())/1e3/float64(b.N), "cpu-µs/op")
				if !m.closed {
					b.ReportMetric(1000*o.Slip.P50, "µs-slip-p50")
					b.ReportMetric(1000*o.Slip.P99, "µs-slip-p99")
				}
			})
		}
	}
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
