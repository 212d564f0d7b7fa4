package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"edgesim/results"
	"edgesim/sim/fleet"
	"edgesim/workloads/player"
)

// Crew are the workers that play the shares of one run, as who waits for them sees
// them. It may be watched while it plays.
type Crew struct {
	Of    int           // shares, each for a worker of its own
	Wait  time.Duration // for as many workers to be ready
	Lease time.Duration // a share that is silent for so long is lost
	Line  *fleet.Line
	Clock fleet.Clock // how this machine's stands to the server's

	// Whole: a run of which a share is not whole is worth nothing, and ends there.
	Whole bool

	// Ask has a share played, and waits for what it comes to.
	Ask func(ctx context.Context, share int) (Parted, error)
	// Begun is told when all are ready and the start is given; nil: nobody is.
	Begun func()
	// Log is told what happens on the way.
	Log func(format string, args ...any)

	mu       sync.Mutex
	hands    []*Hand
	now, all Heard
	order    Order
	listened time.Time // when it last looked who is silent
	news     chan struct{}
}

// Hand is one share of a crew's.
type Hand struct {
	Share  int
	Last   Beat      // zero: it was never heard of
	Heard  time.Time // when
	Result *Parted   // nil: there is none
	Err    error     // why there is none

	over    bool
	cancel  context.CancelCauseFunc
	counted samples // for Prometheus
}

// ErrFew says that not enough workers turned up.
type ErrFew struct{ error }

// ErrLost says that a worker was lost: the same run may be played by others.
type ErrLost struct{ Cause error }

func (e ErrLost) Error() string { return e.Cause.Error() }

var errSilent = errors.New("its worker is not heard of any more")

// lead is from the order to the start: enough for it to arrive, even where a packet
// or two are lost on the way.
func lead(unsure time.Duration) time.Duration { return 2*time.Second + 20*unsure }

// Play has the shares played: it waits until all are ready, gives the start, and
// waits until all are over or lost. When ctx ends it has them stopped, and what they
// have is theirs.
func (c *Crew) Play(ctx context.Context) ([]*Hand, error) {
	c.now, c.all, c.news = newHeard(), newHeard(), make(chan struct{}, 1)
	stop, err := c.Line.Hear(c.take)
	if err != nil {
		return nil, err
	}
	defer stop()
	asking, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var asked sync.WaitGroup
	defer asked.Wait()
	defer cancel()
	for n := range c.Of {
		one, lose := context.WithCancelCause(asking)
		h := &Hand{Share: n + 1, cancel: lose}
		c.mu.Lock()
		c.hands = append(c.hands, h)
		c.mu.Unlock()
		asked.Go(func() { c.ask(one, h) })
	}
	if err := c.muster(ctx); err != nil {
		c.tell(func(o *Order) { o.Stop = true })
		return nil, err
	}
	if c.Begun != nil {
		c.Begun()
	}
	c.watch(ctx)
	cancel()
	asked.Wait()
	return c.hands, nil
}

func (c *Crew) ask(ctx context.Context, h *Hand) {
	r, err := c.Ask(ctx, h.Share)
	c.mu.Lock()
	defer c.mu.Unlock()
	if h.over = true; err != nil {
		h.Err = err
	} else {
		h.Result = &r
	}
	c.wake()
}

func (c *Crew) wake() {
	select {
	case c.news <- struct{}{}:
	default:
	}
}

// take takes a beat in.
func (c *Crew) take(text []byte) {
	var b Beat
	if json.Unmarshal(text, &b) != nil || b.Share < 1 || b.Share > c.Of {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if b.Share > len(c.hands) {
		return
	}
	h := c.hands[b.Share-1]
	if h.Last.Worker == "" {
		c.Log("share %d/%d: worker %s is ready, its clock known to %v", b.Share, c.Of, b.Worker, b.Clock.Unsure.Round(time.Microsecond))
	}
	b.Heard.addTo(&c.now, &c.all)
	if counted, err := readSamples(b.Series); err == nil {
		h.counted = counted
	}
	b.Series = nil
	h.Last, h.Heard = b, time.Now()
	c.wake()
}

// muster waits until everybody is ready, and gives the start.
func (c *Crew) muster(ctx context.Context) error {
	late := time.NewTimer(c.Wait)
	defer late.Stop()
	tick := time.NewTicker(readyEvery)
	defer tick.Stop()
	c.listened = time.Now()
	for {
		here, unsure, err := c.mustered()
		switch {
		case err != nil:
			return err
		case len(here) == c.Of:
			c.tell(func(o *Order) { o.Start = c.Clock.There(time.Now().Add(lead(unsure))).UTC() })
			return nil
		}
		select {
		case <-c.news:
		case <-tick.C:
			c.tell(func(*Order) {}) // someone waits
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-late.C:
			return ErrFew{fmt.Errorf("%d of %d workers are ready after %v%s; right is as many as --workers, each without other work, or a longer --workers-wait",
				len(here), c.Of, c.Wait, inBrackets(here))}
		}
	}
}

func inBrackets(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return " (" + strings.Join(names, ", ") + ")"
}

// mustered are the workers that are ready, and how unsure the worst of their clocks is.
func (c *Crew) mustered() (here []string, unsure time.Duration, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	unsure = c.Clock.Unsure
	c.listenedUntil(time.Now())
	for _, h := range c.hands {
		if err := c.gone(h); err != nil {
			return nil, 0, err
		}
		if h.Last.Worker != "" && time.Since(h.Heard) < c.Lease {
			here, unsure = append(here, h.Last.Worker), max(unsure, h.Last.Clock.Unsure)
		}
	}
	return here, unsure, nil
}

// gone is why a share that is waited for cannot begin; nil: it can. A worker that was
// ready has the share, and nobody else gets it.
func (c *Crew) gone(h *Hand) error {
	aside := fleet.SetAside{}
	switch {
	case errors.As(h.Err, &aside) && aside.Stopped():
		return ErrLost{fmt.Errorf("share %d/%d (worker %s): %s before the start", h.Share, c.Of, aside.Worker, aside.Text)}
	case h.over:
		return cmpOr(h.Err, fmt.Errorf("share %d/%d was over before the start", h.Share, c.Of))
	case h.Last.Worker != "" && time.Since(h.Heard) > c.Lease:
		return ErrLost{fmt.Errorf("share %d/%d (worker %s): it was not heard of for %v before the start", h.Share, c.Of, h.Last.Worker, c.Lease)}
	}
	return nil
}

func cmpOr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// tell changes the order, and tells everybody.
func (c *Crew) tell(change func(*Order)) {
	c.mu.Lock()
	change(&c.order)
	o := c.order
	o.Lost = slices.Clone(o.Lost)
	c.mu.Unlock()
	_ = c.Line.Tell(o) // it is told again and again
}

// watch tells the order until every share is over or lost.
func (c *Crew) watch(ctx context.Context) {
	tick := time.NewTicker(readyEvery)
	defer tick.Stop()
	done := ctx.Done()
	c.listened = time.Now()
	for !c.over() {
		select {
		case <-c.news:
			if c.Whole && c.torn() {
				c.tell(func(o *Order) { o.Stop = true })
			}
		case <-tick.C:
			lost := c.lose(time.Now())
			c.tell(func(o *Order) { o.Lost = append(o.Lost, lost...) })
		case <-done:
			done = nil
			c.tell(func(o *Order) { o.Stop = true })
		}
	}
	c.tell(func(o *Order) { o.Stop = true })
}

func (c *Crew) over() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !slices.ContainsFunc(c.hands, func(h *Hand) bool { return !h.over })
}

// torn tells whether a share is over that is not whole.
func (c *Crew) torn() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.hands, func(h *Hand) bool { return h.over && (h.Err != nil || h.Result.Trouble != "") })
}

// lose gives up shares that are silent.
func (c *Crew) lose(now time.Time) (lost []int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.listenedUntil(now)
	for _, h := range c.hands {
		if !h.over && now.Sub(h.Heard) > c.Lease && !slices.Contains(c.order.Lost, h.Share) {
			lost = append(lost, h.Share)
			h.cancel(errSilent)
			c.Log("share %d/%d: worker %s was not heard of for %v: the run goes on without it", h.Share, c.Of, h.Last.Worker, c.Lease)
		}
	}
	return lost
}

// listenedUntil forgives the shares the time in which this side stood still and could
// not have heard them: it should have been here every readyEvery. The caller has the lock.
func (c *Crew) listenedUntil(now time.Time) {
	if deaf := now.Sub(c.listened) - 2*readyEvery; deaf > 0 {
		for _, h := range c.hands {
			h.Heard = h.Heard.Add(min(deaf, now.Sub(h.Heard)))
		}
	}
	c.listened = now
}

// Progress is that of all shares together, as far as they are heard of.
func (c *Crew) Progress() (sum player.Progress) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, h := range c.hands {
		p := &h.Last.Progress
		sum.Sent, sum.Done, sum.Errors, sum.InFlight = sum.Sent+p.Sent, sum.Done+p.Done, sum.Errors+p.Errors, sum.InFlight+p.InFlight
		sum.Elapsed = max(sum.Elapsed, p.Elapsed)
	}
	return sum
}

// Look gives what was heard since the last look, and hands it over.
func (c *Crew) Look() (now Heard) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, c.now = c.now, newHeard()
	return now
}

// SoFar gives f what was heard since the run began.
func (c *Crew) SoFar(f func(*Heard)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(&c.all)
}

// Faults are the failures since the run began.
func (c *Crew) Faults() (sum results.FaultCounts) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, h := range c.hands {
		sum.Add(&h.Last.Faults)
	}
	return sum
}

// Troubles are failures on the wire, with examples, share by share.
func (c *Crew) Troubles() (list []results.Trouble) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, h := range c.hands {
		list = append(list, h.Last.Troubles...)
	}
	return list
}

// Shares are lines that say how each share goes.
func (c *Crew) Shares() (lines []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, h := range c.hands {
		state := h.Last.State
		switch {
		case h.Err != nil:
			state = "lost"
		case h.Result != nil:
			state = "done"
		case time.Since(h.Heard) > 3*beatEvery:
			state = "silent for " + time.Since(h.Heard).Truncate(time.Second).String()
		}
		lines = append(lines, fmt.Sprintf("  %d/%d %s: %s, sent %d, in flight %d", h.Share, c.Of, h.Last.Worker, state, h.Last.Progress.Sent, h.Last.Progress.InFlight))
	}
	return lines
}
