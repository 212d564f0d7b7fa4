package report

import "edgesim/results"

func init() {
	register(Kind{
		Name:  "serving",
		Title: "Who served",
		About: "Requests over time by the layer that had the bytes, and the shares of hits of the edge location " +
			"alone, refresh hits, collapsed and stale answers.",
		Group: Beyond, Place: 2,
		New: func(o Options) Report { return newServing(o) },
	})
}

// serving counts who served. CloudFront calls a response a hit also when a
// regional edge cache or the origin shield had it; the hits of the edge location
// alone are those that its own cache had.
type serving struct {
	cells[served]
	told bool // some record says which layer had the bytes
	log  bool // some record does not tell its body from its header
}

// served is what a bucket knows.
type served struct {
	requests         int64
	layers           [results.Layers]int64
	hits, edgeHits   int64
	refreshed        int64
	collapsed, stale int64
	body, cachedBody int64 // body bytes: all, those of hits and refresh hits
}

func newServing(o Options) *serving { return &serving{cells: newCells(o, (*served).merge)} }

func (s *serving) Add(recs []results.Record) { results.AddOneByOne(s, recs) }

// AddCrowd implements results.Crowded.
func (s *serving) AddCrowd(c *results.Crowd) {
	s.cellOf(c.Record).add(c)
	s.told = s.told || tellsLayer(c.Record)
	s.log = s.log || !tellsBody(c.Record)
}

// tellsLayer reports whether whoever wrote the record knew the layer that had
// the bytes, and so what became of the request in the cache. A log tells only of
// the origin shield.
func tellsLayer(r *results.Record) bool {
	return r.Layer != results.NoLayer && r.Layer != results.LayerShield
}

// tellsBody reports whether the record counts body bytes. A log counts all bytes
// and no body.
func tellsBody(r *results.Record) bool {
	return r.BodyBytes > 0 || tellsLayer(r) || r.BytesOut == 0
}

// bodyOf is the crowd's body bytes, and all of its bytes where it does not tell
// them apart.
func bodyOf(c *results.Crowd) int64 {
	if tellsBody(c.Record) {
		return c.BodyBytes
	}
	return c.BytesOut
}

const bodyNote = "Bodies alone are not in the log: their bytes are counted with headers."

func (s *served) add(c *results.Crowd) {
	s.requests += c.N
	layer := min(c.Layer, results.Layers-1)
	if layer == results.NoLayer && c.Detail == results.OriginShieldHit {
		layer = results.LayerShield
	}
	s.layers[layer] += c.N
	body := bodyOf(c)
	s.body += body
	switch c.ResultType() {
	case results.Hit:
		s.hits += c.N
		s.cachedBody += body
		if layer == results.LayerEdge {
			s.edgeHits += c.N
		}
	case results.RefreshHit:
		s.refreshed += c.N
		s.cachedBody += body
	}
	if c.Flags.Has(results.Collapsed) {
		s.collapsed += c.N
	}
	if c.Flags.Has(results.StaleHit) {
		s.stale += c.N
	}
}

func (s *served) merge(o *served) {
	s.requests += o.requests
	for i := range s.layers {
		s.layers[i] += o.layers[i]
	}
	s.hits += o.hits
	s.edgeHits += o.edgeHits
	s.refreshed += o.refreshed
	s.collapsed += o.collapsed
	s.stale += o.stale
	s.body += o.body
	s.cachedBody += o.cachedBody
}

func servingColumns() []Column {
	return overTimeColumns(
		Column{Name: "RequestCount", Label: "Requests", Unit: Count},
		Column{Name: "HitCount", Label: "Hits", Unit: Count, Wide: true},
		Column{Name: "EdgeHitCount", Label: "Hits of the edge", Unit: Count, Wide: true},
		Column{Name: "RefreshHitCount", Label: "Refresh hits", Unit: Count, Wide: true},
		Column{Name: "CollapsedCount", Label: "Collapsed", Unit: Count, Wide: true},
		Column{Name: "StaleCount", Label: "Stale", Unit: Count, Wide: true},
		Column{Name: "EdgeCount", Label: "From edge", Unit: Count, Wide: true},
		Column{Name: "RegionalCount", Label: "Regional", Unit: Count, Wide: true},
		Column{Name: "ShieldCount", Label: "Shield", Unit: Count, Wide: true},
		Column{Name: "OriginCount", Label: "Origin", Unit: Count, Wide: true},
		Column{Name: "NobodyCount", Label: "Nobody", Unit: Count, Wide: true},
		Column{Name: "BodyBytes", Label: "Body bytes", Unit: Bytes, Wide: true},
		Column{Name: "CachedBodyBytes", Label: "From cache", Unit: Bytes, Wide: true},
		Column{Name: "HitPct", Label: "Hit %", Unit: Percent, Of: "HitCount", Over: "RequestCount"},
		Column{Name: "EdgeHitPct", Label: "Edge %", Unit: Percent, Of: "EdgeHitCount", Over: "RequestCount"},
		Column{Name: "RefreshHitPct", Label: "Refresh %", Unit: Percent, Of: "RefreshHitCount", Over: "RequestCount"},
		Column{Name: "CollapsedPct", Label: "Coll. %", Unit: Percent, Of: "CollapsedCount", Over: "RequestCount"},
		Column{Name: "StalePct", Label: "Stale %", Unit: Percent, Of: "StaleCount", Over: "RequestCount", Wide: true},
		Column{Name: "ByteHitPct", Label: "Byte %", Unit: Percent, Of: "CachedBodyBytes", Over: "BodyBytes"},
	)
}

// Tables has a row for every bucket. What the records did not tell is a hyphen,
// and a note says so.
func (s *serving) Tables(distribution string) []*Table {
	scope := s.o.scope(distribution)
	t := &Table{Name: "serving", Title: "Who served", Columns: servingColumns()}
	t.Preamble = s.o.preamble("Who Served", scope, [2]string{"Granularity", s.granularity()})
	whole := s.whole(scope)
	s.fill(t, scope, func(_ []int, _ int64, n *served) []Cell { return s.row(n) })
	if !s.told && whole.requests > 0 {
		t.Notes = append(t.Notes, "Not in the log: which layer had the bytes, beyond the origin shield's hits; "+
			"collapsed and stale answers. A hit may be a regional cache's.")
	}
	if s.log {
		t.Notes = append(t.Notes, bodyNote)
	}
	t.Charts = s.charts()
	return []*Table{t}
}

func (s *serving) row(n *served) []Cell {
	told := func(c Cell) Cell {
		if !s.told && n.requests > 0 {
			return noNumber
		}
		return c
	}
	row := []Cell{num(n.requests), num(n.hits), told(num(n.edgeHits)), num(n.refreshed),
		told(num(n.collapsed)), told(num(n.stale)),
		told(num(n.layers[results.LayerEdge])), told(num(n.layers[results.LayerRegional])), num(n.layers[results.LayerShield]),
		told(num(n.layers[results.LayerOrigin])), told(num(n.layers[results.NoLayer]))}
	return append(row, num(n.body), num(n.cachedBody), part(n.hits, n.requests), told(part(n.edgeHits, n.requests)),
		part(n.refreshed, n.requests), told(part(n.collapsed, n.requests)), told(part(n.stale, n.requests)),
		part(n.cachedBody, n.body))
}

// part is a share in percent; none of nothing.
func part(of, over int64) Cell {
	if over == 0 {
		return noNumber
	}
	return num(100 * float64(of) / float64(over))
}

// charts leave out lines that the records cannot tell.
func (s *serving) charts() []Chart {
	ratios := Chart{
		Name: "answered_from_cache", Title: "Answered from cache", Form: Lines, X: "TimeBucket", Y: "share of requests, of bytes", Unit: Percent,
		About:  "Hits as CloudFront counts them, those of the edge location's own cache, refresh hits, and the share of body bytes that no origin had to send.",
		Series: []Series{{Label: "Hits", Columns: []string{"HitCount"}, Over: []string{"RequestCount"}, Color: "Hit"}},
	}
	if s.told {
		ratios.Series = append(ratios.Series, Series{Label: "Hits of the edge location", Columns: []string{"EdgeHitCount"}, Over: []string{"RequestCount"}, Color: "sky"})
	}
	ratios.Series = append(ratios.Series,
		Series{Label: "Refresh hits", Columns: []string{"RefreshHitCount"}, Over: []string{"RequestCount"}, Color: "RefreshHit"},
		Series{Label: "Bytes from cache", Columns: []string{"CachedBodyBytes"}, Over: []string{"BodyBytes"}, Color: "ink"})
	if !s.told {
		return []Chart{ratios}
	}
	return []Chart{ratios, layersChart(), delayedChart()}
}

func layersChart() Chart {
	return Chart{
		Name: "layers", Title: "Requests by the layer that had the bytes", Form: Stack, X: "TimeBucket", Y: "requests", Unit: Count,
		About: "Nobody had the bytes of errors and redirects that the edge makes by itself.",
		Series: []Series{
			{Label: "Edge location", Columns: []string{"EdgeCount"}, Color: "blue"},
			{Label: "Regional cache", Columns: []string{"RegionalCount"}, Color: "sky"},
			{Label: "Origin shield", Columns: []string{"ShieldCount"}, Color: "green"},
			{Label: "Origin", Columns: []string{"OriginCount"}, Color: "vermillion"},
			{Label: "Nobody", Columns: []string{"NobodyCount"}, Color: "gray"},
		},
	}
}

func delayedChart() Chart {
	return Chart{
		Name: "collapsed_and_stale", Title: "Collapsed and stale answers", Form: Lines, X: "TimeBucket", Y: "share of requests", Unit: Percent,
		About: "Collapsed requests waited for another's fetch of the same object; stale answers came from an object past its time.",
		Series: []Series{
			{Label: "Collapsed", Columns: []string{"CollapsedCount"}, Over: []string{"RequestCount"}, Color: "purple"},
			{Label: "Stale", Columns: []string{"StaleCount"}, Over: []string{"RequestCount"}, Color: "orange"},
		},
	}
}

// Absorb adds up rows of the same bucket and distribution.
func (s *serving) Absorb(t *Table) error {
	r, err := read(t, servingColumns())
	if err != nil {
		return err
	}
	for _, row := range r.ownRows() {
		if r.count(row, "RequestCount") == 0 {
			continue
		}
		cell, err := s.place(r, row)
		if err != nil {
			return err
		}
		cell.merge(&served{
			requests: r.count(row, "RequestCount"), hits: r.count(row, "HitCount"), edgeHits: r.count(row, "EdgeHitCount"),
			layers: [results.Layers]int64{r.count(row, "NobodyCount"), r.count(row, "EdgeCount"), r.count(row, "RegionalCount"),
				r.count(row, "ShieldCount"), r.count(row, "OriginCount")},
			refreshed: r.count(row, "RefreshHitCount"), collapsed: r.count(row, "CollapsedCount"), stale: r.count(row, "StaleCount"),
			body: r.count(row, "BodyBytes"), cachedBody: r.count(row, "CachedBodyBytes"),
		})
		s.told = s.told || row[r.at["EdgeCount"]].Text == ""
	}
	return nil
}
