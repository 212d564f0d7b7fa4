package player

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"edgesim/results"
	"edgesim/workloads"
)

// farm is servers by address: who asked which, and how often each was dialled.
type farm struct {
	mu     sync.Mutex
	asked  map[string]map[string]int // viewers' addresses by server's
	dialed map[string]int
}

func (f *farm) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	f.mu.Lock()
	f.dialed[addr]++
	f.mu.Unlock()
	return dialer(func(r *http.Request) reply {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.asked[addr] == nil {
			f.asked[addr] = map[string]int{}
		}
		f.asked[addr][r.Header.Get("X-Forwarded-For")]++
		return reply{delay: time.Millisecond, text: tiny}
	})(ctx, "", addr)
}

// Every viewer's requests go to the viewer's target, and a connection keeps
// those that it has made.
func TestEveryViewerHasATarget(t *testing.T) {
	viewers, err := workloads.NewViewers(workloads.ViewersConfig{Seed: 3, Count: 30})
	if err != nil {
		t.Fatal(err)
	}
	targets := []string{"a:80", "b:80", "c:80"}
	of := make([]uint16, 30)
	reqs := every(300*time.Microsecond, 3000)
	for i := range of {
		of[i] = uint16(i * i % 3)
	}
	for i := range reqs {
		reqs[i].Viewer = uint32(i * 7 % 30)
	}
	synctest.Test(t, func(t *testing.T) {
		f := &farm{asked: map[string]map[string]int{}, dialed: map[string]int{}}
		got := play(t, context.Background(), Config{
			Source: workloads.FromSlice(reqs), Viewers: viewers, Targets: targets, TargetOf: of, Connections: 4, GoTimers: true, Dial: f.dial,
		})
		if got.Done != 3000 || len(got.Errors) != 0 || got.Retried != 0 {
			t.Fatalf("%+v", got.Outcome)
		}
		for i := range of {
			who := viewers.Viewer(uint32(i)).Addr.String()
			for _, target := range targets {
				want := 0
				if target == targets[of[i]] {
					want = 100
				}
				if n := f.asked[target][who]; n != want {
					t.Errorf("viewer %d asked %s %d times, want %d", i, target, n, want)
				}
			}
		}
		for target, n := range f.dialed {
			if n > 4 {
				t.Errorf("%s was dialled %d times by 4 connections", target, n)
			}
		}
	})
}

// What one target has sent too much is not taken for another's answer.
func TestTargetsDoNotMix(t *testing.T) {
	viewers, err := workloads.NewViewers(workloads.ViewersConfig{Seed: 3, Count: 2})
	if err != nil {
		t.Fatal(err)
	}
	reqs := every(time.Millisecond, 100)
	for i := range reqs {
		reqs[i].Viewer = uint32(i % 2)
	}
	synctest.Test(t, func(t *testing.T) {
		got := play(t, context.Background(), Config{
			Source: workloads.FromSlice(reqs), Viewers: viewers, Targets: []string{"a:80", "b:80"}, TargetOf: []uint16{0, 1}, Connections: 1, GoTimers: true,
			Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
				text := tiny
				if addr == "b:80" {
					text += "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
				}
				return dialer(func(*http.Request) reply { return reply{text: text} })(ctx, network, addr)
			},
		})
		if len(got.Errors) != 1 || got.Errors[0].Kind != results.FaultExcess || got.Errors[0].Count != 50 {
			t.Errorf("%+v", got.Errors)
		}
		for _, r := range got.recs {
			if r.Status != 200 {
				t.Fatalf("request %d: status %d", r.ID, r.Status)
			}
		}
	})
}

func TestConfigErrorsOfTargets(t *testing.T) {
	viewers, err := workloads.NewViewers(workloads.ViewersConfig{Seed: 3, Count: 2})
	if err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string]Config{
		"TargetOf has 0 entries":         {Targets: []string{"a:1", "b:1"}, Viewers: viewers},
		"TargetOf has 2 entries":         {Targets: []string{"a:1", "b:1"}, TargetOf: []uint16{0, 1}},
		"viewer 1 goes to target 2 of 2": {Targets: []string{"a:1", "b:1"}, TargetOf: []uint16{0, 2}, Viewers: viewers},
		`Target "b" must be host:port`:   {Targets: []string{"a:1", "b"}, TargetOf: []uint16{0, 0}, Viewers: viewers},
	} {
		c.Source, c.Catalog = workloads.FromSlice(nil), smallCatalog(t)
		if _, err := New(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %s", err, want)
		}
	}
}

// BenchmarkTargets is the same load on one server and on four; the difference is
// what turning from one to another costs.
func BenchmarkTargets(b *testing.B) {
	cat := alikeCatalog(b, 100, 1<<10)
	viewers, err := workloads.NewViewers(workloads.ViewersConfig{Seed: 3, Count: 1000})
	if err != nil {
		b.Fatal(err)
	}
	answers := compose(cat, newRequest(cat, 0), plainly)
	var all []string
	for range 4 {
		all = append(all, rawServer(b, answers))
	}
	for name, n := range map[string]int{"one": 1, "four": 4} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			of := make([]uint16, viewers.Count())
			for i := range of {
				of[i] = uint16(i % n)
			}
			recorder := results.NewRecorder(0)
			go recorder.Take(func([]results.Record) {})
			defer recorder.Close()
			p, err := New(Config{
				Targets: all[:n], TargetOf: of, Viewers: viewers, Catalog: cat, Connections: 64, Closed: true,
				Names: results.NewNames(time.Time{}), Recorder: recorder, Source: &rotating{n: b.N},
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
		})
	}
}

// rotating asks for objects and by viewers in turn.
type rotating struct{ n, done int }

func (r *rotating) Read(batch []workloads.Request) (int, error) {
	n := min(len(batch), r.n-r.done)
	for i := range n {
		batch[i] = workloads.Request{Object: uint64((r.done + i) % 100), Viewer: uint32((r.done + i) % 1000)}
	}
	r.done += n
	if r.done == r.n {
		return n, io.EOF
	}
	return n, nil
}
