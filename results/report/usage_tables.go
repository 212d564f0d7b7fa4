package report

import (
	"maps"
	"slices"

	"edgesim/results"
)

// Tables are CloudFront's report, and the usage types that its console shows as
// charts and has in no CSV.
func (u *usage) Tables(distribution string) []*Table {
	scope := u.o.scope(distribution)
	return []*Table{u.byRegion(scope), u.byType(scope)}
}

// byRegion has a row for every bucket: first those of all regions together, and
// where a region is known those of each, in the order of their names.
func (u *usage) byRegion(scope string) *Table {
	t := &Table{Name: "usage", Title: "Usage", Columns: usageColumns(), Charts: usageCharts()}
	t.Preamble = u.o.preamble("Usage", scope, [2]string{"Granularity", u.granularity()}, [2]string{"BillingRegion", all})
	known := u.o.Names.EveryDistribution()
	rows := u.rowsOf(scope, known)
	numbers, note := u.numbers(u.seen())
	for _, d := range rows {
		u.fillRegions(t, d, known, numbers)
	}
	if note != "" {
		t.Notes = append(t.Notes, note)
	}
	if len(rows) > 1 {
		t.Notes = append(t.Notes, "Rows of distribution ALL are of the others together.")
	}
	t.Notes = append(t.Notes, u.uploadNote()...)
	return t
}

func (u *usage) fillRegions(t *Table, distribution int, known []results.Distribution, numbers []int64) {
	of := []int{distribution}
	if distribution == total {
		of = u.distributions()
	}
	id, name := nameOf(distribution, known)
	sums := make([]*usageCell, len(numbers))
	seen := map[string]int{}
	for i, n := range numbers {
		sums[i] = u.sum(of, n)
		for region, g := range sums[i].regions {
			if g != (regionUsage{}) {
				seen[u.regions[region]] = region
			}
		}
	}
	row := func(region string, number int64, g regionUsage) {
		t.Rows = append(t.Rows, append([]Cell{text(id), text(name), text(region), u.cell(number)}, g.cells()...))
	}
	for i, n := range numbers {
		row(all, n, sums[i].whole())
	}
	if _, blind := seen[unknown]; blind && len(seen) == 1 {
		return // the rows of all say the same
	}
	for _, region := range slices.Sorted(maps.Keys(seen)) {
		for i, n := range numbers {
			row(region, n, *sums[i].region(uint8(seen[region])))
		}
	}
}

func (c *usageCell) whole() (sum regionUsage) {
	for i := range c.regions {
		sum.merge(&c.regions[i])
	}
	return sum
}

func (g *regionUsage) cells() []Cell {
	return []Cell{num(g.requests[0]), num(g.requests[1]), num(g.bytes[0]), num(g.bytes[1]), num(g.in), num(g.out)}
}

func usageColumns() []Column {
	return []Column{
		{Name: "DistributionID", Unit: Text, Wide: true},
		{Name: "FriendlyName", Label: "Distribution", Unit: Text},
		{Name: "BillingRegion", Label: "Region", Unit: Text},
		{Name: "TimeBucket", Label: "Time (UTC)", Unit: Moment},
		{Name: "HTTP", Unit: Count},
		{Name: "HTTPS", Unit: Count},
		{Name: "HTTPBytes", Label: "HTTP bytes", Unit: Bytes, Wide: true},
		{Name: "HTTPSBytes", Label: "HTTPS bytes", Unit: Bytes, Wide: true},
		{Name: "BytesIn", Label: "To origin", Unit: Bytes},
		{Name: "BytesOut", Label: "To viewers", Unit: Bytes},
	}
}

func usageCharts() []Chart {
	chart := func(name, title, about string, series ...Series) Chart {
		return Chart{Name: name, Title: title, About: about, Form: Lines, X: "TimeBucket", Y: "bytes", Unit: Bytes,
			Only: [][2]string{{"BillingRegion", all}}, Series: series}
	}
	return []Chart{
		chart("data_by_protocol", "Data transferred by protocol", "Bytes to viewers, and to the origin for methods such as POST, by what the viewer spoke.",
			Series{Label: "HTTP", Columns: []string{"HTTPBytes"}, Color: "vermillion"},
			Series{Label: "HTTPS", Columns: []string{"HTTPSBytes"}, Color: "blue"}),
		chart("data_by_destination", "Data transferred by destination", "Bytes of responses to viewers, and bytes that viewers sent on to the origin.",
			Series{Label: "To viewers", Columns: []string{"BytesOut"}, Color: "blue"},
			Series{Label: "To the origin", Columns: []string{"BytesIn"}, Color: "vermillion"}),
	}
}

func (u *usage) uploadNote() []string {
	if !u.sent {
		return nil
	}
	return []string{"Bytes to the origin are those that viewers sent with proxy methods, headers included."}
}

// usageColumn is the name of a usage type's column.
func usageColumn(what string, s int, kind usageType) string {
	return what + [secures]string{"HTTP", "HTTPS"}[s] + usageTypeNames[kind]
}

// byType has requests and bytes to viewers by protocol and type, and bytes to the
// origin by protocol.
func (u *usage) byType(scope string) *Table {
	t := &Table{Name: "usage_types", Title: "Usage types", Columns: typeColumns()}
	t.Preamble = u.o.preamble("Usage Types", scope, [2]string{"Granularity", u.granularity()}, [2]string{"BillingRegion", all})
	u.fill(t, scope, func(_ []int, _ int64, sum *usageCell) []Cell { return sum.typeCells() })
	t.Charts = []Chart{typeChart(u.whole(scope))}
	if u.untyped {
		t.Notes = append(t.Notes, "Static and dynamic are told apart by how long an object may be kept, which is not in a log: requests without it are unknown.")
	}
	t.Notes = append(t.Notes, u.uploadNote()...)
	return t
}

func typeColumns() []Column {
	var requests, bytes, uploads []Column
	for s, protocol := range [secures]string{"HTTP", "HTTPS"} {
		for kind := range usageTypes {
			label := protocol + " " + usageTypeNames[kind]
			requests = append(requests, Column{Name: usageColumn("Requests", s, kind), Label: label, Unit: Count, Wide: kind == unknownUsage})
			bytes = append(bytes, Column{Name: usageColumn("Bytes", s, kind), Label: label + " bytes", Unit: Bytes, Wide: true})
		}
		uploads = append(uploads, Column{Name: "OBytes" + protocol, Label: protocol + " to origin", Unit: Bytes, Wide: true})
	}
	return overTimeColumns(slices.Concat(requests, bytes, uploads)...)
}

func (c *usageCell) typeCells() []Cell {
	var requests, bytes, uploads []Cell
	for s := range c.types {
		for kind := range c.types[s] {
			requests = append(requests, num(c.types[s][kind].requests))
			bytes = append(bytes, num(c.types[s][kind].bytes))
		}
		uploads = append(uploads, num(c.uploads[s]))
	}
	return slices.Concat(requests, bytes, uploads)
}

// typeChart has lines of the types that there were, and of what CloudFront's has
// where there were none.
func typeChart(whole *usageCell) Chart {
	c := Chart{Name: "requests_by_type", Title: "Number of requests", Form: Lines, X: "TimeBucket", Y: "requests", Unit: Count,
		About: "By the viewer's protocol and type: static may be kept for an hour or longer, dynamic less, proxy is passed on (POST, PUT, …)."}
	colors := [secures][usageTypes]string{{"orange", "vermillion", "purple", "gray"}, {"sky", "blue", "green", "ink"}}
	none := whole.types == [secures][usageTypes]volume{}
	for s, protocol := range [secures]string{"HTTP", "HTTPS"} {
		for kind := range usageTypes {
			if whole.types[s][kind].requests > 0 || none && kind != unknownUsage {
				c.Series = append(c.Series, Series{Label: protocol + " " + usageTypeNames[kind],
					Columns: []string{usageColumn("Requests", s, kind)}, Color: colors[s][kind]})
			}
		}
	}
	return c
}

// Absorb adds up rows of the same bucket and distribution: of each region where
// there are any, else of all.
func (u *usage) Absorb(t *Table) error {
	if t.Name == "usage_types" {
		return u.absorbTypes(t)
	}
	r, err := read(t, usageColumns())
	if err != nil {
		return err
	}
	for _, row := range u.ownRegions(r) {
		g := regionUsage{
			requests: [secures]int64{r.count(row, "HTTP"), r.count(row, "HTTPS")},
			bytes:    [secures]int64{r.count(row, "HTTPBytes"), r.count(row, "HTTPSBytes")},
			in:       r.count(row, "BytesIn"), out: r.count(row, "BytesOut"),
		}
		if g == (regionUsage{}) {
			continue // what did not happen needs no cell
		}
		cell, err := u.place(r, row)
		if err != nil {
			return err
		}
		region := r.text(row, "BillingRegion")
		if region == all {
			region = unknown
		}
		cell.region(u.regionNamed(region)).merge(&g)
	}
	return nil
}

// ownRegions are the rows that are not sums of others, a distribution at a time:
// one has rows of its regions, another only those of all.
func (u *usage) ownRegions(r *reading) (own [][]Cell) {
	split := map[string]bool{}
	rows := r.ownRows()
	for _, row := range rows {
		if r.text(row, "BillingRegion") != all {
			split[r.text(row, "DistributionID")] = true
		}
	}
	for _, row := range rows {
		if r.text(row, "BillingRegion") != all || !split[r.text(row, "DistributionID")] {
			own = append(own, row)
		}
	}
	return own
}

func (u *usage) absorbTypes(t *Table) error {
	r, err := read(t, typeColumns())
	if err != nil {
		return err
	}
	for _, row := range r.ownRows() {
		cell, err := u.place(r, row)
		if err != nil {
			return err
		}
		for s, protocol := range [secures]string{"HTTP", "HTTPS"} {
			cell.uploads[s] += r.count(row, "OBytes"+protocol)
			for kind := range usageTypes {
				into := &cell.types[s][kind]
				requests := r.count(row, usageColumn("Requests", s, kind))
				into.requests += requests
				into.bytes += r.count(row, usageColumn("Bytes", s, kind))
				u.untyped = u.untyped || kind == unknownUsage && requests > 0
			}
		}
	}
	return nil
}
