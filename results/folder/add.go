package folder

import (
	"sync"
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
	parts
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
	if b.records != nil {
		b.records.w.Add(recs)
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

// addPart gathers the records into crowds, which addCrowd counts later, and gives
// those views every record that want it.
func (b *Builder) addPart(recs []results.Record, p part) {
	if b.crowds[p] == nil {
		b.crowds[p] = results.NewCrowds(b.opt.Names.Epoch, b.opt.Grain, func(c *results.Crowd) { b.addCrowd(c, p) })
	}
	var reports sync.WaitGroup
	if p&inTraffic != 0 && p&inWarmup == 0 {
		for _, add := range b.reports.Shares() {
			if b.opt.AtOnce && len(recs) >= worthSharing {
				reports.Go(func() { add(recs) })
			} else {
				add(recs)
			}
		}
	}
	b.addDirectly(recs, p)
	reports.Wait()
	b.crowds[p].Add(recs) // alone: it may hand crowds on, to the reports, too
}

// worthSharing is how many records are worth a goroutine.
const worthSharing = 256

// addDirectly fills what is not among the reports.
func (b *Builder) addDirectly(recs []results.Record, p part) {
	if p&inTraffic != 0 {
		b.summary.Traffic().AddSingly(recs)
		if p&inWarmup != 0 {
			b.reuse.Warm(recs)
		} else {
			b.reuse.Add(recs)
			if b.demand != nil {
				b.demand.Add(recs)
			}
		}
	}
	if p&inLatency != 0 {
		b.summary.Latency().AddSingly(recs)
		if p&inWarmup != 0 {
			b.countFirstBytes(recs)
		}
	}
	for _, d := range b.plots {
		if d.crowded == nil && d.wants(p) {
			d.view.Add(recs)
		}
	}
}

func (b *Builder) addCrowd(c *results.Crowd, p part) {
	if p&inTraffic != 0 {
		b.summary.Traffic().AddCrowd(c)
		b.progress.Requests += uint64(c.N)
		if c.ResultType() == results.Hit {
			b.progress.Hits += uint64(c.N)
		}
		if p&inWarmup == 0 {
			b.reports.AddCrowd(c)
		}
	}
	if p&inLatency != 0 {
		b.summary.Latency().AddCrowd(c)
		if c.Failed() {
			b.progress.Errors += uint64(c.N)
		}
	}
	for _, d := range b.plots {
		if d.crowded != nil && d.wants(p) {
			d.crowded.AddCrowd(c)
		}
	}
}

// settle counts the crowds that are being gathered: it is for before anything is
// looked at.
func (b *Builder) settle() {
	for _, c := range b.crowds {
		if c != nil {
			c.HandOn()
		}
	}
}

func (b *Builder) countFirstBytes(recs []results.Record) {
	for i := range recs {
		if r := &recs[i]; r.TTFB > 0 && !r.Flags.Has(results.NoResponse) {
			b.ttfb.Record(r.TTFB)
		}
	}
}

// Snapshot counts what has come so far.
func (b *Builder) Snapshot() Progress {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settle()
	p := b.progress
	times := results.NewHistogram()
	times.Merge(b.ttfb)
	times.Merge(b.summary.Latencies().All(results.TTFB))
	p.TTFBp99 = time.Duration(times.Quantile(0.99) * float64(time.Millisecond))
	return p
}
