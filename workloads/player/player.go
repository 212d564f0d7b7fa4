// Package player plays a stream of requests against an HTTP/1.1 server over
// real sockets and records what came of each. It knows connections, the clock
// and HTTP as a client sees it; it must never know who answers (an edge of this
// module or any other server), nor make up requests of its own.
//
// In the open loop there is one schedule for all connections. The connection
// that leads it waits until the next request's intended time, passes the lead
// to the connection that has been idle longest, and sends. When all
// connections are busy nobody leads, and the next one that is answered takes
// what is overdue. So a request costs one wake-up, the backlog is simply the
// part of the source not yet read, and every latency counts from the intended
// time, however late the request went out.
package player

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"edgesim/results"
)

// Player plays one Source once.
type Player struct {
	cfg   Config
	words *words
	sched *schedule
	conns []*conn
	names int // that a target has, as far as connections are concerned
	links links

	tags      tags
	faults    faults
	done      atomic.Uint64
	cut       atomic.Uint64
	retried   atomic.Uint64
	verified  atomic.Uint64
	cutting   atomic.Bool // requests in flight are being given up
	answered  atomic.Bool // some response has begun
	desperate atomic.Bool // stopped because nobody answered
	started   atomic.Int32
}

// States of Player.started.
const (
	ready = iota
	entered
	running
)

// New checks cfg and returns a player for it.
func New(cfg Config) (*Player, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	p := &Player{cfg: cfg, words: newWords(&cfg), sched: newSchedule(&cfg), names: cfg.namesAsked()}
	p.links.connect, p.links.handshake = results.NewHistogram(), results.NewHistogram()
	p.conns = make([]*conn, cfg.Connections)
	for i := range p.conns {
		p.conns[i] = newConn(p)
	}
	return p, nil
}

// StartAt says what Config.Epoch says, before Play.
func (p *Player) StartAt(epoch time.Time) { p.cfg.Epoch = epoch }

// Play plays the source to its end, or until ctx is cancelled or Length and
// Drain are over. It may be called once. The error says why a run could not
// be: nobody answered, or the source failed; the outcome is valid with it.
func (p *Player) Play(ctx context.Context) (Outcome, error) {
	if !p.started.CompareAndSwap(ready, entered) {
		panic("player: Play called twice")
	}
	epoch := p.cfg.Epoch
	if epoch.IsZero() {
		epoch = time.Now()
	}
	var all sync.WaitGroup
	hard, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	if l := p.loop(); l != nil {
		defer l.close()
		p.sched.begin(epoch, l)
		all.Go(func() { l.run(hard) })
	} else {
		alarm := p.newAlarm()
		defer alarm.close()
		p.sched.begin(epoch, alarm)
		for _, c := range p.conns {
			all.Go(func() { c.run(hard) })
		}
	}
	p.started.Store(running)
	over := make(chan struct{})
	go func() { all.Wait(); close(over) }()
	p.watch(ctx, over, cancel)
	return p.outcome(), p.failure()
}

// loop plays all connections by one thread; nil where they are not of its kind.
func (p *Player) loop() *loop {
	if !p.cfg.plain {
		return nil
	}
	return newLoop(p)
}

func (p *Player) newAlarm() alarm {
	if p.cfg.GoTimers {
		return newGoAlarm()
	}
	return newAlarm()
}

// watch gives up requests whose time is over, and after ctx is cancelled, and
// their grace with it, all of them. It returns when every connection is done.
func (p *Player) watch(ctx context.Context, over <-chan struct{}, cancel func()) {
	tick := time.NewTicker(max(p.cfg.Timeout/50, time.Millisecond))
	defer tick.Stop()
	cancelled, grace := ctx.Done(), (<-chan time.Time)(nil)
	for {
		select {
		case <-over:
			return
		case <-tick.C:
			p.giveUp(p.sched.now() - p.cfg.Timeout)
			if p.desperate.Load() {
				p.breakOff(cancel)
			}
		case <-cancelled:
			cancelled = nil
			p.sched.stop()
			t := time.NewTimer(p.cfg.Grace)
			defer t.Stop()
			grace = t.C
		case <-grace:
			p.breakOff(cancel)
		}
	}
}

// breakOff gives up all requests in flight. Those that are dialling are marked
// before their dialling ends, so that they know why.
func (p *Player) breakOff(cancel func()) {
	p.cutting.Store(true)
	p.giveUp(p.sched.now())
	cancel()
}

func (p *Player) giveUp(limit time.Duration) {
	for _, c := range p.conns {
		c.giveUp(limit)
	}
}

// hopeless is after how many failures a run in which nobody ever answered is
// given up.
const hopeless = 20

// despair stops a run in which every request so far has failed.
func (p *Player) despair() {
	if !p.answered.Load() && p.faults.total() >= hopeless && !p.desperate.Swap(true) {
		p.sched.stop()
	}
}

func (p *Player) failure() error {
	if err := p.sched.err; err != nil {
		return fmt.Errorf("reading the workload after request %d: %w", p.sched.sent.Load(), err)
	}
	if n := p.faults.total(); n > 0 && !p.answered.Load() {
		return fmt.Errorf("nobody answers at %s: all %d requests failed: %s", strings.Join(p.cfg.every(), ", "), n, p.faults.most())
	}
	return nil
}

// outcome is called after the last connection is done.
func (p *Player) outcome() Outcome {
	s := p.sched
	o := Outcome{
		Sent: s.sent.Load(), Done: p.done.Load(), Cut: p.cut.Load(),
		Retried: p.retried.Load(), Verified: p.verified.Load(),
		Waited: s.waited, Late: s.overslept,
		Errors: p.faults.list(), Lag: s.lag.Figures(), Slip: s.slip.Figures(),
		LagTimes: s.lag, SlipTimes: s.slip, Tolerance: s.late,
		Elapsed: s.now(), Span: s.span, Sending: s.last,
	}
	o.Connections = p.links.figures()
	o.Scheduled = o.Sent
	for _, n := range s.unsent {
		o.Scheduled += uint64(n)
	}
	o.Unsent = s.unsent
	o.Behind = float64(o.Late) > lateShare*float64(o.Sent)
	return o
}

// Troubles are the failures on the wire so far, by kind; from any goroutine, at any
// time.
func (p *Player) Troubles() []results.Trouble { return p.faults.list() }

// Progress tells how far Play has come; from any goroutine, at any time.
func (p *Player) Progress() Progress {
	g := Progress{Errors: p.faults.total()}
	if p.started.Load() == running {
		g.Elapsed = p.sched.now()
	}
	for _, c := range p.conns {
		g.Done += c.ended.Load()
	}
	g.Sent = max(p.sched.sent.Load(), g.Done) // read last: what is done was sent
	g.InFlight = g.Sent - g.Done
	return g
}
