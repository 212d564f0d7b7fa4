package logs

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"edgesim/results"
)

// mostFaults is how many faults are kept to be shown; all are counted.
const mostFaults = 10

// Doubts are what a reader of the figures must know of the logs behind them.
type Doubts struct {
	Files      int   // that were read, or tried
	Unknown    int   // files that are no log this program knows, or broken from their beginning
	Duplicates int   // files left out because another is the same
	Lines      int64 // all but empty ones and those that begin with #
	Records    int64
	Malformed  int64 // lines that gave no record
	TooLong    int64 // of Malformed: longer than a line may be

	From, To time.Time // the ends of the first and the last request, UTC; zero without records
	Early    int64     // records from before CloudFront was
	Future   int64     // records from after Options.Now

	First []Fault  // the first of the malformed lines
	Said  []string // whatever else there is to say, in the order of the files

	looked    []string        // formats that were told by looks, and said
	strangers map[string]bool // unknown words that were said
	seen      seen
}

// seen is what any record has said; zero where none did.
type seen struct {
	results      results.Result
	bytes        int64
	total, ttfb  int64
	agent        results.Sym
	addr         byte
	distribution bool
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

// short is text as a message shows it: quoted, and cut if it is long.
func short(text []byte) string {
	const most = 40
	if len(text) > most {
		return strconv.Quote(string(text[:most])) + "…"
	}
	return strconv.Quote(string(text))
}

// launch is when CloudFront began: what is dated before has a wrong date.
var launch = time.Date(2008, time.November, 18, 0, 0, 0, 0, time.UTC)

// clockSkew is how far the clock of a log's writer may be ahead of ours.
const clockSkew = time.Hour

// dates keeps when records were.
func (d *Doubts) dates(recs []results.Record, o Options) {
	if len(recs) == 0 {
		return
	}
	epoch := epochOf(o.Names)
	from, to := recs[0].End(), recs[0].End()
	for i := range recs {
		r := &recs[i]
		from, to = min(from, r.End()), max(to, r.End())
		d.seen.add(r)
	}
	if at := time.Unix(0, epoch+from).UTC(); d.From.IsZero() || at.Before(d.From) {
		d.From = at
	}
	if at := time.Unix(0, epoch+to).UTC(); at.After(d.To) {
		d.To = at
	}
	early, late := launch.UnixNano()-epoch, o.Now.Add(clockSkew).UnixNano()-epoch
	if o.Now.IsZero() {
		late = math.MaxInt64
	}
	if from < early || to > late {
		d.count(recs, early, late)
	}
}

func (s *seen) add(r *results.Record) {
	s.results |= r.Result | r.Response
	s.bytes |= r.BytesOut
	s.total |= r.Total
	s.ttfb |= r.TTFB
	s.agent |= r.Agent
	s.addr |= r.Addr[15] | r.Addr[0] | r.Addr[12]
	s.distribution = s.distribution || r.Distribution != results.NoDistribution
}

// mask is what was said, as bits.
func (s *seen) mask() (m uint8) {
	for i, said := range []bool{s.results != 0, s.bytes != 0, s.total != 0, s.ttfb != 0, s.agent != 0, s.addr != 0, s.distribution} {
		if said {
			m |= 1 << i
		}
	}
	return m
}

// unmask adds what another has seen.
func (s *seen) unmask(m uint8) {
	bit := func(i uint) uint8 { return m >> i & 1 }
	s.results |= results.Result(bit(0))
	s.bytes |= int64(bit(1))
	s.total |= int64(bit(2))
	s.ttfb |= int64(bit(3))
	s.agent |= results.Sym(bit(4))
	s.addr |= bit(5)
	s.distribution = s.distribution || bit(6) > 0
}

// lacks is what no line said, and what it means for the figures.
func (s *seen) lacks() (list []string) {
	lack := func(is bool, what string) {
		if is {
			list = append(list, what)
		}
	}
	lack(s.results == 0, "how a request ended (hit, miss): no request counts as either")
	lack(s.bytes == 0, "how many bytes were sent: bytes are 0")
	lack(s.total == 0, "how long a request took, or all say 0: times to the last byte are 0")
	lack(s.ttfb == 0, "when a first byte came: there are no times to the first byte")
	lack(s.agent == 0, "with what a viewer asked: devices, browsers and systems are empty")
	lack(s.addr == 0, "who asked: viewers cannot be told apart")
	lack(!s.distribution, "of which distribution a request is: all count as of none")
	return list
}

// count counts the records outside of what can be, in ns since their epoch.
func (d *Doubts) count(recs []results.Record, early, late int64) {
	for i := range recs {
		if end := recs[i].End(); end < early {
			d.Early++
		} else if end > late {
			d.Future++
		}
	}
}

// sum says what only the end of the reading shows.
func (d *Doubts) sum() {
	if d.Records > 0 {
		for _, what := range d.seen.lacks() {
			d.say("no line says %s", what)
		}
	}
	if d.Early > 0 {
		d.say("%d lines are from before %s, when there was no CloudFront: their dates are taken as they are", d.Early, launch.Format(time.DateOnly))
	}
	if d.Future > 0 {
		d.say("%d lines are from the future, the last of %s: their dates are taken as they are", d.Future, d.To.Format(time.RFC3339))
	}
}
