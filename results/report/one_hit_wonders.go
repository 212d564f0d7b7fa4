package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"edgesim/results"
)

func init() {
	register(Kind{
		Name:  "one_hit_wonders",
		Title: "One-hit wonders and concentration",
		About: "Objects by how often they were asked for in the range, with their share of requests and bytes, and the " +
			"share that the most popular take. What is asked for once no cache can help.",
		Group: Beyond, Place: 6,
		Tables: []string{"one_hit_wonders", "concentration"},
		New: func(o Options) Report {
			return &oneHitWonders{o: o, objects: objectSample{most: o.Bounded}}
		},
	})
}

// oneHitWonders counts the demand for objects.
type oneHitWonders struct {
	o       Options
	objects objectSample
}

func (w *oneHitWonders) Add(recs []results.Record) {
	if w.o.Demand == nil {
		w.objects.add(recs)
	}
}

// each calls f with the scope's demand for every object that is known.
func (w *oneHitWonders) each(scope string, f func(demand)) {
	wanted := wanted(scope, w.o.Names.EveryDistribution())
	if w.o.Demand == nil {
		w.objects.each(wanted, f)
		return
	}
	w.o.Demand.Each(func(distribution uint16, requests, bytes int64) {
		if wanted(int(distribution)) {
			f(demand{requests, bytes})
		}
	})
}

// demandClass is objects that were asked for so many times.
type demandClass struct {
	name string
	most int64
}

var demandClasses = []demandClass{
	{"once", 1}, {"twice", 2}, {"3 to 5 times", 5}, {"6 to 10", 10}, {"11 to 100", 100},
	{"101 to 1,000", 1000}, {"1,001 to 10,000", 10_000}, {"more often", math.MaxInt64},
}

// counted is objects and the demand for all of them.
type countedObjects struct {
	objects int64
	demand
}

func (c *countedObjects) add(d demand) {
	c.objects++
	c.requests += d.requests
	c.bytes += d.bytes
}

func demandColumns(first Column) []Column {
	return scopeColumns(first,
		Column{Name: "ObjectCount", Label: "Objects", Unit: Count},
		Column{Name: "ObjectsPct", Label: "Objects %", Unit: Percent, Merge: Apart},
		Column{Name: "RequestCount", Label: "Requests", Unit: Count},
		Column{Name: "RequestsPct", Label: "Requests %", Unit: Percent, Merge: Apart},
		Column{Name: "TotalBytes", Label: "Bytes", Unit: Bytes},
		Column{Name: "BytesPct", Label: "Bytes %", Unit: Percent, Merge: Apart},
	)
}

// cells scale what was kept to what it stands for.
func (c countedObjects) cells(scale int64, whole countedObjects) []Cell {
	return []Cell{num(c.objects * scale), part(c.objects, whole.objects), num(c.requests * scale), part(c.requests, whole.requests),
		num(c.bytes * scale), part(c.bytes, whole.bytes)}
}

// Tables is objects by how often they were asked for, and what the most popular
// of them take together.
func (w *oneHitWonders) Tables(distribution string) []*Table {
	scope := w.o.scope(distribution)
	var whole countedObjects
	classes := make([]countedObjects, len(demandClasses))
	w.each(scope, func(d demand) {
		whole.add(d)
		at := 0
		for d.requests > demandClasses[at].most {
			at++
		}
		classes[at].add(d)
	})
	t := &Table{Name: "one_hit_wonders", Title: "Objects by how often they were asked for", Columns: demandColumns(Column{Name: "Asked", Unit: Text})}
	t.Preamble = w.o.preamble("One-Hit Wonders", scope)
	for i, c := range classes {
		if whole.objects > 0 {
			t.Rows = append(t.Rows, append(append(w.o.scopeCells(scope), text(demandClasses[i].name)), c.cells(w.objects.one(), whole)...))
		}
	}
	t.Charts = []Chart{demandChart()}
	if w.objects.level > 0 {
		t.Notes = append(t.Notes, fmt.Sprintf("Estimated from the %s objects of a sample of one in %s.",
			grouped(whole.objects), grouped(w.objects.one())))
	}
	return []*Table{t, w.concentration(scope, whole)}
}

func demandChart() Chart {
	return Chart{
		Name: "objects_by_demand", Title: "Objects by how often they were asked for", Form: Bars, X: "Asked", Y: "share", Unit: Percent,
		About: "Of all objects, requests and bytes, the share of those that were asked for so often.",
		Series: []Series{
			{Label: "Objects", Columns: []string{"ObjectsPct"}, Color: "gray"},
			{Label: "Requests", Columns: []string{"RequestsPct"}, Color: "blue"},
			{Label: "Bytes", Columns: []string{"BytesPct"}, Color: "green"},
		},
	}
}

// tops are how many of the most popular objects are looked at together.
var tops = []int{1, 10, 100, 1000, 10_000}

// concentration is what the most popular objects take. A sample does not tell: it
// may lack the most popular of all.
func (w *oneHitWonders) concentration(scope string, whole countedObjects) *Table {
	t := &Table{Name: "concentration", Title: "Demand for the most popular objects", Columns: demandColumns(Column{Name: "Most popular", Unit: Text})}
	t.Preamble = w.o.preamble("Concentration", scope)
	if w.objects.level > 0 {
		t.Notes = append(t.Notes, "Not known: there were more objects than memory was given for.")
		return t
	}
	list := w.mostPopular(scope)
	for i, n := range tops {
		if i > 0 && len(list) <= tops[i-1] {
			break
		}
		var c countedObjects
		for _, d := range list[:min(n, len(list))] {
			c.add(d)
		}
		if c.objects > 0 {
			t.Rows = append(t.Rows, append(append(w.o.scopeCells(scope), text("top "+grouped(int64(n)))), c.cells(1, whole)...))
		}
	}
	t.Charts = []Chart{{
		Name: "concentration", Title: "Demand for the most popular objects", Form: Bars, X: "Most popular", Y: "share", Unit: Percent,
		About: "The share of all requests and bytes that so many of the most popular objects take.",
		Series: []Series{
			{Label: "Requests", Columns: []string{"RequestsPct"}, Color: "blue"},
			{Label: "Bytes", Columns: []string{"BytesPct"}, Color: "green"},
		},
	}}
	return t
}

// mostPopular are the demands for the most popular objects, highest first. The
// list is cut when it has grown to twice its length, so that millions of objects
// are not sorted for ten thousand.
func (w *oneHitWonders) mostPopular(scope string) []demand {
	most := tops[len(tops)-1]
	var list []demand
	cut := func() {
		slices.SortFunc(list, func(a, b demand) int {
			return cmp.Or(cmp.Compare(b.requests, a.requests), cmp.Compare(b.bytes, a.bytes))
		})
		list = list[:min(len(list), most)]
	}
	var floor int64
	w.each(scope, func(d demand) {
		if d.requests < floor {
			return
		}
		if list = append(list, d); len(list) == 2*most {
			cut()
			floor = list[most-1].requests
		}
	})
	cut()
	return list
}
