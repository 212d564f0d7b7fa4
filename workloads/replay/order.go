package replay

import (
	"cmp"
	"container/heap"
	"context"
	"slices"
	"time"
)

const second = int64(time.Second)

// order is requests in order of time: a few runs, each of which lies in order on a
// roll. Requests of the same moment go in the order of the file.
type order struct {
	roll *roll
	runs []run
}

// run is a part of a roll, in order of time.
type run struct {
	from, to    int64 // bytes of the roll
	first, last int64 // times
}

// orderOf is a roll that is in order already.
func orderOf(r *roll) *order {
	o := &order{roll: r, runs: []run{{to: r.written, last: r.last}}}
	var a asked
	if (&runReader{roll: r, run: o.runs[0]}).next(&a) == nil {
		o.runs[0].first = a.at
	}
	return o
}

// ends are the times of the first and the last request.
func (o *order) ends() (first, last int64) {
	first, last = o.runs[0].first, o.runs[0].last
	for _, r := range o.runs {
		first, last = min(first, r.first), max(last, r.last)
	}
	return first, last
}

// sortedAtOnce is how many requests are put in order in memory: 18 MiB of them.
const sortedAtOnce = 1 << 18

// sorted writes the requests of a roll, their times changed by time, down in runs.
func (r *roll) sorted(ctx context.Context, time func(at int64) int64) (*order, error) {
	o := &order{roll: newRoll()}
	from := &runReader{roll: r, run: run{to: r.written}}
	some := make([]asked, 0, sortedAtOnce)
	for {
		some = some[:cap(some)]
		n := 0
		for n < len(some) && from.next(&some[n]) == nil {
			some[n].at = time(some[n].at)
			n++
		}
		if from.err != nil {
			return nil, from.err
		}
		if n == 0 {
			return o, o.roll.close()
		}
		if err := o.add(some[:n]); err != nil {
			return nil, err
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
}

// add adds requests, as a run of their own or as more of the last one.
func (o *order) add(some []asked) error {
	byTime := func(a, b asked) int { return cmp.Compare(a.at, b.at) }
	if !slices.IsSortedFunc(some, byTime) {
		slices.SortStableFunc(some, byTime)
	}
	first, last := some[0].at, some[len(some)-1].at
	if n := len(o.runs); n == 0 || o.runs[n-1].last > first {
		o.runs = append(o.runs, run{from: o.roll.place(), first: first})
		o.roll.last = 0
	}
	for i := range some {
		if err := o.roll.add(&some[i]); err != nil {
			return err
		}
	}
	now := &o.runs[len(o.runs)-1]
	now.to, now.last = o.roll.place(), last
	return nil
}

// runReader reads the requests of a run.
type runReader struct {
	roll *roll
	run  run
	buf  []byte
	at   int   // of buf
	last int64 // time of the request before
	err  error // that is not the end
	one  asked // of a merge: the next one
	nth  int   // of a merge: number of the run
}

// readAhead is how much of a run is read at a time.
const readAhead = 1 << 16

// next reads a request; errEnd behind the last, or what went wrong.
func (r *runReader) next(a *asked) error {
	if len(r.buf)-r.at < recordMost && r.run.from < r.run.to {
		if r.err = r.fill(); r.err != nil {
			return r.err
		}
	}
	if r.at == len(r.buf) {
		return errEnd
	}
	r.at += takeAsked(r.buf[r.at:], a, r.last)
	r.last = a.at
	return nil
}

type end struct{}

func (end) Error() string { return "the end" }

var errEnd error = end{}

func (r *runReader) fill() error {
	if r.buf == nil {
		r.buf = make([]byte, 0, min(readAhead, r.run.to-r.run.from+recordMost))
	}
	rest := copy(r.buf[:cap(r.buf)], r.buf[r.at:])
	room := r.buf[rest:cap(r.buf)]
	n, err := r.roll.readAt(room[:min(int64(len(room)), r.run.to-r.run.from)], r.run.from)
	r.buf, r.at = r.buf[:rest+n], 0
	r.run.from += int64(n)
	return err
}

// playback reads an order from its beginning.
type playback struct {
	order *order
	ahead []run     // not begun yet, by their first times
	open  runsByOne // the others
}

func (o *order) play() *playback {
	p := &playback{order: o, ahead: slices.Clone(o.runs)}
	slices.SortStableFunc(p.ahead, func(a, b run) int { return cmp.Compare(a.first, b.first) })
	return p
}

// next reads the request whose turn it is; errEnd behind the last.
func (p *playback) next(a *asked) error {
	for len(p.ahead) > 0 && (len(p.open) == 0 || p.ahead[0].first <= p.open[0].one.at) {
		r := &runReader{roll: p.order.roll, run: p.ahead[0], nth: slices.Index(p.order.runs, p.ahead[0])}
		p.ahead = p.ahead[1:]
		if err := r.next(&r.one); err != nil {
			return err
		}
		heap.Push(&p.open, r)
	}
	if len(p.open) == 0 {
		return errEnd
	}
	r := p.open[0]
	*a = r.one
	switch err := r.next(&r.one); {
	case err == errEnd:
		heap.Pop(&p.open)
	case err != nil:
		return err
	case len(p.open) > 1:
		heap.Fix(&p.open, 0)
	}
	return nil
}

// runsByOne is a heap by the time of the next request, then by the order of the file.
type runsByOne []*runReader

func (r runsByOne) Len() int { return len(r) }
func (r runsByOne) Less(i, j int) bool {
	if a, b := r[i].one.at, r[j].one.at; a != b {
		return a < b
	}
	return r[i].nth < r[j].nth
}
func (r runsByOne) Swap(i, j int) { r[i], r[j] = r[j], r[i] }
func (r *runsByOne) Push(x any)   { *r = append(*r, x.(*runReader)) }
func (r *runsByOne) Pop() any {
	last := len(*r) - 1
	x := (*r)[last]
	*r = (*r)[:last]
	return x
}
