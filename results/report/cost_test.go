package report

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"edgesim/results"
	"edgesim/results/price"
)

var billingEdges = []results.Edge{
	{Code: "FRA50", BillingRegion: "EU"}, {Code: "IAD89", BillingRegion: "US"}, {Code: "GRU3", BillingRegion: "SA"}, {Code: "XXX1"},
}

// A day of a gigabyte to South America: worked out by hand from section 4.2.
func TestCostOfADay(t *testing.T) {
	names := exampleNames()
	names.Edges = billingEdges
	k, err := Find("cost")
	if err != nil {
		t.Fatal(err)
	}
	s := NewSet(Options{Names: names, From: epoch, To: epoch.Add(24 * time.Hour)}, k)
	s.Add([]results.Record{
		{Edge: 2, BytesOut: 1 << 30, Protocol: results.HTTPS, Layer: results.LayerEdge},
		{Edge: 2, Protocol: results.HTTP, OriginSent: 1 << 29, Method: results.POST, Layer: results.LayerOrigin, OriginAsked: 1, OriginBytes: 1 << 28},
	})
	tables := s.Tables("cost", "")
	r, err := read(tables[0], costColumns())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		class, region              string
		inRange, transfer, inMonth float64
	}{
		{"PriceClass_100", "US, Mexico, Canada", 0.085 + 0.010 + 0.00000075 + 0.0000010, 30 * 0.085, 30 * (0.085 + 0.010 + 0.00000075 + 0.0000010)},
		{"PriceClass_All", "South America", 0.110 + 0.0625 + 0.0000016 + 0.0000022, 30 * 0.110, 30 * (0.110 + 0.0625 + 0.0000016 + 0.0000022)},
	} {
		for _, region := range []string{c.region, everywhere} {
			row := rowOf(r, map[string]string{"PriceClass": c.class, "Region": region})
			for column, want := range map[string]float64{"RangeCost": c.inRange, "MonthTransfer": c.transfer, "MonthCost": c.inMonth} {
				if row == nil || math.Abs(r.number(row, column)-want) > 1e-4 {
					t.Errorf("%s of %s, %s is %v, want %v", column, c.class, region, row, want)
				}
			}
		}
	}
	saved, err := read(tables[1], savingsColumns())
	if err != nil {
		t.Fatal(err)
	}
	row := rowOf(saved, map[string]string{"PriceClass": "PriceClass_All"})
	if got := saved.number(row, "DirectCost"); math.Abs(got-30*0.09) > 1e-3 {
		t.Errorf("without an edge %v, want %v", got, 30*0.09)
	}
	if saved.count(row, "OriginBytes") != 1<<28 || saved.count(row, "OriginRequestCount") != 1 {
		t.Errorf("the origin's part is %v", row)
	}
}

// rowOf is the first row with those texts.
func rowOf(r *reading, texts map[string]string) []Cell {
next:
	for _, row := range r.Rows {
		for column, want := range texts {
			if r.text(row, column) != want {
				continue next
			}
		}
		return row
	}
	return nil
}

// In every price class the regions' rows make the row of all, which is the bill
// of the traffic as counted by hand.
func TestCostIsTheBillOfWhatWasCounted(t *testing.T) {
	list := price.Default()
	rapid.Check(t, func(t *rapid.T) {
		names := exampleNames()
		names.Edges = billingEdges
		recs := rapid.SliceOfN(anyServed(names), 1, 40).Draw(t, "records")
		traffic := make([]price.Traffic, len(list.Groups))
		days := rapid.SampledFrom([]float64{0.5, 1, 30, 60}).Draw(t, "days")
		for i := range recs {
			r := &recs[i]
			r.Edge = rapid.SampledFrom([]uint16{0, 1, 2, 3, math.MaxUint16}).Draw(t, "edge")
			r.Protocol = rapid.SampledFrom([]results.Protocol{results.HTTP, results.HTTPS, results.WS, results.WSS}).Draw(t, "protocol")
			r.BytesOut *= 1000 // so that tiers are climbed
			region := ""
			if int(r.Edge) < len(names.Edges) {
				region = names.Edges[r.Edge].BillingRegion
			}
			group, _ := list.GroupOf(region)
			one := price.Traffic{Out: float64(r.BytesOut), HTTP: 1}
			if r.Protocol == results.HTTPS || r.Protocol == results.WSS {
				one.HTTP, one.HTTPS = 0, 1
			}
			traffic[group].Add(one)
		}
		k, err := Find("cost")
		if err != nil {
			t.Fatal(err)
		}
		from := epoch.Add(-6 * time.Hour)
		s := NewSet(Options{Names: names, From: from, To: from.Add(time.Duration(days * 24 * float64(time.Hour)))}, k)
		s.Add(recs)
		if s.LeftOut() > 0 {
			t.Fatal("records of seconds around the epoch are not of the range")
		}
		r, err := read(s.Tables("cost", "")[0], costColumns())
		if err != nil {
			t.Fatal(err)
		}
		for _, class := range list.Classes() {
			month, inRange := 0.0, 0.0
			for _, c := range list.Bill(class, scaled(traffic, 30/days)) {
				month += c.Total()
			}
			for _, c := range list.Bill(class, scaled(traffic, 1/max(days/30, 1))) {
				inRange += c.Total() * max(days/30, 1)
			}
			checkBill(t, r, className(class), month, inRange)
			row := rowOf(r, map[string]string{"PriceClass": className(class), "Region": everywhere})
			var whole price.Traffic
			for _, one := range traffic {
				whole.Add(one)
			}
			if r.number(row, "HTTP") != whole.HTTP || r.number(row, "HTTPS") != whole.HTTPS || r.number(row, "BytesOut") != whole.Out {
				t.Fatalf("the traffic is %v, want %+v", row, whole)
			}
		}
	})
}

func scaled(traffic []price.Traffic, f float64) []price.Traffic {
	var list []price.Traffic
	for _, one := range traffic {
		list = append(list, one.Times(f))
	}
	return list
}

func checkBill(t *rapid.T, r *reading, class string, month, inRange float64) {
	var regions float64
	for _, row := range r.Rows {
		if r.text(row, "PriceClass") != class {
			continue
		}
		if r.text(row, "Region") != everywhere {
			regions += r.number(row, "MonthCost")
			continue
		}
		if got := r.number(row, "MonthCost"); math.Abs(got-month) > 1e-3+1e-9*month || math.Abs(got-regions) > 1e-2 {
			t.Fatalf("%s costs %v a month, want %v; the regions %v", class, got, month, regions)
		}
		if got := r.number(row, "RangeCost"); math.Abs(got-inRange) > 1e-3+1e-9*inRange {
			t.Fatalf("%s costs %v in the range, want %v", class, got, inRange)
		}
	}
}

// A user's own prices take the place of the list.
func TestCostByOwnPrices(t *testing.T) {
	own, err := price.Read(strings.NewReader("currency: EUR\nunknown: own\ngroups: [{name: own, title: Ours, classes: ['100', '200', All], transfer: [1,1,1,1,1,1,1]}]\nrecalled: []"))
	if err != nil {
		t.Fatal(err)
	}
	k, err := Find("cost")
	if err != nil {
		t.Fatal(err)
	}
	s := NewSet(Options{Names: exampleNames(), Prices: own}, k)
	s.Add([]results.Record{{BytesOut: 1 << 30}})
	table := s.Tables("cost", "")[0]
	if got := table.Rows[0][8].Num; got != 1 || !strings.Contains(table.Notes[0], "EUR") || strings.Contains(table.Notes[0], "Recalled") {
		t.Errorf("a gigabyte costs %v, want 1; %q", got, table.Notes)
	}
}

func TestCostAbsorbsItsParts(t *testing.T) { absorbsParts(t, "cost", nil) }

func BenchmarkCost(b *testing.B) { benchmarkReport(b, "cost") }
