package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"edgesim/results"
	"edgesim/results/price"
)

func init() {
	register(Kind{
		Name:  "cost",
		Title: "Cost",
		About: "What the traffic costs in each price class by a price list: transfer, requests and uploads by the " +
			"region of the edge, for the range and scaled to 30 days, and what it saves at the origin.",
		Group: Beyond, Place: 7,
		Tables: []string{"cost", "savings"},
		New:    func(o Options) Report { return newCost(o) },
	})
}

// cost counts what is billed, by the edge that served it, since the billing
// region is where the edge is, not where the viewer is.
type cost struct {
	o       Options
	list    *price.List
	byEdge  [][]billed // by distribution + 1, then by edge + 1
	byGroup [][]billed // taken back from tables: by distribution + 1, then by group + 1
	guessed bool       // some record did not tell what went to or came from an origin
}

// billed is what one distribution did at one edge.
type billed struct {
	http, https int64 // requests
	out         int64 // bytes to viewers
	uploaded    int64 // bytes on to the origin
	asked, sent int64 // requests to origins and bytes from them
}

func newCost(o Options) *cost {
	list := o.Prices
	if list == nil {
		list = price.Default()
	}
	return &cost{o: o, list: list}
}

func (c *cost) Add(recs []results.Record) { results.AddOneByOne(c, recs) }

// AddCrowd implements results.Crowded.
func (c *cost) AddCrowd(n *results.Crowd) {
	b := placeOf(placeOf(&c.byEdge, n.Distribution), n.Edge)
	switch n.Protocol {
	case results.HTTPS, results.WSS, results.GRPCS:
		b.https += n.N
	default:
		b.http += n.N
	}
	b.out += n.BytesOut
	if tellsLayer(n.Record) || n.OriginAsked > 0 {
		b.uploaded += n.OriginSent
		b.asked += n.N * int64(n.OriginAsked)
		b.sent += n.OriginBytes
		return
	}
	c.guess(b, n)
}

// guess is of records that do not say what an origin had to do with it: what
// the origin sent is as in the origin report, and what a proxied method brought
// went on to the origin.
func (c *cost) guess(b *billed, n *results.Crowd) {
	asked, sent := guess(n)
	b.asked += asked
	b.sent += sent
	if n.Method.Proxied() {
		b.uploaded += n.BytesIn
	}
	c.guessed = c.guessed || asked > 0
}

func (b *billed) merge(o *billed) {
	b.http += o.http
	b.https += o.https
	b.out += o.out
	b.uploaded += o.uploaded
	b.asked += o.asked
	b.sent += o.sent
}

// traffic is a scope's, by group of the price list, and all of it together.
type traffic struct {
	groups  []price.Traffic
	whole   billed
	unknown int64 // requests at edges without a billing region
}

func (c *cost) traffic(scope string) traffic {
	t := traffic{groups: make([]price.Traffic, len(c.list.Groups))}
	wanted := wanted(scope, c.o.Names.EveryDistribution())
	edges := c.o.Names.EveryEdge()
	each(c.byEdge, wanted, func(edge int, b *billed) {
		region := ""
		if edge < len(edges) {
			region = edges[edge].BillingRegion
		}
		group, known := c.list.GroupOf(region)
		if !known {
			t.unknown += b.http + b.https
		}
		t.add(group, b)
	})
	each(c.byGroup, wanted, t.add)
	return t
}

func (t *traffic) add(group int, b *billed) {
	t.whole.merge(b)
	t.groups[group].Add(price.Traffic{Out: float64(b.out), ToOrigin: float64(b.uploaded), HTTP: float64(b.http), HTTPS: float64(b.https)})
}

// each calls f with every number under which something happened in the
// distributions wanted.
func each(list [][]billed, wanted func(int) bool, f func(number int, b *billed)) {
	for d, numbers := range list {
		if !wanted(int(uint16(d - 1))) {
			continue
		}
		for i := range numbers {
			if numbers[i] != (billed{}) {
				f(int(uint16(i-1)), &numbers[i])
			}
		}
	}
}

// times is the groups' traffic, f times over.
func (t *traffic) times(f float64) []price.Traffic {
	list := make([]price.Traffic, len(t.groups))
	for i, g := range t.groups {
		list[i] = g.Times(f)
	}
	return list
}

const month = price.Month * 24 * time.Hour

func costColumns() []Column {
	money := func(name, label string, wide bool) Column {
		return Column{Name: name, Label: label, Unit: Number, Merge: Apart, Wide: wide}
	}
	return scopeColumns(
		Column{Name: "PriceClass", Label: "Class", Unit: Text},
		Column{Name: "Region", Unit: Text},
		Column{Name: "HTTP", Label: "HTTP requests", Unit: Count, Wide: true},
		Column{Name: "HTTPS", Label: "HTTPS requests", Unit: Count, Wide: true},
		Column{Name: "BytesOut", Label: "To viewers", Unit: Bytes},
		Column{Name: "BytesToOrigin", Label: "Uploads", Unit: Bytes, Wide: true},
		money("RangeCost", "Range", false),
		money("MonthTransfer", "Transfer", false),
		money("MonthHTTP", "HTTP", true),
		money("MonthHTTPS", "HTTPS", false),
		money("MonthUploads", "Uploads", true),
		money("MonthCost", "30 days", false),
	)
}

// Tables are the bills of every price class, by region, and what they save. The
// range's own bill takes it as all that there was in its month, or months; that
// of 30 days takes the range's traffic as going on like this, and applies the
// tiers to it.
func (c *cost) Tables(distribution string) []*Table {
	scope := c.o.scope(distribution)
	t := &Table{Name: "cost", Title: "Cost by price class", Columns: costColumns()}
	t.Preamble = c.o.preamble("Cost", scope)
	s := &Table{Name: "savings", Title: "What the edge saves in 30 days", Columns: savingsColumns()}
	s.Preamble = c.o.preamble("Savings", scope)
	from, to := c.o.rangeOf()
	traffic := c.traffic(scope)
	if from.Before(to) && traffic.whole != (billed{}) {
		months := float64(to.Sub(from)) / float64(month)
		for _, class := range c.list.Classes() {
			bill := c.bill(t, scope, class, traffic, months)
			s.Rows = append(s.Rows, c.saved(scope, class, traffic, months, bill))
		}
		t.Notes = c.notes(traffic, to.Sub(from))
		s.Notes = c.savingsNotes()
	}
	t.Charts, s.Charts = costCharts(c.list.Currency), savingsCharts(c.list.Currency)
	return []*Table{t, s}
}

// bill adds the rows of a price class and returns what 30 days of it cost. The
// traffic that a row shows is that of the region; what is billed under another
// is shown there as money alone.
func (c *cost) bill(t *Table, scope, class string, traffic traffic, months float64) float64 {
	part := max(months, 1) // of which each has its own tiers
	inRange := c.list.Bill(class, traffic.times(1/part))
	inMonth := c.list.Bill(class, traffic.times(1/months))
	head := func(region string) []Cell {
		return append(c.o.scopeCells(scope), text(className(class)), text(region))
	}
	var whole price.Traffic
	var costs [6]float64
	for g := range c.list.Groups {
		own, m := traffic.groups[g], inMonth[g]
		row := [6]float64{inRange[g].Total() * part, m.Transfer, m.HTTP, m.HTTPS, m.Upload, m.Total()}
		if own == (price.Traffic{}) && row == ([6]float64{}) {
			continue
		}
		whole.Add(own)
		for i := range costs {
			costs[i] += row[i]
		}
		t.Rows = append(t.Rows, append(head(c.list.Groups[g].Title), costCells(own, row)...))
	}
	t.Rows = append(t.Rows, append(head(everywhere), costCells(whole, costs)...))
	return costs[5]
}

// everywhere is the row of all regions.
const everywhere = "All regions"

func className(class string) string { return "PriceClass_" + class }

func costCells(own price.Traffic, costs [6]float64) []Cell {
	row := []Cell{num(own.HTTP), num(own.HTTPS), num(own.Out), num(own.ToOrigin)}
	for _, m := range costs {
		row = append(row, money(m))
	}
	return row
}

// money is a cell to a hundredth of a cent.
func money(m float64) Cell { return num(math.Round(m*1e4) / 1e4) }

func (c *cost) notes(t traffic, length time.Duration) []string {
	l := c.list
	notes := []string{
		fmt.Sprintf("Prices in %s as of %s, %s. %s", l.Currency, l.Date, l.Source, recalled(l.Recalled)),
		fmt.Sprintf("30 days are the range's traffic times %s; tiers are of a month. An edge outside a price class is billed at the "+
			"cheapest group that the class includes.", factor(float64(month)/float64(length))),
	}
	if t.unknown > 0 {
		group, _ := l.GroupOf("")
		notes = append(notes, fmt.Sprintf("%s requests were at edges without a known billing region: billed as %s.",
			grouped(t.unknown), l.Groups[group].Title))
	}
	if c.guessed {
		notes = append(notes, "Uploads to origins are not in the log: they are taken as what viewers sent by methods other than GET and HEAD.")
	}
	return append(notes, "Not billed here: Origin Shield requests, invalidations, real-time logs, taxes.")
}

// factor is f to three digits, and in whole where it has more before the point.
func factor(f float64) string {
	if f < 100 {
		return strconv.FormatFloat(f, 'g', 3, 64)
	}
	return grouped(int64(math.Round(f)))
}

func recalled(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return "Recalled, not read again from a price list: " + strings.Join(list, ", ") + "."
}

func costCharts(currency string) []Chart {
	return []Chart{{
		Name: "cost", Title: "Cost of 30 days by price class", Form: Stack, X: "PriceClass", Y: currency, Unit: Number,
		Only:  [][2]string{{"Region", everywhere}},
		About: "The range's traffic, scaled to 30 days.",
		Series: []Series{
			{Label: "Transfer", Columns: []string{"MonthTransfer"}, Color: "blue"},
			{Label: "HTTP requests", Columns: []string{"MonthHTTP"}, Color: "orange"},
			{Label: "HTTPS requests", Columns: []string{"MonthHTTPS"}, Color: "green"},
			{Label: "Uploads", Columns: []string{"MonthUploads"}, Color: "purple"},
		},
	}}
}

// Absorb adds up the traffic of the regions in the rows of all edges' class;
// the bills are made anew.
func (c *cost) Absorb(t *Table) error {
	if t.Name != "cost" {
		return c.absorbOrigin(t)
	}
	r, err := read(t, costColumns())
	if err != nil {
		return err
	}
	for _, row := range r.ownRows() {
		group, known := c.groupTitled(r.text(row, "Region"))
		if r.text(row, "PriceClass") != className("All") || !known {
			continue
		}
		d, err := r.distribution(c.o, row)
		if err != nil {
			return err
		}
		placeOf(placeOf(&c.byGroup, uint16(d)), group).merge(&billed{http: r.count(row, "HTTP"), https: r.count(row, "HTTPS"),
			out: r.count(row, "BytesOut"), uploaded: r.count(row, "BytesToOrigin")})
	}
	return nil
}

func (c *cost) groupTitled(title string) (uint16, bool) {
	for i, g := range c.list.Groups {
		if g.Title == title {
			return uint16(i), true
		}
	}
	return 0, false
}
