package store

import (
	"slices"
	"time"

	"edgesim/results"
	"edgesim/results/report"
)

// recentKinds are the reports that are also kept by minute, for the last hour and
// the one before: those in which something that happens now is seen.
var recentKinds = []string{"cache_statistics", "serving", "latency", "origin"}

// recent is the last hours by minute. Two sets overlap by an hour: both are fed,
// the older is shown, and goes when it is two hours old.
type recent struct {
	sets  []*hour // the older first; start is the hour's
	whole bool    // the older has all that there ever was
}

// add counts the records by minute.
func (r *recent) add(recs []results.Record, at int64, o report.Options) {
	if n := len(r.sets); n == 0 || at >= r.sets[n-1].start+int64(time.Hour) {
		r.sets = append(r.sets, newRecent(at, o))
	}
	if len(r.sets) > 2 {
		r.sets, r.whole = slices.Delete(r.sets, 0, 1), false
	}
	for _, h := range r.sets {
		h.set.Add(recs)
	}
}

func newRecent(at int64, o report.Options) *hour {
	o.Grain, o.Distribution, o.From, o.To = time.Minute, "", time.Time{}, time.Time{}
	var kinds []report.Kind
	for _, k := range Kinds() {
		if slices.Contains(recentKinds, k.Name) {
			kinds = append(kinds, k)
		}
	}
	return &hour{start: time.Unix(0, at).UTC().Truncate(time.Hour).UnixNano(), set: report.NewSet(o, kinds...)}
}

// Recent gives show the reports of the last hour or two by minute, up to now, as Look does,
// those that are kept so; none before the first record. It tells whether they are
// all that there is: no hour is in the store that they do not have.
func (l *Ledger) Recent(now time.Time, show func(*report.Set, report.Kind)) (whole bool) {
	l.mu.Lock()
	if len(l.recent.sets) == 0 {
		l.mu.Unlock()
		return false
	}
	set, whole := l.recent.sets[0].set, l.recent.whole
	l.mu.Unlock()
	for _, k := range set.Kinds() {
		l.mu.Lock()
		set.Measure(l.begun(whole), now)
		show(set, k)
		l.mu.Unlock()
	}
	return whole
}
