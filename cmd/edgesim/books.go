package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"edgesim/results"
	"edgesim/results/accesslog"
	"edgesim/results/prometheus"
	"edgesim/results/report"
	"edgesim/results/store"
)

// books are what a server makes of its records: the access log, the metrics and
// the reports. They are kept beside the requests and never hold one up.
type books struct {
	rec    *results.Recorder
	log    *accesslog.Log   // nil: none
	view   *prometheus.View // nil: none
	hours  *store.Store     // nil: none
	ledger *store.Ledger    // nil: none
	pace   pace
	epoch  time.Time
	over   chan struct{}
	take   sync.WaitGroup
}

// openBooks begins what the plan and the admin listener want of them; nil where
// that is nothing.
func openBooks(e *env, p *servicePlan, names *results.Names, metrics bool) (*books, error) {
	l := &p.conf.AccessLog
	b := &books{rec: results.NewRecorder(0), epoch: names.Epoch, over: make(chan struct{})}
	say := func(text string) { fmt.Fprintf(e.stderr, "edgesim serve: %s\n", text) }
	var err error
	if l.File != "" || l.Dir != "" {
		b.log, err = accesslog.Open(accesslog.Config{
			File: l.File, Dir: l.Dir, Prefix: l.Prefix, Every: l.Every.Std(), MaxSize: int64(l.MaxSize),
			Unique: uniqueName, Say: say,
		}, names, time.Now())
		if err != nil {
			return nil, usagef("--access-log: %v", err)
		}
	}
	if metrics || p.conf.Store != "" {
		if err := b.openLedger(p.conf.Store, names, say); err != nil {
			if b.log != nil {
				b.log.Close()
			}
			return nil, err
		}
	}
	if metrics {
		b.view = prometheus.New(names)
	}
	if b.log == nil && b.ledger == nil {
		return nil, nil
	}
	b.begin()
	return b, nil
}

// counters is how many names a report of names counts at a time, of each hour: so
// many bound its memory whatever viewers ask for, and make the lists of all but
// the flattest traffic exact.
const counters = 20_000

// openLedger begins the reports, kept in the file or else in memory.
func (b *books) openLedger(path string, names *results.Names, say func(string)) (err error) {
	if path == "" {
		path = store.Memory
	}
	if b.hours, err = store.Open(path); err != nil {
		return usagef("--store: %v", err)
	}
	b.ledger = store.NewLedger(store.LedgerConfig{
		Store: b.hours, Run: names.Epoch, Say: say,
		Report: report.Options{Names: names, Version: results.ThisProgram("edgesim").Version, Query: true, Bounded: counters},
	})
	return nil
}

// uniqueName is a part of a file's name as CloudFront has it: letters and digits.
func uniqueName() string {
	const letters = "0123456789abcdefghijklmnopqrstuvwxyz"
	name := make([]byte, 12)
	for i := range name {
		name[i] = letters[rand.IntN(len(letters))]
	}
	return string(name)
}

func (b *books) begin() {
	var views results.Tee
	if b.log != nil {
		views = append(views, b.log)
	}
	if b.view != nil {
		views = append(views, b.view)
	}
	if b.ledger != nil {
		views = append(views, b.ledger)
		b.take.Go(func() { b.every(func(now time.Time) { b.ledger.Tick(b.moment(now)) }) }) // apart from the log: it waits for a disk of its own
		b.take.Go(func() { b.every(func(now time.Time) { b.pace.note(now, b.ledger.Came()) }) })
	}
	b.take.Go(func() { b.rec.Take(views.Add) })
	b.take.Go(func() { b.every(b.tick) })
}

// moment is now as records tell the time: on from the epoch, whatever becomes of
// the wall's clock.
func (b *books) moment(now time.Time) time.Time { return b.epoch.Add(now.Sub(b.epoch)) }

// every calls do every second until the end.
func (b *books) every(do func(now time.Time)) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			do(now)
		case <-b.over:
			return
		}
	}
}

// tick keeps figures and files no more than a second behind.
func (b *books) tick(now time.Time) {
	b.rec.Flush()
	if b.log != nil {
		b.log.Tick(now)
	}
}

// lost is how many requests the log misses.
func (b *books) lost() (dropped, unwritten int64) {
	if b.log != nil {
		unwritten = b.log.Lost()
	}
	return int64(b.rec.Dropped()), unwritten
}

// reopen begins the log's files anew, for those who move them away.
func (b *books) reopen() {
	if b.log != nil {
		b.log.Reopen()
	}
}

// close takes in the last records and ends the log and the store. A log that
// misses requests is an error, as is a store that could not be written.
func (b *books) close() error {
	close(b.over)
	b.rec.Close()
	b.take.Wait()
	var err error
	if b.ledger != nil {
		err = errors.Join(b.ledger.Save(b.moment(time.Now())), b.hours.Close())
	}
	if b.log == nil {
		return err
	}
	err = errors.Join(err, b.log.Close())
	if dropped, unwritten := b.lost(); err == nil && dropped+unwritten > 0 {
		err = errors.New(missing(dropped, unwritten))
	}
	return err
}

func missing(dropped, unwritten int64) string {
	return fmt.Sprintf("the access log misses %d requests: %d came faster than they could be taken in, %d could not be written",
		dropped+unwritten, dropped, unwritten)
}
