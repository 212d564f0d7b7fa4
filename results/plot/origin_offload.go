package plot

import (
	"fmt"
	"time"

	"gonum.org/v1/plot"

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

func (d *originOffload) Add(recs []results.Record) {
	for i := range recs {
		r := &recs[i]
		d.time.at(r.At).add(r)
		if !d.opt.warm(r) {
			d.total.add(r)
		}
	}
}

func (c *originCounts) add(r *results.Record) {
	c.edge++
	c.origin += int64(r.OriginAsked)
	c.edgeBytes += r.BytesOut
	c.originBytes += r.OriginBytes
}

func (d *originOffload) Draw() (*plot.Plot, error) {
	if len(d.time.all) == 0 {
		return nil, lack("no requests")
	}
	k, _ := Find("origin_offload")
	t := d.total
	p, head := sheet(k, subtitle(d.opt.Title, fmt.Sprintf("of %s the origins saw %s",
		things(t.edge, "request"), grouped(fmt.Sprint(t.origin))), every(d.time.grain), d.opt.shaded(d.time.span())))
	unit := timeAxis(&p.X, d.time.span())
	edgeRate := d.time.line(unit, func(i int, c *originCounts) float64 { return float64(c.edge) / d.time.seconds(i) })
	originRate := d.time.line(unit, func(i int, c *originCounts) float64 { return float64(c.origin) / d.time.seconds(i) })
	linearAxis(&p.Y, highest(edgeRate, originRate), "requests per second", short)

	warm := d.opt.Warmup.Seconds() / unit.Seconds()
	p.Add(shade{to: warm}, grid{},
		band{low: originRate, high: edgeRate, fill: faded(Blue, 0x38)}, band{high: originRate, fill: faded(Vermillion, 0x70)},
		line{pts: edgeRate, style: stroke(Blue, d.time.pen())}, line{pts: originRate, style: stroke(Vermillion, d.time.pen())})
	head.addFill("viewers to edge", stroke(faded(Blue, 0x70), lineWidth))
	head.addFill("edge to origins", stroke(faded(Vermillion, 0x90), lineWidth))
	p.Add(d.strip(head, warm, unit))
	return p, nil
}

// strip is the offload as a share, of requests and of bytes.
func (d *originOffload) strip(head *header, warm float64, unit time.Duration) *strip {
	byRequests, byBytes := stroke(Ink, d.time.pen()), stroke(Green, d.time.pen(), 10, 4)
	head.add("offload of requests "+signed(d.total.origin, d.total.edge), byRequests)
	head.add("of bytes "+signed(d.total.originBytes, d.total.edgeBytes), byBytes)
	return &strip{
		head: head, title: "kept from the origins (%)", shaded: warm,
		lines: []line{
			{pts: d.time.line(unit, func(_ int, c *originCounts) float64 { return offload(c.originBytes, c.edgeBytes) }), style: byBytes},
			{pts: d.time.line(unit, func(_ int, c *originCounts) float64 { return offload(c.origin, c.edge) }), style: byRequests},
		},
	}
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

// highest is the highest Y of all lines; NaN counts for nothing.
func highest(lines ...[]point) float64 {
	most := 0.0
	for _, pts := range lines {
		for _, p := range pts {
			if p.Y > most {
				most = p.Y
			}
		}
	}
	return most
}
