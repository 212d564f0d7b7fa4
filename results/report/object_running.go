package report

import (
	"iter"

	"edgesim/results"
)

// runningList is how many objects CloudFront's list has.
const runningList = 150

// runningObjects counts as CloudFront does, by a list for each distribution. Its
// memory is that of the intervals which are open, some 250 bytes for each object
// of each, and of 150 objects a day.
type runningObjects struct {
	hashed
	clock timeline                    // of intervals
	lists map[int]*running[namedSums] // by distribution
	names map[uint64]objectName       // of what all gave last
}

func newRunningObjects(o Options) *runningObjects {
	o.Grain = intervalWidth
	return &runningObjects{hashed: newHashed(o), clock: newTimeline(o), lists: map[int]*running[namedSums]{}}
}

func (c *runningObjects) add(recs []results.Record, keys []uint64, downloads []download) {
	for i := range recs {
		r := &recs[i]
		v := c.of(int(r.Distribution)).at(c.clock.of(r), keys[i])
		if v == nil {
			continue
		}
		if v.requests == 0 {
			v.objectName = c.nameOf(r)
		}
		v.add(r, downloads[i])
	}
}

func (c *runningObjects) of(distribution int) *running[namedSums] {
	n := c.lists[distribution]
	if n == nil {
		n = newRunning(runningList, (*namedSums).count, (*namedSums).merge)
		c.lists[distribution] = n
	}
	return n
}

func (c *runningObjects) all() iter.Seq2[uint64, *objectSums] {
	return func(yield func(uint64, *objectSums) bool) {
		c.names = map[uint64]objectName{}
		for d, n := range c.lists {
			values, credits := n.lists()
			for key, v := range values {
				v.distribution, v.wrong = d, credits[key]
				v.requests += v.wrong
				c.names[key] = v.objectName
				if !yield(key, &v.objectSums) {
					return
				}
			}
		}
	}
}

func (c *runningObjects) name(key uint64) objectName { return c.names[key] }

func (c *runningObjects) beyond() map[int]int64 { return nil }

func (c *runningObjects) lost() (sum int64) {
	for _, n := range c.lists {
		sum += n.lost
	}
	return sum
}
