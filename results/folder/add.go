package folder

import (
	"time"

	"edgesim/results"
	"edgesim/results/report"
)

// part says which streams a record belongs to.
type part uint8

const (
	inTraffic part = 1 << iota
	inLatency
	inWarmup
)

func (b *Builder) partOf(r *results.Record) part {
	if !b.filter.Covers(r) {
		return 0
	}
	var p part
	if b.opt.TrafficFrom == results.NoVantage || r.Vantage == b.opt.TrafficFrom {
		p |= inTraffic
	}
	if b.opt.LatencyFrom == results.NoVantage || r.Vantage == b.opt.LatencyFrom {
		p |= inLatency
	}
	if w := b.opt.Warmup.Nanoseconds(); w > 0 && r.At < w || r.Flags.Has(results.Warm) {
		p |= inWarmup
	}
	return p
}

// Add takes a batch of records; it keeps none of them. Records that come after
// Finish are ignored.
func (b *Builder) Add(recs []results.Record) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.finished {
		return
	}
	// Neighbours of the same kind go on together, without being copied.
	for len(recs) > 0 {
		p, n := b.partOf(&recs[0]), 1
		for n < len(recs) && b.partOf(&recs[n]) == p {
			n++
		}
		if p == 0 {
			b.leftOut += int64(n)
		} else {
			b.addPart(recs[:n], p)
		}
		recs = recs[n:]
	}
}

// Absorb gives a table of an earlier run of reports back to its report. A report
// that is not made, or cannot be put together from tables, passes it over.
func (b *Builder) Absorb(t *report.Table) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.reports.Prints(t.Name) {
		return nil
	}
	b.absorbed = true
	return b.reports.Absorb(t)
}

// LeftOut counts the records that the reports' range or distribution does not
// cover.
func (b *Builder) LeftOut() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.leftOut
}

func (b *Builder) addPart(recs []results.Record, p part) {
	if p&inTraffic != 0 {
		b.summary.Traffic().Add(recs)
		b.countTraffic(recs)
		if p&inWarmup == 0 {
			b.reports.Add(recs)
		}
	}
	if p&inLatency != 0 {
		b.summary.Latency().Add(recs)
		b.countLatency(recs, p&inWarmup != 0)
	}
	for _, d := range b.plots {
		if d.wants(p) {
			d.view.Add(recs)
		}
	}
}

func (b *Builder) countTraffic(recs []results.Record) {
	b.progress.Requests += uint64(len(recs))
	for i := range recs {
		if recs[i].ResultType() == results.Hit {
			b.progress.Hits++
		}
	}
}

func (b *Builder) countLatency(recs []results.Record, warmup bool) {
	for i := range recs {
		r := &recs[i]
		if r.Failed() {
			b.progress.Errors++
		}
		if warmup && r.TTFB > 0 && !r.Flags.Has(results.NoResponse) {
			b.ttfb.Record(r.TTFB)
		}
	}
}

// Snapshot counts what has come so far.
func (b *Builder) Snapshot() Progress {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.progress
	times := results.NewHistogram()
	times.Merge(b.ttfb)
	times.Merge(b.summary.Latencies().All(results.TTFB))
	p.TTFBp99 = time.Duration(times.Quantile(0.99) * float64(time.Millisecond))
	return p
}
