package report

import (
	"math/bits"
	"time"

	"edgesim/results"
)

// minutes tell how many bytes flowed in every minute, or second where the
// report's buckets are not of whole minutes or shorter than five: to viewers and
// from origins. A
// response's bytes are spread evenly over the time from its first byte to its
// last, since nobody records when each of them left.
type minutes struct {
	step  int64 // ns
	epoch int64 // ns since 1970
	pages map[int64]*flowPage
	page  *flowPage // that of the record before
	at    int64     // and its number
}

const (
	flowPageLen = 60
	// longestFlow bounds how far back the bytes of one response are spread.
	longestFlow = int64(24 * time.Hour)
)

type flowPage [flowPageLen]flow

// flow is bytes within one step.
type flow struct{ viewers, origin int64 }

func newMinutes(t timeline) *minutes {
	m := &minutes{step: int64(time.Minute), epoch: t.epoch, pages: map[int64]*flowPage{}}
	if t.grain < int64(5*time.Minute) || t.grain%m.step != 0 {
		m.step = int64(time.Second)
	}
	if t.grain%m.step != 0 {
		m.step = t.grain
	}
	return m
}

// add spreads the record's bytes, of which the origin sent so many.
func (m *minutes) add(r *results.Record, origin int64) {
	to := m.epoch + r.End()
	from := to - min(max(r.Total-r.TTFB, 0), longestFlow)
	if r.TTFB == 0 {
		from = to
	}
	first, last := floorDiv(from, m.step), floorDiv(to, m.step)
	if first == last {
		f := m.of(last)
		f.viewers += r.BytesOut
		f.origin += origin
		return
	}
	m.spread(from, to, first, last, flow{r.BytesOut, origin})
}

// spread gives every step the share of bytes that flowed until its end, less
// what the steps before it had, so that no byte is lost to rounding.
func (m *minutes) spread(from, to, first, last int64, all flow) {
	var gone flow
	for n := first; n <= last; n++ {
		until := min((n+1)*m.step, to) - from
		now := flow{portion(all.viewers, until, to-from), portion(all.origin, until, to-from)}
		f := m.of(n)
		f.viewers += now.viewers - gone.viewers
		f.origin += now.origin - gone.origin
		gone = now
	}
}

// portion is n·part/whole without overflow; part is at most whole.
func portion(n, part, whole int64) int64 {
	if n <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(n), uint64(part))
	q, _ := bits.Div64(hi, lo, uint64(whole))
	return int64(q)
}

func (m *minutes) of(n int64) *flow {
	number := floorDiv(n, flowPageLen)
	if m.page == nil || m.at != number {
		m.page, m.at = m.pages[number], number
		if m.page == nil {
			m.page = &flowPage{}
			m.pages[number] = m.page
		}
	}
	return &m.page[n-number*flowPageLen]
}

// look is what flowed in step n.
func (m *minutes) look(n int64) flow {
	number := floorDiv(n, flowPageLen)
	if page := m.pages[number]; page != nil {
		return page[n-number*flowPageLen]
	}
	return flow{}
}

// flows are the steps of several distributions, summed.
type flows []*minutes

// each calls f with every step that begins from one moment on and before another,
// in ns since 1970, and what flowed in it.
func (all flows) each(from, to int64, f func(start int64, sum flow)) {
	if len(all) == 0 {
		return
	}
	step := all[0].step
	for n := -floorDiv(-from, step); n*step < to; n++ {
		var sum flow
		for _, m := range all {
			one := m.look(n)
			sum.viewers += one.viewers
			sum.origin += one.origin
		}
		f(n*step, sum)
	}
}
