package results

import (
	"math"
	"time"
)

// SummaryOptions say what a summary is of.
type SummaryOptions struct {
	Name   string
	Seed   uint64
	Warmup time.Duration // records with an earlier At are left out; 0 leaves out none
	Verify bool          // the player compared bodies with what they should be

	// Logged says that the records are from a log that tells nothing of origins:
	// what went there is estimated from result types, and bytes count with their
	// headers.
	Logged bool

	// Bounded is how many objects may be counted one by one; of more a sample is,
	// and a warning says so. 0: any number.
	Bounded int

	// Demand is the demand in the records of what the cache did, warm-up left out,
	// where whoever fills the view keeps it; nil: the view counts objects itself.
	// Views with one cannot be merged.
	Demand *Demand

	// Groups says that viewers' figures are kept by status, content class and
	// distribution, too.
	Groups bool
}

// SummaryEnd is what is known of a run when it is over.
type SummaryEnd struct {
	Length   time.Duration // of the run, warm-up included; 0: until the last record's end
	Partial  bool
	Rate     Rate  // a field of 0 is computed from the records
	Dropped  int64 // records that a Recorder lost
	Warnings []string
	Tiers    []TierFigures // what tiers between edge locations and origins did, the nearest to viewers first

	Troubles  []Trouble  // of which Examples are taken, where a fault occurred outside the warm-up
	Generator *Generator // how the load generator kept its schedule; nil: there was none
	Unsound   string     // why the figures are the generator's own; "": they are not
}

// SummaryView fills a Summary from two streams of records. The streams may be
// filled by two goroutines; everything else is for one at a time.
type SummaryView struct {
	names   *Names
	options SummaryOptions
	traffic traffic
	viewers viewers
}

// NewSummary returns an empty view of records that names gives meaning to.
func NewSummary(names *Names, o SummaryOptions) *SummaryView {
	warmup := o.Warmup.Nanoseconds()
	v := &SummaryView{
		names:   names,
		options: o,
		traffic: traffic{warmup: warmup, objects: objects{most: o.Bounded}, demand: o.Demand},
		viewers: viewers{warmup: warmup, verify: o.Verify, times: NewLatencies()},
	}
	if o.Groups {
		v.viewers.groups = newGroups()
	}
	return v
}

// Traffic takes the records of what the cache did.
func (v *SummaryView) Traffic() Parted { return &v.traffic }

// Latency takes the records of what viewers saw.
func (v *SummaryView) Latency() Parted { return &v.viewers }

// Latencies are the histograms of what viewers saw.
func (v *SummaryView) Latencies() *Latencies { return v.viewers.times }

// Merge adds what o has counted, without loss. Both have the same names and
// options.
func (v *SummaryView) Merge(o *SummaryView) {
	v.traffic.merge(&o.traffic)
	v.viewers.merge(&o.viewers)
}

// Finish is the summary of what was added so far. It may be called again.
func (v *SummaryView) Finish(end SummaryEnd) *Summary {
	t, w := &v.traffic, &v.viewers
	length := end.Length.Seconds()
	if end.Length == 0 {
		length = float64(max(t.lastEnd, w.lastEnd)) / 1e9
	}
	s := &Summary{
		Name:           v.options.Name,
		Seed:           v.options.Seed,
		Partial:        end.Partial,
		Logged:         v.options.Logged,
		Duration:       max(0, length-v.options.Warmup.Seconds()),
		Warmup:         v.options.Warmup.Seconds(),
		WarmupRequests: t.leftOut,
		Warnings:       append([]string{}, end.Warnings...),
		Dropped:        end.Dropped,
		Generator:      end.Generator,
		Unsound:        end.Unsound != "",
		UnsoundReason:  end.Unsound,
	}
	v.fillTraffic(s)
	v.fillViewers(s)
	v.fillGroups(s)
	s.Troubles = v.viewers.faults.Troubles(end.Troubles)
	s.Tiers = t.places.Figures(v.names, end.Tiers)
	s.Rate = w.rate(end.Rate, s.Duration)
	v.warn(s)
	return s
}

// told is the sums with what a log does not tell estimated.
func (v *SummaryView) told(s sums) sums {
	if v.options.Logged {
		return s.estimated()
	}
	return s
}

func (v *SummaryView) fillTraffic(s *Summary) {
	t := &v.traffic
	all := v.told(t.all)
	if v.options.Logged {
		s.Warn("what went to origins is not in the log: it is estimated from misses and refresh hits, and bytes count with their headers; collapsed and stale answers are not in it either")
	}
	s.Requests = all.requests
	s.HitRatio = ratio(all.hits, all.requests)
	s.RefreshHitRatio = ratio(all.refreshHits, all.requests)
	s.ByteHitRatio = ratio(all.cachedBody, all.body)
	s.OriginRequests, s.OriginBytes = all.originRequests, all.originBytes
	s.OriginOffload = Offload{
		Requests: rest(all.originRequests, all.requests),
		Bytes:    rest(all.originBytes, all.bytesOut),
	}
	s.BytesOut, s.BytesIn, s.BodyBytes = all.bytesOut, all.bytesIn, all.body
	s.Collapsed, s.Stale = t.collapsed, t.stale
	s.Status = map[string]int64{}
	for i, n := range t.status {
		if n > 0 {
			s.Status[statusNames[i]] = n
		}
	}
	distinct, wonders := t.countObjects()
	s.Objects = Objects{Distinct: distinct, OneHitWonders: wonders, OneHitShare: ratio(wonders, distinct)}
	if level := t.objects.level; level > 0 {
		s.Warn("objects are estimated from a sample of one in %d", int64(1)<<level)
	}
}

func (v *SummaryView) fillViewers(s *Summary) {
	w := &v.viewers
	s.ViewerRequests = w.requests
	s.Errors = w.faults.Total()
	s.ErrorRatio = ratio(s.Errors, w.requests)
	s.Aborted, s.Truncated = w.aborted, w.truncated
	s.NoResponse, s.Late = w.noResponse, w.late
	s.Verified, s.Unverified = w.verified, w.unverified
	s.Latency = latencyOf(w.times.All)
	if w.groups != nil {
		w.groups.fill(s, v.names)
	}
}

func (v *SummaryView) fillGroups(s *Summary) {
	t, times := &v.traffic, v.viewers.times
	s.ByResult = map[string]ResultFigures{}
	for r := range Results {
		usual := r == Hit || r == RefreshHit || r == Miss || r == Error
		latency := latencyOf(func(m Metric) *Histogram { return times.Get(m, r) })
		if g := v.told(t.byResult[r]); usual || g.requests > 0 || latency.Total.Count > 0 {
			s.ByResult[r.Label()] = g.figures(t.all, latency)
		}
	}
	s.ByLayer = map[string]ResultFigures{}
	for l := range Layers {
		latency := latencyOf(func(m Metric) *Histogram { return times.Layer(m, l) })
		if g := v.told(t.byLayer[l]); g.requests > 0 || latency.Total.Count > 0 {
			s.ByLayer[l.String()] = g.figures(t.all, latency)
		}
	}
	s.Distributions = []DistributionFigures{}
	for i, d := range v.names.Distributions {
		s.Distributions = append(s.Distributions, v.distribution(i, d))
	}
}

func (v *SummaryView) distribution(i int, d Distribution) DistributionFigures {
	f := DistributionFigures{ID: d.ID, Name: d.Friendly, Domain: d.Domain,
		Aliases: append([]string{}, d.Aliases...)}
	if i < len(v.traffic.byDist) {
		g := v.told(v.traffic.byDist[i])
		f.Requests, f.BytesOut = g.requests, g.bytesOut
		f.HitRatio = ratio(g.hits, g.requests)
		f.ByteHitRatio = ratio(g.cachedBody, g.body)
		f.OriginRequests, f.OriginBytes = g.originRequests, g.originBytes
	}
	if i < len(v.viewers.ttfb) {
		f.TTFB = v.viewers.ttfb[i].Figures()
	}
	return f
}

func (s sums) figures(all sums, latency Latency) ResultFigures {
	return ResultFigures{
		Requests:  s.requests,
		Share:     ratio(s.requests, all.requests),
		BytesOut:  s.bytesOut,
		BodyBytes: s.body,
		Latency:   latency,
	}
}

func latencyOf(get func(Metric) *Histogram) Latency {
	return Latency{Total: get(Total).Figures(), TTFB: get(TTFB).Figures(), Service: get(Service).Figures()}
}

// rate fills what the caller could not tell of the rates: without a schedule
// of its own, every request was sent when it was meant to be.
func (v *viewers) rate(known Rate, seconds float64) Rate {
	per := func(n int64) float64 {
		if seconds <= 0 {
			return 0
		}
		return float64(n) / seconds
	}
	fill := func(field *float64, n int64) {
		if *field == 0 {
			*field = per(n)
		}
		*field = math.Round(*field*1000) / 1000
	}
	fill(&known.Scheduled, v.requests)
	fill(&known.Sent, v.requests)
	fill(&known.Achieved, v.requests-v.noResponse)
	return known
}

func ratio(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return round6(float64(part) / float64(whole))
}

// rest is 1 − part/whole; 0 when there is no whole.
func rest(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return round6(1 - float64(part)/float64(whole))
}

func round6(x float64) float64 { return math.Round(x*1e6) / 1e6 }
