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
	for i := range recs {
		t.add(&recs[i])
	}
}

func (t *traffic) add(r *Record) {
	if r.warm(t.warmup) {
		t.leftOut++
		return
	}
	t.all.add(r)
	t.byResult[min(r.ResultType(), Results-1)].add(r)
	t.byLayer[min(r.Layer, Layers-1)].add(r)
	if r.Distribution != NoDistribution {
		for len(t.byDist) <= int(r.Distribution) {
			t.byDist = append(t.byDist, sums{})
		}
		t.byDist[r.Distribution].add(r)
	}
	t.places.Add(r)
	t.status[statusClass(r.Status)]++
	if r.Flags.Has(Collapsed) {
		t.collapsed++
	}
	if r.Flags.Has(StaleHit) {
		t.stale++
	}
	t.objects.add(r.Object, 1)
	t.lastEnd = max(t.lastEnd, r.End())
}

// warm reports whether the record belongs to a warm-up of that many
// nanoseconds. Without one, a request from before the epoch does not.
func (r *Record) warm(warmup int64) bool { return warmup > 0 && r.At < warmup || r.Flags.Has(Warm) }

func (s *sums) add(r *Record) {
	s.requests++
	s.bytesOut += r.BytesOut
	s.bytesIn += r.BytesIn
	s.body += r.BodyBytes
	s.originRequests += int64(r.OriginAsked)
	s.originBytes += r.OriginBytes
	switch r.ResultType() {
	case Hit:
		s.hits++
		s.cachedBody += r.BodyBytes
		s.cachedOut += r.BytesOut
	case RefreshHit:
		s.refreshHits++
		s.cachedBody += r.BodyBytes
		s.cachedOut += r.BytesOut
	case Miss:
		s.misses++
		s.missesOut += r.BytesOut
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
	t.objects.merge(&o.objects)
	t.collapsed += o.collapsed
	t.stale += o.stale
	t.leftOut += o.leftOut
	t.lastEnd = max(t.lastEnd, o.lastEnd)
}
