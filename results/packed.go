package results

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
