package store

import (
	"fmt"
	"slices"
	"time"
)

// Tick saves what is due: hours that are over, and every minute the one that
// is not. It waits for the disk; records do not wait for it.
func (l *Ledger) Tick(now time.Time) {
	if l.isDue(now) {
		_ = l.Save(now) // it has said what is wrong
	}
}

// isDue also takes the hours that are over out of the open ones.
func (l *Ledger) isDue(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	over := false
	l.forget(now)
	for len(l.open) > 0 && l.open[0].start+int64(time.Hour) <= now.Add(-lateness).UnixNano() {
		l.waiting = append(l.waiting, l.snapshot(l.open[0]))
		over, l.last = true, l.open[0].start+int64(time.Hour)
		l.open = slices.Delete(l.open, 0, 1)
	}
	if l.due.IsZero() {
		l.due = now.Add(saveEvery)
	}
	if now.Before(l.due) && !over {
		return false
	}
	l.due = now.Add(saveEvery)
	return true
}

// Save puts into the store what is not in it yet, the oldest first.
func (l *Ledger) Save(now time.Time) error {
	l.saving.Lock()
	defer l.saving.Unlock()
	hours, over := l.unsaved()
	for i, h := range hours {
		if err := l.c.Store.Save(h); err != nil {
			l.failed(err, hours[i:], min(i, over))
			return err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = slices.Delete(l.waiting, 0, over)
	l.health.Saved = now
	if l.health.Problem != "" {
		l.health.Problem = ""
		l.c.Say("the store can be written again")
	}
	return nil
}

// unsaved are the hours that the store does not have as they are; of them, the
// first are over. They count as saved from now on.
func (l *Ledger) unsaved() (hours []Hour, over int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	hours = slices.Clone(l.waiting)
	for _, h := range l.open {
		if h.dirty {
			hours = append(hours, l.snapshot(h))
			h.dirty = false
		}
	}
	return hours, len(l.waiting)
}

// failed keeps what could not be saved for the next time, as far as there is room,
// and says once what is wrong.
func (l *Ledger) failed(err error, left []Hour, saved int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = slices.Delete(l.waiting, 0, saved)
	if n := len(l.waiting) - mostWaiting; n > 0 {
		l.waiting = slices.Delete(l.waiting, 0, n)
		l.health.Lost += int64(n)
	}
	for _, h := range l.open {
		h.dirty = h.dirty || slices.ContainsFunc(left, func(o Hour) bool { return o.Start.UnixNano() == h.start })
	}
	l.health.Failures++
	if l.health.Problem == "" {
		l.c.Say(fmt.Sprintf("%v; serving goes on, and saving is tried again every minute", err))
	}
	l.health.Problem = err.Error()
}

// Health is how saving goes.
func (l *Ledger) Health() Health {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.health
}
