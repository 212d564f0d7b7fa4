package results

// viewers counts what viewers saw.
type viewers struct {
	warmup int64 // ns; earlier records are left out
	verify bool

	times      *Latencies
	ttfb       []*Histogram // by distribution
	requests   int64
	errors     int64
	aborted    int64
	truncated  int64
	noResponse int64
	late       int64
	verified   int64
	unverified int64
	lastEnd    int64 // ns
}

// Add counts the records.
func (v *viewers) Add(recs []Record) {
	for i := range recs {
		v.add(&recs[i])
	}
}

func (v *viewers) add(r *Record) {
	if r.warm(v.warmup) {
		return
	}
	v.requests++
	v.times.add(r)
	named := r.Distribution != NoDistribution
	for named && len(v.ttfb) <= int(r.Distribution) {
		v.ttfb = append(v.ttfb, nil)
	}
	if named && r.hasFirstByte() {
		made(&v.ttfb[r.Distribution]).Record(r.TTFB)
	}
	if r.Failed() {
		v.errors++
	}
	v.addFlags(r)
	v.lastEnd = max(v.lastEnd, r.End())
}

func (v *viewers) addFlags(r *Record) {
	count := func(n *int64, f Flags) {
		if r.Flags.Has(f) {
			*n++
		}
	}
	count(&v.aborted, Aborted)
	count(&v.truncated, Truncated)
	count(&v.noResponse, NoResponse)
	count(&v.late, Late)
	count(&v.unverified, Unverified)
	if v.verify && r.BodyBytes > 0 && !r.Flags.Has(Unverified) && !r.Failed() {
		v.verified++
	}
}

func (v *viewers) merge(o *viewers) {
	v.times.Merge(o.times)
	for len(v.ttfb) < len(o.ttfb) {
		v.ttfb = append(v.ttfb, nil)
	}
	for i := range o.ttfb {
		merge(&v.ttfb[i], o.ttfb[i])
	}
	v.requests += o.requests
	v.errors += o.errors
	v.aborted += o.aborted
	v.truncated += o.truncated
	v.noResponse += o.noResponse
	v.late += o.late
	v.verified += o.verified
	v.unverified += o.unverified
	v.lastEnd = max(v.lastEnd, o.lastEnd)
}
