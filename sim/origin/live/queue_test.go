package live

import (
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"edgesim/sim/origin"
)

// ask sends a request on a connection of its own and tells when its response
// was complete, counted from the bubble's begin.
func (b *bubble) ask(wg *sync.WaitGroup, path string, ended func(status int, after time.Duration)) {
	begin := time.Now()
	wg.Go(func() {
		cl := b.client()
		defer cl.close()
		resp, _ := cl.get("GET " + path)
		ended(resp.StatusCode, time.Since(begin))
	})
}

// The acted-out queue and the computed one must agree, arrival for arrival.
func TestTheQueueIsTheModelsQueue(t *testing.T) {
	c := origin.Config{Kind: origin.Bucket, Seed: 8, Concurrency: 3, QueueLimit: 4,
		FirstByte: origin.Delay{Kind: "lognormal", Median: 20 * time.Millisecond, P99: 90 * time.Millisecond}, Bandwidth: 1e6}
	const size = 20_000
	contents := shelf{"/a": {Key: 1, Size: size}}
	inBubble(t, c, contents, func(b *bubble) {
		begin := time.Now()
		queue := &plainQueue{limit: 4, free: make([]time.Duration, 3)}
		var wg sync.WaitGroup
		refused := 0
		for attempt := range uint32(200) {
			at := time.Since(begin)
			a := b.model.Answer(1, attempt, at)
			service := a.FirstByte + a.Curve.Due(size)
			start, ok := queue.enter(at, service)
			want := start + service - at
			if !ok {
				refused++
				want = 0
			}
			b.ask(&wg, "/a", func(status int, after time.Duration) {
				if ok != (status == http.StatusOK) || after != want {
					t.Errorf("request %d: %d after %v, the model's queue says %v after %v", attempt, status, after, ok, want)
				}
			})
			synctest.Wait()
			time.Sleep(time.Duration(attempt*7919%23) * time.Millisecond)
		}
		wg.Wait()
		st := b.Stats()
		if refused == 0 || st.ByStatus[503] != uint64(refused) || st.MostServing != 3 || st.MostInFlight != 3+4+1 {
			t.Errorf("%d refused; %+v", refused, st)
		}
	})
}

func TestWhoWaitsIsServedInOrder(t *testing.T) {
	c := origin.Config{Kind: origin.Bucket, Concurrency: 1, FirstByte: origin.Delay{Kind: "constant", Constant: time.Second}}
	inBubble(t, c, shelf{"/a": {Key: 1, Size: 100}}, func(b *bubble) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		var order []int
		for i := range 50 {
			b.ask(&wg, "/a", func(int, time.Duration) {
				mu.Lock()
				order = append(order, i)
				mu.Unlock()
			})
			synctest.Wait()
		}
		wg.Wait()
		if !slices.IsSorted(order) || len(order) != 50 {
			t.Errorf("served in order %v", order)
		}
	})
}

func TestAPlaceIsGivenBackHoweverTheRequestEnds(t *testing.T) {
	c := origin.Config{Kind: origin.Bucket, Concurrency: 1, Truncates: 0.5, Bandwidth: 1e5}
	inBubble(t, c, shelf{"/a": {Key: 1, Size: 10_000}}, func(b *bubble) {
		for _, request := range []string{"GET /a", "HEAD /a", "GET /missing", "POST /a", "GET /a", "GET /a", "GET /a"} {
			cl := b.client()
			cl.send(request)
			_, _ = cl.receive("GET")
			cl.close() // in the middle of the body, where there is one
			time.Sleep(time.Second)
			if st := b.Stats(); st.Serving != 0 || st.InFlight != 0 {
				t.Fatalf("after %s: %+v", request, st)
			}
		}
		if st := b.Stats(); st.Aborted == 0 {
			t.Error("no abort was noticed")
		}
	})
}

func TestGateHandsOnAnAbandonedPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 0)
		cancel := make(chan struct{})
		if g.enter(nil) != entered {
			t.Fatal("the first does not get in")
		}
		results := make(chan outcome, 2)
		go func() { results <- g.enter(cancel) }()
		synctest.Wait()
		go func() { results <- g.enter(nil) }()
		synctest.Wait()
		close(cancel)
		if got := <-results; got != cancelled {
			t.Fatalf("outcome %d, want cancelled", got)
		}
		g.leave()
		if got := <-results; got != entered {
			t.Fatalf("outcome %d, want entered", got)
		}
		g.leave()
		if serving, most, waiting := g.stats(); serving != 0 || most != 1 || waiting != 0 {
			t.Errorf("%d served, %d at most, %d waiting", serving, most, waiting)
		}
	})
}
