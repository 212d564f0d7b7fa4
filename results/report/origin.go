package report

import (
	"time"

	"edgesim/results"
)

func init() {
	register(Kind{
		Name:  "origin",
		Title: "Origin and bandwidth",
		About: "Requests and bytes that reached the origins, what the cache kept from them, and bandwidth to viewers " +
			"and from origins: mean, busiest minute and the 95th percentile of five minutes.",
		Group: Beyond, Place: 3,
		Tables: []string{"origin", "bandwidth"},
		New:    func(o Options) Report { return newOrigin(o) },
	})
}

// origin counts what reached the origins. Requests and bytes are of the bucket in
// which a response ended; bandwidth is of the time in which its bytes flowed.
type origin struct {
	cells[offload]
	flows    []*minutes        // by distribution + 1; nil where nothing was seen
	fine     timeline          // of the first buckets, which says how finely bandwidth is known
	together map[int64]offload // peaks of all distributions together, taken back from tables
	guessed  bool              // some record did not tell what it asked of an origin
	absorbed bool
}

// offload is what a bucket knows.
type offload struct {
	requests, asked int64
	bytes, sent     int64 // to viewers; from origins; headers included

	// Taken back from tables: bytes that flowed in the bucket, and most of them in
	// one step.
	flowed, peak flow
}

func newOrigin(o Options) *origin {
	return &origin{cells: newCells(o, (*offload).merge), fine: newTimeline(o), together: map[int64]offload{}}
}

func (o *origin) coarsen(grain time.Duration) {
	fine, before := o.together, o.timeline
	o.together = map[int64]offload{}
	of := before.coarsen(grain)
	for number, peaks := range fine {
		sum := o.together[of(number)]
		sum.merge(&peaks)
		o.together[of(number)] = sum
	}
	o.cells.coarsen(grain)
}

func (o *origin) Add(recs []results.Record) {
	results.AddOneByOne(o, recs)
	o.AddSingly(recs)
}

// AddCrowd implements results.Crowded.
func (o *origin) AddCrowd(n *results.Crowd) {
	asked, sent := n.N*int64(n.OriginAsked), n.OriginBytes
	if asked == 0 && sent == 0 && !tellsLayer(n.Record) {
		asked, sent = guess(n)
		o.guessed = o.guessed || asked > 0
	}
	c := o.cellOf(n.Record)
	c.requests += n.N
	c.bytes += n.BytesOut
	c.asked += asked
	c.sent += sent
}

// AddSingly implements results.Singly: bandwidth.
func (o *origin) AddSingly(recs []results.Record) {
	for i := range recs {
		r := &recs[i]
		sent := r.OriginBytes
		if sent == 0 && r.OriginAsked == 0 && !tellsLayer(r) {
			one := results.One(r)
			_, sent = guess(&one)
		}
		o.minutesOf(r.Distribution).add(r, sent)
	}
}

func (o *origin) minutesOf(distribution uint16) *minutes {
	m := placeOf(&o.flows, distribution)
	if *m == nil {
		*m = newMinutes(o.fine)
	}
	return *m
}

// guess is what records without a word about origins must have asked of one: a
// miss all that the viewer got, a refresh hit the header of a 304, which is not
// counted, an error of the origin's one request.
func guess(c *results.Crowd) (asked, sent int64) {
	if c.Detail == results.OriginShieldHit {
		return 0, 0
	}
	switch c.ResultType() {
	case results.Miss:
		return c.N, c.BytesOut
	case results.RefreshHit:
		return c.N, 0
	case results.Error:
		return c.N * originFailed(c.Detail), 0
	}
	return 0, 0
}

// originFailed is 1 for the details of errors that came of asking an origin.
func originFailed(d results.Detail) int64 {
	switch d {
	case results.AbortedOrigin, results.SlowReaderOriginError:
		return 1
	}
	if d >= results.OriginCommError && d <= results.OriginZeroSizeObjectError {
		return 1
	}
	return 0
}

func (o *offload) merge(p *offload) {
	o.requests += p.requests
	o.asked += p.asked
	o.bytes += p.bytes
	o.sent += p.sent
	o.flowed.viewers += p.flowed.viewers
	o.flowed.origin += p.flowed.origin
	o.peak.raise(p.peak)
}

// raise makes both numbers at least p's.
func (f *flow) raise(p flow) {
	f.viewers = max(f.viewers, p.viewers)
	f.origin = max(f.origin, p.origin)
}

func originColumns() []Column {
	return overTimeColumns(
		Column{Name: "RequestCount", Label: "Requests", Unit: Count},
		Column{Name: "OriginRequestCount", Label: "To origin", Unit: Count},
		Column{Name: "KeptRequestCount", Label: "Kept", Unit: Count, Wide: true},
		Column{Name: "OffloadPct", Label: "Offload %", Unit: Percent, Of: "KeptRequestCount", Over: "RequestCount"},
		Column{Name: "TotalBytes", Label: "Bytes", Unit: Bytes},
		Column{Name: "OriginBytes", Label: "From origin", Unit: Bytes},
		Column{Name: "KeptBytes", Label: "Bytes kept", Unit: Bytes, Wide: true},
		Column{Name: "ByteOffloadPct", Label: "Of bytes %", Unit: Percent, Of: "KeptBytes", Over: "TotalBytes", Wide: true},
		Column{Name: "MeanMbps", Label: "Mean Mbit/s", Unit: Number, Merge: Apart, Wide: true, Mean: true},
		Column{Name: "PeakMbps", Label: "Peak Mbit/s", Unit: Number, Merge: Max},
		Column{Name: "OriginMeanMbps", Label: "Origin mean Mbit/s", Unit: Number, Merge: Apart, Wide: true, Mean: true},
		Column{Name: "OriginPeakMbps", Label: "Origin peak Mbit/s", Unit: Number, Merge: Max, Wide: true},
	)
}

// Tables is every bucket's figures, and the bandwidth of the range.
func (o *origin) Tables(distribution string) []*Table {
	scope := o.o.scope(distribution)
	t := &Table{Name: "origin", Title: "Origin offload and bandwidth", Columns: originColumns(), Charts: originCharts()}
	for i, c := range t.Columns { // where a step is a bucket, its peak is its mean
		t.Columns[i].Mean = c.Mean || c.Merge == Max && o.step() == o.grain
	}
	t.Preamble = o.o.preamble("Origin", scope, [2]string{"Granularity", o.granularity()})
	o.fill(t, scope, o.row)
	b := o.bandwidth(scope)
	t.Notes = append(t.Notes, o.notes()...)
	b.Notes = append(b.Notes, o.notes()...)
	return []*Table{t, b}
}

func (o *origin) notes() []string {
	notes := []string{"Bandwidth spreads a response's bytes evenly from its first byte to its last; a peak is the busiest " + o.stepName() + "."}
	if o.guessed {
		notes = append(notes, "Requests to origins and their bytes are not in the log: they are estimated as one request for every "+
			"miss, refresh hit and origin error, and the bytes that misses sent to viewers.")
	}
	return notes
}

func (o *origin) row(of []int, number int64, n *offload) []Cell {
	row := []Cell{num(n.requests), num(n.asked), num(n.requests - n.asked), part(n.requests-n.asked, n.requests),
		num(n.bytes), num(n.sent), num(n.bytes - n.sent), part(n.bytes-n.sent, n.bytes)}
	sum, peak := o.flowed(of, number*o.grain, (number+1)*o.grain)
	peaks := o.peaks(of, number, n, peak)
	sum.viewers += n.flowed.viewers
	sum.origin += n.flowed.origin
	return append(row, mbps(sum.viewers, o.grain), peaks[0], mbps(sum.origin, o.grain), peaks[1])
}

// flowed is what flowed between two moments, in ns since 1970, and the most of it
// in one step.
func (o *origin) flowed(of []int, from, to int64) (sum, peak flow) {
	o.flowsOf(of).each(from, to, func(_ int64, f flow) {
		sum.viewers += f.viewers
		sum.origin += f.origin
		peak.raise(f)
	})
	return sum, peak
}

// peaks are a row's two. Those taken back from tables do not add up to one of
// several distributions, unless a table of all said it.
func (o *origin) peaks(of []int, number int64, n *offload, peak flow) [2]Cell {
	taken := n.peak
	if len(of) > 1 && taken != (flow{}) {
		together, said := o.together[number]
		if taken = together.peak; !said {
			return [2]Cell{noNumber, noNumber}
		}
	}
	peak.raise(taken)
	return [2]Cell{mbps(peak.viewers, o.step()), mbps(peak.origin, o.step())}
}

func (o *origin) flowsOf(distributions []int) flows {
	var list flows
	for _, d := range distributions {
		if at := int(uint16(d) + 1); d >= 0 && at < len(o.flows) && o.flows[at] != nil {
			list = append(list, o.flows[at])
		}
	}
	return list
}

func originCharts() []Chart {
	return []Chart{
		{Name: "origin_requests", Title: "Requests of viewers and to origins", Form: Lines, X: "TimeBucket", Y: "requests per second", Unit: Number, Rate: true,
			About: "What lies between the two lines the cache kept from the origins.",
			Series: []Series{
				{Label: "Viewers to edge", Columns: []string{"RequestCount"}, Color: "blue"},
				{Label: "Edge to origins", Columns: []string{"OriginRequestCount"}, Color: "vermillion"},
			}},
		{Name: "offload_share", Title: "Origin offload", Form: Lines, X: "TimeBucket", Y: "kept from the origins", Unit: Percent,
			About: "The share of requests and of bytes that no origin saw.",
			Series: []Series{
				{Label: "Of requests", Columns: []string{"KeptRequestCount"}, Over: []string{"RequestCount"}, Color: "ink"},
				{Label: "Of bytes", Columns: []string{"KeptBytes"}, Over: []string{"TotalBytes"}, Color: "green"},
			}},
		{Name: "bandwidth", Title: "Bandwidth", Form: Lines, X: "TimeBucket", Y: "Mbit/s", Unit: Number,
			About: "Mean of the time bucket, and its busiest moment.",
			Series: []Series{
				{Label: "To viewers, peak", Columns: []string{"PeakMbps"}, Color: "sky"},
				{Label: "To viewers, mean", Columns: []string{"MeanMbps"}, Color: "blue"},
				{Label: "From origins, peak", Columns: []string{"OriginPeakMbps"}, Color: "orange"},
				{Label: "From origins, mean", Columns: []string{"OriginMeanMbps"}, Color: "vermillion"},
			}},
	}
}

// Absorb adds up rows of the same bucket and distribution; peaks are the highest
// of the parts'. Bytes that flowed before the bucket in which a response ended
// are missing where the parts had that bucket alone. The other table's figures
// follow from this one's, but for the percentile, which cannot be known.
func (o *origin) Absorb(t *Table) error {
	if t.Name != "origin" {
		return nil
	}
	r, err := read(t, originColumns())
	if err != nil {
		return err
	}
	own := r.ownRows()
	for _, row := range own {
		part := o.taken(r, row)
		if part == (offload{}) {
			continue
		}
		cell, err := o.place(r, row)
		if err != nil {
			return err
		}
		cell.merge(&part)
		o.absorbed = true
	}
	if len(own) == len(r.Rows) {
		return nil
	}
	return o.absorbTogether(r)
}

// absorbTogether takes the peaks of the rows of all distributions.
func (o *origin) absorbTogether(r *reading) error {
	for _, row := range r.Rows {
		if r.text(row, "DistributionID") != all {
			continue
		}
		number, err := o.number(row[r.at["TimeBucket"]])
		if err != nil {
			return err
		}
		known := o.together[number]
		known.peak.raise(o.taken(r, row).peak)
		o.together[number] = known
	}
	return nil
}

func (o *origin) taken(r *reading, row []Cell) offload {
	return offload{
		requests: r.count(row, "RequestCount"), asked: r.count(row, "OriginRequestCount"),
		bytes: r.count(row, "TotalBytes"), sent: r.count(row, "OriginBytes"),
		flowed: flow{bytesOf(r.number(row, "MeanMbps"), r.bucketLength(o.grain)), bytesOf(r.number(row, "OriginMeanMbps"), r.bucketLength(o.grain))},
		peak:   flow{bytesOf(r.number(row, "PeakMbps"), o.step()), bytesOf(r.number(row, "OriginPeakMbps"), o.step())},
	}
}
