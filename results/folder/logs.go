package folder

import (
	"errors"
	"path/filepath"
	"time"

	"edgesim/results"
	"edgesim/results/accesslog"
)

// Logs are a run's access logs: one of what the reports count, and one of the
// warm-up, so that reports made from the first are the run's own. A log tells
// times to the second, too coarsely to cut a warm-up off afterwards.
type Logs struct {
	warmup         int64 // ns
	counted, early *accesslog.Writer
}

// OpenLogs creates them in the run folder; that of the warm-up only where there
// is one.
func OpenLogs(dir string, names *results.Names, warmup time.Duration) (*Logs, error) {
	l := &Logs{warmup: warmup.Nanoseconds()}
	var err error
	if l.counted, err = accesslog.CreateOurs(filepath.Join(dir, results.AccessLogFile), names); err != nil || warmup == 0 {
		return l, err
	}
	if l.early, err = accesslog.CreateOurs(filepath.Join(dir, results.WarmupLogFile), names); err != nil {
		return nil, errors.Join(err, l.counted.Close())
	}
	return l, nil
}

// Add writes the records, neighbours of the same log together.
func (l *Logs) Add(recs []results.Record) {
	for len(recs) > 0 {
		early, n := l.isEarly(&recs[0]), 1
		for n < len(recs) && l.isEarly(&recs[n]) == early {
			n++
		}
		if early {
			l.early.Add(recs[:n])
		} else {
			l.counted.Add(recs[:n])
		}
		recs = recs[n:]
	}
}

func (l *Logs) isEarly(r *results.Record) bool {
	return l.early != nil && (r.At < l.warmup || r.Flags.Has(results.Warm))
}

// Close writes what is left.
func (l *Logs) Close() error {
	err := l.counted.Close()
	if l.early != nil {
		err = errors.Join(err, l.early.Close())
	}
	return err
}
