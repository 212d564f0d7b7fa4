package store

import (
	"slices"
	"sync"
	"time"

	"edgesim/results"
	"edgesim/results/report"
)

const (
	// saveEvery is how much a server that is killed loses.
	saveEvery = time.Minute
	// lateness is how long after an hour's end its last records may come.
	lateness = 5 * time.Second
	// mostWaiting is how many hours that could not be saved wait for a disk that
	// can be written again.
	mostWaiting = 24
	// listRows is how many rows lists of names are kept with, of every hour. What
	// is not on an hour's list had no more requests in it than the last that is.
	listRows = 200
)

// LedgerConfig is what a ledger is made from.
type LedgerConfig struct {
	Store  *Store
	Report report.Options // Names, Version, Query, Bounded and their kin; Grain, Most, range and distribution are the ledger's own
	Run    time.Time      // when the server began
	Say    func(string)   // told when saving begins to fail and when it works again
}

// Ledger is the hours that are being filled, on their way to the store. It is a
// view; its other methods may be called by other goroutines meanwhile.
type Ledger struct {
	c     LedgerConfig
	kinds []report.Kind

	saving sync.Mutex // one save at a time; taken before mu

	mu      sync.Mutex // of all below: held while records are added, and while tables are made
	open    []*hour    // in order of time; two around the turn of an hour
	waiting []Hour     // over, and not yet in the store
	came    int64      // records
	last    int64      // end of the last hour that is over, Unix time in ns
	due     time.Time  // when the open hours are saved next
	health  Health

	first  bool // no hour was kept before the first of this ledger
	looks  []*look
	recent recent
	strays []results.Record // for hosts that nobody serves, of the batch
}

// Health is how saving goes.
type Health struct {
	Saved    time.Time // when it last went well; zero: never
	Failures int64     // saves that failed
	Lost     int64     // hours given up
	Problem  string    // why the last one failed; "": it did not
}

// hour is one that records still come for.
type hour struct {
	start int64 // Unix time, ns
	set   *report.Set
	rest  *report.Set // of requests for hosts that nobody serves
	dirty bool        // holds what is not saved
}

// NewLedger returns a ledger without hours of its own.
func NewLedger(c LedgerConfig) *Ledger {
	first, _, err := c.Store.Span()
	none := err == nil && first.IsZero()
	return &Ledger{c: c, kinds: Kinds(), first: none, recent: recent{whole: none}}
}

// Add counts the records in the hours in which they ended.
func (l *Ledger) Add(recs []results.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.came += int64(len(recs))
	for _, k := range l.looks {
		k.set.Add(recs)
	}
	epoch := l.c.Report.Names.Epoch.UnixNano()
	if len(recs) > 0 {
		l.recent.add(recs, epoch+recs[0].End(), l.c.Report)
	}
	for len(recs) > 0 {
		h := l.of(epoch + recs[0].End())
		n := 1
		for n < len(recs) && h.has(epoch+recs[n].End()) {
			n++
		}
		h.set.Add(recs[:n])
		if l.strays = strayed(l.strays[:0], recs[:n]); len(l.strays) > 0 {
			h.rest.Add(l.strays)
		}
		h.dirty = true
		recs = recs[n:]
	}
}

// strayed appends the records that are of no distribution.
func strayed(to, recs []results.Record) []results.Record {
	for i := range recs {
		if recs[i].Distribution == results.NoDistribution {
			to = append(to, recs[i])
		}
	}
	return to
}

func (h *hour) has(at int64) bool { return at >= h.start && at < h.start+int64(time.Hour) }

// of is the open hour that the moment belongs to: one that begins, or for what
// comes too late the first that is open or would be. An hour that was closed is not opened
// again: what was saved of it would be replaced.
func (l *Ledger) of(at int64) *hour {
	for _, h := range slices.Backward(l.open) {
		if h.has(at) {
			return h
		}
	}
	if n := len(l.open); n > 0 && at < l.open[n-1].start {
		return l.open[0]
	}
	at = max(at, l.last)
	o := l.c.Report
	o.Grain, o.Most, o.Distribution, o.From, o.To = time.Hour, listRows, "", time.Time{}, time.Time{}
	h := &hour{start: time.Unix(0, at).UTC().Truncate(time.Hour).UnixNano(),
		set: report.NewSet(o, l.kinds...), rest: report.NewSet(o, l.kinds...)}
	l.open = append(l.open, h)
	return h
}

// snapshot is what an open hour has come to. The caller holds mu.
func (l *Ledger) snapshot(h *hour) Hour {
	return Hour{Start: time.Unix(0, h.start).UTC(), Run: l.c.Run, Tables: tables(h, l.c.Report.Names)}
}

// tables are those that make an hour's set up again. Over time, a table of all has
// the rows of each distribution. A list of names does not: each distribution has its
// own, and so have requests of none, so that a small one's names are not lost behind
// a large one's.
func tables(h *hour, names *results.Names) (all []*report.Table) {
	known := names.EveryDistribution()
	for _, k := range h.set.Kinds() {
		for _, t := range h.set.Tables(k.Name, "") {
			if len(known) == 1 && overTime(t) {
				t.Belong(known[0]) // there may be more when it is read
			}
			if len(known) == 0 || overTime(t) {
				all = append(all, t)
			}
		}
		if len(known) == 0 {
			continue
		}
		for _, d := range known {
			all = appendLists(all, h.set.Tables(k.Name, d.ID))
		}
		for _, t := range h.rest.Tables(k.Name, "") {
			t.Belong(results.Distribution{})
			all = appendLists(all, []*report.Table{t})
		}
	}
	return all
}

// appendLists appends the tables that have rows and are not over time.
func appendLists(to, tables []*report.Table) []*report.Table {
	for _, t := range tables {
		if !overTime(t) && len(t.Rows) > 0 {
			to = append(to, t)
		}
	}
	return to
}

func overTime(t *report.Table) bool {
	return slices.ContainsFunc(t.Columns, func(c report.Column) bool { return c.Unit == report.Moment })
}
