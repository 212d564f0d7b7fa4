package origin

import (
	"math"
	"testing"
	"time"
)

// TestMeanWaits against the mean of the quantile function over a fine grid.
func TestMeanWaits(t *testing.T) {
	const ms = time.Millisecond
	for _, d := range []Delay{
		{}, {Kind: "constant", Constant: 7 * ms}, {Kind: "lognormal", Median: 40 * ms, P99: 200 * ms}, {Kind: "lognormal", Median: 40 * ms, P99: 40 * ms},
		{Kind: "empirical", Quantiles: []Quantile{{0.5, 10 * ms}, {0.9, 30 * ms}}}, {Kind: "empirical", Quantiles: []Quantile{{0.3, 5 * ms}}},
	} {
		const n = 200_000
		s, sum := newSampler(d), 0.0
		for k := range n {
			sum += float64(s.at((float64(k)+0.5)/n)) / n
		}
		if got := float64(d.Mean()); math.Abs(got-sum) > 0.002*sum+1 {
			t.Errorf("%+v: mean %v, of the quantiles %v", d, d.Mean(), time.Duration(sum))
		}
	}
}

// CV2 is that of a hundred thousand quantiles.
func TestCV2IsThatOfTheQuantiles(t *testing.T) {
	for _, d := range []Delay{
		{}, {Kind: "constant", Constant: time.Second}, {Kind: "lognormal", Median: 40 * time.Millisecond, P99: 200 * time.Millisecond},
		{Kind: "empirical", Quantiles: []Quantile{{0.2, time.Millisecond}, {0.5, 3 * time.Millisecond}, {0.9, 50 * time.Millisecond}}},
		{Kind: "empirical", Quantiles: []Quantile{{0, 0}}},
	} {
		const n = 100_000
		s, sum, squares := newSampler(d), 0.0, 0.0
		for k := range n {
			v := s.at((float64(k) + 0.5) / n).Seconds()
			sum += v / n
			squares += v * v / n
		}
		want := 0.0
		if sum > 0 {
			want = max(0, squares/(sum*sum)-1)
		}
		if got := d.CV2(); math.Abs(got-want) > 0.01*want+1e-9 {
			t.Errorf("%+v: %v, want %v", d, got, want)
		}
	}
}
