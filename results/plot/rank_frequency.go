package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"

	"edgesim/results"
)

func init() {
	register(Kind{
		Name:  "rank_frequency",
		Title: "Popularity: requests by rank",
		About: "How often each object was asked for, the most popular one first, both axes logarithmic. " +
			"Zipf's law is a straight line here; its exponent is fitted by maximum likelihood to the ranks " +
			"with at least 16 requests, and the ± is one standard error.",
		Subject: Traffic,
		New:     func(o Options) Drawing { return &rankFrequency{opt: o} },
	})
}

// rankFrequency is the popularity of objects by rank.
type rankFrequency struct {
	opt   Options
	asked results.Tally[int64]
	all   int64
}

func (d *rankFrequency) Add(recs []results.Record) {
	for i := range recs {
		*d.asked.At(recs[i].Object)++
	}
	d.all += int64(len(recs))
}

func (d *rankFrequency) Draw() (*plot.Plot, error) {
	counts := falling(&d.asked)
	if len(counts) == 0 {
		return nil, lack("no requests")
	}
	k, _ := Find("rank_frequency")
	p, head := sheet(k, subtitle(d.opt.Title, things(d.all, "request"),
		things(int64(len(counts)), "distinct object"), percent(onceShare(counts))+" of them asked for once"))
	countAxis(&p.X, float64(len(counts)), "rank of the object (log scale)")
	countAxis(&p.Y, float64(counts[0]), "requests (log scale)")

	p.Add(grid{})
	p.Add(dots{pts: ranked(counts), fill: Blue, radius: 2.6})
	head.addDot("objects", stroke(Blue, lineWidth))
	fit, ok := fitZipf(counts)
	if !ok {
		head.subtitle += fmt.Sprintf("  ·  no fit: fewer than %d objects with %d requests", fitRanks, fitCount)
		return p, nil
	}
	style := stroke(Vermillion, lineWidth, 10, 4)
	p.Add(line{pts: fit.points(len(counts)), style: style})
	head.add(fit.label(), style)
	return p, nil
}

// label is the fit in the legend.
func (f zipfFit) label() string {
	label := fmt.Sprintf("Zipf's law, α = %.3f ± %.3f, from ranks 1 to %s", f.alpha, f.err, num(float64(f.ranks)))
	if f.off > poorFit {
		label += fmt.Sprintf("; a poor fit, %s off", percent(f.off))
	}
	return label
}

// falling lists the counts from the largest to the smallest.
func falling(t *results.Tally[int64]) []int64 {
	counts := make([]int64, 0, t.Len())
	for _, n := range t.All() {
		counts = append(counts, *n)
	}
	slices.SortFunc(counts, func(a, b int64) int { return cmp.Compare(b, a) })
	return counts
}

// points is the fitted law as a line over the ranks, down to one request.
func (f zipfFit) points(ranks int) []point {
	first := f.expected(1)
	last := float64(ranks)
	if f.alpha > 0 {
		last = min(last, math.Pow(first, 1/f.alpha))
	}
	last = max(last, 1)
	return []point{{X: 0, Y: lg(first)}, {X: lg(last), Y: lg(first) - f.alpha*lg(last)}}
}

// ranked are the points (rank, count), thinned so that they lie about evenly
// on a log axis: all of the first 100 ranks, then 300 a decade.
func ranked(counts []int64) []point {
	var pts []point
	for i := 0; i < len(counts); {
		rank := i + 1
		pts = append(pts, point{X: lg(float64(rank)), Y: lg(float64(counts[i]))})
		next := int(math.Ceil(float64(rank) * math.Pow(10, 1.0/300)))
		i = max(i+1, next-1)
	}
	return pts
}

// onceShare is the share of objects asked for exactly once.
func onceShare(counts []int64) float64 {
	n := 0
	for i := len(counts) - 1; i >= 0 && counts[i] == 1; i-- {
		n++
	}
	return float64(n) / float64(len(counts))
}
