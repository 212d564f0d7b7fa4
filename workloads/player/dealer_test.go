package player

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"testing"
	"time"

	"edgesim/workloads"

	"pgregory.net/rapid"
)

// counted is a source of n requests, of which request i is for object i, in reads of
// uneven lengths.
type counted struct {
	n, at uint64
	end   error
}

func (c *counted) Read(reqs []workloads.Request) (n int, err error) {
	for n < min(len(reqs), 1+int(c.at%7)) && c.at < c.n {
		reqs[n] = workloads.Request{Object: c.at, At: time.Duration(c.at) * time.Millisecond}
		n++
		c.at++
	}
	if c.at == c.n {
		err = c.end
	}
	return n, err
}

// However many schedules ask in whatever order, each request is given once, in an open
// loop to the schedule whose turn it is, each schedule's in order, by its own number; and
// what is given to nobody is left.
func TestEveryRequestIsDealtOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(0, 3000).Draw(t, "requests")
		schedules := rapid.IntRange(1, 5).Draw(t, "schedules")
		closed := rapid.Bool().Draw(t, "closed")
		d := newDealer(&Config{Source: &counted{n: n, end: io.EOF}, Closed: closed}, schedules)
		seen, given := make([]bool, n), uint64(0)
		last := make([]uint64, schedules)
		batch := make([]workloads.Request, batchLen)
		for range rapid.IntRange(0, 60).Draw(t, "asks") {
			who := rapid.IntRange(0, schedules-1).Draw(t, "who")
			got := d.deal(who, batch)
			for i, r := range batch[:got.n] {
				number := got.first + uint64(i)*got.step
				switch {
				case number != r.Object+1:
					t.Fatalf("request %d is called %d", r.Object, number)
				case seen[r.Object]:
					t.Fatalf("request %d is dealt twice", r.Object)
				case number <= last[who]:
					t.Fatalf("schedule %d gets %d after %d", who, number, last[who])
				case !closed && int(r.Object)%schedules != who:
					t.Fatalf("request %d is dealt to %d of %d", r.Object, who, schedules)
				}
				seen[r.Object], last[who] = true, number
				given++
			}
			if got.n == 0 && !closed && last[who]+uint64(schedules) <= n && (last[who] > 0 || uint64(who) < n) {
				t.Fatalf("schedule %d gets nothing after %d of %d", who, last[who], n)
			}
		}
		left := uint64(0)
		d.left(func(r *workloads.Request) bool {
			if seen[r.Object] {
				t.Fatalf("request %d was dealt and is left", r.Object)
			}
			seen[r.Object] = true
			left++
			return true
		})
		if given+left != n {
			t.Fatalf("%d dealt and %d left of %d", given, left, n)
		}
	})
}

func TestADealerKeepsTheSourcesError(t *testing.T) {
	broken := errors.New("broken")
	d := newDealer(&Config{Source: &counted{n: 3, end: broken}}, 2)
	batch := make([]workloads.Request, batchLen)
	if a, b := d.deal(0, batch), d.deal(1, batch); a.n != 2 || b.n != 1 || d.err != broken {
		t.Errorf("%+v, %+v, error %v", a, b, d.err)
	}
}

func TestDealingAllocatesNothing(t *testing.T) {
	d := newDealer(&Config{Source: &counted{n: 1 << 40, end: io.EOF}}, 3)
	batch := make([]workloads.Request, batchLen)
	if n := testing.AllocsPerRun(1000, func() {
		for who := range 3 {
			d.deal(who, batch)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// A hand that one schedule is behind by does not grow with what it has already had.
func TestAHandUsesItsRoomAgain(t *testing.T) {
	d := newDealer(&Config{Source: &counted{n: 1 << 40, end: io.EOF}}, 2)
	batch := make([]workloads.Request, batchLen)
	for range 20 { // schedule 1 is some batches behind, and stays so
		d.deal(0, batch)
	}
	for range 2000 {
		d.deal(0, batch)
		d.deal(1, batch)
	}
	if c := cap(d.hands[1].reqs); c > 64*batchLen {
		t.Errorf("room for %d requests, of which %d are left", c, len(d.hands[1].reqs)-d.hands[1].at)
	}
}

// asked is what a record says of its request, whoever played it.
type asked struct {
	id, object uint64
	at         int64
	status     uint16
}

// Of a source, so many threads ask for the same: number, object and moment.
func TestThreadsPlayTheSameSchedule(t *testing.T) {
	addr := talker(t, func(w net.Conn, _ *http.Request) bool { io.WriteString(w, tiny); return false })
	cat := alikeCatalog(t, 500, 2)
	for _, closed := range []bool{false, true} {
		var first []asked
		for _, threads := range []int{1, 2, 3} {
			reqs := every(20*time.Microsecond, 500)
			for i := range reqs {
				reqs[i].Object = uint64(i)
			}
			got := play(t, context.Background(), Config{Target: addr, Catalog: cat, Source: workloads.FromSlice(reqs), Connections: 7, Threads: threads, Closed: closed})
			if got.Done != 500 || got.Sent != 500 || got.Scheduled != 500 || got.LagTimes.Count() != int64(500*b2i(!closed)) {
				t.Errorf("%d threads, closed %v: %+v", threads, closed, got.Outcome)
			}
			var all []asked
			for _, r := range got.recs {
				a := asked{r.ID, r.Object, r.At, r.Status}
				if closed {
					a.at = 0 // its start
				}
				all = append(all, a)
			}
			slices.SortFunc(all, func(a, b asked) int { return cmp.Compare(a.id, b.id) })
			if first == nil {
				first = all
			} else if !slices.Equal(all, first) {
				t.Errorf("%d threads, closed %v, ask for something else than one", threads, closed)
			}
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// What was due and never begun is counted once, whoever had it: in a schedule's hands,
// with the dealer, or in the source.
func TestTheBacklogOfThreadsIsCounted(t *testing.T) {
	p, err := New(Config{Target: "127.0.0.1:1", Catalog: smallCatalog(t), Source: &counted{n: 5000, end: io.EOF}, Connections: 3, Threads: 3})
	if err != nil {
		t.Fatal(err)
	}
	p.scheds[1].fill()
	p.scheds[1].pos += 2
	want := []int64{998, 1000, 500} // requests 1 and 4 were begun
	if got := p.backlog(2500 * time.Millisecond); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
