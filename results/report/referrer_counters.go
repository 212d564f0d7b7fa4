package report

import (
	"maps"

	"edgesim/results"
	"edgesim/results/sketch"
)

// referrerCounter counts requests by distribution and domain.
type referrerCounter interface {
	add(r *results.Record, n hostNumber, h *hosts)
	// each gives every domain that is known of the distributions that are wanted:
	// its requests, how far they may be from the truth, and how much of beyond it
	// cannot have.
	each(wanted func(distribution int) bool, h *hosts, add func(host string, n, wrong, listed int64))
	// beyond is the most requests that a domain which each does not give may have,
	// by distribution; none where it gives every one.
	beyond() map[int]int64
	// lost counts the records that it had to leave out.
	lost() int64
}

// exactReferrers counts by number: 8 bytes for every domain and distribution.
type exactReferrers struct {
	counts [][]int64 // by distribution + 1, then by number
}

func (e *exactReferrers) add(r *results.Record, n hostNumber, h *hosts) {
	*e.at(r.Distribution, n, h)++
}

// at is the place of a domain's count.
func (e *exactReferrers) at(distribution uint16, n hostNumber, h *hosts) *int64 {
	counts := placeOf(&e.counts, distribution)
	if int(n) >= len(*counts) {
		*counts = append(*counts, make([]int64, len(h.names)-len(*counts))...)
	}
	return &(*counts)[n]
}

func (e *exactReferrers) each(wanted func(int) bool, h *hosts, add func(string, int64, int64, int64)) {
	for i, counts := range e.counts {
		if !wanted(int(uint16(i - 1))) {
			continue
		}
		for n, count := range counts {
			if count > 0 {
				add(h.names[n], count, 0, 0)
			}
		}
	}
}

func (e *exactReferrers) beyond() map[int]int64 { return nil }

func (e *exactReferrers) lost() int64 { return 0 }

// boundedReferrers keeps Options.Bounded counters for each distribution, by
// Space-Saving. Like boundedObjects it never says too much.
type boundedReferrers struct {
	most     int
	sketches map[int]*sketch.SpaceSaving[string] // by distribution; of names
	recent   *sketch.SpaceSaving[string]
	of       int // the distribution of recent
}

func newBoundedReferrers(o Options) *boundedReferrers {
	return &boundedReferrers{most: o.Bounded, sketches: map[int]*sketch.SpaceSaving[string]{}}
}

func (b *boundedReferrers) add(r *results.Record, n hostNumber, h *hosts) {
	if d := int(r.Distribution); b.recent == nil || b.of != d {
		if b.sketches[d] == nil {
			b.sketches[d] = sketch.NewSpaceSaving[string](b.most)
		}
		b.recent, b.of = b.sketches[d], d
	}
	if name, fresh := b.recent.At(h.hashes[n]); fresh {
		*name = h.names[n]
	}
}

func (b *boundedReferrers) each(wanted func(int) bool, _ *hosts, add func(string, int64, int64, int64)) {
	for d, s := range b.sketches {
		if !wanted(d) {
			continue
		}
		for c := range s.All() {
			add(*c.Value, int64(c.Least()), int64(c.Error), int64(s.Beyond()))
		}
	}
}

func (b *boundedReferrers) beyond() map[int]int64 {
	most := map[int]int64{}
	for d, s := range b.sketches {
		most[d] = int64(s.Beyond())
	}
	return most
}

func (b *boundedReferrers) lost() int64 { return 0 }

// runningReferrerList is how many domains CloudFront's list has.
const runningReferrerList = 75

// runningReferrers counts as CloudFront does.
type runningReferrers struct {
	clock timeline
	lists map[int]*running[namedCount] // by distribution
}

type namedCount struct {
	host string
	n    int64
}

func (c *namedCount) count() int64 { return c.n }

func (c *namedCount) merge(o *namedCount) { c.host, c.n = o.host, c.n+o.n }

func newRunningReferrers(o Options) *runningReferrers {
	o.Grain = intervalWidth
	return &runningReferrers{clock: newTimeline(o), lists: map[int]*running[namedCount]{}}
}

func (c *runningReferrers) add(r *results.Record, n hostNumber, h *hosts) {
	list := c.lists[int(r.Distribution)]
	if list == nil {
		list = newRunning(runningReferrerList, (*namedCount).count, (*namedCount).merge)
		c.lists[int(r.Distribution)] = list
	}
	if v := list.at(c.clock.of(r), h.hashes[n]); v != nil {
		v.host, v.n = h.names[n], v.n+1
	}
}

func (c *runningReferrers) each(wanted func(int) bool, _ *hosts, add func(string, int64, int64, int64)) {
	for d, list := range c.lists {
		if !wanted(d) {
			continue
		}
		values, credits := list.lists()
		for key, v := range values {
			add(v.host, v.n+credits[key], credits[key], 0)
		}
	}
}

func (c *runningReferrers) beyond() map[int]int64 { return nil }

func (c *runningReferrers) lost() (sum int64) {
	for list := range maps.Values(c.lists) {
		sum += list.lost
	}
	return sum
}
