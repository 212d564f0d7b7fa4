package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"

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
		New:     func(o Options) Drawing { return newRankFrequency(o) },
	})
}

// rankFrequency is the popularity of objects by rank.
type rankFrequency struct {
	opt    Options
	demand *results.Demand
}

func newRankFrequency(o Options) *rankFrequency {
	return &rankFrequency{opt: o, demand: cmp.Or(o.Demand, &results.Demand{})}
}

func (d *rankFrequency) Add(recs []results.Record) {
	if d.opt.Demand == nil {
		d.demand.Add(recs)
	}
}

func (d *rankFrequency) Figure() *Figure {
	counts, all := falling(d.demand)
	if len(counts) == 0 {
		return lack("no requests")
	}
	f := &Figure{
		Subtitle: subtitle(d.opt.Title, things(all, "request"),
			things(int64(len(counts)), "distinct object"), percent(onceShare(counts))+" of them asked for once"),
		X: Axis{Label: "rank of the object (log scale)", Scale: Log, Unit: Counts, Min: 1, Max: float64(len(counts))},
		Y: Axis{Label: "requests (log scale)", Scale: Log, Unit: Counts, Min: 1, Max: float64(counts[0])},
	}
	objects := Line{Label: "objects", Color: "blue", Form: AsPoints}
	objects.X, objects.Y = ranked(counts)
	fit, ok := fitZipf(counts)
	if !ok {
		f.Subtitle += fmt.Sprintf("%sno fit: fewer than %d objects with %d requests", parting, fitRanks, fitCount)
		f.Series = []Line{objects}
		return f
	}
	law := Line{Label: fit.label(), Color: "vermillion", Dash: []float64{10, 4}}
	law.X, law.Y = fit.points(len(counts))
	f.Series = []Line{law, objects}
	return f
}

// label is the fit in the legend.
func (f zipfFit) label() string {
	label := fmt.Sprintf("Zipf's law, α = %.3f ± %.3f, from ranks 1 to %s", f.alpha, f.err, num(float64(f.ranks)))
	if f.off > poorFit {
		label += fmt.Sprintf("; a poor fit, %s off", percent(f.off))
	}
	return label
}

// falling lists the requests for each object from the largest number to the
// smallest, and sums them.
func falling(d *results.Demand) (counts []int64, all int64) {
	counts = make([]int64, 0, d.Len())
	d.Objects(func(n int64) {
		counts = append(counts, n)
		all += n
	})
	slices.SortFunc(counts, func(a, b int64) int { return cmp.Compare(b, a) })
	return counts, all
}

// points is the fitted law over the ranks, down to one request.
func (f zipfFit) points(ranks int) (x, y Numbers) {
	first := f.expected(1)
	last := float64(ranks)
	if f.alpha > 0 {
		last = min(last, math.Pow(first, 1/f.alpha))
	}
	last = max(last, 1)
	return Numbers{1, last}, Numbers{first, first * math.Pow(last, -f.alpha)}
}

// ranked are ranks and counts, thinned so that they lie about evenly on a log
// axis: all of the first 100 ranks, then 300 a decade.
func ranked(counts []int64) (x, y Numbers) {
	for i := 0; i < len(counts); {
		rank := i + 1
		x, y = append(x, float64(rank)), append(y, float64(counts[i]))
		next := int(math.Ceil(float64(rank) * math.Pow(10, 1.0/300)))
		i = max(i+1, next-1)
	}
	return x, y
}

// onceShare is the share of objects asked for exactly once.
func onceShare(counts []int64) float64 {
	n := 0
	for i := len(counts) - 1; i >= 0 && counts[i] == 1; i-- {
		n++
	}
	return float64(n) / float64(len(counts))
}
