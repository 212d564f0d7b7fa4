package report

import (
	"math"

	"edgesim/results"
)

func init() {
	register(Kind{
		Name:  "latency",
		Title: "Latency",
		About: "First byte and last byte by how the cache answered, in milliseconds from a request's arrival " +
			"at the edge (of a load generator's records: from when it was to be sent): mean and percentiles " +
			"over the range, and of the first byte over time.",
		Group: Beyond, Place: 1,
		Tables: []string{"latency", "latency_over_time", "latency_histogram"},
		New:    func(o Options) Report { return newLatency(o) },
	})
}

// latency keeps first bytes by bucket, last bytes over the range.
//
// A response without a first byte is not among the first bytes; one whose viewer
// hung up is not among the last bytes, because nobody waited for it.
type latency struct {
	cells[firstBytes]
	lastBytes []byResult // by distribution + 1
	unplaced  []byResult // first bytes taken back from a table of several buckets
	fine      bool       // some time is not of whole milliseconds
	coarse    bool       // some time is
}

// byResult is a spread for every result type; nil where there was none.
type byResult [results.Results]*spread

func (b *byResult) add(result results.Result, us int64) {
	s := b[result]
	if s == nil {
		s = &spread{}
		b[result] = s
	}
	s.add(us)
}

func (b *byResult) of(result results.Result) *spread {
	if b[result] == nil {
		b[result] = &spread{}
	}
	return b[result]
}

func (b *byResult) merge(o *byResult) {
	for result, s := range o {
		if s != nil {
			b.of(results.Result(result)).merge(s)
		}
	}
}

// all is every result type together.
func (b *byResult) all() *spread {
	sum := &spread{}
	for _, s := range b {
		sum.merge(s)
	}
	return sum
}

// firstBytes is what a bucket knows.
type firstBytes struct {
	byResult
	requests int64
}

func (f *firstBytes) merge(o *firstBytes) {
	f.requests += o.requests
	f.byResult.merge(&o.byResult)
}

func newLatency(o Options) *latency {
	return &latency{cells: newCells(o, (*firstBytes).merge)}
}

func (l *latency) Add(recs []results.Record) {
	results.AddOneByOne(l, recs)
	l.AddSingly(recs)
}

// AddCrowd implements results.Crowded.
func (l *latency) AddCrowd(c *results.Crowd) { l.cellOf(c.Record).requests += c.N }

// AddSingly implements results.Singly: times.
func (l *latency) AddSingly(recs []results.Record) {
	for i := range recs {
		l.add(&recs[i])
	}
}

func (l *latency) add(r *results.Record) {
	result := min(r.ResultType(), results.Results-1)
	if r.TTFB > 0 && !r.Flags.Has(results.NoResponse) {
		us := micros(r.TTFB)
		l.cellOf(r).add(result, us)
		if !l.fine {
			l.fine, l.coarse = us%1000 != 0, true
		}
	}
	if !r.Flags.Has(results.Aborted) {
		placeOf(&l.lastBytes, r.Distribution).add(result, micros(r.Total))
	}
}

// placeOf is a distribution's place in a list that grows with them.
func placeOf[T any](list *[]T, distribution uint16) *T {
	at := int(distribution + 1)
	for at >= len(*list) {
		var zero T
		*list = append(*list, zero)
	}
	return &(*list)[at]
}

// summed is the scope's part of a list by distribution.
func (l *latency) summed(list []byResult, scope string) *byResult {
	sum := &byResult{}
	wanted := wanted(scope, l.o.Names.EveryDistribution())
	for i := range list {
		if wanted(int(uint16(i - 1))) {
			sum.merge(&list[i])
		}
	}
	return sum
}

// Tables is the range's figures, those of every bucket, and the histograms that
// both come from.
func (l *latency) Tables(distribution string) []*Table {
	scope := l.o.scope(distribution)
	first := l.whole(scope).byResult
	first.merge(l.summed(l.unplaced, scope))
	times := [2]*byResult{&first, l.summed(l.lastBytes, scope)}
	tables := []*Table{l.figures(scope, times), l.overTime(scope), l.histogram(scope, times)}
	for _, t := range tables {
		t.Notes = append(t.Notes, l.notes()...)
	}
	return tables
}

func (l *latency) notes() []string {
	notes := []string{"Percentiles are right to 0.4 %; mean, count and longest are exact."}
	if l.coarse && !l.fine {
		notes = append(notes, "Times are of whole milliseconds, as logs have them: 0.000 is below one.")
	}
	return notes
}

// timeNames are the two times, by how the tables name them.
var timeNames = [2]string{"First byte", "Last byte"}

func scopeColumns(more ...Column) []Column {
	return append([]Column{
		{Name: "DistributionID", Unit: Text, Wide: true},
		{Name: "FriendlyName", Label: "Distribution", Unit: Text, Wide: true},
	}, more...)
}

// scopeCells are the cells under scopeColumns.
func (o Options) scopeCells(scope string) []Cell {
	known := o.Names.EveryDistribution()
	if list := numbersOf(scope, known); len(list) > 0 {
		id, name := nameOf(list[0], known)
		return []Cell{text(id), text(name)}
	}
	return []Cell{text(named(scope)), text(named(scope))}
}

func latencyColumns() []Column {
	return scopeColumns(
		Column{Name: "Time", Unit: Text},
		Column{Name: "Result", Unit: Text},
		Column{Name: "RequestCount", Label: "Requests", Unit: Count},
		Column{Name: "MeanMs", Label: "Mean", Unit: Millis, Merge: Apart},
		Column{Name: "P50Ms", Label: "p50", Unit: Millis, Merge: Apart},
		Column{Name: "P90Ms", Label: "p90", Unit: Millis, Merge: Apart},
		Column{Name: "P99Ms", Label: "p99", Unit: Millis, Merge: Apart},
		Column{Name: "P999Ms", Label: "p99.9", Unit: Millis, Merge: Apart},
		Column{Name: "MaxMs", Label: "Longest", Unit: Millis, Merge: Max},
	)
}

func (l *latency) figures(scope string, times [2]*byResult) *Table {
	t := &Table{Name: "latency", Title: "Latency by result type", Columns: latencyColumns()}
	t.Preamble = l.o.preamble("Latency", scope)
	for i, by := range times {
		row := func(result string, s *spread) {
			q := s.quantiles(0.5, 0.9, 0.99, 0.999)
			cells := append(l.o.scopeCells(scope), text(timeNames[i]), text(result), num(s.total()))
			t.Rows = append(t.Rows, append(cells, millisCells(s.mean(), q[0], q[1], q[2], q[3], s.most())...))
		}
		for result, s := range by {
			if s.total() > 0 {
				row(results.Result(result).Label(), s)
			}
		}
		row("All", by.all())
	}
	t.Charts = latencyCharts()
	return t
}

func latencyCharts() []Chart {
	var charts []Chart
	for i, name := range []string{"first_byte", "last_byte"} {
		charts = append(charts, Chart{
			Name: name, Title: timeNames[i] + " by result type", About: "The longer the bar, the later: half, nine of ten and 99 of 100 requests waited no longer.",
			Form: Bars, X: "Result", Y: "milliseconds", Unit: Millis, Only: [][2]string{{"Time", timeNames[i]}},
			Series: []Series{
				{Label: "p50", Columns: []string{"P50Ms"}, Color: "sky"},
				{Label: "p90", Columns: []string{"P90Ms"}, Color: "blue"},
				{Label: "p99", Columns: []string{"P99Ms"}, Color: "vermillion"},
			},
		})
	}
	return charts
}

// overTimeOf are the result types that have percentiles over time; NoResult
// stands for all together.
var overTimeOf = []results.Result{results.NoResult, results.Hit, results.RefreshHit, results.Miss}

func overTimeName(r results.Result) string {
	if r == results.NoResult {
		return "All"
	}
	return r.String()
}

func latencyOverTimeColumns() []Column {
	columns := overTimeColumns(Column{Name: "RequestCount", Label: "Requests", Unit: Count})
	for _, r := range overTimeOf {
		name := overTimeName(r)
		for _, p := range []string{"P50", "P90", "P99"} {
			columns = append(columns, Column{Name: name + p + "Ms", Label: name + " " + "p" + p[1:], Unit: Millis,
				Merge: Apart, Wide: p == "P90" || r == results.RefreshHit})
		}
	}
	return columns
}

func (l *latency) overTime(scope string) *Table {
	t := &Table{Name: "latency_over_time", Title: "First byte over time", Columns: latencyOverTimeColumns()}
	t.Preamble = l.o.preamble("First Byte Over Time", scope, [2]string{"Granularity", l.granularity()})
	l.fill(t, scope, func(_ []int, _ int64, n *firstBytes) []Cell {
		row := []Cell{num(n.requests)}
		for _, r := range overTimeOf {
			s := n.byResult[r]
			if r == results.NoResult {
				s = n.all()
			}
			row = append(row, millisCells(s.quantiles(0.5, 0.9, 0.99)...)...)
		}
		return row
	})
	for _, r := range overTimeOf {
		t.Charts = append(t.Charts, overTimeChart(overTimeName(r)))
	}
	return t
}

func overTimeChart(name string) Chart {
	title := map[string]string{"All": "First byte of all responses", "Hit": "First byte of hits",
		"RefreshHit": "First byte of refresh hits", "Miss": "First byte of misses"}
	return Chart{
		Name: "first_byte_" + name, Title: title[name], About: "Milliseconds that half, nine of ten and 99 of 100 requests did not exceed.",
		Form: Lines, X: "TimeBucket", Y: "milliseconds", Unit: Millis,
		Series: []Series{
			{Label: "p50", Columns: []string{name + "P50Ms"}, Color: "sky"},
			{Label: "p90", Columns: []string{name + "P90Ms"}, Color: "blue"},
			{Label: "p99", Columns: []string{name + "P99Ms"}, Color: "vermillion"},
		},
	}
}

func histogramColumns() []Column {
	return scopeColumns(
		Column{Name: "Time", Unit: Text},
		Column{Name: "Result", Unit: Text},
		Column{Name: "FromMs", Label: "From", Unit: Millis, Merge: Apart},
		Column{Name: "ToMs", Label: "Below", Unit: Millis, Merge: Apart},
		Column{Name: "RequestCount", Label: "Requests", Unit: Count},
		Column{Name: "UpToPct", Label: "Up to here %", Unit: Percent, Merge: Apart},
	)
}

// histogram has a row for every bin with counts: what a plot of the
// distribution needs, and what makes the report of a day of those of its hours.
func (l *latency) histogram(scope string, times [2]*byResult) *Table {
	t := &Table{Name: "latency_histogram", Title: "Latency histograms", Columns: histogramColumns()}
	t.Preamble = l.o.preamble("Latency Histograms", scope)
	for i, by := range times {
		for result, s := range by {
			var seen int64
			s.each(func(bin int, n int64) {
				seen += n
				least, width := binRange(bin)
				t.Rows = append(t.Rows, append(l.o.scopeCells(scope), text(timeNames[i]), text(results.Result(result).Label()),
					num(float64(least)/1000), num(float64(least+width)/1000), num(n), num(100*float64(seen)/float64(s.n))))
			})
		}
	}
	return t
}

// Absorb takes back the range's figures for their exact sums, and the histogram
// for its counts; they come in pairs. A histogram of one time bucket counts in
// that bucket, any other in the range alone.
func (l *latency) Absorb(t *Table) error {
	switch t.Name {
	case "latency":
		return l.absorb(t, latencyColumns(), func(s *spread, r *reading, row []Cell) {
			n := r.count(row, "RequestCount")
			s.note(n, int64(math.Round(r.number(row, "MeanMs")*1000*float64(n))), microsOf(r.number(row, "MaxMs")))
		})
	case "latency_histogram":
		return l.absorb(t, histogramColumns(), func(s *spread, r *reading, row []Cell) {
			s.count(binOf(microsOf(r.number(row, "FromMs"))), r.count(row, "RequestCount"))
		})
	}
	return l.absorbRequests(t)
}

func microsOf(ms float64) int64 { return micros(int64(math.Round(ms * 1e6))) }

func (l *latency) absorb(t *Table, columns []Column, take func(*spread, *reading, []Cell)) error {
	r, err := read(t, columns)
	if err != nil {
		return err
	}
	for _, row := range r.ownRows() {
		result, known := resultOf(r.text(row, "Result"))
		if !known || r.count(row, "RequestCount") <= 0 {
			continue // All, which is made of the others
		}
		d, err := r.distribution(l.o, row)
		if err != nil {
			return err
		}
		by := placeOf(&l.lastBytes, uint16(d))
		if r.text(row, "Time") == timeNames[0] {
			by = l.bucketOf(t, d)
		}
		take(by.of(result), r, row)
	}
	return nil
}

func resultOf(label string) (results.Result, bool) {
	for r := range results.Results {
		if r.Label() == label {
			return r, true
		}
	}
	return 0, false
}

// bucketOf is where the first bytes of a table count.
func (l *latency) bucketOf(t *Table, distribution int) *byResult {
	from, to, ok := t.Covered()
	first, last := floorDiv(from.UnixNano(), l.grain), floorDiv(to.UnixNano()-1, l.grain)
	if !ok || first != last {
		return placeOf(&l.unplaced, uint16(distribution))
	}
	return &l.at(bucket{distribution, first}).byResult
}

// absorbRequests takes the numbers of requests back, which the percentiles over
// time have beside them.
func (l *latency) absorbRequests(t *Table) error {
	r, err := read(t, latencyOverTimeColumns())
	if err != nil {
		return err
	}
	for _, row := range r.ownRows() {
		if n := r.count(row, "RequestCount"); n > 0 {
			cell, err := l.place(r, row)
			if err != nil {
				return err
			}
			cell.requests += n
		}
	}
	return nil
}
