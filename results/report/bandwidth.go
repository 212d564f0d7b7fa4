package report

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// fiveMinutes is the interval of which transit is billed by the 95th percentile.
const fiveMinutes = int64(5 * time.Minute)

// mostIntervals bounds the range that has a percentile: ten years.
const mostIntervals = 1 << 20

func bandwidthColumns() []Column {
	return scopeColumns(
		Column{Name: "Direction", Unit: Text},
		Column{Name: "TotalBytes", Label: "Bytes", Unit: Bytes},
		Column{Name: "MeanMbps", Label: "Mean Mbit/s", Unit: Number, Merge: Apart},
		Column{Name: "P95Mbps", Label: "p95 of 5 min", Unit: Number, Merge: Apart},
		Column{Name: "PeakMbps", Label: "Peak Mbit/s", Unit: Number, Merge: Max},
		Column{Name: "PeakUTC", Label: "Peak at (UTC)", Unit: Moment},
	)
}

// bandwidth is the range's, to viewers and from origins.
func (o *origin) bandwidth(scope string) *Table {
	t := &Table{Name: "bandwidth", Title: "Bandwidth of the range", Columns: bandwidthColumns()}
	t.Preamble = o.o.preamble("Bandwidth", scope, o.o.measured()...)
	of := o.distributions()
	if scope != "" {
		of = numbersOf(scope, o.o.Names.EveryDistribution())
	}
	whole := o.whole(scope)
	for _, d := range directions {
		row := append(o.o.scopeCells(scope), text(d.name), num(d.of(flow{whole.bytes, whole.sent})))
		t.Rows = append(t.Rows, append(row, o.rangeCells(of, d.of)...))
	}
	if o.absorbed {
		t.Notes = append(t.Notes, "Put together from tables of parts of the time, which do not tell the 95th percentile; "+
			"a peak's moment is its bucket's beginning.")
	}
	return t
}

// direction is one of a flow's two numbers.
type direction struct {
	name string
	of   func(flow) int64
}

var directions = []direction{
	{"To viewers", func(f flow) int64 { return f.viewers }},
	{"From origins", func(f flow) int64 { return f.origin }},
}

// rangeCells are mean, percentile, peak and its moment.
func (o *origin) rangeCells(of []int, number func(flow) int64) []Cell {
	from, to := o.o.rangeOf()
	if !from.Before(to) {
		return []Cell{noNumber, noNumber, noNumber, {}}
	}
	begun, ended := o.o.measuredRange()
	length := ended.Sub(begun)
	sum, peak := o.busiest(of, number)
	if sum == 0 {
		return []Cell{num(0), num(0), num(0), {}}
	}
	cells := []Cell{mbps(sum, int64(length)), o.percentile(of, from, to, number), noNumber, {}}
	if peak.bytes > 0 {
		at := time.Unix(0, peak.at).UTC()
		cells[2] = mbps(peak.bytes, o.step())
		cells[3] = Cell{Text: moment(at), Num: float64(peak.at) / 1e9}
	}
	return cells
}

// top is a peak and its moment, in ns since 1970.
type top struct{ at, bytes int64 }

// busiest is all that flowed within the range's buckets and the most in one step.
func (o *origin) busiest(of []int, number func(flow) int64) (sum int64, peak top) {
	peak.at = math.MaxInt64
	higher := func(at, bytes int64) {
		if bytes > peak.bytes || bytes == peak.bytes && at < peak.at {
			peak = top{at, bytes}
		}
	}
	numbers, _ := o.numbers(o.seen())
	for _, n := range numbers {
		o.flowsOf(of).each(n*o.grain, (n+1)*o.grain, func(start int64, f flow) {
			sum += number(f)
			higher(start, number(f))
		})
		taken := o.sum(of, n)
		sum += number(taken.flowed)
		if together, said := o.together[n]; len(of) < 2 || said {
			if len(of) > 1 {
				taken = &together
			}
			higher(n*o.grain, number(taken.peak))
		}
	}
	return sum, peak
}

// percentile is the rate that 95 % of the range's whole five minutes do not
// exceed, counted as the clock has them; none where there is no whole one.
func (o *origin) percentile(of []int, from, to time.Time, number func(flow) int64) Cell {
	first, last := -floorDiv(-from.UnixNano(), fiveMinutes), floorDiv(to.UnixNano(), fiveMinutes)
	if o.absorbed || first >= last || last-first > mostIntervals {
		return noNumber
	}
	rates := make([]int64, last-first)
	o.flowsOf(of).each(first*fiveMinutes, last*fiveMinutes, func(start int64, f flow) {
		rates[floorDiv(start, fiveMinutes)-first] += number(f)
	})
	slices.Sort(rates)
	at := int(math.Ceil(0.95*float64(len(rates)))) - 1
	return mbps(rates[at], fiveMinutes)
}

// step is how finely bandwidth is known, in ns.
func (o *origin) step() int64 { return newMinutes(o.fine).step }

func (o *origin) stepName() string {
	switch time.Duration(o.step()) {
	case time.Minute:
		return "minute"
	case time.Second:
		return "second"
	}
	return time.Duration(o.step()).String()
}

// mbps is so many bytes in ns nanoseconds, in Mbit/s to the bit.
func mbps(bytes, ns int64) Cell {
	return num(math.Round(8*float64(bytes)/(float64(ns)/1e9)) / 1e6)
}

// bytesOf is what flows at so many Mbit/s in ns nanoseconds.
func bytesOf(mbps float64, ns int64) int64 {
	return int64(math.Round(mbps * 1e6 / 8 * float64(ns) / 1e9))
}

// bucketLength is the width of the table's time buckets in ns, as its preamble
// has it; unknown where it has none.
func (r *reading) bucketLength(unknown int64) int64 {
	for _, p := range r.Preamble {
		if p[0] == "Granularity" {
			d, err := time.ParseDuration(p[1])
			if err == nil {
				unknown = int64(d)
			}
			unknown = cmp.Or(map[string]int64{"Hourly": int64(time.Hour), "Daily": int64(24 * time.Hour)}[p[1]], unknown)
		}
	}
	return unknown
}
