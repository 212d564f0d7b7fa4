package report

import (
	"fmt"
)

func savingsColumns() []Column {
	money := func(name, label string, wide bool) Column {
		return Column{Name: name, Label: label, Unit: Number, Merge: Apart, Wide: wide}
	}
	return scopeColumns(
		Column{Name: "PriceClass", Label: "Class", Unit: Text},
		Column{Name: "RequestCount", Label: "Requests", Unit: Count, Wide: true},
		Column{Name: "BytesOut", Label: "To viewers", Unit: Bytes},
		Column{Name: "OriginRequestCount", Label: "To origin", Unit: Count, Wide: true},
		Column{Name: "OriginBytes", Label: "From origin", Unit: Bytes},
		money("DirectCost", "Without edge", false),
		money("OriginCost", "Origin", false),
		money("EdgeCost", "Edge", false),
		money("Saving", "Saving", false),
	)
}

// saved is the row of a price class. Requests and bytes are the range's, money is
// that of 30 days.
func (c *cost) saved(scope, class string, t traffic, months, edge float64) []Cell {
	w := t.whole
	scale := func(n int64) float64 { return float64(n) / months }
	s := c.list.Save(scale(w.out), scale(w.http+w.https), scale(w.sent), scale(w.asked), edge)
	row := append(c.o.scopeCells(scope), text(className(class)), num(w.http+w.https), num(w.out), num(w.asked), num(w.sent))
	return append(row, money(s.Direct), money(s.Origin), money(s.Edge), money(s.Saved()))
}

func (c *cost) savingsNotes() []string {
	o := c.list.Origin
	notes := []string{fmt.Sprintf("Assumed of the origin's host: %.4g %s a gigabyte to viewers without an edge, %.4g to the edge, %.4g for 1,000 requests.",
		o.Direct, c.list.Currency, o.ToEdge, o.Request),
		"Saving is the cost without an edge less that of origin and edge."}
	if c.guessed {
		notes = append(notes, "What origins did is not in the log: it is estimated from misses, refresh hits and errors.")
	}
	return notes
}

func savingsCharts(currency string) []Chart {
	return []Chart{{
		Name: "savings", Title: "Cost of 30 days without and with the edge", Form: Bars, X: "PriceClass", Y: currency, Unit: Number,
		About: "What an origin would cost that answers every viewer itself, and what it costs with the edge in front.",
		Series: []Series{
			{Label: "Edge", Columns: []string{"EdgeCost"}, Color: "blue"},
			{Label: "Origin behind it", Columns: []string{"OriginCost"}, Color: "orange"},
			{Label: "Origin alone", Columns: []string{"DirectCost"}, Color: "gray"},
		},
	}}
}

// absorbOrigin takes back what origins did.
func (c *cost) absorbOrigin(t *Table) error {
	r, err := read(t, savingsColumns())
	if err != nil {
		return err
	}
	for _, row := range r.ownRows() {
		if r.text(row, "PriceClass") != className("All") {
			continue
		}
		d, err := r.distribution(c.o, row)
		if err != nil {
			return err
		}
		group, _ := c.list.GroupOf("")
		b := billed{asked: r.count(row, "OriginRequestCount"), sent: r.count(row, "OriginBytes")}
		placeOf(placeOf(&c.byGroup, uint16(d)), uint16(group)).merge(&b)
	}
	return nil
}
