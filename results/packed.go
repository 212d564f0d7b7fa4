package results

import (
	"encoding/binary"
	"errors"
	"math"
)

// packed is a histogram that is no longer filled: the bins that have counts, so
// that a run of an hour can keep one for every second. A bin may stand in it more
// than once.
type packed struct {
	bins     []binCount
	sum      [2]uint64
	min, max int64
	clamped  int64
}

type binCount struct {
	bin uint16 // as histogramBin numbers them
	n   uint32
}

// pack adds what h has counted.
func (p *packed) pack(h *Histogram) {
	if h.Count() == 0 {
		return
	}
	if len(p.bins) == 0 {
		p.min, p.max = h.min, h.max
	}
	for i, page := range h.pages {
		if page == nil {
			continue
		}
		for j, n := range page {
			for ; n > 0; n -= min(n, 1<<32-1) {
				p.bins = append(p.bins, binCount{uint16(i<<histogramPageBits | j), uint32(min(n, 1<<32-1))})
			}
		}
	}
	sum := Histogram{sum: p.sum}
	sum.addSum(h.sum[0], h.sum[1])
	p.sum = sum.sum
	p.min, p.max = min(p.min, h.min), max(p.max, h.max)
	p.clamped += h.clamped
}

// unpack adds to h what was packed.
func (p *packed) unpack(h *Histogram) {
	if len(p.bins) == 0 {
		return
	}
	for _, b := range p.bins {
		page := h.pages[b.bin>>histogramPageBits]
		if page == nil {
			page = h.newPage(int(b.bin))
		}
		page[b.bin&(histogramPage-1)] += int64(b.n)
		h.count += int64(b.n)
	}
	h.addSum(p.sum[0], p.sum[1])
	h.min, h.max = min(h.min, p.min), max(h.max, p.max)
	h.clamped += p.clamped
}

// AppendBinary appends the histogram: count of bins, each bin's distance from the
// one before and its count, the sum's two words, least, most and how many were out
// of range, all unsigned varints.
func (h *Histogram) AppendBinary(b []byte) []byte {
	var p packed
	p.pack(h)
	b = binary.AppendUvarint(b, uint64(len(p.bins)))
	last := uint16(0)
	for _, c := range p.bins {
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(c.bin-last)), uint64(c.n))
		last = c.bin
	}
	for _, v := range []uint64{p.sum[0], p.sum[1], uint64(p.min), uint64(p.max), uint64(p.clamped)} {
		b = binary.AppendUvarint(b, v)
	}
	return b
}

var errHistogram = errors.New("not a histogram")

// UnmarshalBinary adds to h one that AppendBinary has written.
func (h *Histogram) UnmarshalBinary(b []byte) error {
	next := func() (v uint64) {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			b = nil
			return math.MaxUint64
		}
		b = b[n:]
		return v
	}
	count := next()
	if count > uint64(len(b)) {
		return errHistogram
	}
	p := packed{bins: make([]binCount, count)}
	last := uint64(0)
	for i := range p.bins {
		last += next()
		n := next()
		if last >= histogramPages<<histogramPageBits || n == 0 || n > math.MaxUint32 {
			return errHistogram
		}
		p.bins[i] = binCount{uint16(last), uint32(n)}
	}
	p.sum = [2]uint64{next(), next()}
	p.min, p.max, p.clamped = int64(next()), int64(next()), int64(next())
	if p.min < 0 || p.max < p.min || p.max > logMost || p.clamped < 0 || len(b) > 0 {
		return errHistogram
	}
	p.unpack(h)
	return nil
}
