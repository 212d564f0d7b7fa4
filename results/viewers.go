package results

// viewers counts what viewers saw.
type viewers struct {
	warmup int64 // ns; earlier records are left out
	verify bool

	times      *Latencies
	ttfb       []*Histogram // by distribution
	groups     *groups      // nil: none are kept
	requests   int64
	faults     FaultCounts
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
	AddOneByOne(v, recs)
	v.AddSingly(recs)
}

// AddSingly implements Singly: times.
func (v *viewers) AddSingly(recs []Record) {
	for i := range recs {
		r := &recs[i]
		if r.warm(v.warmup) {
			continue
		}
		v.times.add(r)
		if v.groups != nil {
			v.groups.add(r)
		}
		if r.Distribution != NoDistribution && r.hasFirstByte() {
			for len(v.ttfb) <= int(r.Distribution) {
				v.ttfb = append(v.ttfb, nil)
			}
			made(&v.ttfb[r.Distribution]).Record(r.TTFB)
		}
	}
}

// AddCrowd implements Crowded.
func (v *viewers) AddCrowd(c *Crowd) {
	if c.warm(v.warmup) {
		return
	}
	v.requests += c.N
	v.faults[c.Failure()] += c.N
	v.addFlags(c)
	v.lastEnd = max(v.lastEnd, c.LastEnd)
}

func (v *viewers) addFlags(c *Crowd) {
	count := func(n *int64, f Flags) {
		if c.Flags.Has(f) {
			*n += c.N
		}
	}
	count(&v.aborted, Aborted)
	count(&v.truncated, Truncated)
	count(&v.noResponse, NoResponse)
	count(&v.late, Late)
	count(&v.unverified, Unverified)
	if v.verify && c.BodyBytes > 0 && !c.Flags.Has(Unverified) && !c.Failed() {
		v.verified += c.N
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
	if v.groups != nil && o.groups != nil {
		v.groups.merge(o.groups)
	}
	v.requests += o.requests
	v.faults.Add(&o.faults)
	v.aborted += o.aborted
	v.truncated += o.truncated
	v.noResponse += o.noResponse
	v.late += o.late
	v.verified += o.verified
	v.unverified += o.unverified
	v.lastEnd = max(v.lastEnd, o.lastEnd)
}
