package logs

import (
	"fmt"
	"strconv"
)

// mostFaults is how many faults are kept to be shown; all are counted.
const mostFaults = 10

// Doubts are what a reader of the figures must know of the logs behind them.
type Doubts struct {
	Files      int   // that were read, or tried
	Unknown    int   // files that are no log this program knows
	Duplicates int   // files left out because another is the same
	Lines      int64 // all but empty ones and those that begin with #
	Records    int64
	Malformed  int64 // lines that gave no record
	TooLong    int64 // of Malformed: longer than a line may be

	First []Fault  // the first of the malformed lines
	Said  []string // whatever else there is to say, in the order of the files

	strangers map[string]bool // unknown words that were said
}

// Fault is what was wrong with a line.
type Fault struct {
	File string
	Line int64 // counted from 1, with all lines of the file; 0 where there are none
	What string
}

func (f Fault) String() string {
	if f.Line == 0 {
		return f.File + ": " + f.What
	}
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.What)
}

func (d *Doubts) say(format string, args ...any) {
	d.Said = append(d.Said, fmt.Sprintf(format, args...))
}

// fault counts a malformed line, and keeps it if it is one of the first.
func (d *Doubts) fault(f Fault) {
	d.Malformed++
	if len(d.First) < mostFaults {
		d.First = append(d.First, f)
	}
}

// short is text as a message shows it: quoted, and cut if it is long.
func short(text []byte) string {
	const most = 40
	if len(text) > most {
		return strconv.Quote(string(text[:most])) + "…"
	}
	return strconv.Quote(string(text))
}
