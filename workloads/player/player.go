// Package player plays a stream of requests against an HTTP/1.1 server over
// real sockets and records what came of each. It knows connections, the clock
// and HTTP as a client sees it; it must never know who answers (an edge of this
// module or any other server), nor make up requests of its own.
//
// In the open loop there is one schedule for all connections, or one for each of
// several threads, to which requests are dealt in turn. The connection
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
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"edgesim/results"
)

// Player plays one Source once.
type Player struct {
	cfg    Config
	words  *words
	dealer *dealer
	scheds []*schedule // of as many threads
	conns  []*conn     // in turn theirs
	names  int         // that a target has, as far as connections are concerned
	links  links

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
	p := &Player{cfg: cfg, words: newWords(&cfg), dealer: newDealer(&cfg, cfg.Threads), names: cfg.namesAsked()}
	for i := range cfg.Threads {
		p.scheds = append(p.scheds, newSchedule(&cfg, p.dealer, i))
	}
	p.links.connect, p.links.handshake = results.NewHistogram(), results.NewHistogram()
	p.conns = make([]*conn, cfg.Connections)
	for i := range p.conns {
		p.conns[i] = newConn(p, p.scheds[i%cfg.Threads])
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
	defer p.begin(hard, epoch, &all)()
	p.started.Store(running)
	over := make(chan struct{})
	go func() { all.Wait(); close(over) }()
	p.watch(ctx, over, cancel)
	return p.outcome(), p.failure()
}

// begin starts whoever plays. What it returns is called when they are done.
func (p *Player) begin(hard context.Context, epoch time.Time, all *sync.WaitGroup) (end func()) {
	if loops := p.loops(); loops != nil {
		for _, l := range loops {
			l.sched.begin(epoch, l)
		}
		back := lend(len(loops))
		for _, l := range loops {
			all.Go(func() { l.run(hard) })
		}
		return func() { back(); closeAll(loops) }
	}
	for _, s := range p.scheds {
		s.begin(epoch, p.newAlarm())
	}
	for _, c := range p.conns {
		all.Go(func() { c.run(hard) })
	}
	return func() {
		for _, s := range p.scheds {
			s.alarm.close()
		}
	}
}

// loops play all connections, a thread each; nil where they are not of their kind.
func (p *Player) loops() (list []*loop) {
	if !p.cfg.plain {
		return nil
	}
	for _, s := range p.scheds {
		l := newLoop(s, slices.Collect(p.connsOf(s)))
		if l == nil {
			closeAll(list)
			for _, c := range p.conns {
				c.loop = nil
			}
			return nil
		}
		list = append(list, l)
	}
	return list
}

func closeAll(loops []*loop) {
	for _, l := range loops {
		l.close()
	}
}

// connsOf are a schedule's connections.
func (p *Player) connsOf(s *schedule) iter.Seq[*conn] {
	return func(yield func(*conn) bool) {
		for _, c := range p.conns {
			if c.sched == s && !yield(c) {
				return
			}
		}
	}
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
			p.giveUp(p.now() - p.cfg.Timeout)
			if p.desperate.Load() {
				p.breakOff(cancel)
			}
		case <-cancelled:
			cancelled = nil
			p.stop()
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
	p.giveUp(p.now())
	cancel()
}

func (p *Player) now() time.Duration { return p.scheds[0].now() }

// stop ends all schedules from any goroutine.
func (p *Player) stop() {
	for _, s := range p.scheds {
		s.stop()
	}
}

// sent is how many requests have been begun.
func (p *Player) sent() (n uint64) {
	for _, s := range p.scheds {
		n += s.sent.Load()
	}
	return n
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
		p.stop()
	}
}

func (p *Player) failure() error {
	if err := p.dealer.err; err != nil {
		return fmt.Errorf("reading the workload after request %d: %w", p.sent(), err)
	}
	if n := p.faults.total(); n > 0 && !p.answered.Load() {
		most, what := p.faults.most(), "nobody answers at"
		if most > results.FaultTimeout {
			what = "no response of HTTP/1.1 from"
		}
		return fmt.Errorf("%s %s: all %d requests failed: %s", what, strings.Join(p.cfg.every(), ", "), n, most)
	}
	return nil
}

// Troubles are the failures on the wire so far, by kind; from any goroutine, at any
// time.
func (p *Player) Troubles() []results.Trouble { return p.faults.list() }

// Progress tells how far Play has come; from any goroutine, at any time.
func (p *Player) Progress() Progress {
	g := Progress{Errors: p.faults.total()}
	if p.started.Load() == running {
		g.Elapsed = p.now()
	}
	for _, c := range p.conns {
		g.Done += c.ended.Load()
	}
	g.Sent = max(p.sent(), g.Done) // read last: what is done was sent
	g.InFlight = g.Sent - g.Done
	return g
}
