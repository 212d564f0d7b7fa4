package results

// TierFigures are what one place did of what was asked of it: an edge location,
// a regional cache, the shield, an origin. A cache's ratios are its own: what
// it had to ask the next tier for is no hit of it, although CloudFront calls it
// one.
type TierFigures struct {
	Layer    string `json:"layer"`    // edge, regional, shield or origin
	Location string `json:"location"` // code of the location; an origin's name

	Requests    int64 `json:"requests"`     // that came, from viewers or from edges
	Hits        int64 `json:"hits"`         // answered from its own cache without asking
	RefreshHits int64 `json:"refresh_hits"` // its own copy, after asking whether it is still good
	Collapsed   int64 `json:"collapsed"`    // rode another request's flight

	HitRatio     float64 `json:"hit_ratio"`
	ByteHitRatio float64 `json:"byte_hit_ratio"` // of BodyBytes: those of hits and refresh hits
	Bytes        int64   `json:"bytes"`          // sent to who asked, header included
	BodyBytes    int64   `json:"body_bytes"`     // of them; 0 for an origin, whose header is not told apart
	CachedBytes  int64   `json:"cached_bytes"`   // of BodyBytes, of hits and refresh hits

	OriginRequests int64 `json:"origin_requests"` // that these requests made, by this place or by those above it
	OriginBytes    int64 `json:"origin_bytes"`

	Answered Answered `json:"answered"` // by who had the bytes
}

// Answered counts requests by the layer that had the bytes; nobody had those of
// errors and redirects.
type Answered struct {
	Edge     int64 `json:"edge"`
	Regional int64 `json:"regional"`
	Shield   int64 `json:"shield"`
	Origin   int64 `json:"origin"`
	Nobody   int64 `json:"nobody"`
}

// TierTally counts the requests of one place. It is written by one goroutine.
type TierTally struct {
	Requests, Hits, RefreshHits, Collapsed int64
	Bytes, BodyBytes, CachedBytes          int64
	OriginRequests, OriginBytes            int64
	Layers                                 [Layers]int64 // by the layer that had the bytes
}

// Add counts a record of the place's own, in which its cache is called the
// edge's.
func (t *TierTally) Add(r *Record) {
	t.count(r, 1, r.BytesOut, r.BodyBytes, r.OriginBytes)
}

func (t *TierTally) addCrowd(c *Crowd) {
	t.count(c.Record, c.N, c.BytesOut, c.BodyBytes, c.OriginBytes)
}

// count counts n records that are like r, and sums of theirs.
func (t *TierTally) count(r *Record, n, bytes, bodies, fromOrigins int64) {
	t.Requests += n
	t.Bytes += bytes
	t.BodyBytes += bodies
	t.OriginRequests += n * int64(r.OriginAsked)
	t.OriginBytes += fromOrigins
	t.Layers[min(r.Layer, Layers-1)] += n
	if r.Flags.Has(Collapsed) {
		t.Collapsed += n
	}
	if r.Layer != LayerEdge {
		return
	}
	switch r.ResultType() {
	case Hit:
		t.Hits += n
		t.CachedBytes += bodies
	case RefreshHit:
		t.RefreshHits += n
		t.CachedBytes += bodies
	}
}

// Merge adds what o has counted.
func (t *TierTally) Merge(o *TierTally) {
	t.Requests += o.Requests
	t.Hits += o.Hits
	t.RefreshHits += o.RefreshHits
	t.Collapsed += o.Collapsed
	t.Bytes += o.Bytes
	t.BodyBytes += o.BodyBytes
	t.CachedBytes += o.CachedBytes
	t.OriginRequests += o.OriginRequests
	t.OriginBytes += o.OriginBytes
	for i := range t.Layers {
		t.Layers[i] += o.Layers[i]
	}
}

// Figures are the tally's figures, as those of a place of a layer.
func (t *TierTally) Figures(layer Layer, location string) TierFigures {
	f := TierFigures{
		Layer: layer.String(), Location: location,
		Requests: t.Requests, Hits: t.Hits, RefreshHits: t.RefreshHits, Collapsed: t.Collapsed,
		HitRatio: ratio(t.Hits, t.Requests), ByteHitRatio: ratio(t.CachedBytes, t.BodyBytes),
		Bytes: t.Bytes, BodyBytes: t.BodyBytes, CachedBytes: t.CachedBytes,
		OriginRequests: t.OriginRequests, OriginBytes: t.OriginBytes,
	}
	by := t.Layers
	if layer != LayerEdge {
		by[layer] += by[LayerEdge]
		by[LayerEdge] = 0
	}
	f.Answered = Answered{by[LayerEdge], by[LayerRegional], by[LayerShield], by[LayerOrigin], by[NoLayer]}
	return f
}

// Add adds the counts of another time of the same place.
func (f *TierFigures) Add(o *TierFigures) {
	f.Requests += o.Requests
	f.Hits += o.Hits
	f.RefreshHits += o.RefreshHits
	f.Collapsed += o.Collapsed
	f.Bytes += o.Bytes
	f.BodyBytes += o.BodyBytes
	f.CachedBytes += o.CachedBytes
	f.OriginRequests += o.OriginRequests
	f.OriginBytes += o.OriginBytes
	f.Answered.Edge += o.Answered.Edge
	f.Answered.Regional += o.Answered.Regional
	f.Answered.Shield += o.Answered.Shield
	f.Answered.Origin += o.Answered.Origin
	f.Answered.Nobody += o.Answered.Nobody
	f.HitRatio, f.ByteHitRatio = ratio(f.Hits, f.Requests), ratio(f.CachedBytes, f.BodyBytes)
}

// Places are the tallies of edge locations and origins by their numbers, from
// viewers' records.
type Places struct {
	edges, origins []TierTally
}

// Add counts a viewer's record.
func (p *Places) Add(r *Record) {
	one := One(r)
	p.AddCrowd(&one)
}

// AddCrowd counts viewers' records together.
func (p *Places) AddCrowd(c *Crowd) {
	if c.Edge != Unnamed {
		tallyAt(&p.edges, c.Edge).addCrowd(c)
	}
	if c.OriginAsked > 0 && c.Origin != Unnamed {
		t, n := tallyAt(&p.origins, c.Origin), c.N*int64(c.OriginAsked)
		t.Requests += n
		t.OriginRequests += n
		t.Bytes += c.OriginBytes
		t.OriginBytes += c.OriginBytes
		t.Layers[LayerOrigin] += n
	}
}

func tallyAt(list *[]TierTally, i uint16) *TierTally {
	for len(*list) <= int(i) {
		*list = append(*list, TierTally{})
	}
	return &(*list)[i]
}

// Merge adds what o has counted.
func (p *Places) Merge(o *Places) {
	for i := range o.edges {
		tallyAt(&p.edges, uint16(i)).Merge(&o.edges[i])
	}
	for i := range o.origins {
		tallyAt(&p.origins, uint16(i)).Merge(&o.origins[i])
	}
}

// Figures are those of the edge locations, then of the tiers between, which
// whoever ran them has counted, then of the origins. Places that nobody asked
// anything are left out but for tiers.
func (p *Places) Figures(names *Names, between []TierFigures) []TierFigures {
	list := []TierFigures{}
	edges := names.EveryEdge()
	for i := range p.edges {
		if t := &p.edges[i]; t.Requests > 0 && i < len(edges) {
			list = append(list, t.Figures(LayerEdge, edges[i].Code))
		}
	}
	list = append(list, between...)
	origins := names.EveryOrigin()
	for i := range p.origins {
		if t := &p.origins[i]; t.Requests > 0 && i < len(origins) {
			list = append(list, t.Figures(LayerOrigin, origins[i]))
		}
	}
	return list
}
