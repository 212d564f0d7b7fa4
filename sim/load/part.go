package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"edgesim/results"
	"edgesim/sim/fleet"
	"edgesim/workloads/player"
)

// Shares of one run are played by workers. Each makes itself ready, reads the
// server's clock and says so in every beat; who waits for them tells all of them one
// moment of that clock at which they begin. From then on a beat a second says how it
// goes. Records are put together at the end.

// States of a share.
const (
	ready   = "ready"
	playing = "playing"
	ended   = "ended" // the records are being handed in
)

// Beat is what a share says of itself, a few times a second before the start, and
// every second from then on.
type Beat struct {
	Share  int         `json:"share"` // from 1
	Worker string      `json:"worker"`
	State  string      `json:"state"`
	Clock  fleet.Clock `json:"clock"`

	Progress player.Progress     `json:"progress"`
	Heard    heardSince          `json:"heard"`              // since the last beat
	Faults   results.FaultCounts `json:"faults"`             // since the start
	Troubles []results.Trouble   `json:"troubles,omitempty"` // on the wire, each with one example
	Series   []byte              `json:"series,omitempty"`   // what it has counted for Prometheus, packed
}

// Order is what shares are told, again and again.
type Order struct {
	Start time.Time `json:"start"`          // by the server's clock; zero: not yet
	Stop  bool      `json:"stop,omitempty"` // end now, with what there is
	Lost  []int     `json:"lost,omitempty"` // shares that nobody waits for any more
}

// Parted is what a share came to.
type Parted struct {
	Manifest results.Manifest `json:"manifest"`
	Summary  *results.Summary `json:"summary"`
	Records  string           `json:"records"` // blob
	Before   fleet.Clock      `json:"before"`
	After    fleet.Clock      `json:"after"`
	Host     string           `json:"host"`
	Trouble  string           `json:"trouble,omitempty"` // why it could not be played to its end
}

const (
	readyEvery = 250 * time.Millisecond
	beatEvery  = time.Second
	// alone is how long a share goes on without hearing from who waits for it: load
	// that nobody can stop is not to be had. aloneReady is how long it waits for the
	// start so, shorter than whoever comes next waits for its worker.
	alone      = time.Minute
	aloneReady = 20 * time.Second
	// latest is how long after the start a share may hear of it. What was due until then
	// is sent at once and late, as where a generator stands still: the figures tell it,
	// and a share less would be the greater loss.
	latest = 10 * time.Second
)

// part is a share that is played for another machine.
type part struct {
	run   *Run
	room  *fleet.Room
	line  *fleet.Line
	clock fleet.Clock

	mu     sync.Mutex
	state  string
	order  Order
	heard  time.Time // when the last order came
	orders chan struct{}
}

// PlayPart plays a share of a run, when it is told to. The options have a Share and
// are checked; what it leaves is in a folder of its own, until it is handed in.
func PlayPart(ctx context.Context, room *fleet.Room, o *Options) (Parted, error) {
	for _, at := range o.Addresses() {
		if err := room.MayLoad(at); err != nil {
			return Parted{}, err
		}
	}
	dir, err := os.MkdirTemp("", "edgesim-share-")
	if err != nil {
		return Parted{}, err
	}
	defer os.RemoveAll(dir)
	o.Out = dir
	run, err := Open(o)
	if err != nil {
		return Parted{}, err
	}
	defer run.outlet.(*handed).file.Close()
	p := &part{run: run, room: room, line: room.Line(), state: ready, heard: time.Now(), orders: make(chan struct{}, 1)}
	if p.clock, err = room.Clock(ctx); err != nil {
		return Parted{}, err
	}
	stop, err := p.line.Hear(p.take)
	if err != nil {
		return Parted{}, err
	}
	defer stop()
	beats, still := context.WithCancel(context.WithoutCancel(ctx))
	var beating sync.WaitGroup
	beating.Go(func() { p.beat(beats) })
	defer beating.Wait()
	defer still()
	return p.play(ctx)
}

// take takes an order in.
func (p *part) take(text []byte) {
	var o Order
	if json.Unmarshal(text, &o) != nil {
		return
	}
	p.mu.Lock()
	p.order, p.heard = o, time.Now()
	p.mu.Unlock()
	select {
	case p.orders <- struct{}{}:
	default:
	}
}

func (p *part) ordered() (Order, time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.order, p.heard
}

// play waits for the start, plays, and hands in.
func (p *part) play(ctx context.Context) (Parted, error) {
	start, err := p.start(ctx)
	if err != nil {
		return Parted{}, err
	}
	p.run.StartAt(start, p.clock.Ahead)
	p.setState(playing)
	playing, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch, over := context.WithCancel(playing)
	go p.obey(watch, cancel)
	playErr := p.run.Play(playing)
	over()
	p.setState(ended)
	sum, err := p.run.Finish(playing)
	if err != nil {
		return Parted{}, err
	}
	after, done := context.WithTimeout(context.WithoutCancel(ctx), handingIn)
	defer done()
	r, err := p.handIn(after, sum)
	r.Trouble = trouble(playErr, context.Cause(playing))
	return r, err
}

// handingIn is how long it may take to hand records in.
const handingIn = time.Hour

// trouble is why a share did not come to its end, in words; "" if it did.
func trouble(playErr, why error) string {
	switch {
	case errors.Is(why, context.Canceled):
		return fleet.ErrStopped.Error()
	case why != nil:
		return why.Error()
	case playErr != nil:
		return playErr.Error()
	}
	return ""
}

func (p *part) setState(s string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state = s
}

var (
	errStopped = errors.New("it was stopped")
	errAlone   = errors.New("nobody who waits for it was heard of any more")
	errGivenUp = errors.New("it was not heard of for so long that it was given up")
)

// start is the moment at which all shares begin, by the server's clock.
func (p *part) start(ctx context.Context) (time.Time, error) {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		o, _ := p.ordered()
		switch at := p.clock.Here(o.Start); {
		case p.told(aloneReady) != nil:
			return time.Time{}, p.told(aloneReady)
		case !o.Start.IsZero() && time.Since(at) > latest:
			return time.Time{}, fmt.Errorf("it heard of the start %v after it", time.Since(at).Round(time.Millisecond))
		case !o.Start.IsZero():
			return o.Start, nil
		}
		select {
		case <-p.orders:
		case <-tick.C:
		case <-ctx.Done():
			return time.Time{}, context.Cause(ctx)
		}
	}
}

// told is why the share has to end; nil: it does not. alone is how long it may hear
// nothing.
func (p *part) told(alone time.Duration) error {
	o, heard := p.ordered()
	switch {
	case o.Stop:
		return errStopped
	case time.Since(heard) > alone:
		return errAlone
	}
	for _, n := range o.Lost {
		if n == p.run.Options.Share.Number {
			return errGivenUp
		}
	}
	return nil
}

// obey ends the play when the share is told to.
func (p *part) obey(ctx context.Context, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		if err := p.told(alone); err != nil {
			cancel(err)
			return
		}
		select {
		case <-p.orders:
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// handIn lays the records into the store, and says what else there is.
func (p *part) handIn(ctx context.Context, sum *results.Summary) (r Parted, err error) {
	out := p.run.outlet.(*handed)
	if r.Records, err = p.room.Keep(ctx, out.file.Name()); err != nil {
		return r, err
	}
	r.Manifest, r.Summary, r.Before, r.After = out.manifest, sum, p.clock, p.clock
	r.Manifest.Started, r.Manifest.Ended = p.run.Names.Epoch, p.clock.There(time.Now()).UTC()
	r.Host, _ = os.Hostname()
	if again, err := p.room.Clock(ctx); err == nil { // else how far it drifted is not known
		r.After = again
	}
	return r, nil
}

// beat says how it goes, until ctx ends.
func (p *part) beat(ctx context.Context) {
	for {
		p.run.Flush()
		b := p.tidings()
		_ = p.line.Tell(b) // the next one tells it
		every := beatEvery
		if b.State == ready {
			every = readyEvery
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(every):
		}
	}
}

// tidings are the beat of this moment.
func (p *part) tidings() *Beat {
	p.mu.Lock()
	state := p.state
	p.mu.Unlock()
	r := p.run
	heard := r.Gauge.Look()
	b := &Beat{Share: r.Options.Share.Number, Worker: p.room.Worker, State: state, Clock: p.clock,
		Progress: r.Player.Progress(), Heard: since(&heard), Faults: r.Gauge.Faults(), Series: r.series()}
	for _, t := range r.Player.Troubles() {
		t.Examples = slices.Clone(t.Examples[:min(1, len(t.Examples))])
		for i := range t.Examples {
			t.Examples[i] = t.Examples[i][:min(len(t.Examples[i]), longestExample)]
		}
		b.Troubles = append(b.Troubles, t)
	}
	return b
}

// longestExample is how much of an example a beat tells, in bytes.
const longestExample = 300
