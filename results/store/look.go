package store

import (
	"slices"
	"sync"
	"time"

	"edgesim/results"
	"edgesim/results/report"
)

// baseRows is how many rows lists of names have between the hours in the store
// and the report of them and the open ones.
const baseRows = 2000

// mostBases is how many ranges are remembered.
const mostBases = 4

// bases are what the hours in the store came to, for the ranges that were looked
// at last: an hour that is over changes no more, and who looks again every second
// shall not have sixty days read each time.
type bases struct {
	mu   sync.Mutex
	list []base // the newest last
}

type base struct {
	from, to time.Time
	grain    time.Duration
	without  []Key // hours that were not in it
	over     int64 // how many hours were over by then
	tables   []*report.Table
}

// Came grows whenever records have come.
func (l *Ledger) Came() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.came
}

// Reports are the reports of the whole hours from o.From up to o.To, those in the
// store and those that are open; where one is zero, from the first or up to the
// last. What o says of the range is what they are labelled with. Names are the
// reports' own.
func (l *Ledger) Reports(o report.Options, kinds ...report.Kind) (*report.Set, error) {
	if len(kinds) == 0 {
		kinds = l.kinds
	}
	open, over := l.opened()
	past, err := l.past(o, open, over)
	if err != nil {
		return nil, err
	}
	o.Names = l.names()
	set := report.NewSet(o, kinds...)
	for _, h := range open {
		if h.within(o) {
			past = append(past, h.Tables...)
		}
	}
	names := tableNames(set)
	for _, t := range past {
		if !slices.Contains(names, t.Name) {
			continue
		}
		if err := set.Absorb(t); err != nil {
			return nil, err
		}
	}
	return set, nil
}

func (h Hour) within(o report.Options) bool {
	return (o.From.IsZero() || !h.Start.Before(o.From.Truncate(time.Hour))) && (o.To.IsZero() || h.Start.Before(o.To))
}

// Span is from the first hour's start to the last one's end; both are zero when
// there is none.
func (l *Ledger) Span() (from, to time.Time, err error) {
	from, to, err = l.c.Store.Span()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, h := range l.open {
		start := time.Unix(0, h.start).UTC()
		if from.IsZero() || start.Before(from) {
			from = start
		}
		if end := start.Add(time.Hour); end.After(to) {
			to = end
		}
	}
	return from, to, err
}

// opened are the hours that are not in the store, or not as they are.
func (l *Ledger) opened() (hours []Hour, over int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	hours = slices.Clone(l.waiting)
	for _, h := range l.open {
		hours = append(hours, l.snapshot(h))
	}
	return hours, l.over
}

// past are the tables of the store's hours in the range, added up.
func (l *Ledger) past(o report.Options, open []Hour, over int64) ([]*report.Table, error) {
	want := base{from: o.From.Truncate(time.Hour), to: o.To, grain: o.Grain, over: over}
	if want.to.IsZero() {
		want.to = time.Unix(1<<40, 0)
	}
	for _, h := range open {
		want.without = append(want.without, h.Key())
	}
	l.bases.mu.Lock() // also while they are read: who looks at the same time wants the same
	defer l.bases.mu.Unlock()
	for _, b := range l.bases.list {
		if b.same(want) {
			return slices.Clip(b.tables), nil
		}
	}
	names := l.names()
	opt := l.c.Report
	opt.Names, opt.Grain, opt.Most, opt.Distribution = names, o.Grain, baseRows, ""
	opt.From, opt.To = time.Time{}, time.Time{}
	set := report.NewSet(opt, l.kinds...)
	n, err := l.c.Store.Absorb(set, want.from, want.to, want.without...)
	if err != nil {
		return nil, err
	}
	if n > 0 {
		want.tables = tables(set, names)
	}
	if l.bases.list = append(l.bases.list, want); len(l.bases.list) > mostBases {
		l.bases.list = slices.Delete(l.bases.list, 0, 1)
	}
	return slices.Clip(want.tables), nil
}

func (b base) same(o base) bool {
	return b.from.Equal(o.from) && b.to.Equal(o.to) && b.grain == o.grain && b.over == o.over && slices.Equal(b.without, o.without)
}

// names are new ones that know the server's distributions and edge locations, so
// that what is read from the store fills no table of the server's.
func (l *Ledger) names() *results.Names {
	from := l.c.Report.Names
	names := nameless()
	names.Distributions, names.Edges, names.Behaviors = from.EveryDistribution(), from.EveryEdge(), from.EveryBehavior()
	return names
}
