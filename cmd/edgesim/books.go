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
)

// books are what a server makes of its records: the access log and the metrics.
// They are kept beside the requests and never hold one up.
type books struct {
	rec  *results.Recorder
	log  *accesslog.Log   // nil: none
	view *prometheus.View // nil: none
	over chan struct{}
	take sync.WaitGroup
}

// openBooks begins what the plan and the admin listener want of them; nil where
// that is nothing.
func openBooks(e *env, p *plan, names *results.Names, metrics bool) (*books, error) {
	l := &p.conf.AccessLog
	b := &books{rec: results.NewRecorder(0), over: make(chan struct{})}
	var err error
	if l.File != "" || l.Dir != "" {
		b.log, err = accesslog.Open(accesslog.Config{
			File: l.File, Dir: l.Dir, Prefix: l.Prefix, Every: l.Every.Std(), MaxSize: int64(l.MaxSize),
			Unique: uniqueName, Say: func(text string) { fmt.Fprintf(e.stderr, "edgesim serve: %s\n", text) },
		}, names, time.Now())
		if err != nil {
			return nil, usagef("--access-log: %v", err)
		}
	} else if !metrics {
		return nil, nil
	}
	if metrics {
		b.view = prometheus.New(names)
	}
	b.begin()
	return b, nil
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
	b.take.Go(func() { b.rec.Take(views.Add) })
	b.take.Go(b.tick)
}

// tick keeps figures and files no more than a second behind.
func (b *books) tick() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			b.rec.Flush()
			if b.log != nil {
				b.log.Tick(now)
			}
		case <-b.over:
			return
		}
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

// close takes in the last records and ends the log. A log that misses requests
// is an error.
func (b *books) close() error {
	close(b.over)
	b.rec.Close()
	b.take.Wait()
	if b.log == nil {
		return nil
	}
	err := b.log.Close()
	if dropped, unwritten := b.lost(); err == nil && dropped+unwritten > 0 {
		err = errors.New(missing(dropped, unwritten))
	}
	return err
}

func missing(dropped, unwritten int64) string {
	return fmt.Sprintf("the access log misses %d requests: %d came faster than they could be taken in, %d could not be written",
		dropped+unwritten, dropped, unwritten)
}
