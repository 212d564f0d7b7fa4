package report

import (
	"fmt"
	"slices"

	"edgesim/results"
)

func init() {
	register(Kind{
		Name:  "tiers",
		Title: "Locations and tiers",
		About: "What every edge location, regional cache, shield and origin was asked and what it had itself. " +
			"A hit here is of the place's own cache; CloudFront also calls a hit what the next tier had.",
		Group: Beyond, Place: 3,
		New: newTiers,
	})
}

// tiers counts by place. Edge locations and origins are in viewers' records; what
// stands between them keeps none, and is told at the end.
type tiers struct {
	o       Options
	places  results.Places
	between []results.TierFigures
	told    bool // some record says which layer had the bytes
	taken   []*taken
}

// taken is a row of a table that was absorbed, added up with those of the same
// place.
type taken struct {
	layer    results.Layer
	location string
	results.TierTally
}

func newTiers(o Options) Report { return &tiers{o: o} }

func (t *tiers) Add(recs []results.Record) { results.AddOneByOne(t, recs) }

// AddCrowd implements results.Crowded.
func (t *tiers) AddCrowd(c *results.Crowd) {
	t.places.AddCrowd(c)
	t.told = t.told || tellsLayer(c.Record)
}

// Tell takes what the tiers between edge locations and origins have counted.
func (t *tiers) Tell(between []results.TierFigures) { t.between = between }

func tierColumns() []Column {
	return []Column{
		{Name: "Layer", Unit: Text},
		{Name: "Location", Unit: Text},
		{Name: "RequestCount", Label: "Requests", Unit: Count},
		{Name: "HitCount", Label: "Own hits", Unit: Count},
		{Name: "RefreshHitCount", Label: "Refresh hits", Unit: Count, Wide: true},
		{Name: "CollapsedCount", Label: "Collapsed", Unit: Count, Wide: true},
		{Name: "TotalBytes", Label: "Bytes", Unit: Bytes},
		{Name: "BodyBytes", Label: "Body bytes", Unit: Bytes, Wide: true},
		{Name: "CachedBodyBytes", Label: "From cache", Unit: Bytes, Wide: true},
		{Name: "OriginRequestCount", Label: "Origin requests", Unit: Count},
		{Name: "OriginBytes", Label: "Origin bytes", Unit: Bytes, Wide: true},
		{Name: "EdgeCount", Label: "From edge", Unit: Count, Wide: true},
		{Name: "RegionalCount", Label: "Regional", Unit: Count, Wide: true},
		{Name: "ShieldCount", Label: "Shield", Unit: Count, Wide: true},
		{Name: "OriginCount", Label: "Origin", Unit: Count, Wide: true},
		{Name: "NobodyCount", Label: "Nobody", Unit: Count, Wide: true},
		{Name: "HitPct", Label: "Hit %", Unit: Percent, Of: "HitCount", Over: "RequestCount"},
		{Name: "ByteHitPct", Label: "Byte %", Unit: Percent, Of: "CachedBodyBytes", Over: "BodyBytes"},
	}
}

// Tables has a row for every place, of all distributions together: tiers keep no
// records that would tell them apart.
func (t *tiers) Tables(distribution string) []*Table {
	if t.o.scope(distribution) != t.o.scope("") {
		return nil
	}
	table := &Table{Name: "tiers", Title: "Locations and tiers", Columns: tierColumns()}
	table.Preamble = t.o.preamble("Locations and Tiers", t.o.scope(""))
	figures := t.figures()
	for _, f := range figures {
		table.Rows = append(table.Rows, tierRow(f, t.told))
	}
	if len(figures) > 0 && !t.told {
		table.Notes = append(table.Notes, "Not in the log: which layer had the bytes, so no hits of a location's own, and what tiers and origins were asked.")
	}
	if t.told {
		table.Charts = tierCharts(figures)
	}
	return []*Table{table}
}

// figures are those of every place, layer by layer.
func (t *tiers) figures() []results.TierFigures {
	list := t.places.Figures(t.o.Names, t.between)
	for _, k := range t.taken {
		f := k.Figures(k.layer, k.location)
		i := slices.IndexFunc(list, func(o results.TierFigures) bool { return o.Layer == f.Layer && o.Location == f.Location })
		if i < 0 {
			list = append(list, f)
			continue
		}
		list[i].Add(&f)
	}
	slices.SortStableFunc(list, func(a, b results.TierFigures) int { return layerOf(a.Layer) - layerOf(b.Layer) })
	return list
}

// layerOf is the number of a layer's name; 0 for one that is none of a place's.
func layerOf(name string) int {
	for l := results.LayerEdge; l < results.Layers; l++ {
		if l.String() == name {
			return int(l)
		}
	}
	return 0
}

// tierRow is the place's row. told is whether anyone knows who had the bytes; an
// origin has no cache of which there could be hits.
func tierRow(f results.TierFigures, told bool) []Cell {
	only := func(known bool, c Cell) Cell {
		if !known {
			return noNumber
		}
		return c
	}
	by, own := f.Answered, told && f.Layer != results.LayerOrigin.String()
	return []Cell{text(f.Layer), text(f.Location), num(f.Requests),
		only(own, num(f.Hits)), only(own, num(f.RefreshHits)), only(own, num(f.Collapsed)),
		num(f.Bytes), only(own, num(f.BodyBytes)), only(own, num(f.CachedBytes)),
		only(told, num(f.OriginRequests)), only(told, num(f.OriginBytes)),
		only(told, num(by.Edge)), only(told, num(by.Regional)), only(told, num(by.Shield)), only(told, num(by.Origin)), only(told, num(by.Nobody)),
		only(own, part(f.Hits, f.Requests)), only(own, part(f.CachedBytes, f.BodyBytes))}
}

func tierCharts(figures []results.TierFigures) []Chart {
	charts := []Chart{
		{
			Name: "answers", Title: "Who answered, by edge location", Form: Stack, X: "Location", Y: "requests", Unit: Count, Most: 40,
			About: "Requests of each edge location by the layer that had the bytes.",
			Only:  [][2]string{{"Layer", "edge"}},
			Series: []Series{
				{Label: "Edge location", Columns: []string{"EdgeCount"}, Color: "blue"},
				{Label: "Regional cache", Columns: []string{"RegionalCount"}, Color: "sky"},
				{Label: "Origin shield", Columns: []string{"ShieldCount"}, Color: "green"},
				{Label: "Origin", Columns: []string{"OriginCount"}, Color: "vermillion"},
				{Label: "Nobody", Columns: []string{"NobodyCount"}, Color: "gray"},
			},
		},
		hitsChart("own_hits", "Hits of each edge location's own cache", results.LayerEdge),
	}
	if slices.ContainsFunc(figures, func(f results.TierFigures) bool { return f.Layer == results.LayerRegional.String() }) {
		charts = append(charts, hitsChart("regional_hits", "Hits of each regional cache", results.LayerRegional))
	}
	return charts
}

func hitsChart(name, title string, layer results.Layer) Chart {
	return Chart{
		Name: name, Title: title, Form: Bars, X: "Location", Y: "share of the requests that came, of body bytes", Unit: Percent, Most: 40,
		About: "What each cache had itself of what it was asked. A tier sees only what the caches before it missed.",
		Only:  [][2]string{{"Layer", layer.String()}},
		Series: []Series{
			{Label: "Requests", Columns: []string{"HitCount"}, Over: []string{"RequestCount"}, Color: "Hit"},
			{Label: "Bytes", Columns: []string{"CachedBodyBytes"}, Over: []string{"BodyBytes"}, Color: "ink"},
		},
	}
}

// Absorb adds up rows of the same place.
func (t *tiers) Absorb(from *Table) error {
	r, err := read(from, tierColumns())
	if err != nil {
		return err
	}
	for _, row := range r.Rows {
		k, err := t.place(r.text(row, "Layer"), r.text(row, "Location"))
		if err != nil {
			return err
		}
		k.Merge(&results.TierTally{
			Requests: r.count(row, "RequestCount"), Hits: r.count(row, "HitCount"), RefreshHits: r.count(row, "RefreshHitCount"),
			Collapsed: r.count(row, "CollapsedCount"), Bytes: r.count(row, "TotalBytes"), BodyBytes: r.count(row, "BodyBytes"),
			CachedBytes: r.count(row, "CachedBodyBytes"), OriginRequests: r.count(row, "OriginRequestCount"), OriginBytes: r.count(row, "OriginBytes"),
			Layers: [results.Layers]int64{r.count(row, "NobodyCount"), r.count(row, "EdgeCount"), r.count(row, "RegionalCount"),
				r.count(row, "ShieldCount"), r.count(row, "OriginCount")},
		})
		t.told = t.told || row[r.at["EdgeCount"]].Text == ""
	}
	return nil
}

func (t *tiers) place(layer, location string) (*taken, error) {
	for _, k := range t.taken {
		if k.layer.String() == layer && k.location == location {
			return k, nil
		}
	}
	l := layerOf(layer)
	if l == 0 {
		return nil, fmt.Errorf("table tiers has a row of a layer %q", layer)
	}
	k := &taken{layer: results.Layer(l), location: location}
	t.taken = append(t.taken, k)
	return k, nil
}
