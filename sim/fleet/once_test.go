package fleet

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	playing, most int // pieces that are run once, now and at most, on one worker
	playingLock   sync.Mutex
	played        = map[int]int{}
)

func init() {
	k := KindOf("play", func(ctx context.Context, r *Room, q question) (answer, error) {
		playingLock.Lock()
		playing++
		most = max(most, playing)
		played[q.N]++
		playingLock.Unlock()
		defer func() { playingLock.Lock(); playing--; playingLock.Unlock() }()
		if q.Fails > 0 {
			return answer{}, errors.New("no such server")
		}
		if err := r.Line().Tell(q.N); err != nil {
			return answer{}, err
		}
		return answer{Square: q.N * q.N}, nil
	})
	k.Once = true
	Register(k)
}

// Pieces that are run once are run one at a time by each worker, once each, even
// where they fail, and their line reaches who waits.
func TestPiecesThatAreRunOnce(t *testing.T) {
	playingLock.Lock()
	most, played = 0, map[int]int{} // where it is run again
	playingLock.Unlock()
	p := newPlace(t)
	c := p.connect("v1")
	p.work("one", c)
	j := open(t, c, "once")
	defer j.Close(true)
	heard := make(chan string, 5)
	stop, err := j.Line().Hear(func(text []byte) { heard <- string(text) })
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	var wg sync.WaitGroup
	for i := range 5 {
		wg.Go(func() {
			if a, err := Ask[answer](t.Context(), j, "play", question{N: i}); err != nil || a.Square != i*i {
				t.Errorf("%d: %v, %v", i, a, err)
			}
		})
	}
	wg.Wait()
	_, err = Ask[answer](t.Context(), j, "play", question{N: 9, Fails: 1})
	var aside SetAside
	if !errors.As(err, &aside) || aside.Text != "no such server" || strings.Contains(err.Error(), "times") {
		t.Errorf("the one that fails: %v", err)
	}
	playingLock.Lock()
	defer playingLock.Unlock()
	if most != 1 || fmt.Sprint(played) != "map[0:1 1:1 2:1 3:1 4:1 9:1]" {
		t.Errorf("at most %d at a time, runs by piece %v", most, played)
	}
	said := map[string]bool{}
	for range 5 {
		said[<-heard] = true
	}
	if len(said) != 5 {
		t.Errorf("heard %v", said)
	}
}

// A piece that a worker takes off the queue just before its job is cancelled does not
// run when the worker has heard of that first; the job's later pieces do.
func TestACancelledPieceOnItsWay(t *testing.T) {
	playingLock.Lock()
	played = map[int]int{}
	playingLock.Unlock()
	c := newPlace(t).connect("v1")
	w := &Worker{Conn: c, Name: "late", Slots: 1, Cache: t.TempDir()}
	if err := w.begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	halts, err := c.nc.SubscribeSync(haltPrefix + "*")
	if err != nil {
		t.Fatal(err)
	}
	for n, cancelled := range []bool{true, false} {
		j := open(t, c, "cancelled")
		piece := Piece{Kind: "play", Args: []byte(fmt.Sprintf(`{"N":%d}`, n))}
		if err := j.Ask(t.Context(), piece); err != nil {
			t.Fatal(err)
		}
		q := queue{conn: c, which: once}
		m := q.next(t.Context())
		if cancelled {
			if err := c.Cancel(t.Context(), j.ID); err != nil {
				t.Fatal(err)
			}
			halt, err := halts.NextMsg(time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			w.halt(j.ID, string(halt.Data))
		}
		w.serveOnce(t.Context(), m)
		j.Close(false)
		playingLock.Lock()
		if runs := played[n]; (runs == 0) != cancelled {
			t.Errorf("cancelled %v: it ran %d times", cancelled, runs)
		}
		playingLock.Unlock()
	}
}

// A worker that refuses load leaves it to others, and does the rest.
func TestAWorkerWithoutLoad(t *testing.T) {
	p := newPlace(t)
	c := p.connect("v1")
	j := open(t, c, "calm")
	defer j.Close(true)
	piece, err := PieceOf("play", question{N: 100})
	if err == nil {
		err = j.Ask(t.Context(), piece)
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	w := &Worker{Conn: c, Name: "calm", Slots: 1, Cache: t.TempDir(), NoLoad: true}
	var done sync.WaitGroup
	done.Go(func() { _ = w.Run(ctx) })
	all(t, j, 3, question{Run: p.dir})
	cancel()
	done.Wait()
	if at := j.Progress(); at.Done != 3 || at.Pieces != 4 {
		t.Errorf("%+v; right are the three others", at)
	}
	if _, err := c.work.GetLastMsgForSubject(t.Context(), c.queue("play")+".calm."+piece.ID()); err != nil {
		t.Errorf("it is not in the queue any more: %v", err)
	}
}

// Of two workers that are given a piece, since the first stood still for longer than its
// lease, the one that says so first runs it; a receipt that is lost changes nothing.
func TestAPieceIsClaimedOnce(t *testing.T) {
	playingLock.Lock()
	played = map[int]int{}
	playingLock.Unlock()
	c := newPlace(t).connect("v1")
	j := open(t, c, "claimed")
	defer j.Close(false)
	q := queue{conn: c, which: once}
	taken := func() *given {
		t.Helper()
		g, err := read(q.next(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	first, second := &Worker{Conn: c, Name: "first"}, &Worker{Conn: c, Name: "second"}
	if err := second.begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	piece := Piece{Kind: "play", Args: []byte(`{"N":0}`)}
	if err := j.Ask(t.Context(), piece); err != nil {
		t.Fatal(err)
	}
	g := taken()
	if err := g.m.Nak(); err != nil { // as when its lease ends
		t.Fatal(err)
	}
	again := taken()
	n := first.note(g)
	for _, one := range []struct {
		g    *given
		n    note
		mine bool
	}{{g, n, true}, {g, n, true}, {again, second.note(again), false}, {again, first.note(again), false}} {
		if mine, err := c.claim(t.Context(), one.g, one.n); err != nil || mine != one.mine {
			t.Errorf("%s at turn %d: %v, %v; right is %v", one.n.Worker, one.g.turn, mine, err, one.mine)
		}
	}
	second.serveOnce(t.Context(), again.m)
	playingLock.Lock()
	defer playingLock.Unlock()
	if played[0] != 0 {
		t.Error("another's piece was run")
	}
}

// One who wants to be alone is, and the others are not shut out for good.
func TestGate(t *testing.T) {
	var g gate
	for range 2 {
		if !g.enter() {
			t.Fatal("an open gate is shut")
		}
	}
	g.leave()
	alone := make(chan bool)
	go func() { alone <- g.shut(t.Context()) }()
	for g.enter() { // until the other is at the gate
		g.leave()
	}
	select {
	case <-alone:
		t.Fatal("alone beside another")
	default:
	}
	g.leave()
	if !<-alone || g.enter() {
		t.Fatal("the last one left, and the gate is not shut behind")
	}
	g.open()
	if !g.wait(t.Context()) || !g.enter() {
		t.Fatal("it does not open again")
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if g.shut(over) {
		t.Fatal("shut although the context is over and one is inside")
	}
}

// Whatever the two ways take, the true offset lies within what is said to be unsure.
func TestClockHoldsTheTruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		truth := time.Duration(rapid.Int64Range(-1e12, 1e12).Draw(t, "ahead"))
		k, least := Clock{Unsure: time.Hour}, time.Hour
		now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		for range rapid.IntRange(1, 20).Draw(t, "tries") {
			out := time.Duration(rapid.Int64Range(1000, 1e9).Draw(t, "out"))
			back := time.Duration(rapid.Int64Range(1000, 1e9).Draw(t, "back"))
			k = k.or(now, now.Add(out+back), now.Add(out+truth))
			least = min(least, (out+back)/2)
			now = now.Add(time.Second)
		}
		if off := (k.Ahead - truth).Abs(); off > k.Unsure+1 || k.Unsure != least {
			t.Fatalf("%v off, said to be unsure by %v, the least half trip is %v", off, k.Unsure, least)
		}
		if at := k.There(k.Here(now)); !at.Equal(now) {
			t.Fatalf("there and back is %v", at)
		}
	})
}

// The server of this machine has its clock.
func TestClockOfTheSameMachine(t *testing.T) {
	c := newPlace(t).connect("v1")
	k, err := c.Clock(t.Context(), "job", "me")
	if err != nil || k.Ahead.Abs() > k.Unsure+time.Millisecond {
		t.Errorf("%+v, %v; right is an offset of 0 within what is unsure", k, err)
	}
}

func TestMayLoad(t *testing.T) {
	for _, c := range []struct {
		targets []string
		address string
		ok      bool
	}{
		{nil, "example.com:80", true}, {[]string{"example.com"}, "Example.com:80", true}, {[]string{"example.com:80"}, "example.com:80", true},
		{[]string{"example.com:80"}, "example.com:81", false}, {[]string{"example.com"}, "www.example.com:80", false},
		{[]string{"::1"}, "[::1]:80", true}, {[]string{"[::1]:80"}, "[::1]:80", true}, {nil, "example.com", false}, {[]string{}, "example.com:80", false},
	} {
		r := &Room{Worker: "w", worker: &Worker{Targets: c.targets}}
		if err := r.MayLoad(c.address); (err == nil) != c.ok {
			t.Errorf("%q of %q: %v", c.address, c.targets, err)
		}
	}
}
