package results

import (
	"io"
	"iter"
)

// Metric is one of the three times that latency is told in.
type Metric uint8

const (
	TTFB    Metric = iota // intended start to first byte
	Total                 // intended start to last byte: what a viewer waited
	Service               // actual start to last byte: what a closed-loop tool would have told
	Metrics
)

var metricNames = [Metrics]string{"ttfb", "total", "service"}

func (m Metric) String() string { return nameOf(metricNames[:], int(m)) }

// Latencies is a view that keeps a histogram of every metric: over all
// records, by result type and by the layer that had the bytes. Histograms are
// made when their first record comes.
//
// A record without a first byte is not in TTFB. One whose viewer hung up is in
// neither Total nor Service, because nobody waited for its end; a response
// that failed or broke off is in both, with the time until the viewer knew.
//
// A record counts once, under its result type and layer together, and in one
// histogram for total and service where nothing was sent late; what is asked for
// is put together from these.
type Latencies struct {
	by [Results][Layers]times

	noFirstByte int64
	hungUp      int64
}

// times are the histograms of the records of one result type and layer; nil where
// there are no such.
type times struct {
	ttfb           *Histogram
	both           *Histogram // total and service of records without Lag
	total, service *Histogram // of those with
}

// of are those that make the metric up.
func (t *times) of(m Metric) [2]*Histogram {
	switch m {
	case TTFB:
		return [2]*Histogram{t.ttfb}
	case Total:
		return [2]*Histogram{t.both, t.total}
	case Service:
		return [2]*Histogram{t.both, t.service}
	}
	panic("results: no such metric: " + m.String())
}

// NewLatencies returns an empty view.
func NewLatencies() *Latencies { return &Latencies{} }

// Add counts the records.
func (l *Latencies) Add(recs []Record) {
	for i := range recs {
		l.add(&recs[i])
	}
}

func (l *Latencies) add(r *Record) {
	t := &l.by[min(r.ResultType(), Results-1)][min(r.Layer, Layers-1)]
	if r.hasFirstByte() {
		made(&t.ttfb).Record(r.TTFB)
	} else {
		l.noFirstByte++
	}
	switch {
	case r.Flags.Has(Aborted):
		l.hungUp++
	case r.Lag == 0:
		made(&t.both).Record(r.Total)
	default:
		made(&t.total).Record(r.Total)
		made(&t.service).Record(r.Service())
	}
}

func (r *Record) hasFirstByte() bool { return r.TTFB > 0 && !r.Flags.Has(NoResponse) }

func made(h **Histogram) *Histogram {
	if *h == nil {
		*h = NewHistogram()
	}
	return *h
}

// Merge adds what o has counted.
func (l *Latencies) Merge(o *Latencies) {
	for r := range o.by {
		for layer := range o.by[r] {
			to, from := &l.by[r][layer], &o.by[r][layer]
			merge(&to.ttfb, from.ttfb)
			merge(&to.both, from.both)
			merge(&to.total, from.total)
			merge(&to.service, from.service)
		}
	}
	l.noFirstByte += o.noFirstByte
	l.hungUp += o.hungUp
}

func merge(to **Histogram, from *Histogram) {
	if from != nil {
		made(to).Merge(from)
	}
}

// sum is the histogram of m over the result types and layers wanted; nil when
// there is none.
func (l *Latencies) sum(m Metric, wanted func(Result, Layer) bool) (sum *Histogram) {
	for r := range l.by {
		for layer := range l.by[r] {
			if !wanted(Result(r), Layer(layer)) {
				continue
			}
			for _, h := range l.by[r][layer].of(m) {
				merge(&sum, h)
			}
		}
	}
	return sum
}

// All is the histogram of m over all records so far; nil when there is none.
func (l *Latencies) All(m Metric) *Histogram {
	return l.sum(m, func(Result, Layer) bool { return true })
}

// Get is the histogram of m over the records so far of one result type; nil when
// there is none.
func (l *Latencies) Get(m Metric, r Result) *Histogram {
	return l.sum(m, func(of Result, _ Layer) bool { return of == r })
}

// Layer is the histogram of m over the records so far of one layer; nil when there
// is none.
func (l *Latencies) Layer(m Metric, layer Layer) *Histogram {
	return l.sum(m, func(_ Result, of Layer) bool { return of == layer })
}

// NoFirstByte is how many records are not in TTFB because no byte came.
func (l *Latencies) NoFirstByte() int64 { return l.noFirstByte }

// HungUp is how many records are in neither Total nor Service because the
// viewer hung up.
func (l *Latencies) HungUp() int64 { return l.hungUp }

// Clamped is how many times were out of a histogram's range, over all metrics.
func (l *Latencies) Clamped() int64 {
	var n int64
	for m := range Metrics {
		if h := l.All(m); h != nil {
			n += h.Clamped()
		}
	}
	return n
}

// Files are the histograms that have counts, under the names their percentile
// files have in a run folder: "ttfb.hgrm", "ttfb.Hit.hgrm",
// "ttfb.layer-edge.hgrm".
func (l *Latencies) Files() iter.Seq2[string, *Histogram] {
	return func(yield func(string, *Histogram) bool) {
		for m := range Metrics {
			if !l.filesOf(m, yield) {
				return
			}
		}
	}
}

func (l *Latencies) filesOf(m Metric, yield func(string, *Histogram) bool) bool {
	give := func(name string, h *Histogram) bool {
		return h.Count() == 0 || yield(m.String()+name+".hgrm", h)
	}
	if !give("", l.All(m)) {
		return false
	}
	for r := range Results {
		if !give("."+r.Label(), l.Get(m, r)) {
			return false
		}
	}
	for layer := range Layers {
		if !give(".layer-"+layer.String(), l.Layer(m, layer)) {
			return false
		}
	}
	return true
}

// Label is a result type as file names and summaries have it.
func (r Result) Label() string {
	if r == NoResult {
		return "unclassified"
	}
	return r.String()
}

// WriteFiles writes every histogram's percentile file into the folder dir.
func (l *Latencies) WriteFiles(dir string) error {
	for name, h := range l.Files() {
		if err := WriteFile(dir+"/"+name, func(w io.Writer) error { return h.WritePercentiles(w) }); err != nil {
			return err
		}
	}
	return nil
}
