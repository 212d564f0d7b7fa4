package plot

import "math"

// zipfFit is Zipf's law fitted to counts: the object of rank i is asked for
// with a probability proportional to i^−α.
type zipfFit struct {
	alpha float64
	err   float64 // standard error of alpha
	ranks int     // the fit rests on ranks 1 to this one
	n     int64   // requests to objects of these ranks
	off   float64 // largest distance of observed and fitted cumulative shares
}

// poorFit is the distance from which on a plot says that Zipf's law does not
// describe the requests. Requests drawn by the law stay below about 0.02.
const poorFit = 0.05

const (
	// fitCount is how often an object must have been asked for so that the fit
	// trusts its rank. Among rarer objects the observed order is mostly chance.
	fitCount = 16
	// fitRanks is the least number of ranks worth a fit.
	fitRanks = 20
)

// fitZipf fits an exponent to counts, which are in falling order, by maximum
// likelihood.
//
// The fit rests on the head: ranks 1 to R with at least fitCount requests. Of
// the n requests to the head, rank i gets a share i^−α / H(R,α), with
// H(R,α) = Σ i^−α, whatever the catalog's size and whatever its tail. So
//
//	ln L(α) = −α Σ n_i ln i − n ln H(R,α)
//
// which is greatest where the head's mean of ln i equals its expectation under
// α. The Fisher information is n Var(ln i), the standard error the root of its
// inverse. (Goldstein, Morris and Yen, "Problems with fitting to the power-law
// distribution", Eur. Phys. J. B 41, 2004, for the equation on a finite
// support; Clauset, Shalizi and Newman, SIAM Review 51, 2009, for why a line
// through log-log points is no substitute.)
//
// Limits: the standard error is that of chance under the law, not of the law's
// being wrong. Ranks are those observed: at R a lucky object takes an unlucky
// one's place, which moves α by about a hundredth.
func fitZipf(counts []int64) (zipfFit, bool) {
	r := 0
	for r < len(counts) && counts[r] >= fitCount {
		r++
	}
	if r < fitRanks {
		return zipfFit{}, false
	}
	logs := make([]float64, r)
	var n, sum float64
	for i := range logs {
		logs[i] = math.Log(float64(i + 1))
		n += float64(counts[i])
		sum += float64(counts[i]) * logs[i]
	}
	alpha, variance := solveZipf(logs, sum/n)
	off := distance(logs, counts, n, alpha)
	return zipfFit{alpha: alpha, err: 1 / math.Sqrt(n*variance), ranks: r, n: int64(n), off: off}, true
}

// distance is the Kolmogorov-Smirnov distance of counts, n in all over the
// ranks of logs, from Zipf's law: the largest difference of the shares of
// requests up to a rank.
func distance(logs []float64, counts []int64, n, alpha float64) float64 {
	var h float64
	for _, l := range logs {
		h += math.Exp(-alpha * l)
	}
	var observed, fitted, most float64
	for i, l := range logs {
		observed += float64(counts[i]) / n
		fitted += math.Exp(-alpha*l) / h
		most = max(most, math.Abs(observed-fitted))
	}
	return most
}

// solveZipf finds the α under which the mean of ln i is mean, and the variance
// of ln i there. The mean falls as α grows, so halving the interval finds it;
// α stays within −5 and 20.
func solveZipf(logs []float64, mean float64) (alpha, variance float64) {
	low, high := -5.0, 20.0
	for range 60 {
		alpha = (low + high) / 2
		var m float64
		m, variance = momentsOfZipf(logs, alpha)
		if m > mean {
			low = alpha
		} else {
			high = alpha
		}
		if high-low < 1e-9 {
			break
		}
	}
	return alpha, variance
}

// momentsOfZipf are mean and variance of ln i, i distributed by Zipf's law.
// Weights are taken relative to the largest, so that none overflows.
func momentsOfZipf(logs []float64, alpha float64) (mean, variance float64) {
	top := max(0, -alpha*logs[len(logs)-1])
	var weight, first, second float64
	for _, l := range logs {
		w := math.Exp(-alpha*l - top)
		weight += w
		first += w * l
		second += w * l * l
	}
	mean = first / weight
	return mean, second/weight - mean*mean
}

// expected is the number of requests that the fitted law gives to rank i.
func (f zipfFit) expected(rank float64) float64 {
	var h float64
	for i := 1; i <= f.ranks; i++ {
		h += math.Pow(float64(i), -f.alpha)
	}
	return float64(f.n) / h * math.Pow(rank, -f.alpha)
}
