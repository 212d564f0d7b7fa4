package results

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// What places come to is what counting their records one by one does; and parts
// merged are the whole.
func TestPlacesCountEveryRecordOnce(t *testing.T) {
	names := NewNames(time.Unix(0, 0))
	names.Edges = []Edge{{Code: "FRA1"}, {Code: "IAD1"}}
	names.Origins = []string{"a", "b"}
	rapid.Check(t, func(t *rapid.T) {
		var whole, one, two Places
		want := map[string]*TierFigures{}
		at := func(layer, location string) *TierFigures {
			if want[location] == nil {
				want[location] = &TierFigures{Layer: layer, Location: location}
			}
			return want[location]
		}
		for i := range rapid.IntRange(0, 60).Draw(t, "records") {
			r := Record{
				Edge: uint16(rapid.IntRange(0, 1).Draw(t, "edge")), Origin: uint16(rapid.IntRange(0, 1).Draw(t, "origin")),
				Layer:    Layer(rapid.IntRange(0, int(LayerOrigin)).Draw(t, "layer")),
				Response: []Result{Hit, RefreshHit, Miss, Error}[rapid.IntRange(0, 3).Draw(t, "result")],
				BytesOut: 500, BodyBytes: int64(rapid.IntRange(0, 400).Draw(t, "body")),
				OriginAsked: uint16(rapid.IntRange(0, 2).Draw(t, "asked")), OriginBytes: 70,
			}
			whole.Add(&r)
			if i%3 == 0 {
				one.Add(&r)
			} else {
				two.Add(&r)
			}
			f := at("edge", names.Edges[r.Edge].Code)
			f.Requests++
			f.Bytes, f.BodyBytes = f.Bytes+500, f.BodyBytes+r.BodyBytes
			f.OriginRequests, f.OriginBytes = f.OriginRequests+int64(r.OriginAsked), f.OriginBytes+70
			*[]*int64{&f.Answered.Nobody, &f.Answered.Edge, &f.Answered.Regional, &f.Answered.Shield, &f.Answered.Origin}[r.Layer]++
			if r.Layer == LayerEdge && r.Response == Hit {
				f.Hits, f.CachedBytes = f.Hits+1, f.CachedBytes+r.BodyBytes
			}
			if r.Layer == LayerEdge && r.Response == RefreshHit {
				f.RefreshHits, f.CachedBytes = f.RefreshHits+1, f.CachedBytes+r.BodyBytes
			}
			if r.OriginAsked > 0 {
				o, n := at("origin", names.Origins[r.Origin]), int64(r.OriginAsked)
				o.Requests, o.OriginRequests, o.Answered.Origin = o.Requests+n, o.OriginRequests+n, o.Answered.Origin+n
				o.Bytes, o.OriginBytes = o.Bytes+70, o.OriginBytes+70
			}
		}
		one.Merge(&two)
		got, merged := whole.Figures(names, nil), one.Figures(names, nil)
		if !reflect.DeepEqual(got, merged) {
			t.Fatalf("whole\n%+v\nmerged\n%+v", got, merged)
		}
		if len(got) != len(want) {
			t.Fatalf("%d places, want %d", len(got), len(want))
		}
		for _, f := range got {
			w := *want[f.Location]
			w.Add(&TierFigures{}) // the ratios
			if f != w {
				t.Fatalf("got  %+v\nwant %+v", f, w)
			}
		}
	})
}

// A tier's own cache is called the edge's in its records, and its own in figures.
func TestATiersOwnHits(t *testing.T) {
	var tally TierTally
	for _, r := range []Record{
		{Layer: LayerEdge, Response: Hit, BodyBytes: 100}, {Layer: LayerShield, Response: Hit, BodyBytes: 100}, {Layer: LayerOrigin, Response: Miss, BodyBytes: 200},
	} {
		tally.Add(&r)
	}
	f := tally.Figures(LayerRegional, "IAD50-P2")
	if f.Answered != (Answered{Regional: 1, Shield: 1, Origin: 1}) || f.Hits != 1 || f.HitRatio != 0.333333 || f.ByteHitRatio != 0.25 {
		t.Errorf("%+v", f)
	}
}
