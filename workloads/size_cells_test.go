package workloads

import (
	"math"
	"testing"
)

// TestCellsAreTheDistribution compares them with sizes drawn evenly: shares below
// a few sizes, and the mean.
func TestCellsAreTheDistribution(t *testing.T) {
	for name, m := range map[string]SizeModel{
		"lognormal":      {Median: 10_000, Sigma: 1.3},
		"clamped":        {Median: 10_000, Sigma: 2, Min: 500, Max: 100_000},
		"pareto":         {Median: 10_000, Sigma: 1, TailShare: 0.07, TailFrom: 133 << 10, TailIndex: 1.1, Max: 1 << 26},
		"pareto of 1":    {Median: 10_000, P99: 90_000, TailShare: 0.2, TailFrom: 1 << 20, TailIndex: 1, Max: 1 << 30},
		"tail of points": {Median: 10_000, TailShare: 0.5, TailFrom: 20_000, TailIndex: 2.5},
		"all alike":      {Median: 4096},
	} {
		s, err := newSizes(m)
		if err != nil {
			t.Fatal(err)
		}
		cells, err := m.Cells(1.1)
		if err != nil {
			t.Fatal(err)
		}
		share, mean, drawn := 0.0, 0.0, 0.0
		for _, c := range cells {
			share += c.Share
			mean += c.Share * c.Mean
		}
		const n = 2_000_000
		var counts, want [3]float64
		marks := [3]float64{4000, 10_001, 200_000}
		for k := range n {
			size := float64(s.at((float64(k) + 0.5) / n))
			drawn += size / n
			for i, x := range marks {
				if size < x {
					counts[i] += 1.0 / n
				}
			}
		}
		for _, c := range cells {
			for i, x := range marks {
				if c.Mean < x {
					want[i] += c.Share
				}
			}
		}
		if math.Abs(share-1) > 1e-9 || math.Abs(mean/drawn-1) > 0.005 {
			t.Errorf("%s: shares sum to %v, mean %v, drawn %v", name, share, mean, drawn)
		}
		for i := range marks {
			if math.Abs(counts[i]-want[i]) > 0.04 { // a cell lies on one side of the mark
				t.Errorf("%s: below %v: %v of the cells, %v drawn", name, marks[i], want[i], counts[i])
			}
		}
		if len(cells) > 400 {
			t.Errorf("%s: %d cells", name, len(cells))
		}
	}
	if _, err := (SizeModel{Median: 10}).Cells(1); err == nil {
		t.Error("cells of no width")
	}
	if _, err := (SizeModel{}).Cells(2); err == nil {
		t.Error("cells of no model")
	}
}
