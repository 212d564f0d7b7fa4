package results

import (
	"math"
	"math/bits"

	"github.com/HdrHistogram/hdrhistogram-go"
)

const (
	// Histograms count whole microseconds, exactly up to 2 ms and to three
	// significant digits above, up to two hours.
	histogramUnit   = 1000 // ns
	histogramLowest = 1    // µs
	histogramMost   = 2 * 60 * 60 * 1_000_000
	histogramDigits = 3
)

// Histogram is a distribution of times: the counts of an HdrHistogram in
// microseconds, with the exact sum and extremes beside it. It is used by one
// goroutine at a time.
//
// It counts by itself, since that is what happens for every record, in pages of
// which those take memory that have counts: 8 KiB for a doubling of time. What is
// asked of it an HdrHistogram answers that is made of the counts.
type Histogram struct {
	pages    [histogramPages]*[histogramPage]int64 // counts by bin, as an HdrHistogram numbers them
	count    int64
	sum      [2]uint64 // ns, exact: high and low word, so that the order of merging is no matter
	min, max int64     // ns, exact
	clamped  int64

	hdr  *hdrhistogram.Histogram // of the first told counts; nil before it is asked for
	told int64
}

const (
	histogramPageBits = 10
	histogramPage     = 1 << histogramPageBits
	// histogramPages are those of values below 2^33, the first power of two beyond
	// histogramMost.
	histogramPages = 33 - histogramPageBits + 1
)

// NewHistogram returns an empty histogram.
func NewHistogram() *Histogram { return &Histogram{min: math.MaxInt64} }

// Record counts one time of ns nanoseconds. A negative time counts as 0 and
// one of more than two hours as two hours; both are told by Clamped.
func (h *Histogram) Record(ns int64) {
	if uint64(ns) > histogramMost*histogramUnit {
		h.clamped++
		ns = min(max(ns, 0), histogramMost*histogramUnit)
	}
	bin := histogramBin((ns + histogramUnit/2) / histogramUnit)
	page := h.pages[bin>>histogramPageBits]
	if page == nil {
		page = h.newPage(bin)
	}
	page[bin&(histogramPage-1)]++
	h.count++
	h.addSum(0, uint64(ns))
	h.min, h.max = min(h.min, ns), max(h.max, ns)
}

// histogramBin is the bin of a time of us microseconds: those below 2,048 have one
// each, every doubling above has 1,024.
func histogramBin(us int64) int {
	shift := bits.Len64(uint64(us)|(2*histogramPage-1)) - (histogramPageBits + 1)
	return shift<<histogramPageBits + int(us>>shift)
}

// binMicros is the shortest time of a bin, in microseconds.
func binMicros(bin int) int64 {
	shift := max(bin>>histogramPageBits-1, 0)
	return int64(bin-shift<<histogramPageBits) << shift
}

func (h *Histogram) newPage(bin int) *[histogramPage]int64 {
	page := new([histogramPage]int64)
	h.pages[bin>>histogramPageBits] = page
	return page
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
	for i, from := range o.pages {
		if from == nil {
			continue
		}
		to := h.pages[i]
		if to == nil {
			to = h.newPage(i << histogramPageBits)
		}
		for j, n := range from {
			to[j] += n
		}
	}
	h.count += o.count
	h.addSum(o.sum[0], o.sum[1])
	h.min, h.max = min(h.min, o.min), max(h.max, o.max)
	h.clamped += o.clamped
}

// whole is an HdrHistogram of all counts.
func (h *Histogram) whole() *hdrhistogram.Histogram {
	if h.hdr != nil && h.told == h.count {
		return h.hdr
	}
	h.hdr, h.told = hdrhistogram.New(histogramLowest, histogramMost, histogramDigits), h.count
	for i, page := range h.pages {
		if page == nil {
			continue
		}
		for j, n := range page {
			if n == 0 {
				continue
			}
			if err := h.hdr.RecordValues(binMicros(i<<histogramPageBits|j), n); err != nil {
				panic("results: an HdrHistogram refuses a clamped value: " + err.Error())
			}
		}
	}
	return h.hdr
}

// Count is how many times were recorded; 0 for a nil histogram.
func (h *Histogram) Count() int64 {
	if h == nil {
		return 0
	}
	return h.count
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
	return min(float64(h.whole().ValueAtPercentile(q*100))/1000, h.Max())
}

// Each calls f with every non-empty bucket's highest time, in milliseconds,
// and its count, from the shortest to the longest.
func (h *Histogram) Each(f func(ms float64, count int64)) {
	if h.Count() == 0 {
		return
	}
	for _, b := range h.whole().Distribution() {
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
