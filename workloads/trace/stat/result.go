package stat

import (
	"cmp"
	"slices"

	"github.com/HdrHistogram/hdrhistogram-go"

	"edgesim/results"
)

// Result is what a trace is like. Shares are of 1.
type Result struct {
	Name     string `json:"name"`
	Requests int64  `json:"requests"`
	Objects  int64  `json:"objects"`
	Bytes    int64  `json:"bytes"`        // asked for
	Unique   int64  `json:"unique_bytes"` // of all objects, each as large as it was last

	Times bool    `json:"times"` // the trace tells them
	Sizes bool    `json:"sizes"`
	From  float64 `json:"from"`    // seconds on the trace's own clock
	Span  float64 `json:"seconds"` // from the first request to the last
	Rate  float64 `json:"rate"`    // requests per second; 0 without times
	Back  int64   `json:"back"`    // requests earlier than one that stands before them

	Once         int64   `json:"one_hit_wonders"` // objects asked for once
	OnceObjects  float64 `json:"one_hit_objects"` // their share of objects,
	OnceRequests float64 `json:"one_hit_requests"`
	Resized      int64   `json:"resized"` // requests for a known object in another size than before
	ResizedShare float64 `json:"resized_share"`

	Zipf *Zipf `json:"zipf"` // nil: too few objects that were asked for again

	ObjectSizes  *Quantiles `json:"object_sizes,omitempty"`  // bytes
	RequestSizes *Quantiles `json:"request_sizes,omitempty"` // bytes, objects weighted by their requests
	Reuse        Reuse      `json:"reuse"`
	Shares       []Share    `json:"shares"` // of the most popular objects
	Top          []Popular  `json:"top"`
	Windows      Windows    `json:"windows"`

	ranks       []point // rank and requests, thinned
	objectSizes []point
	askedSizes  []point
	gaps        []point
	depths      []point
	octets      []point
}

// Quantiles are of a distribution, to three digits.
type Quantiles struct {
	Mean float64 `json:"mean"`
	P1   int64   `json:"p1"`
	P10  int64   `json:"p10"`
	P50  int64   `json:"p50"`
	P90  int64   `json:"p90"`
	P99  int64   `json:"p99"`
	Max  int64   `json:"max"`
}

// Reuse is how soon objects come again: of the requests for an object that was asked
// for before.
type Reuse struct {
	Share    float64    `json:"share"`           // of all requests
	Requests *Quantiles `json:"requests"`        // from the one before; the next request is at 1
	Objects  *Quantiles `json:"objects"`         // the least LRU cache of so many objects has a hit
	Bytes    *Quantiles `json:"bytes,omitempty"` // or of so many bytes
	Followed int64      `json:"followed"`        // objects that the two rest on,
	Rate     float64    `json:"rate"`            // this share of all; 1: they are exact
}

// Share is the requests that the most popular objects have.
type Share struct {
	Objects  int64   `json:"objects"`
	Of       float64 `json:"of"` // share of all objects
	Requests float64 `json:"requests"`
	Bytes    float64 `json:"bytes"`
}

// Popular is one of the most popular objects.
type Popular struct {
	ID       uint64  `json:"id"`
	Requests int64   `json:"requests"`
	Share    float64 `json:"share"`
	Size     int64   `json:"size"`
}

// Windows are spans of equal length, in seconds, or in requests where the trace
// tells no times.
type Windows struct {
	Width  float64  `json:"width"`
	Unit   string   `json:"unit"` // "s" or "requests"
	Counts []Window `json:"counts"`
}

// Window is what was asked for in one of them.
type Window struct {
	Requests    int64 `json:"requests"`
	Bytes       int64 `json:"bytes"`
	Objects     int64 `json:"objects"` // distinct
	ObjectBytes int64 `json:"object_bytes"`
	Known       int64 `json:"known"` // distinct since the trace began, up to the window's end
	KnownBytes  int64 `json:"known_bytes"`
}

const topObjects = 10

// Result sums up what was taken in; nil where that is nothing.
func (s *Stat) Result() *Result {
	if s.requests == 0 {
		return nil
	}
	r := &Result{Name: s.o.Name, Requests: s.requests, Objects: int64(s.objects.Len()), Bytes: s.bytes,
		Times: s.o.Tells.Times, Sizes: s.o.Tells.Sizes, Back: s.back, Resized: s.resized}
	r.ResizedShare = float64(s.resized) / float64(s.requests)
	if r.Times {
		r.From, r.Span = seconds(s.first), seconds(s.latest-s.first)
		if r.Span > 0 {
			r.Rate = float64(s.requests) / r.Span
		}
	}
	s.popularity(r)
	s.reuse(r)
	s.sizesOf(r)
	r.Windows = s.windowsOf()
	return r
}

func seconds(ns int64) float64 { return float64(ns) / 1e9 }

// ranked is an object in the order of popularity.
type ranked struct {
	id             uint64
	requests, size int64
}

// popularity fills in what follows from how often each object was asked for.
func (s *Stat) popularity(r *Result) {
	all := make([]ranked, 0, s.objects.Len())
	var counts results.Tally[int64]
	for id, o := range s.objects.All() {
		all = append(all, ranked{id, o.requests, o.size})
		r.Unique += o.size
		*counts.At(uint64(o.requests))++
	}
	slices.SortFunc(all, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(b.requests, a.requests), cmp.Compare(a.id, b.id))
	})
	r.Once, _ = counts.Get(1)
	r.OnceObjects = float64(r.Once) / float64(r.Objects)
	r.OnceRequests = float64(r.Once) / float64(r.Requests)
	var list []Count
	for n, objects := range counts.All() {
		list = append(list, Count{int64(n), *objects})
	}
	r.Zipf = FitZipf(list)
	for _, o := range all[:min(topObjects, len(all))] {
		r.Top = append(r.Top, Popular{o.id, o.requests, float64(o.requests) / float64(r.Requests), o.size})
	}
	r.ranks = thinRanks(all)
	r.Shares = s.shares(all)
}

// shares are those of the most popular thousandth, hundredth, tenth and fifth.
func (s *Stat) shares(all []ranked) (list []Share) {
	requests, bytes, i := int64(0), 0.0, 0
	for _, of := range []float64{0.001, 0.01, 0.1, 0.2} {
		n := int(of * float64(len(all)))
		if n == 0 {
			continue
		}
		for ; i < n; i++ {
			requests += all[i].requests
			bytes += float64(all[i].requests) * float64(all[i].size)
		}
		list = append(list, Share{Objects: int64(n), Of: of,
			Requests: float64(requests) / float64(s.requests), Bytes: min(1, bytes/float64(s.bytes))})
	}
	return list
}

// thinRanks are ranks and requests, about evenly on a logarithmic axis: the first
// hundred ranks, then 200 a decade.
func thinRanks(all []ranked) (points []point) {
	for rank := 1; rank <= len(all); {
		points = append(points, point{float64(rank), float64(all[rank-1].requests)})
		rank = max(rank+1, int(float64(rank)*1.0116))
	}
	return points
}

func (s *Stat) reuse(r *Result) {
	again := s.requests - r.Objects
	objects, octets := s.stack.objects, s.stack.octets
	if s.stack.level > 0 {
		objects, octets = s.stack.adjusted(objects, s.requests), s.stack.adjusted(octets, s.requests)
	}
	r.Reuse = Reuse{Share: float64(again) / float64(s.requests), Requests: quantiles(s.gaps), Objects: quantiles(objects),
		Followed: int64(s.stack.alive), Rate: 1 / float64(int64(1)<<s.stack.level)}
	r.gaps = cumulated(s.gaps, s.requests)
	r.depths = cumulated(objects, s.requests)
	if r.Sizes {
		r.Reuse.Bytes = quantiles(octets)
		r.octets = cumulated(octets, s.requests)
	}
}

func (s *Stat) sizesOf(r *Result) {
	if !r.Sizes {
		return
	}
	h := newHistogram()
	for _, o := range s.objects.All() {
		record(h, o.size, 1)
	}
	r.ObjectSizes, r.RequestSizes = quantiles(h), quantiles(s.sizes)
	r.ObjectSizes.Mean = float64(r.Unique) / float64(r.Objects)
	r.RequestSizes.Mean = float64(r.Bytes) / float64(r.Requests)
	r.objectSizes, r.askedSizes = cumulated(h, r.Objects), cumulated(s.sizes, r.Requests)
}

// quantiles are nil where nothing was counted.
func quantiles(h *hdrhistogram.Histogram) *Quantiles {
	if h.TotalCount() == 0 {
		return nil
	}
	at := h.ValueAtPercentile
	return &Quantiles{Mean: h.Mean(), P1: at(1), P10: at(10), P50: at(50), P90: at(90), P99: at(99), Max: h.Max()}
}

func (s *Stat) windowsOf() Windows {
	w := Windows{Width: float64(s.windows.width), Unit: "requests"}
	if s.o.Tells.Times {
		w.Width, w.Unit = seconds(s.windows.width), "s"
	}
	var known, bytes int64
	for _, c := range s.windows.seen() {
		known += c.fresh
		bytes += c.freshBytes
		w.Counts = append(w.Counts, Window{c.requests, c.bytes, c.objects, c.objectBytes, known, bytes})
	}
	return w
}
