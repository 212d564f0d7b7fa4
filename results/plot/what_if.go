package plot

import (
	"edgesim/results"
	"edgesim/results/report"
)

func init() {
	register(Kind{
		Name:  "what_if",
		Title: "Hit ratio by cache size",
		About: "What an LRU cache of each size at every edge location would have answered, from how far apart requests " +
			"for the same object are in these records; nothing expires. The shaded bands are two standard errors of the sample of objects.",
		Subject: Traffic,
		New:     func(o Options) Drawing { return newWhatIf(o) },
	})
}

// whatIf is hit ratio and byte hit ratio against cache size.
type whatIf struct {
	opt   Options
	reuse *report.Reuse
}

func newWhatIf(o Options) *whatIf {
	w := &whatIf{opt: o, reuse: o.Reuse}
	if w.reuse == nil {
		w.reuse = &report.Reuse{}
	}
	return w
}

func (d *whatIf) Add(recs []results.Record) {
	if d.opt.Reuse == nil {
		d.reuse.Add(recs)
	}
}

func (d *whatIf) Figure() *Figure {
	points := d.reuse.Points(report.Options{Names: d.opt.Names}, "", d.opt.CacheSize)
	if len(points) < 2 {
		return lack("no requests that a cache would have answered")
	}
	f := &Figure{
		Subtitle: subtitle(d.opt.Title, "from the run's own requests"),
		X:        Axis{Label: "cache of each edge location (log scale)", Scale: Log, Unit: Octets, Min: points[0].Size, Max: points[len(points)-1].Size},
		Y:        Axis{Label: "share of requests, of bytes", Unit: Percents, Scale: Linear, Max: 100},
	}
	hits, hitDoubt := ratioLine("hit ratio", "blue", points, func(p report.ReusePoint) (float64, float64) { return p.Hits, p.HitsOff })
	bytes, byteDoubt := ratioLine("byte hit ratio", "green", points, func(p report.ReusePoint) (float64, float64) { return p.Bytes, p.BytesOff })
	bytes.Dash = []float64{10, 4}
	for _, p := range points {
		if p.Today {
			f.Marks = append(f.Marks, Mark{Label: "today: " + octets(p.Size), X: p.Size, Axis: "x"})
			hits.Note, bytes.Note = percent(p.Hits)+" today", percent(p.Bytes)+" today"
		}
	}
	f.Series = []Line{hits, bytes}
	if d.reuse.Sampled() {
		f.Series = append(f.Series, hitDoubt, byteDoubt)
	}
	return f
}

// ratioLine is a share by size, and two standard errors around it.
func ratioLine(label, color string, points []report.ReusePoint, of func(report.ReusePoint) (share, off float64)) (line, doubt Line) {
	line = Line{Label: label, Color: color}
	doubt = Line{Label: label, Color: color, Form: AsDoubt}
	for _, p := range points {
		share, off := of(p)
		line.X, line.Y = append(line.X, p.Size), append(line.Y, rounded(100*share))
		doubt.X = append(doubt.X, p.Size)
		doubt.Y = append(doubt.Y, rounded(100*min(share+2*off, 1)))
		doubt.Y2 = append(doubt.Y2, rounded(100*max(share-2*off, 0)))
	}
	return line, doubt
}
