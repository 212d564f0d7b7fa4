package report

import (
	"fmt"
	"iter"
	"strconv"
	"strings"

	"edgesim/results"
)

// absorbedObjects is what other reports of popular objects had printed. A list of
// 50 objects or more may have left others out, of which each had at most as many
// requests as its last; a shorter one had no more. Where popular_objects_more is
// absorbed, too, it says how many they had at most.
type absorbedObjects struct {
	tables  int
	objects map[uint64]*absorbedObject
	floors  map[int]int64 // by distribution: the last counts of its lists, summed
	every   int64         // the same of lists over all distributions
}

type absorbedObject struct {
	objectSums
	name   objectName
	listed int64 // the last counts of the lists that it is on, summed
}

func newAbsorbedObjects() absorbedObjects {
	return absorbedObjects{objects: map[uint64]*absorbedObject{}, floors: map[int]int64{}}
}

// floor is the most requests that an object on none of the lists may have had in
// all of them.
func (a *absorbedObjects) floor(distribution int) int64 { return a.every + a.floors[distribution] }

// with gives every object that the counter or a list knows, as their sum; a value
// is good until the next.
func (a *absorbedObjects) with(counter objectCounter) iter.Seq2[uint64, *objectSums] {
	if a.tables == 0 {
		return counter.all()
	}
	return func(yield func(uint64, *objectSums) bool) {
		both, beyond := map[uint64]bool{}, counter.beyond()
		for key, sums := range counter.all() {
			if l := a.objects[key]; l != nil {
				both[key] = true
				sums.merge(&l.objectSums)
				sums.wrong -= l.listed
			}
			if sums.wrong += a.floor(sums.distribution); !yield(key, sums) {
				return
			}
		}
		for key, l := range a.objects {
			sums := l.objectSums
			sums.wrong += a.floor(sums.distribution) - l.listed + beyond[sums.distribution]
			if !both[key] && !yield(key, &sums) {
				return
			}
		}
	}
}

// Absorb takes back either of the report's tables. A URL that was cut to its last
// 500 characters is another object than the whole one.
func (p *popularObjects) Absorb(t *Table) error {
	if t.Name == "popular_objects_more" {
		return p.absorbMore(t)
	}
	r, err := read(t, popularColumns())
	if err != nil {
		return err
	}
	last := r.lastCount(r.Rows, popularRows)
	err = p.eachAbsorbed(r, func(row []Cell, o *absorbedObject) {
		sums := r.tallies(row)
		o.tallies.merge(&sums)
		o.listed += last
	})
	p.absorbed.tables++
	p.absorbed.raise(r, p.o, last)
	return err
}

func (p *popularObjects) absorbMore(t *Table) error {
	r, err := read(t, popularMoreColumns())
	if err != nil {
		return err
	}
	last := r.lastCount(r.Rows, popularRows) // as Absorb took it for the most
	unlisted, err := r.unlisted(last)
	if err != nil {
		return err
	}
	more := unlisted - last
	p.absorbed.raise(r, p.o, more)
	return p.eachAbsorbed(r, func(row []Cell, o *absorbedObject) {
		o.listed += more
		o.downloads += r.count(row, "DownloadCount")
		o.repeats += r.count(row, "RepeatCount")
		o.wrong += r.count(row, "MaxError")
	})
}

// eachAbsorbed finds the object of every row.
func (p *popularObjects) eachAbsorbed(r *reading, f func(row []Cell, o *absorbedObject)) error {
	for _, row := range r.Rows {
		d, err := r.distribution(p.o, row)
		if err != nil {
			return fmt.Errorf("popular objects: %w", err)
		}
		url := r.text(row, "Object")
		name := objectName{path: url}
		if path, query, cut := strings.Cut(url, "?"); cut && p.o.Query {
			name = objectName{path, query}
		}
		f(row, p.absorbed.of(p.counter, p.o.Names.Strings, d, name))
	}
	return nil
}

func (a *absorbedObjects) of(counter objectCounter, strings *results.Strings, distribution int, name objectName) *absorbedObject {
	rec := []results.Record{{Distribution: uint16(distribution), URL: strings.Of(name.path), Query: strings.Of(name.query)}}
	key := []uint64{0}
	counter.keys(rec, key)
	o := a.objects[key[0]]
	if o == nil {
		o = &absorbedObject{name: name, objectSums: objectSums{distribution: distribution}}
		a.objects[key[0]] = o
	}
	return o
}

// lastCount is the most requests that may have who is not among the rows: as many
// as the last, or 0 where the list is shorter than it could be.
func (r *reading) lastCount(rows [][]Cell, most int) int64 {
	if len(rows) < most {
		return 0
	}
	return r.count(rows[len(rows)-1], "RequestCount")
}

// mostUnlisted is the line of a preamble that says the most requests which an
// object, or a referrer, may have that the table does not show.
const mostUnlisted = "MostRequestsUnlisted"

// unlisted is what the table says of it; last where it does not.
func (r *reading) unlisted(last int64) (int64, error) {
	said := r.inPreamble(mostUnlisted)
	if said == "" {
		return last, nil
	}
	n, err := strconv.ParseInt(said, 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("table %s: %s is %q: right is a number of requests", r.Name, mostUnlisted, said)
	}
	return n, nil
}

// raise makes the floor of the list's distribution, or of all, higher.
func (a *absorbedObjects) raise(r *reading, o Options, last int64) {
	if id := r.inPreamble("DistributionID"); id != "" && id != all {
		for _, d := range numbersOf(id, o.Names.EveryDistribution()) {
			a.floors[d] += last
			return
		}
	}
	a.every += last
}
