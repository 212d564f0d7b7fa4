package trace

import (
	"fmt"
	"strconv"
)

// Fault is a place in a trace that is no request.
type Fault struct {
	File  string
	Place int64  // number of the line, or the record, from 1
	Of    string // "line" or "record"
	What  string // what is wrong, and what would be right
}

func (f Fault) Error() string {
	if f.Of == inLines {
		return fmt.Sprintf("%s:%d: %s", f.File, f.Place, f.What)
	}
	return fmt.Sprintf("%s: %s %d: %s", f.File, f.Of, f.Place, f.What)
}

const (
	inLines   = "line"
	inRecords = "record"
)

// mostFaults is how many faults are kept to be shown; all are counted.
const mostFaults = 10

// Faults are what a reader of the figures must know of the trace behind them.
type Faults struct {
	Bad   int64   // lines that were no request and were passed over, with Options.SkipBad
	Empty int64   // requests for an object of 0 bytes, which count as of 1
	First []Fault // the first of the bad lines
	Said  []string

	skip bool
}

// bad is told of a place that is no request: the error that ends the reading,
// nil where it goes on without it.
func (f *Faults) bad(fault Fault) error {
	if !f.skip {
		return fault
	}
	f.Bad++
	if len(f.First) < mostFaults {
		f.First = append(f.First, fault)
	}
	return nil
}

func (f *Faults) say(format string, args ...any) {
	f.Said = append(f.Said, fmt.Sprintf(format, args...))
}

// short is text as a message shows it: quoted, and cut if it is long.
func short(text []byte) string {
	const most = 40
	if len(text) > most {
		return strconv.Quote(string(text[:most])) + "…"
	}
	return strconv.Quote(string(text))
}
