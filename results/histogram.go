package results

import (
	"fmt"
	"math"
	"math/bits"

	"github.com/HdrHistogram/hdrhistogram-go"
)

const (
	// Histograms count whole microseconds, exactly up to 2 ms and to three
	// significant digits above, up to two hours: 190 KB each.
	histogramUnit   = 1000 // ns
	histogramLowest = 1    // µs
	histogramMost   = 2 * 60 * 60 * 1_000_000
	histogramDigits = 3
)

// Histogram is a distribution of times: an HdrHistogram in microseconds, with
// the exact sum and extremes beside it. It is used by one goroutine at a time.
type Histogram struct {
	hdr      *hdrhistogram.Histogram
	sum      [2]uint64 // ns, exact: high and low word, so that the order of merging is no matter
	min, max int64     // ns, exact
	clamped  int64
}

// NewHistogram returns an empty histogram.
func NewHistogram() *Histogram {
	return &Histogram{
		hdr: hdrhistogram.New(histogramLowest, histogramMost, histogramDigits),
		min: math.MaxInt64,
	}
}

// Record counts one time of ns nanoseconds. A negative time counts as 0 and
// one of more than two hours as two hours; both are told by Clamped.
func (h *Histogram) Record(ns int64) {
	if ns < 0 || ns > histogramMost*histogramUnit {
		h.clamped++
		ns = min(max(ns, 0), histogramMost*histogramUnit)
	}
	us := (ns + histogramUnit/2) / histogramUnit
	if err := h.hdr.RecordValue(us); err != nil {
		panic("results: histogram refuses a clamped value: " + err.Error())
	}
	h.addSum(0, uint64(ns))
	h.min, h.max = min(h.min, ns), max(h.max, ns)
}

func (h *Histogram) addSum(high, low uint64) {
	var carry uint64
	h.sum[1], carry = bits.Add64(h.sum[1], low, 0)
	h.sum[0] += high + carry
}

// Merge adds what o has counted. A nil o adds nothing.
func (h *Histogram) Merge(o *Histogram) {
	if o == nil {
		return
	}
	if lost := h.hdr.Merge(o.hdr); lost != 0 {
		panic(fmt.Sprintf("results: histograms of one geometry lost %d counts in a merge", lost))
	}
	h.addSum(o.sum[0], o.sum[1])
	h.min, h.max = min(h.min, o.min), max(h.max, o.max)
	h.clamped += o.clamped
}

// Count is how many times were recorded; 0 for a nil histogram.
func (h *Histogram) Count() int64 {
	if h == nil {
		return 0
	}
	return h.hdr.TotalCount()
}

// Clamped is how many of them were out of range.
func (h *Histogram) Clamped() int64 { return h.clamped }

// Mean is the exact mean in milliseconds; 0 when nothing was recorded.
func (h *Histogram) Mean() float64 {
	if h.Count() == 0 {
		return 0
	}
	sum := float64(h.sum[0])*(1<<64) + float64(h.sum[1])
	return sum / float64(h.Count()) / 1e6
}

// Min is the exact smallest time in milliseconds; 0 when nothing was recorded.
func (h *Histogram) Min() float64 {
	if h.Count() == 0 {
		return 0
	}
	return float64(h.min) / 1e6
}

// Max is the exact largest time in milliseconds; 0 when nothing was recorded.
func (h *Histogram) Max() float64 {
	if h.Count() == 0 {
		return 0
	}
	return float64(h.max) / 1e6
}

// Quantile is the time in milliseconds that a share q of all times does not
// exceed, q from 0 to 1, to three digits and never above Max; 0 when nothing
// was recorded.
func (h *Histogram) Quantile(q float64) float64 {
	if h.Count() == 0 {
		return 0
	}
	return min(float64(h.hdr.ValueAtPercentile(q*100))/1000, h.Max())
}

// Each calls f with every non-empty bucket's highest time, in milliseconds,
// and its count, from the shortest to the longest.
func (h *Histogram) Each(f func(ms float64, count int64)) {
	if h.Count() == 0 {
		return
	}
	for _, b := range h.hdr.Distribution() {
		if b.Count != 0 {
			f(float64(b.To)/1000, b.Count)
		}
	}
}

// Figures are the figures of the histogram that summaries print; all zero for
// a nil or empty one.
func (h *Histogram) Figures() Figures {
	if h.Count() == 0 {
		return Figures{}
	}
	return Figures{
		Count: h.Count(),
		Mean:  roundMs(h.Mean()),
		P50:   roundMs(h.Quantile(0.50)),
		P90:   roundMs(h.Quantile(0.90)),
		P99:   roundMs(h.Quantile(0.99)),
		P999:  roundMs(h.Quantile(0.999)),
		Max:   roundMs(h.Max()),
	}
}

// Figures sum up a distribution of times, in milliseconds to the microsecond.
type Figures struct {
	Count int64   `json:"count"`
	Mean  float64 `json:"mean"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P99   float64 `json:"p99"`
	P999  float64 `json:"p999"`
	Max   float64 `json:"max"`
}

func roundMs(ms float64) float64 { return math.Round(ms*1000) / 1000 }
