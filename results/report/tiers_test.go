package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"edgesim/results"
)

func tiersOf(t *testing.T) (Options, Report) {
	t.Helper()
	names := results.NewNames(time.Unix(0, 0).UTC())
	names.Edges = []results.Edge{{Code: "FRA1"}, {Code: "IAD1"}}
	names.Origins = []string{"bucket"}
	o := Options{Names: names}
	r := newTiers(o)
	hit := results.Record{Response: results.Hit, Layer: results.LayerEdge, BytesOut: 300, BodyBytes: 200}
	far := results.Record{Response: results.Hit, Layer: results.LayerRegional, BytesOut: 300, BodyBytes: 200, Edge: 1}
	miss := results.Record{Response: results.Miss, Layer: results.LayerOrigin, BytesOut: 500, BodyBytes: 400, OriginAsked: 1, OriginBytes: 450}
	r.Add([]results.Record{hit, hit, far, miss})
	return o, r
}

func tierRowsOf(t *testing.T, table *Table) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteCSV(&b, table); err != nil {
		t.Fatal(err)
	}
	_, rows, _ := strings.Cut(b.String(), "\n\n")
	return rows
}

const toldTiers = `Layer,Location,RequestCount,HitCount,RefreshHitCount,CollapsedCount,TotalBytes,BodyBytes,CachedBodyBytes,OriginRequestCount,OriginBytes,EdgeCount,RegionalCount,ShieldCount,OriginCount,NobodyCount,HitPct,ByteHitPct
edge,FRA1,3,2,0,0,1100,800,400,1,450,2,0,0,1,0,66.67,50.00
edge,IAD1,1,0,0,0,300,200,0,0,0,0,1,0,0,0,0.00,0.00
regional,REC1,2,1,0,0,800,600,200,1,450,0,1,0,1,0,50.00,33.33
origin,bucket,1,,,,450,,,1,450,0,0,0,1,0,,
`

func regional() []results.TierFigures {
	var between results.TierTally
	between.Add(&results.Record{Response: results.Hit, Layer: results.LayerEdge, BytesOut: 300, BodyBytes: 200})
	between.Add(&results.Record{Response: results.Miss, Layer: results.LayerOrigin, BytesOut: 500, BodyBytes: 400, OriginAsked: 1, OriginBytes: 450})
	return []results.TierFigures{between.Figures(results.LayerRegional, "REC1")}
}

// Edge locations and origins are in viewers' records; what stands between is told.
func TestTiersAreTold(t *testing.T) {
	_, r := tiersOf(t)
	r.(*tiers).Tell(regional())
	table := r.Tables("")[0]
	if got := tierRowsOf(t, table); got != toldTiers {
		t.Errorf("got\n%s\nwant\n%s", got, toldTiers)
	}
	if len(table.Charts) != 3 || r.Tables("E1") != nil {
		t.Error("charts, or tables of a distribution")
	}
}

// Two runs' tables add up, with records of the same places beside them.
func TestTiersAddUp(t *testing.T) {
	o, r := tiersOf(t)
	r.(*tiers).Tell(regional())
	table := r.Tables("")[0]
	_, again := tiersOf(t)
	again.(*tiers).Tell(regional())
	if err := again.(Absorber).Absorb(table); err != nil {
		t.Fatal(err)
	}
	sum := newTiers(o)
	for range 2 {
		if err := sum.(Absorber).Absorb(table); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := tierRowsOf(t, again.Tables("")[0]), tierRowsOf(t, sum.Tables("")[0]); got != want || !strings.Contains(got, "regional,REC1,4,2,0,0,1600,") {
		t.Errorf("records and a table\n%s\ntwo tables\n%s", got, want)
	}
	table.Rows[0][0] = text("moon")
	if err := sum.(Absorber).Absorb(table); err == nil {
		t.Error("a row of the moon is taken")
	}
}

// A log does not say who had the bytes: its hits are not called a location's own.
func TestTiersOfALog(t *testing.T) {
	o, _ := tiersOf(t)
	r := newTiers(o)
	r.Add([]results.Record{{Response: results.Hit, BytesOut: 300}})
	table := r.Tables("")[0]
	if got := tierRowsOf(t, table); !strings.Contains(got, "edge,FRA1,1,,,,300,,,,,,") || len(table.Notes) != 1 || table.Charts != nil {
		t.Errorf("%s%v", got, table.Notes)
	}
}
