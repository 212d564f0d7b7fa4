package plot

import (
	"fmt"

	"edgesim/results"
)

func init() {
	register(Kind{
		Name:  "origin_offload",
		Title: "Origin offload over time",
		About: "Requests per second that viewers sent to the edge and that the edge sent on to its origins: " +
			"the blue area in between is the origins' relief. The strip above is the same as a share, of " +
			"requests and of bytes. Figures leave out the warm-up.",
		Subject: Traffic,
		Whole:   true,
		New:     func(o Options) Drawing { return newOriginOffload(o) },
	})
}

// originOffload is requests and bytes at the edge and at the origins per time
// bucket.
type originOffload struct {
	opt   Options
	time  buckets[originCounts]
	total originCounts // without the warm-up
}

type originCounts struct {
	edge, origin           int64 // requests
	edgeBytes, originBytes int64 // headers included
}

func newOriginOffload(o Options) *originOffload {
	return &originOffload{opt: o, time: newBuckets[originCounts](o)}
}

func (d *originOffload) Add(recs []results.Record) { results.AddOneByOne(d, recs) }

// AddCrowd implements results.Crowded.
func (d *originOffload) AddCrowd(c *results.Crowd) {
	d.time.at(c.LastAt).add(c)
	if !d.opt.warm(c.Record) {
		d.total.add(c)
	}
}

func (n *originCounts) add(c *results.Crowd) {
	n.edge += c.N
	n.origin += c.N * int64(c.OriginAsked)
	n.edgeBytes += c.BytesOut
	n.originBytes += c.OriginBytes
}

// CutShort implements Cuttable.
func (d *originOffload) CutShort() { d.time.CutShort() }

func (d *originOffload) Figure() *Figure {
	if len(d.time.all) == 0 {
		return lack("no requests")
	}
	t := d.total
	f := d.time.figure(d.opt)
	f.Subtitle = subtitle(d.opt.Title, fmt.Sprintf("of %s the origins saw %s",
		things(t.edge, "request"), grouped(fmt.Sprint(t.origin))), every(d.time.grain), d.opt.shaded(d.time.span()))
	f.Y = Axis{Label: "requests per second", Scale: Linear, Unit: PerSecond}
	f.Series = []Line{
		d.time.series(Line{Label: "viewers to edge", Color: "Hit", Form: AsBand},
			func(i int, c *originCounts) float64 { return d.time.perSecond(i, c.edge) }),
		d.time.series(Line{Label: "edge to origins", Color: "Miss", Form: AsBand},
			func(i int, c *originCounts) float64 { return d.time.perSecond(i, c.origin) }),
	}
	f.Series[0].Y2 = f.Series[1].Y
	f.Strip = d.strip()
	return f
}

// strip is the offload as a share, of requests and of bytes.
func (d *originOffload) strip() *Strip {
	t := d.total
	return &Strip{Title: "kept from the origins (%)", Series: []Line{
		d.time.series(Line{Label: "offload of requests", Note: signed(t.origin, t.edge), Color: "ink"},
			func(_ int, c *originCounts) float64 { return offload(c.origin, c.edge) }),
		d.time.series(Line{Label: "of bytes", Note: signed(t.originBytes, t.edgeBytes), Color: "green", Dash: []float64{10, 4}},
			func(_ int, c *originCounts) float64 { return offload(c.originBytes, c.edgeBytes) }),
	}}
}

// signed is the offload of part from whole, in words; it may be below zero,
// where the origins send more than viewers take.
func signed(part, whole int64) string {
	if whole == 0 {
		return "–"
	}
	if part > whole {
		return "−" + percent(float64(part-whole)/float64(whole))
	}
	return percent(float64(whole-part) / float64(whole))
}
