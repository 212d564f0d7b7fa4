package report

import "edgesim/results"

// group is what reports by behavior, file type and their kin know of each.
type group struct {
	requests, hits, refreshed, misses, errors int64
	bytes, body, cachedBody                   int64
	firstByte                                 spread
}

// add counts all but times.
func (g *group) add(c *results.Crowd) {
	g.requests += c.N
	g.bytes += c.BytesOut
	body := bodyOf(c)
	g.body += body
	switch c.ResultType() {
	case results.Hit:
		g.hits += c.N
		g.cachedBody += body
	case results.RefreshHit:
		g.refreshed += c.N
		g.cachedBody += body
	case results.Miss:
		g.misses += c.N
	case results.Error, results.LimitExceeded, results.CapacityExceeded:
		g.errors += c.N
	}
}

// addTime counts the first byte, where there was one.
func (g *group) addTime(r *results.Record) {
	if r.TTFB > 0 && !r.Flags.Has(results.NoResponse) {
		g.firstByte.add(micros(r.TTFB))
	}
}

func (g *group) merge(o *group) {
	g.requests += o.requests
	g.hits += o.hits
	g.refreshed += o.refreshed
	g.misses += o.misses
	g.errors += o.errors
	g.bytes += o.bytes
	g.body += o.body
	g.cachedBody += o.cachedBody
	g.firstByte.merge(&o.firstByte)
}

// groups keep a group for every distribution and number, such as a behavior's.
type groups struct {
	byDistribution [][]*group // by distribution + 1, then by number + 1
	log            bool       // some record does not tell its body from its header
}

func (g *groups) add(c *results.Crowd, number uint16) {
	g.at(c.Distribution, number).add(c)
	g.log = g.log || !tellsBody(c.Record)
}

func (g *groups) at(distribution, number uint16) *group {
	one := placeOf(placeOf(&g.byDistribution, distribution), number)
	if *one == nil {
		*one = &group{}
	}
	return *one
}

// summed are the scope's groups under the names that name gives their numbers;
// numbers of one name are one group.
func (g *groups) summed(o Options, scope string, name func(number uint16) string) map[string]*group {
	sums := map[string]*group{}
	wanted := wanted(scope, o.Names.EveryDistribution())
	for d, list := range g.byDistribution {
		if !wanted(int(uint16(d - 1))) {
			continue
		}
		for i, one := range list {
			if one == nil {
				continue
			}
			n := name(uint16(i - 1))
			if sums[n] == nil {
				sums[n] = &group{}
			}
			sums[n].merge(one)
		}
	}
	return sums
}

// groupColumns are the columns of a table by what the first one names.
func groupColumns(by Column) []Column {
	return scopeColumns(by,
		Column{Name: "RequestCount", Label: "Requests", Unit: Count},
		Column{Name: "HitCount", Label: "Hits", Unit: Count, Wide: true},
		Column{Name: "RefreshHitCount", Label: "Refresh hits", Unit: Count, Wide: true},
		Column{Name: "MissCount", Label: "Misses", Unit: Count, Wide: true},
		Column{Name: "ErrorCount", Label: "Errors", Unit: Count},
		Column{Name: "OtherCount", Label: "Others", Unit: Count, Wide: true},
		Column{Name: "HitPct", Label: "Hit %", Unit: Percent, Of: "HitCount", Over: "RequestCount"},
		Column{Name: "BodyBytes", Label: "Body bytes", Unit: Bytes, Wide: true},
		Column{Name: "CachedBodyBytes", Label: "From cache", Unit: Bytes, Wide: true},
		Column{Name: "ByteHitPct", Label: "Byte %", Unit: Percent, Of: "CachedBodyBytes", Over: "BodyBytes"},
		Column{Name: "TotalBytes", Label: "Bytes", Unit: Bytes},
		Column{Name: "P50Ms", Label: "p50", Unit: Millis, Merge: Apart},
		Column{Name: "P99Ms", Label: "p99", Unit: Millis, Merge: Apart},
	)
}

func (g *group) cells() []Cell {
	q := g.firstByte.quantiles(0.5, 0.99)
	other := g.requests - g.hits - g.refreshed - g.misses - g.errors
	row := []Cell{num(g.requests), num(g.hits), num(g.refreshed), num(g.misses), num(g.errors), num(other),
		part(g.hits, g.requests), num(g.body), num(g.cachedBody), part(g.cachedBody, g.body), num(g.bytes)}
	return append(row, millisCells(q...)...)
}

// takeGroup is the group of a row that is taken back, without its times.
func takeGroup(r *reading, row []Cell) *group {
	return &group{
		requests: r.count(row, "RequestCount"), hits: r.count(row, "HitCount"), refreshed: r.count(row, "RefreshHitCount"),
		misses: r.count(row, "MissCount"), errors: r.count(row, "ErrorCount"),
		bytes: r.count(row, "TotalBytes"), body: r.count(row, "BodyBytes"), cachedBody: r.count(row, "CachedBodyBytes"),
	}
}

// absorb adds up the rows of a table by group; number gives the number of a
// row's group by its name.
func (g *groups) absorb(o Options, t *Table, by Column, number func(string) (uint16, error)) error {
	r, err := read(t, groupColumns(by))
	if err != nil {
		return err
	}
	for _, row := range r.ownRows() {
		d, err := r.distribution(o, row)
		if err != nil {
			return err
		}
		n, err := number(r.text(row, by.Name))
		if err != nil {
			return err
		}
		g.at(uint16(d), n).merge(takeGroup(r, row))
	}
	return nil
}

// groupNotes say what the figures of a table by group are.
func (g *groups) groupNotes(t *Table) {
	if len(t.Rows) == 0 {
		return
	}
	t.Notes = append(t.Notes, "p50 and p99 are of the first byte, in milliseconds.")
	if g.log {
		t.Notes = append(t.Notes, bodyNote)
	}
}

// groupChart shows a table's groups as bars of results.
func groupChart(name, title, by string) Chart {
	return Chart{
		Name: name, Title: title, About: "Requests by how the cache answered, the most asked for first.",
		Form: Stack, X: by, Y: "requests", Unit: Count, Most: 15,
		Series: []Series{
			{Label: "Hits", Columns: []string{"HitCount"}, Color: "Hit"},
			{Label: "Refresh hits", Columns: []string{"RefreshHitCount"}, Color: "RefreshHit"},
			{Label: "Misses", Columns: []string{"MissCount"}, Color: "Miss"},
			{Label: "Errors", Columns: []string{"ErrorCount"}, Color: "Error"},
			{Label: "Others", Columns: []string{"OtherCount"}, Color: "gray"},
		},
	}
}
