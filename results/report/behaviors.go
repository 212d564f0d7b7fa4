package report

import (
	"cmp"
	"slices"

	"edgesim/results"
)

func init() {
	register(Kind{
		Name:  "behaviors",
		Title: "Behaviors and file types",
		About: "Requests, hits, bytes and first byte by cache behavior, where it is known, and by the file type that " +
			"the URL ends in.",
		Group: Beyond, Place: 5,
		Tables: []string{"behaviors", "file_types"},
		New:    func(o Options) Report { return newBehaviors(o) },
	})
}

// behaviors counts by cache behavior and by file type.
type behaviors struct {
	o           Options
	byBehavior  groups
	byType      groups
	types       fileTypes
	unnamed     int64 // requests whose behavior is not known
	named       int64
	numbers     [addAtOnce]uint16
	withoutTime bool // put together from tables, which have no times to add up
}

func newBehaviors(o Options) *behaviors {
	return &behaviors{o: o, types: newFileTypes(o.Names.Strings)}
}

func (b *behaviors) Add(recs []results.Record) {
	results.AddOneByOne(b, recs)
	b.AddSingly(recs)
}

// AddCrowd implements results.Crowded: behaviors.
func (b *behaviors) AddCrowd(c *results.Crowd) {
	if c.Behavior == results.Unnamed {
		b.unnamed += c.N
		return
	}
	b.named += c.N
	b.byBehavior.add(c, c.Behavior)
}

// AddSingly implements results.Singly: file types, and the times of both.
func (b *behaviors) AddSingly(recs []results.Record) {
	b.types.renew()
	for len(recs) > 0 {
		n := min(len(recs), addAtOnce)
		b.addTypes(recs[:n])
		recs = recs[n:]
	}
}

// addTypes looks all URLs up before the first is counted, so that what they need of
// memory is fetched together.
func (b *behaviors) addTypes(recs []results.Record) {
	for i := range recs {
		b.numbers[i] = b.types.of(recs[i].URL)
	}
	var one results.Crowd
	for i := range recs {
		r := &recs[i]
		one = results.One(r)
		g := b.byType.at(r.Distribution, b.numbers[i])
		g.add(&one)
		g.addTime(r)
		b.byType.log = b.byType.log || !tellsBody(r)
		if r.Behavior != results.Unnamed {
			b.byBehavior.at(r.Distribution, r.Behavior).addTime(r)
		}
	}
}

const (
	behaviorRows = 100
	typeRows     = 25
)

var (
	behaviorColumn = Column{Name: "Behavior", Unit: Text}
	typeColumn     = Column{Name: "Type", Unit: Text}
)

// Tables is the behaviors' table, without rows where nobody named any, and the
// file types'.
func (b *behaviors) Tables(distribution string) []*Table {
	scope := b.o.scope(distribution)
	byBehavior := b.table(scope, "behaviors", "Behaviors", behaviorColumn)
	if list := b.o.Names.EveryBehavior(); len(list) > 0 {
		b.fill(byBehavior, scope, behaviorRows, b.byBehavior.summed(b.o, scope, func(n uint16) string {
			if int(n) < len(list) {
				return list[n]
			}
			return "(unknown)"
		}))
	}
	switch {
	case len(byBehavior.Rows) == 0 && b.unnamed+b.named > 0:
		byBehavior.Notes = append(byBehavior.Notes, "Not in the log: which behavior a request matched.")
	case b.unnamed > 0:
		byBehavior.Notes = append(byBehavior.Notes, "Of "+grouped(b.unnamed)+" requests the behavior is not in the log.")
	}
	b.byBehavior.groupNotes(byBehavior)
	byBehavior.Charts = []Chart{groupChart("behaviors", "Requests by behavior", "Behavior")}

	byType := b.table(scope, "file_types", "File types", typeColumn)
	b.fill(byType, scope, typeRows, b.byType.summed(b.o, scope, b.types.name))
	b.byType.groupNotes(byType)
	byType.Charts = []Chart{groupChart("file_types", "Requests by file type", "Type")}
	return []*Table{byBehavior, byType}
}

func (b *behaviors) table(scope, name, title string, by Column) *Table {
	t := &Table{Name: name, Title: title, Columns: groupColumns(by)}
	t.Preamble = b.o.preamble(title, scope)
	if b.withoutTime {
		t.Notes = append(t.Notes, "Put together from tables of parts of the time, whose percentiles do not add up.")
	}
	return t
}

// others is the row of what a table has no room for.
const others = "(others)"

// fill adds the groups with the most requests, and the rest as one.
func (b *behaviors) fill(t *Table, scope string, most int, sums map[string]*group) {
	type named struct {
		name string
		*group
	}
	var list []named
	rest := &group{}
	for name, g := range sums {
		if name == others {
			rest.merge(g)
			continue
		}
		list = append(list, named{name, g})
	}
	slices.SortFunc(list, func(x, y named) int {
		return cmp.Or(cmp.Compare(y.requests, x.requests), cmp.Compare(x.name, y.name))
	})
	for i, g := range list {
		if i >= most {
			rest.merge(g.group)
			continue
		}
		t.Rows = append(t.Rows, append(append(b.o.scopeCells(scope), text(g.name)), g.cells()...))
	}
	if rest.requests > 0 {
		t.Rows = append(t.Rows, append(append(b.o.scopeCells(scope), text(others)), rest.cells()...))
	}
}

// Absorb adds up rows of the same group. What a part of the time had only among
// its others stays there.
func (b *behaviors) Absorb(t *Table) error {
	b.withoutTime = true
	if t.Name == "file_types" {
		return b.byType.absorb(b.o, t, typeColumn, func(name string) (uint16, error) { return b.types.number(name), nil })
	}
	return b.byBehavior.absorb(b.o, t, behaviorColumn, b.o.Names.PlaceBehavior)
}
