package player

import (
	"context"
	"io"
	"net"
	"net/http"
	"runtime"
	"sync"
	"testing"
	"time"

	"edgesim/workloads"
)

// A loop sleeps on only while nothing but the schedule needs it.
func TestWhenALoopDozes(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*loop)
		wait   time.Duration
		want   bool
	}{
		"soon":                 {wait: 50 * time.Microsecond, want: true},
		"at most":              {wait: mostDoze, want: true},
		"later":                {wait: mostDoze + 1},
		"now":                  {wait: 0},
		"nothing is scheduled": {wait: noTimeout},
		"no stamps":            {wait: 50 * time.Microsecond, change: func(l *loop) { l.stamps = false }},
		"a long answer lately": {wait: 50 * time.Microsecond, change: func(l *loop) { l.short = shortRun - 1 }},
		"a goroutine reads":    {wait: 50 * time.Microsecond, change: func(l *loop) { l.away = 1 }},
	} {
		l := loop{stamps: true, short: shortRun}
		if c.change != nil {
			c.change(&l)
		}
		if got := l.mayDoze(c.wait); got != c.want {
			t.Errorf("%s: dozes %v", name, got)
		}
	}
}

// An answer counts as come when the system had it, not when the loop got round to
// reading it: between the moments just before and just after the server wrote it.
func TestAnswersComeWhenTheSystemHasThem(t *testing.T) {
	const n = 3000
	var mu sync.Mutex
	wrote := map[string][2]time.Time{}
	addr := talker(t, func(w net.Conn, r *http.Request) bool {
		before := time.Now()
		io.WriteString(w, tiny)
		after := time.Now()
		mu.Lock()
		wrote[r.URL.Path] = [2]time.Time{before, after}
		mu.Unlock()
		return false
	})
	reqs := every(50*time.Microsecond, n)
	for i := range reqs {
		reqs[i].Object = uint64(i)
	}
	cat, epoch, processors := alikeCatalog(t, n, 2), time.Now(), runtime.GOMAXPROCS(0)
	got := play(t, context.Background(), Config{Target: addr, Catalog: cat, Source: workloads.FromSlice(reqs), Connections: 16, Epoch: epoch})
	if got.Done != n || runtime.GOMAXPROCS(0) != processors {
		t.Fatalf("%+v; %d processors, were %d", got.Outcome, runtime.GOMAXPROCS(0), processors)
	}
	mu.Lock()
	defer mu.Unlock()
	const skew = 10 * time.Microsecond // between two of the system's clocks, read one after the other
	late := 0
	for _, r := range got.recs {
		w := wrote[string(cat.AppendPath(nil, reqs[r.ID-1].Object))]
		first, last := time.Duration(r.At+r.TTFB), time.Duration(r.At+r.Total)
		if first < w[0].Sub(epoch)-skew || last < first {
			t.Fatalf("request %d came at %v and %v, before it was written at %v", r.ID, first, last, w[0].Sub(epoch))
		}
		if first > w[1].Sub(epoch)+skew {
			late++
		}
	}
	if late > n/10 { // some: the system may take its time in its own threads
		t.Errorf("%d of %d answers came after they had been written", late, n)
	}
}
