package report

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"edgesim/results"
)

const (
	// intervalWidth is how long CloudFront counts before it looks who belongs on
	// its list (reference: Developer Guide, "Popular objects report").
	intervalWidth = 10 * time.Minute
	// openIntervals is how many of the newest intervals still take records: three
	// hours, since files of a log come by the hour, and in no order within it.
	openIntervals = 18
	dayIntervals  = int64(24 * time.Hour / intervalWidth)
	keptDays      = 60
)

// running is CloudFront's way to know the most frequent names of one distribution:
//
//   - Every name is counted exactly within an interval of ten minutes, counted from
//     midnight UTC.
//   - At the interval's end the names on the day's list add what they got. One that
//     is not on the list takes part with what it had when it left the list, what it
//     got in the interval, and a credit: for every interval of the day in which it
//     was not on the list, as many as the name at the bottom of the list got in it.
//   - The first `most` by these totals are the list from now on.
//   - The lists at the ends of the last 60 days are kept, and added up.
//
// The guide speaks of names that return to the list; that one which comes for the
// first time is credited too is our reading: without a credit a name that becomes
// popular at noon would have to beat half a day within ten minutes. While a list is
// not full its bottom is 0, and all is exact.
//
// Records may be out of order by openIntervals from the newest. One that comes
// later counts if its name is on its day's list, and is lost if not.
type running[V any] struct {
	most  int
	count func(*V) int64              // how often V's name came
	merge func(into, from *V)         // adds up two of one name
	open  map[int64]*results.Tally[V] // by interval, counted from 1970
	days  map[int64]*dayList[V]       // by day, counted from 1970
	begun bool
	lost  int64 // records that came too late

	newest, closed int64             // intervals: the newest, and the newest that is closed
	recent         int64             // the interval of the record before,
	names          *results.Tally[V] // and what it counts; nil when it is closed
}

// dayList is a day's list as it is after some of its intervals.
type dayList[V any] struct {
	on     map[uint64]*listed[V]
	left   map[uint64]*listed[V] // who was on it and is not
	bottom int64                 // what those at the bottom got, in all intervals so far
}

type listed[V any] struct {
	value  V
	credit int64 // on top of what was counted
	got    int64 // in the last interval
	away   int64 // the list's bottom when it left
}

func newRunning[V any](most int, count func(*V) int64, merge func(into, from *V)) *running[V] {
	return &running[V]{most: most, count: count, merge: merge,
		open: map[int64]*results.Tally[V]{}, days: map[int64]*dayList[V]{}}
}

// at is where a record of that interval counts under key; nil when it comes too
// late for it.
func (n *running[V]) at(number int64, key uint64) *V {
	if n.names == nil || n.recent != number {
		n.turn(number)
	}
	if n.names != nil {
		return n.names.At(key)
	}
	if day := n.days[floorDiv(number, dayIntervals)]; day != nil && day.on[key] != nil {
		return &day.on[key].value
	}
	n.lost++
	return nil
}

// turn makes that interval the recent one.
func (n *running[V]) turn(number int64) {
	if !n.begun {
		n.begun, n.newest, n.closed = true, number, number-openIntervals
	}
	if number > n.newest {
		n.newest = number
		n.close(number - openIntervals)
	}
	n.recent, n.names = number, n.open[number]
	if n.names == nil && number > n.closed {
		n.names = &results.Tally[V]{}
		n.open[number] = n.names
	}
}

// close makes the lists of all open intervals up to last, in their order, and
// lets go of what is older than CloudFront keeps.
func (n *running[V]) close(last int64) {
	for _, number := range slices.Sorted(maps.Keys(n.open)) {
		if number > last {
			break
		}
		n.enlist(number, n.open[number])
		delete(n.open, number)
	}
	n.closed = max(n.closed, last)
	today := floorDiv(n.closed, dayIntervals)
	for d, day := range n.days {
		if d < today {
			day.left = nil
		}
		if d <= today-keptDays {
			delete(n.days, d)
		}
	}
}

// enlist is the end of an interval.
func (n *running[V]) enlist(number int64, names *results.Tally[V]) {
	d := floorDiv(number, dayIntervals)
	day := n.days[d]
	if day == nil {
		day = &dayList[V]{on: map[uint64]*listed[V]{}, left: map[uint64]*listed[V]{}}
		n.days[d] = day
	}
	for key, l := range day.on {
		l.got = 0
		if v := names.Find(key); v != nil {
			l.got = n.count(v)
			n.merge(&l.value, v)
		}
	}
	n.cut(day, n.candidates(day, names), names)
}

// candidate is a name on its way to the list.
type candidate struct {
	key   uint64
	total int64
}

// candidates are the names that are on the list, or may come onto it.
func (n *running[V]) candidates(day *dayList[V], names *results.Tally[V]) []candidate {
	var list []candidate
	least := int64(math.MaxInt64)
	for key, l := range day.on {
		list = append(list, candidate{key, n.total(l)})
		least = min(least, n.total(l))
	}
	full := len(list) == n.most
	for key, v := range names.All() {
		if day.on[key] != nil {
			continue
		}
		total := n.count(v) + day.bottom
		if l := day.left[key]; l != nil {
			total += n.total(l) - l.away
		}
		if !full || total >= least {
			list = append(list, candidate{key, total})
		}
	}
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.total, a.total), cmp.Compare(a.key, b.key))
	})
	return list
}

// cut makes the first of the candidates the list.
func (n *running[V]) cut(day *dayList[V], list []candidate, names *results.Tally[V]) {
	list = list[:min(len(list), n.most)]
	before := day.on
	day.on = make(map[uint64]*listed[V], len(list))
	for _, c := range list {
		l := before[c.key]
		if l == nil {
			l = n.enter(day, c.key, names.Find(c.key))
		}
		day.on[c.key] = l
	}
	if len(list) == n.most {
		day.bottom += day.on[list[n.most-1].key].got
	}
	for key, l := range before {
		if day.on[key] == nil {
			l.away = day.bottom
			day.left[key] = l
		}
	}
}

// enter makes a name one of the list, with credit for the intervals without it.
func (n *running[V]) enter(day *dayList[V], key uint64, v *V) *listed[V] {
	l := day.left[key]
	if l == nil {
		l = &listed[V]{}
	}
	delete(day.left, key)
	l.got = n.count(v)
	l.credit += day.bottom - l.away
	n.merge(&l.value, v)
	return l
}

func (n *running[V]) total(l *listed[V]) int64 { return n.count(&l.value) + l.credit }

// lists are the days' lists as they are if all intervals end now: every name's
// value, summed over the days, and its credit.
func (n *running[V]) lists() (values map[uint64]*V, credits map[uint64]int64) {
	now := n.clone()
	now.close(now.newest)
	values, credits = map[uint64]*V{}, map[uint64]int64{}
	for _, d := range slices.Sorted(maps.Keys(now.days)) {
		for key, l := range now.days[d].on {
			if values[key] == nil {
				values[key] = new(V)
			}
			n.merge(values[key], &l.value)
			credits[key] += l.credit
		}
	}
	return values, credits
}

// clone is a running list with lists of its own, of the same open intervals.
func (n *running[V]) clone() *running[V] {
	c := *n
	c.open, c.days = maps.Clone(n.open), map[int64]*dayList[V]{}
	for d, day := range n.days {
		c.days[d] = &dayList[V]{on: cloned(day.on), left: cloned(day.left), bottom: day.bottom}
	}
	return &c
}

func cloned[V any](lists map[uint64]*listed[V]) map[uint64]*listed[V] {
	c := make(map[uint64]*listed[V], len(lists))
	for key, l := range lists {
		copied := *l
		c[key] = &copied
	}
	return c
}
