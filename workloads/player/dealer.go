package player

import (
	"errors"
	"io"
	"sync"

	"edgesim/workloads"
)

// dealer gives the requests of one source to several schedules, so that which are
// asked for, when, and by what number does not depend on how many play them. In an open
// loop request i is schedule i mod n's: what one reads for another waits until that
// asks for it, in memory that grows with how far they are apart. In a closed loop, where
// all requests are due, whoever asks gets the next ones.
type dealer struct {
	mu     sync.Mutex
	source workloads.Source
	inTurn bool
	hands  []hand // by schedule
	read   uint64 // requests read from the source
	dry    bool   // it has ended
	err    error  // of something else than its end
	batch  [batchLen]workloads.Request
}

// hand is what was dealt to a schedule that has not asked for it.
type hand struct {
	reqs []workloads.Request
	at   int    // of reqs: the first that is left
	had  uint64 // requests that the schedule was given
}

func newDealer(cfg *Config, schedules int) *dealer {
	return &dealer{source: cfg.Source, inTurn: !cfg.Closed, hands: make([]hand, schedules)}
}

// A deal are requests for a schedule, and what they are called.
type deal struct {
	n     int    // how many; 0: there are no more
	first uint64 // number of the first, in order of the source and from 1 on
	step  uint64 // from one's number to the next one's
}

// deal fills batch with the next requests of schedule who.
func (d *dealer) deal(who int, batch []workloads.Request) deal {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.inTurn || len(d.hands) == 1 {
		first := d.read + 1
		return deal{d.take(batch), first, 1}
	}
	h := &d.hands[who]
	for h.at == len(h.reqs) && !d.dry {
		d.round()
	}
	all := uint64(len(d.hands))
	got := deal{copy(batch, h.reqs[h.at:]), h.had*all + uint64(who) + 1, all}
	h.at += got.n
	h.had += uint64(got.n)
	return got
}

// round reads the next requests and gives each to whom it belongs.
func (d *dealer) round() {
	turn := d.read
	for _, r := range d.batch[:d.take(d.batch[:])] {
		d.hands[turn%uint64(len(d.hands))].add(r)
		turn++
	}
}

// take reads requests from the source; none: it has ended.
func (d *dealer) take(to []workloads.Request) (n int) {
	for n == 0 && !d.dry {
		var err error
		n, err = d.source.Read(to)
		if d.dry = err != nil; d.dry && !errors.Is(err, io.EOF) {
			d.err = err
		}
	}
	d.read += uint64(n)
	return n
}

// add puts a request behind the others. Room is used again, by moving up what is left
// of a long hand when it is less than what is gone.
func (h *hand) add(r workloads.Request) {
	switch left := len(h.reqs) - h.at; {
	case left == 0:
		h.reqs, h.at = h.reqs[:0], 0
	case len(h.reqs) == cap(h.reqs) && h.at > left:
		h.reqs, h.at = h.reqs[:copy(h.reqs, h.reqs[h.at:])], 0
	}
	h.reqs = append(h.reqs, r)
}

// left calls f with requests that nobody has been given, those of a schedule in their
// order, and then what the source has; f says when it has seen enough of either.
func (d *dealer) left(f func(*workloads.Request) bool) {
	for i := range d.hands {
		h := &d.hands[i]
		for h.at < len(h.reqs) && f(&h.reqs[h.at]) {
			h.at++
		}
	}
	for n := d.take(d.batch[:]); n > 0; n = d.take(d.batch[:]) {
		for i := range d.batch[:n] {
			if !f(&d.batch[i]) {
				return
			}
		}
	}
}
