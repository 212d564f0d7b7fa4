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
type Latencies struct {
	all      [Metrics]*Histogram
	byResult [Metrics][Results]*Histogram
	byLayer  [Metrics][Layers]*Histogram

	noFirstByte int64
	hungUp      int64
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
	result, layer := min(r.ResultType(), Results-1), min(r.Layer, Layers-1)
	if r.hasFirstByte() {
		l.record(TTFB, result, layer, r.TTFB)
	} else {
		l.noFirstByte++
	}
	if r.Flags.Has(Aborted) {
		l.hungUp++
		return
	}
	l.record(Total, result, layer, r.Total)
	l.record(Service, result, layer, r.Service())
}

func (r *Record) hasFirstByte() bool { return r.TTFB > 0 && !r.Flags.Has(NoResponse) }

func (l *Latencies) record(m Metric, result Result, layer Layer, ns int64) {
	made(&l.all[m]).Record(ns)
	made(&l.byResult[m][result]).Record(ns)
	made(&l.byLayer[m][layer]).Record(ns)
}

func made(h **Histogram) *Histogram {
	if *h == nil {
		*h = NewHistogram()
	}
	return *h
}

// Merge adds what o has counted.
func (l *Latencies) Merge(o *Latencies) {
	for m := range Metrics {
		merge(&l.all[m], o.all[m])
		for i := range o.byResult[m] {
			merge(&l.byResult[m][i], o.byResult[m][i])
		}
		for i := range o.byLayer[m] {
			merge(&l.byLayer[m][i], o.byLayer[m][i])
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

// All is the histogram of m over all records; nil when there is none.
func (l *Latencies) All(m Metric) *Histogram { return l.all[m] }

// Get is the histogram of m over the records of one result type; nil when
// there is none.
func (l *Latencies) Get(m Metric, r Result) *Histogram { return l.byResult[m][r] }

// Layer is the histogram of m over the records of one layer; nil when there is
// none.
func (l *Latencies) Layer(m Metric, layer Layer) *Histogram { return l.byLayer[m][layer] }

// NoFirstByte is how many records are not in TTFB because no byte came.
func (l *Latencies) NoFirstByte() int64 { return l.noFirstByte }

// HungUp is how many records are in neither Total nor Service because the
// viewer hung up.
func (l *Latencies) HungUp() int64 { return l.hungUp }

// Clamped is how many times were out of a histogram's range, over all metrics.
func (l *Latencies) Clamped() int64 {
	var n int64
	for _, h := range l.all {
		if h != nil {
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
	if !give("", l.all[m]) {
		return false
	}
	for r, h := range l.byResult[m] {
		if !give("."+Result(r).Label(), h) {
			return false
		}
	}
	for layer, h := range l.byLayer[m] {
		if !give(".layer-"+Layer(layer).String(), h) {
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
