package report

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"edgesim/results"
)

// Every row counts what its records asked of origins, and every second carries
// the share of each response's bytes that falls into it.
func TestOriginIsAsCountingByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := exampleNames()
		recs := rapid.SliceOfN(anyServed(names), 1, 40).Draw(t, "records")
		o := newOrigin(exampleOptions(names))
		o.Add(recs)
		table := o.Tables("")[0]
		checkShares(t, table)
		r, err := read(table, originColumns())
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range table.Rows {
			var asked, sent float64
			for _, rec := range rowRecords(names, recs, row) {
				a, b := askedOf(rec)
				asked, sent = asked+a, sent+b
			}
			if r.number(row, "OriginRequestCount") != asked || r.number(row, "OriginBytes") != sent {
				t.Fatalf("at %s of %q origins had %v requests and sent %v, want %v and %v", row[2].Text, row[0].Text,
					r.number(row, "OriginRequestCount"), r.number(row, "OriginBytes"), asked, sent)
			}
			flow := flowedIn(names, recs, row)
			for _, column := range []string{"MeanMbps", "PeakMbps"} { // of a second, which is the finest step
				if got := r.number(row, column) * 1e6 / 8; math.Abs(got-flow) > float64(len(recs))+1e-6*flow {
					t.Fatalf("%s at %s of %q is %v bytes, want %v", column, row[2].Text, row[0].Text, got, flow)
				}
			}
		}
	})
}

// askedOf is what a record asked of origins, by section 3.1's words for those
// that do not say.
func askedOf(r results.Record) (requests, bytes float64) {
	if r.OriginAsked > 0 || r.OriginBytes > 0 || r.Layer == results.LayerEdge || r.Layer == results.LayerRegional || r.Layer == results.LayerOrigin {
		return float64(r.OriginAsked), float64(r.OriginBytes)
	}
	switch {
	case r.Detail == results.OriginShieldHit:
		return 0, 0
	case begins(r, results.Miss):
		return 1, float64(r.BytesOut)
	case begins(r, results.RefreshHit):
		return 1, 0
	case begins(r, results.Error) && strings.Contains(r.Detail.String(), "Origin"):
		return 1, 0
	}
	return 0, 0
}

// What a row of a log must have asked of an origin, by its result and section
// 3.1's details.
func TestGuess(t *testing.T) {
	for _, c := range []struct {
		result      results.Result
		detail      results.Detail
		asked, sent int64
	}{
		{results.Hit, 0, 0, 0},
		{results.Miss, 0, 1, 7},
		{results.Miss, results.MissGeneratedResponse, 1, 7},
		{results.Miss, results.OriginShieldHit, 0, 0},
		{results.RefreshHit, 0, 1, 0},
		{results.Redirect, 0, 0, 0},
		{results.Error, results.ErrorDetail, 0, 0},
		{results.Error, results.ClientGeoBlocked, 0, 0},
		{results.Error, results.InvalidRequestMethod, 0, 0},
		{results.Error, results.AbortedOrigin, 1, 0},
		{results.Error, results.OriginCommError, 1, 0},
		{results.Error, results.OriginZeroSizeObjectError, 1, 0},
		{results.Error, results.SlowReaderOriginError, 1, 0},
	} {
		one := results.One(&results.Record{Response: c.result, Result: c.result, Detail: c.detail, BytesOut: 7})
		asked, sent := guess(&one)
		if asked != c.asked || sent != c.sent {
			t.Errorf("%v, %v: %d requests and %d bytes, want %d and %d", c.result, c.detail, asked, sent, c.asked, c.sent)
		}
	}
}

// flowedIn is what flowed to viewers in the second of a row.
func flowedIn(names *results.Names, recs []results.Record, row []Cell) float64 {
	start := row[2].Num - float64(epoch.Unix())
	sum := 0.0
	for _, r := range recs {
		if row[0].Text != all && names.DistributionOf(&r).ID != row[0].Text {
			continue
		}
		from, to := float64(r.At+r.TTFB)/1e9, float64(r.End())/1e9
		if r.TTFB == 0 || from == to {
			if math.Floor(to) == start {
				sum += float64(r.BytesOut)
			}
			continue
		}
		sum += float64(r.BytesOut) * max(min(to, start+1)-max(from, start), 0) / (to - from)
	}
	return sum
}

// No byte is lost or made in spreading, however long the response took.
func TestFlowKeepsEveryByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMinutes(newTimeline(Options{Names: results.NewNames(epoch)}))
		var want flow
		for range rapid.IntRange(1, 5).Draw(t, "responses") {
			r := results.Record{At: rapid.Int64Range(-1e15, 1e15).Draw(t, "at"), Total: rapid.Int64Range(0, 3e14).Draw(t, "total"),
				BytesOut: rapid.Int64Range(0, 1<<60).Draw(t, "bytes")}
			r.TTFB = rapid.Int64Range(0, r.Total).Draw(t, "first byte")
			m.add(&r, r.BytesOut/3)
			want.viewers += r.BytesOut
			want.origin += r.BytesOut / 3
		}
		var got flow
		for _, page := range m.pages {
			for _, f := range page {
				if f.viewers < 0 || f.origin < 0 {
					t.Fatalf("a minute of %v", f)
				}
				got.viewers += f.viewers
				got.origin += f.origin
			}
		}
		if got != want {
			t.Fatalf("%v flowed, want %v", got, want)
		}
	})
}

// An hour with a download of 50 minutes and one busy minute, worked out by hand.
func TestBandwidth(t *testing.T) {
	names := exampleNames()
	o := Options{Names: names, From: epoch, To: epoch.Add(time.Hour)}
	k, err := Find("origin")
	if err != nil {
		t.Fatal(err)
	}
	s := NewSet(o, k)
	minute := int64(time.Minute)
	s.Add([]results.Record{
		{At: 5 * minute, TTFB: 1, Total: 50*minute + 1, BytesOut: 50 * 7_500_000, Layer: results.LayerEdge},           // 1 Mbit/s
		{At: 20 * minute, TTFB: 1, Total: 30e9, BytesOut: 75_000_000, Layer: results.LayerOrigin, OriginBytes: 1_500}, // 10 Mbit/s
	})
	rows := s.Tables("origin", "")[1].Rows
	if got := rows[0][4].Num; math.Abs(got-float64(450_000_000*8)/3600/1e6) > 1e-5 {
		t.Errorf("mean %v Mbit/s", got)
	}
	// Of twelve intervals the twelfth is the 95th percentile: 1 + 10/5 Mbit/s.
	if got := rows[0][5].Num; math.Abs(got-3) > 1e-5 {
		t.Errorf("95th percentile %v Mbit/s, want 3", got)
	}
	if got := rows[0][6].Num; math.Abs(got-11) > 1e-5 || rows[0][7].Text != "2026-11-23T15:20:00Z" {
		t.Errorf("peak %v Mbit/s at %s, want 11 at 15:20", got, rows[0][7].Text)
	}
	if got := rows[1][6].Num; math.Abs(got-0.0002) > 1e-9 {
		t.Errorf("origins' peak %v Mbit/s, want 0.0002", got)
	}
}

func TestOriginSaysThatItGuesses(t *testing.T) {
	told := newOrigin(Options{Names: exampleNames()})
	told.Add([]results.Record{{Response: results.Miss, Result: results.Miss, Layer: results.LayerOrigin, OriginAsked: 1}, {Response: results.Hit, Layer: results.LayerEdge}})
	log := newOrigin(Options{Names: exampleNames()})
	log.Add([]results.Record{{Response: results.Miss, Result: results.Miss, BytesOut: 5}})
	guesses := func(o *origin) bool {
		return slices.ContainsFunc(o.Tables("")[0].Notes, func(n string) bool { return strings.Contains(n, "not in the log") })
	}
	if guesses(told) || !guesses(log) {
		t.Errorf("guessed: %v of a run, %v of a log", guesses(told), guesses(log))
	}
}

// Peaks and percentiles of all together are not in the parts of each.
func TestOriginAbsorbsItsParts(t *testing.T) {
	absorbsParts(t, "origin", map[string]bool{"bandwidth": true, "PeakMbps": true, "OriginPeakMbps": true, "MeanMbps": true, "OriginMeanMbps": true})
}

func BenchmarkOrigin(b *testing.B) { benchmarkReport(b, "origin") }
