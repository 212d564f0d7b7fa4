package store

import (
	"fmt"
	"slices"
	"time"

	"edgesim/results/report"
)

const (
	// mostLooks is how many ranges are followed at a time.
	mostLooks = 4
	// looksFor is how long a range is followed that nobody looks at any more.
	looksFor = time.Minute
	// looksAnew is after how long a range is made again, so that what has become
	// too old leaves it.
	looksAnew = 24 * time.Hour
)

// look is the reports of one range, as somebody looks at them: the store's hours
// and the open ones added up once, and every record since.
type look struct {
	o           report.Options
	set         *report.Set
	begun, used time.Time
}

// Look gives show the reports of the whole hours that touch the range from o.From
// up to o.To; where one is zero, from the first or up to the last. Show is called
// for one kind after the other, each time while no record can come: it makes
// tables, and nothing else.
//
// Who looks at the same range again soon finds it made but for the records that
// have come; the first look reads every hour of it.
func (l *Ledger) Look(o report.Options, now time.Time, show func(*report.Set, report.Kind)) error {
	k, err := l.looking(l.normal(o), now)
	if err != nil {
		return err
	}
	for _, kind := range l.kinds {
		l.mu.Lock()
		k.set.Measure(l.begun(l.first), now)
		show(k.set, kind)
		l.mu.Unlock()
	}
	return nil
}

// begun is when the server began, where nothing is shown from before; zero elsewhere.
func (l *Ledger) begun(first bool) time.Time {
	if first {
		return l.c.Run
	}
	return time.Time{}
}

// looking is the look at the range, which is begun if nobody looks at it.
func (l *Ledger) looking(o report.Options, now time.Time) (*look, error) {
	if k := l.known(o, now); k != nil {
		return k, nil
	}
	l.saving.Lock() // no hour goes into the store while those in it are read
	defer l.saving.Unlock()
	if k := l.known(o, now); k != nil { // by another who waited
		return k, nil
	}
	k := &look{o: o, set: report.NewSet(o, l.kinds...), begun: now, used: now}
	from, to := o.From, o.To
	if to.IsZero() {
		to = time.Unix(1<<40, 0)
	}
	if _, err := l.c.Store.Absorb(k.set, from, to, l.openKeys()...); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.absorbOpen(k); err != nil {
		return nil, err
	}
	if l.looks = append(l.looks, k); len(l.looks) > mostLooks {
		l.dropOldest()
	}
	return k, nil
}

// normal is o with whole hours, and all that is the ledger's own.
func (l *Ledger) normal(o report.Options) report.Options {
	own := l.c.Report
	own.From, own.To, own.Grain, own.Distribution, own.Generated = o.From.UTC(), o.To.UTC(), o.Grain, o.Distribution, time.Time{}
	if !o.From.IsZero() {
		own.From = own.From.Truncate(time.Hour)
	}
	if !o.To.IsZero() {
		own.To = own.To.Add(time.Hour - 1).Truncate(time.Hour)
	}
	return own
}

// known is the look at the range that is followed already; nil when none is.
func (l *Ledger) known(o report.Options, now time.Time) *look {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range l.looks {
		if k.o == o {
			k.used = now
			return k
		}
	}
	return nil
}

// absorbOpen adds the hours that are not in the store. The caller holds mu.
func (l *Ledger) absorbOpen(k *look) error {
	hours := slices.Clone(l.waiting)
	for _, h := range l.open {
		hours = append(hours, l.snapshot(h))
	}
	for _, h := range hours {
		if h.Start.Before(k.o.From) || !k.o.To.IsZero() && !h.Start.Before(k.o.To) {
			continue
		}
		for _, t := range h.Tables {
			if err := k.set.Absorb(t); err != nil {
				return fmt.Errorf("the hour that is open: %w", err)
			}
		}
	}
	return nil
}

// openKeys are the hours that the store does not have, or not as they are.
func (l *Ledger) openKeys() (keys []Key) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, h := range l.waiting {
		keys = append(keys, h.Key())
	}
	for _, h := range l.open {
		keys = append(keys, Hour{Start: time.Unix(0, h.start), Run: l.c.Run}.Key())
	}
	return keys
}

// forget ends looks that nobody has taken for a while. The caller holds mu.
func (l *Ledger) forget(now time.Time) {
	l.looks = slices.DeleteFunc(l.looks, func(k *look) bool {
		return now.Sub(k.used) > looksFor || now.Sub(k.begun) > looksAnew
	})
}

func (l *Ledger) dropOldest() {
	oldest := slices.MinFunc(l.looks, func(a, b *look) int { return a.used.Compare(b.used) })
	l.looks = slices.DeleteFunc(l.looks, func(k *look) bool { return k == oldest })
}

// Came counts the records that have come.
func (l *Ledger) Came() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.came
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
