package compare

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Estimate is a figure of one side: its mean over runs, and the interval in which
// the mean of ever more runs would lie, by Student's t. A headline figure is itself
// made of thousands of requests, so over runs it is near enough to normal.
type Estimate struct {
	Runs int      `json:"runs"`
	Mean float64  `json:"mean"`
	Low  *float64 `json:"low"` // nil with one run: it has no interval
	High *float64 `json:"high"`
}

func estimate(values []float64, confidence float64) Estimate {
	mean, deviation := stat.MeanStdDev(values, nil)
	e := Estimate{Runs: len(values), Mean: mean}
	if n := float64(len(values)); n > 1 {
		half := quantile(n-1, confidence) * deviation / math.Sqrt(n)
		e.Low, e.High = bounds(mean, half)
	}
	return e
}

func bounds(center, half float64) (low, high *float64) {
	l, h := center-half, center+half
	return &l, &h
}

// quantile is how many standard errors the interval reaches to either side.
func quantile(freedom, confidence float64) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}.Quantile((1 + confidence) / 2)
}

// Difference is B less A.
type Difference struct {
	Mean     float64  `json:"mean"`
	Low      *float64 `json:"low"` // nil where no interval can be had
	High     *float64 `json:"high"`
	Relative *float64 `json:"relative"` // of A's mean; nil where that is 0
	P        *float64 `json:"p"`        // that chance alone makes a difference as large; nil where it cannot be told
}

// difference is of runs that have nothing to do with each other: Welch's t (B. L.
// Welch, Biometrika 34, 1947), or where a side has one run Student's with the
// other's deviation for both. Two single runs have no interval.
func difference(a, b []float64, confidence float64) Difference {
	meanA, meanB := stat.Mean(a, nil), stat.Mean(b, nil)
	d := from(meanA, meanB)
	na, nb := float64(len(a)), float64(len(b))
	if na+nb < 3 {
		return d
	}
	va, vb := 0.0, 0.0
	if na > 1 {
		va = stat.Variance(a, nil)
	}
	if nb > 1 {
		vb = stat.Variance(b, nil)
	}
	sa, sb, freedom := va/na, vb/nb, na+nb-2
	switch {
	case na == 1:
		sa = vb
	case nb == 1:
		sb = va
	case sa+sb > 0:
		freedom = (sa + sb) * (sa + sb) / (sa*sa/(na-1) + sb*sb/(nb-1))
	}
	return d.with(math.Sqrt(sa+sb), freedom, confidence)
}

// pairedDifference is of runs of which each of the one side belongs to one of the
// other: t of their differences.
func pairedDifference(a, b []float64, confidence float64) Difference {
	apart := make([]float64, len(a))
	for i := range a {
		apart[i] = less(b[i], a[i])
	}
	d := from(stat.Mean(a, nil), stat.Mean(b, nil))
	n := float64(len(apart))
	return d.with(stat.StdDev(apart, nil)/math.Sqrt(n), n-1, confidence)
}

func from(a, b float64) Difference {
	d := Difference{Mean: less(b, a)}
	if a != 0 {
		relative := d.Mean / a
		d.Relative = &relative
	}
	return d
}

// less is b − a, and 0 where they differ by what the adding up of a mean rounds off:
// some units in the last of 16 digits.
func less(b, a float64) float64 {
	if d := b - a; math.Abs(d) > 1e-13*max(math.Abs(a), math.Abs(b)) {
		return d
	}
	return 0
}

// with adds what a standard error says.
func (d Difference) with(deviation, freedom, confidence float64) Difference {
	d.Low, d.High = bounds(d.Mean, quantile(freedom, confidence)*deviation)
	p := 0.0
	switch {
	case deviation > 0:
		p = 2 * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}.CDF(-math.Abs(d.Mean)/deviation)
	case d.Mean == 0:
		p = 1
	}
	d.P = &p
	return d
}

// says puts it into a word. good is 1 where more is better, -1 where less is.
func (d Difference) says(good int, alpha float64) string {
	switch {
	case d.P == nil:
		return Unknown
	case d.Mean == 0 && *d.Low == 0:
		return Same
	case *d.P >= alpha:
		return Chance
	case good == 0 && d.Mean > 0:
		return More
	case good == 0:
		return Less
	case d.Mean > 0 == (good > 0):
		return Better
	}
	return Worse
}
