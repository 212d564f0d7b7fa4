package results

// traffic counts what the cache did.
type traffic struct {
	warmup int64 // ns; earlier records are left out

	all       sums
	byResult  [Results]sums
	byLayer   [Layers]sums
	byDist    []sums
	places    Places
	status    [statusClasses]int64
	collapsed int64
	stale     int64
	objects   objects
	demand    *Demand // in place of objects; nil: none
	leftOut   int64
	lastEnd   int64 // ns
}

// sums are the figures that every grouping of records has.
type sums struct {
	requests       int64
	hits           int64 // result type Hit
	refreshHits    int64
	bytesOut       int64
	bytesIn        int64
	body           int64
	cachedBody     int64 // body bytes of hits and refresh hits
	cachedOut      int64 // BytesOut of them
	misses         int64 // result type Miss
	missesOut      int64 // BytesOut of them
	originRequests int64
	originBytes    int64
}

// statusClasses are 000 (no status) and 1xx to 5xx; the last one takes any
// status beyond.
const statusClasses = 7

var statusNames = [statusClasses]string{"000", "1xx", "2xx", "3xx", "4xx", "5xx", "other"}

func statusClass(status uint16) int { return min(int(status/100), statusClasses-1) }

// Add counts the records.
func (t *traffic) Add(recs []Record) {
	AddOneByOne(t, recs)
	t.AddSingly(recs)
}

// AddCrowd implements Crowded.
func (t *traffic) AddCrowd(c *Crowd) {
	if c.warm(t.warmup) {
		t.leftOut += c.N
		return
	}
	t.all.add(c)
	t.byResult[min(c.ResultType(), Results-1)].add(c)
	t.byLayer[min(c.Layer, Layers-1)].add(c)
	if c.Distribution != NoDistribution {
		for len(t.byDist) <= int(c.Distribution) {
			t.byDist = append(t.byDist, sums{})
		}
		t.byDist[c.Distribution].add(c)
	}
	t.places.AddCrowd(c)
	t.status[statusClass(c.Status)] += c.N
	if c.Flags.Has(Collapsed) {
		t.collapsed += c.N
	}
	if c.Flags.Has(StaleHit) {
		t.stale += c.N
	}
	t.lastEnd = max(t.lastEnd, c.LastEnd)
}

// AddSingly implements Singly.
func (t *traffic) AddSingly(recs []Record) {
	if t.demand != nil {
		return
	}
	for i := range recs {
		if r := &recs[i]; !r.warm(t.warmup) {
			t.objects.add(r.Object, 1)
		}
	}
}

// countObjects are the numbers of objects and of those that were asked for once.
func (t *traffic) countObjects() (distinct, wonders int64) {
	if t.demand == nil {
		return t.objects.counts()
	}
	t.demand.Objects(func(requests int64) {
		if requests == 1 {
			wonders++
		}
	})
	return int64(t.demand.Len()), wonders
}

// warm reports whether the record belongs to a warm-up of that many
// nanoseconds. Without one, a request from before the epoch does not.
func (r *Record) warm(warmup int64) bool { return warmup > 0 && r.At < warmup || r.Flags.Has(Warm) }

func (s *sums) add(c *Crowd) {
	s.requests += c.N
	s.bytesOut += c.BytesOut
	s.bytesIn += c.BytesIn
	s.body += c.BodyBytes
	s.originRequests += c.N * int64(c.OriginAsked)
	s.originBytes += c.OriginBytes
	switch c.ResultType() {
	case Hit:
		s.hits += c.N
		s.cachedBody += c.BodyBytes
		s.cachedOut += c.BytesOut
	case RefreshHit:
		s.refreshHits += c.N
		s.cachedBody += c.BodyBytes
		s.cachedOut += c.BytesOut
	case Miss:
		s.misses += c.N
		s.missesOut += c.BytesOut
	}
}

// estimated is the sums with what result types say of origins in the place of
// what the records of a log do not: misses and refresh hits asked one, and misses
// had their bytes from it, as CloudFront's BytesFromMisses counts them. Bytes
// count with their headers.
func (s sums) estimated() sums {
	s.originRequests, s.originBytes = s.misses+s.refreshHits, s.missesOut
	s.body, s.cachedBody = s.bytesOut, s.cachedOut
	return s
}

func (s *sums) merge(o sums) {
	s.requests += o.requests
	s.hits += o.hits
	s.refreshHits += o.refreshHits
	s.bytesOut += o.bytesOut
	s.bytesIn += o.bytesIn
	s.body += o.body
	s.cachedBody += o.cachedBody
	s.cachedOut += o.cachedOut
	s.misses += o.misses
	s.missesOut += o.missesOut
	s.originRequests += o.originRequests
	s.originBytes += o.originBytes
}

func (t *traffic) merge(o *traffic) {
	t.all.merge(o.all)
	for i := range o.byResult {
		t.byResult[i].merge(o.byResult[i])
	}
	for i := range o.byLayer {
		t.byLayer[i].merge(o.byLayer[i])
	}
	for len(t.byDist) < len(o.byDist) {
		t.byDist = append(t.byDist, sums{})
	}
	for i := range o.byDist {
		t.byDist[i].merge(o.byDist[i])
	}
	for i := range o.status {
		t.status[i] += o.status[i]
	}
	t.places.Merge(&o.places)
	if t.demand != nil || o.demand != nil {
		panic("results: a summary whose objects somebody else counts cannot be merged")
	}
	t.objects.merge(&o.objects)
	t.collapsed += o.collapsed
	t.stale += o.stale
	t.leftOut += o.leftOut
	t.lastEnd = max(t.lastEnd, o.lastEnd)
}
