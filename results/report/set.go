package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"edgesim/results"
)

// Set is several reports of the same records. It leaves out, once for all of
// them, what Options do not cover, and knows the range that they are labelled
// with.
type Set struct {
	o       Options
	kinds   []Kind
	reports []Report
	filter  *Filter
	leftOut int64

	crowds  *results.Crowds
	crowded []results.Crowded
	objects []func([]results.Record) // of popular objects
	singly  []func([]results.Record) // of the others

	digest digest // that was taken last
}

// span is the time between the first and the last record's end, in ns since the
// epoch; of no records when last is before first.
type span struct {
	first, last int64
	grain       time.Duration // of time buckets that were made longer later; 0: Options.Grain

	measured bool      // it is known within which time records were measured:
	from, to time.Time // as Measure has it
}

func (s *span) add(at int64) {
	if s.last < s.first {
		s.first, s.last = at, at
		return
	}
	s.first, s.last = min(s.first, at), max(s.last, at)
}

// NewSet begins the reports of those kinds; without any, of all kinds, in the
// order in which people read them.
func NewSet(o Options, kinds ...Kind) *Set {
	if len(kinds) == 0 {
		kinds = InOrder(Kinds())
	}
	o.span = &span{first: 0, last: -1, measured: !o.Began.IsZero() || !o.Ended.IsZero(), from: o.Began, to: o.Ended}
	s := &Set{o: o, kinds: kinds, filter: NewFilter(o)}
	s.crowds = results.NewCrowds(o.Names.Epoch, cmp.Or(max(o.Grain, 0), time.Hour), s.AddCrowd)
	for _, k := range kinds {
		s.put(k.New(o))
	}
	return s
}

// put adds a report by what it takes: crowds, and records one by one.
func (s *Set) put(r Report) {
	s.reports = append(s.reports, r)
	c, crowded := r.(results.Crowded)
	if p, popular := r.(*popularObjects); popular {
		s.objects = append(s.objects, p.Add)
		return
	}
	if !crowded {
		s.singly = append(s.singly, r.Add)
		return
	}
	s.crowded = append(s.crowded, c)
	if one, too := r.(results.Singly); too {
		s.singly = append(s.singly, one.AddSingly)
	}
}

// InOrder sorts reports as people read them: the run, the console's five, the
// rest.
func InOrder(kinds []Kind) []Kind {
	list := slices.Clone(kinds)
	slices.SortStableFunc(list, func(a, b Kind) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Place, b.Place), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// Kinds are the kinds of the set's reports, in their order.
func (s *Set) Kinds() []Kind { return slices.Clone(s.kinds) }

// Length is the time from the first record's end to the last one's; 0 without
// records.
func (s *Set) Length() time.Duration {
	return time.Duration(max(0, s.o.span.last-s.o.span.first))
}

// coarsener is a report over time. Its buckets can be put together to longer ones,
// of a multiple of their grain, to the last count as if it had counted by those.
type coarsener interface{ coarsen(grain time.Duration) }

// Coarsen gives the reports longer time buckets, of a multiple of those they have.
// Every figure is as if the reports had been made with them from the beginning.
func (s *Set) Coarsen(grain time.Duration) {
	if now := cmp.Or(s.o.span.grain, s.o.Grain, time.Hour); grain < now || grain%now != 0 {
		panic(fmt.Sprintf("report: buckets of %v cannot be put together from those of %v", grain, now))
	}
	s.crowds.HandOn()
	s.o.span.grain = grain
	for _, r := range s.reports {
		if c, able := r.(coarsener); able {
			c.coarsen(grain)
		}
	}
}

// LeftOut counts the records that were not of the range or distribution.
func (s *Set) LeftOut() int64 { return s.leftOut }

// Add hands the records that are covered to every report; neighbours go on
// together, without being copied.
func (s *Set) Add(recs []results.Record) {
	for len(recs) > 0 {
		n := 0
		for n < len(recs) && s.filter.Covers(&recs[n]) {
			n++
		}
		if n > 0 {
			s.crowds.Add(recs[:n])
			s.AddSingly(recs[:n])
		}
		if n < len(recs) {
			s.leftOut++
			n++
		}
		recs = recs[n:]
	}
}

// AddCrowd hands a crowd of covered records to the reports that take such; their
// buckets are of the set's grain. It is for who gathers crowds for others, too,
// and gives the set every record by AddSingly.
func (s *Set) AddCrowd(c *results.Crowd) {
	for _, r := range s.crowded {
		r.AddCrowd(c)
	}
}

// AddSingly is the rest of what reports want of records that are covered.
func (s *Set) AddSingly(recs []results.Record) {
	for _, add := range s.Shares() {
		add(recs)
	}
}

// Shares are the parts of AddSingly, about as dear each, which may run at the same
// time: no two of them touch the same report.
func (s *Set) Shares() []func([]results.Record) {
	return []func([]results.Record){s.addObjects, s.addOthers}
}

// addObjects fills the dearest report, that of popular objects.
func (s *Set) addObjects(recs []results.Record) {
	for _, add := range s.objects {
		add(recs)
	}
}

func (s *Set) addOthers(recs []results.Record) {
	for i := range recs {
		s.o.span.add(recs[i].End())
	}
	for _, add := range s.singly {
		add(recs)
	}
}

// Tables are the tables of the set's report of that kind; nil when it has none.
func (s *Set) Tables(kind string, distribution string) []*Table {
	s.crowds.HandOn()
	for i, k := range s.kinds {
		if k.Name == kind {
			return s.reports[i].Tables(distribution)
		}
	}
	return nil
}

// Preamble is what a table of that title would begin with.
func (s *Set) Preamble(title, distribution string) [][2]string {
	return s.o.preamble(title, s.o.scope(distribution))
}

// Tell hands what the tiers between edge locations and origins have counted to
// the reports that show it: records of viewers do not tell.
func (s *Set) Tell(between []results.TierFigures) {
	for _, r := range s.reports {
		if told, wants := r.(interface{ Tell([]results.TierFigures) }); wants {
			told.Tell(between)
		}
	}
}

// Prints reports whether a report of the set has a table of that name and can take
// it back.
func (s *Set) Prints(table string) bool {
	for i, k := range s.kinds {
		if _, able := s.reports[i].(Absorber); able && slices.Contains(k.TableNames(), table) {
			return true
		}
	}
	return false
}

// Absorb gives a table back to the report that printed it. A table that no
// report of the set has is an error, as is one whose report cannot take it.
func (s *Set) Absorb(t *Table) error {
	for i, k := range s.kinds {
		if !slices.Contains(k.TableNames(), t.Name) {
			continue
		}
		a, able := s.reports[i].(Absorber)
		if !able {
			return fmt.Errorf("report %s cannot be put together from its tables", k.Name)
		}
		if from, to, ok := t.Covered(); ok {
			s.o.span.add(s.o.since(from))
			s.o.span.add(s.o.since(to) - 1)
		}
		return a.Absorb(t)
	}
	return fmt.Errorf("no report prints a table %q", t.Name)
}
