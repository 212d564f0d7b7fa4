//go:build linux

package edge

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"edgesim/edge/behavior"
)

// Memory under churn: an edge in a process of its own is asked for ever new
// objects until it has evicted its capacity several times over. Everything
// goes the real way: sockets on loopback, viewer, flight, origin. Origin and
// viewers live in the process of the test, so what is measured is the edge's.
//
//	go test ./edge -run '^$' -bench Memory -benchtime 1x

// churn is one such run.
type churn struct {
	Capacity int64   // bytes
	Object   int     // bytes of each body
	Times    float64 // how many times the capacity goes through the cache
}

// churned is what the edge's process says of itself.
type churned struct {
	Resident  int64   // bytes: the process's resident set
	Heap      int64   // bytes of live and dead objects on Go's heap
	Allocated uint64  // bytes allocated on it since the start
	Collected float64 // CPU seconds of the garbage collector
	CPU       float64 // CPU seconds that were available, less idle ones
	Cycles    uint64
	Objects   int
	Used      int64 // bytes, as the shards count them
	Bodies    int64 // bytes that bodies have, outside the heap
}

const churnRole = "EDGESIM_CHURN"

// serveChurn is the child: "CAPACITY ORIGIN". It prints its address, then a
// line of JSON for every line it reads.
func serveChurn(role string) {
	capacity, origin, _ := strings.Cut(role, " ")
	bytes, _ := strconv.ParseInt(capacity, 10, 64)
	var t childTB
	o, err := ParseOrigin("o", "http://"+origin)
	if err != nil {
		t.Fatal(err)
	}
	def := behavior.Standard()
	def.Origin = "o"
	e, err := New(Config{
		Distributions: []behavior.Distribution{{ID: "E1", Domain: "example.com", Default: def}},
		Origins:       []Origin{o}, Capacity: bytes, CacheStatus: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go e.Serve(ln)
	fmt.Println(ln.Addr())
	out := json.NewEncoder(os.Stdout)
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		out.Encode(e.takeStock())
	}
}

func (e *Edge) takeStock() (c churned) {
	s := []metrics.Sample{{Name: "/cpu/classes/gc/total:cpu-seconds"}, {Name: "/cpu/classes/total:cpu-seconds"},
		{Name: "/cpu/classes/idle:cpu-seconds"}, {Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/gc/heap/allocs:bytes"}, {Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(s)
	c.Collected = s[0].Value.Float64()
	c.CPU = s[1].Value.Float64() - s[2].Value.Float64()
	c.Heap, c.Allocated, c.Cycles = int64(s[3].Value.Uint64()), s[4].Value.Uint64(), s[5].Value.Uint64()
	c.Resident, c.Bodies = residentOf("self"), e.arena.InUse()
	for _, p := range e.parts {
		p.mu.Lock()
		c.Objects += p.shard.Len()
		c.Used += p.shard.Used()
		p.mu.Unlock()
	}
	return c
}

// residentOf is a process's resident set in bytes.
func residentOf(pid string) int64 {
	text, _ := os.ReadFile("/proc/" + pid + "/statm")
	if f := strings.Fields(string(text)); len(f) > 1 {
		n, _ := strconv.ParseInt(f[1], 10, 64)
		return n * int64(os.Getpagesize())
	}
	return 0
}

// cannedOrigin answers every request with the same response, and allocates
// nothing for it.
func cannedOrigin(tb testing.TB, size int) (addr string) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { ln.Close() })
	response := fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nDate: %s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n"+
		"Cache-Control: public, max-age=86400\r\nETag: \"0123456789abcdef\"\r\n\r\n", time.Now().UTC().Format(http.TimeFormat), size)
	response = append(response, bytes.Repeat([]byte{'x'}, size)...)
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go answerAll(c, response)
		}
	}()
	return ln.Addr().String()
}

func answerAll(c net.Conn, response []byte) {
	defer c.Close()
	for br := bufio.NewReader(c); ; {
		line, err := br.ReadSlice('\n')
		if err != nil {
			return
		}
		if len(line) == 2 {
			if _, err := c.Write(response); err != nil {
				return
			}
		}
	}
}

// churning is what a run gave: what the edge said when connections and pools
// were there, when the cache was full, and at the end.
type churning struct {
	empty, full, end churned
	asked            int // objects fetched between full and end
	took             time.Duration
}

// collected is the garbage collector's share of the CPU from full to end, in
// percent.
func (x *churning) collected() float64 {
	return 100 * (x.end.Collected - x.full.Collected) / (x.end.CPU - x.full.CPU)
}

func (c churn) run(tb testing.TB) (x churning) {
	addr, ask := startChurn(tb, c)
	var at atomic.Int64
	c.play(tb, addr, &at, c.Capacity/100) // connections and pools are there
	ask(&x.empty)
	c.play(tb, addr, &at, c.Capacity)
	ask(&x.full)
	from, began := at.Load(), time.Now()
	c.play(tb, addr, &at, int64(float64(c.Capacity)*(c.Times-1)))
	x.took = time.Since(began)
	ask(&x.end)
	x.asked = int(at.Load() - from)
	return x
}

// startChurn starts the edge's process; ask fills in what it says of itself.
func startChurn(tb testing.TB, c churn) (addr string, ask func(into *churned)) {
	exe, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d %s", churnRole, c.Capacity, cannedOrigin(tb, c.Object)))
	cmd.Stderr = os.Stderr
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	if _, err := fmt.Fscan(out, &addr); err != nil {
		tb.Fatal(err)
	}
	stock := json.NewDecoder(out)
	return addr, func(into *churned) {
		io.WriteString(in, "\n")
		if err := stock.Decode(into); err != nil {
			tb.Fatal(err)
		}
	}
}

// play asks for new objects until that many bytes have come.
func (c churn) play(tb testing.TB, addr string, at *atomic.Int64, bytes int64) {
	last := at.Load() + bytes/int64(c.Object)
	var wg sync.WaitGroup
	for range 32 {
		r := newRawClient(tb, addr, "/", c.Object)
		wg.Go(func() {
			defer r.c.Close()
			for {
				n := at.Add(1)
				if n > last {
					return
				}
				r.ask = appendAsk(r.ask[:0], n)
				if err := r.get(); err != nil {
					tb.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	at.Store(last)
}

func appendAsk(b []byte, n int64) []byte {
	b = append(b, "GET /images/"...)
	b = strconv.AppendInt(b, n, 16)
	return append(b, ".jpg HTTP/1.1\r\nHost: example.com\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) test\r\nAccept: */*\r\n\r\n"...)
}

// TestMemoryUnderChurn is the same in small: what the process grows by is what
// the capacity says, after the cache was replaced three times over.
func TestMemoryUnderChurn(t *testing.T) {
	if testing.Short() || raceOn {
		t.Skip("churns 64 MiB, and the race detector's memory is another")
	}
	c := churn{Capacity: 64 << 20, Object: 16 << 10, Times: 4}
	x := c.run(t)
	grown := float64(x.end.Resident-x.empty.Resident) / float64(c.Capacity)
	if grown > 1.3 || x.end.Used > c.Capacity || float64(x.end.Used) < 0.95*float64(c.Capacity) {
		t.Errorf("the process grew by %.3f of the capacity; %d bytes are used of %d", grown, x.end.Used, c.Capacity)
	}
	t.Logf("grew by %.3f of the capacity; the collector took %.1f %% of the CPU", grown, x.collected())
}

func BenchmarkMemory(b *testing.B) {
	for _, c := range churnsFromEnv(b) {
		b.Run(fmt.Sprintf("capacity=%dMiB/object=%d", c.Capacity>>20, c.Object), func(b *testing.B) {
			x := c.run(b)
			full, end := x.full, x.end
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(end.Resident)/float64(c.Capacity), "resident/capacity")
			b.ReportMetric(float64(end.Resident)/(1<<20), "resident-MiB")
			b.ReportMetric(float64(end.Bodies)/(1<<20), "bodies-MiB")
			b.ReportMetric(float64(end.Heap)/(1<<20), "heap-MiB")
			b.ReportMetric(x.collected(), "gc-%-of-CPU")
			b.ReportMetric(float64(end.Cycles-full.Cycles), "gc-cycles")
			b.ReportMetric(float64(end.Allocated-full.Allocated)/float64(x.asked), "allocated-B/fetch")
			b.ReportMetric(float64(end.Allocated-full.Allocated)/(1<<20)/x.took.Seconds(), "allocated-MiB/s")
			b.ReportMetric(float64(x.asked)/x.took.Seconds(), "evictions/s")
			b.ReportMetric(float64(end.Objects), "objects")
		})
	}
}

// churnsFromEnv are the runs of the benchmark: EDGESIM_CHURN_CAPACITY in bytes
// (4 GiB) and EDGESIM_CHURN_OBJECT in bytes (16 KiB) choose others.
func churnsFromEnv(b *testing.B) []churn {
	c := churn{Capacity: 4 << 30, Object: 16 << 10, Times: 4}
	if s := os.Getenv("EDGESIM_CHURN_CAPACITY"); s != "" {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			b.Fatalf("EDGESIM_CHURN_CAPACITY=%s: want bytes", s)
		}
		c.Capacity = n
	}
	if s := os.Getenv("EDGESIM_CHURN_OBJECT"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			b.Fatalf("EDGESIM_CHURN_OBJECT=%s: want bytes", s)
		}
		c.Object = n
	}
	return []churn{c}
}
