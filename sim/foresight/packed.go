package foresight

import "math/bits"

func init() {
	bounds = append(bounds, BoundKind{
		Name:  "packed",
		Title: "Offline packing",
		Paper: "the intervals and their order from D. S. Berger, N. Beckmann, M. Harchol-Balter, SIGMETRICS 2018, whose PFOO-U it stands in for: packed by first fit at prices by moment, in place of segments of a flow problem",
		About: "a schedule made with the whole future at hand has no more misses",
		Of:    func(v *Intervals, capacity int64) Bound { return v.upper(capacity) },
	})
}

// upper goes through the intervals, the cheapest for what they gain first, and
// takes each that fits at every moment beside those taken before. What it takes is
// a schedule, so the best one misses no more; it says how far a lower bound may be
// from the truth. It goes by two lists of prices, that of pfoo-l and that of
// lagrange, and keeps the better schedule.
//
// O(n log n) for each capacity, beside what lagrange takes.
func (v *Intervals) upper(capacity int64) Bound {
	most := func(m measure) int64 {
		until := v.pricesOf(m, capacity).until
		byMoment := v.sorted(func(i *interval) float64 { return max(0, i.price(until)) / float64(m.gain(i)) })
		return max(v.pack(m, capacity, v.order(m)), v.pack(m, capacity, byMoment))
	}
	return v.bound(capacity, most(hits), most(hitBytes))
}

func (v *Intervals) pack(m measure, capacity int64, order []uint32) int64 {
	held, gained := newLoads(int(v.requests)), int64(0)
	for _, at := range order {
		i := &v.all[at]
		if i.largest > capacity || held.most(i.from, i.to) > capacity-i.largest {
			continue
		}
		held.add(i.from, i.to, i.largest)
		gained += m.gain(i)
	}
	return gained
}

// loads are the bytes held between every two requests: a binary tree over them,
// in which the values on the path from the root down to a node add up to the
// most below it. Its two children's greater value is 0, so that a change ends
// where it changes no maximum.
type loads struct {
	tree   []int64
	leaves uint32 // a power of two; the first and the last are never used
}

func newLoads(moments int) loads {
	n := uint32(1) << bits.Len(uint(moments+1))
	return loads{make([]int64, 2*int(n)), n}
}

// most is the greatest load of moments from to to−1.
func (l *loads) most(from, to uint32) int64 {
	const none = -1 << 62
	a, b := from+l.leaves, to+l.leaves+1
	left, right := int64(none), int64(none)
	for a^b != 1 {
		if a&1 == 0 {
			left = max(left, l.tree[a^1])
		}
		if b&1 == 1 {
			right = max(right, l.tree[b^1])
		}
		a, b = a>>1, b>>1
		left += l.tree[a]
		right += l.tree[b]
	}
	most := max(left, right)
	for a >>= 1; a > 0; a >>= 1 {
		most += l.tree[a]
	}
	return most
}

// add adds size to moments from to to−1.
func (l *loads) add(from, to uint32, size int64) {
	a, b := from+l.leaves, to+l.leaves+1
	for a^b != 1 {
		if a&1 == 0 {
			l.tree[a^1] += size
		}
		if b&1 == 1 {
			l.tree[b^1] += size
		}
		l.settle(a)
		l.settle(b)
		a, b = a>>1, b>>1
	}
	for a > 1 && l.settle(a) {
		a >>= 1
	}
}

// settle hands what node a and its sibling have in common on to their parent,
// and reports whether there was anything.
func (l *loads) settle(a uint32) bool {
	common := max(l.tree[a], l.tree[a^1])
	l.tree[a] -= common
	l.tree[a^1] -= common
	l.tree[a>>1] += common
	return common != 0
}
