package report

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"edgesim/results"
)

// anyServed draws a record as an edge writes them: with layer, flags and bodies.
func anyServed(names *results.Names) *rapid.Generator[results.Record] {
	return rapid.Custom(func(t *rapid.T) results.Record {
		r := anyRecord(names).Draw(t, "record")
		r.Layer = results.Layer(rapid.IntRange(0, int(results.Layers)-1).Draw(t, "layer"))
		r.Flags = results.Flags(rapid.IntRange(0, 3).Draw(t, "flags")) // collapsed, stale
		r.BodyBytes = r.BytesOut / 2 * int64(rapid.IntRange(0, 1).Draw(t, "body"))
		r.OriginAsked = uint16(rapid.IntRange(0, 2).Draw(t, "asked"))
		r.OriginBytes = rapid.SampledFrom([]int64{0, 0, 300, 1 << 40}).Draw(t, "from origin")
		r.TTFB = rapid.Int64Range(0, r.Total).Draw(t, "first byte")
		r.Detail = results.Detail(rapid.IntRange(0, int(results.Details)-1).Draw(t, "detail"))
		if rapid.Bool().Draw(t, "shield") {
			r.Detail = results.OriginShieldHit
		}
		return r
	})
}

// rowRecords are the records that a row over time stands for.
func rowRecords(names *results.Names, recs []results.Record, row []Cell) []results.Record {
	var of []results.Record
	for _, r := range recs {
		second := epoch.Add(time.Duration(r.End())).Truncate(time.Second)
		if (row[0].Text == all || names.DistributionOf(&r).ID == row[0].Text) && second.Format(time.RFC3339) == row[2].Text {
			of = append(of, r)
		}
	}
	return of
}

func counted(recs []results.Record, is func(results.Record) bool) float64 {
	n := 0.0
	for _, r := range recs {
		if is(r) {
			n++
		}
	}
	return n
}

func begins(r results.Record, as results.Result) bool {
	return r.Response == as || r.Response == results.NoResult && r.Result == as
}

// bodyByHand is a record's body, or all of its bytes where nothing tells it.
func bodyByHand(r results.Record) float64 {
	if r.BodyBytes == 0 && (r.Layer == results.NoLayer || r.Layer == results.LayerShield) {
		return float64(r.BytesOut)
	}
	return float64(r.BodyBytes)
}

// Every counter of every row is what counting one rule at a time gives, and
// every share is that of its two counters.
func TestServingIsAsCountingByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := exampleNames()
		recs := rapid.SliceOfN(anyServed(names), 1, 60).Draw(t, "records")
		recs[0].Layer = results.LayerEdge
		s := newServing(exampleOptions(names))
		s.Add(recs)
		rules := map[string]func(results.Record) bool{
			"RequestCount":    func(r results.Record) bool { return true },
			"HitCount":        func(r results.Record) bool { return begins(r, results.Hit) },
			"EdgeHitCount":    func(r results.Record) bool { return begins(r, results.Hit) && r.Layer == results.LayerEdge },
			"RefreshHitCount": func(r results.Record) bool { return begins(r, results.RefreshHit) },
			"CollapsedCount":  func(r results.Record) bool { return r.Flags&results.Collapsed != 0 },
			"StaleCount":      func(r results.Record) bool { return r.Flags&results.StaleHit != 0 },
			"EdgeCount":       func(r results.Record) bool { return r.Layer == results.LayerEdge },
			"RegionalCount":   func(r results.Record) bool { return r.Layer == results.LayerRegional },
			"ShieldCount": func(r results.Record) bool {
				return r.Layer == results.LayerShield || r.Layer == results.NoLayer && r.Detail == results.OriginShieldHit
			},
			"OriginCount": func(r results.Record) bool { return r.Layer == results.LayerOrigin },
			"NobodyCount": func(r results.Record) bool { return r.Layer == results.NoLayer && r.Detail != results.OriginShieldHit },
		}
		table := s.Tables("")[0]
		checkShares(t, table)
		for _, row := range table.Rows {
			of := rowRecords(names, recs, row)
			var body, cached float64
			for _, r := range of {
				n := bodyByHand(r)
				body += n
				if begins(r, results.Hit) || begins(r, results.RefreshHit) {
					cached += n
				}
			}
			for i, c := range table.Columns {
				want := map[string]float64{"BodyBytes": body, "CachedBodyBytes": cached}[c.Name]
				if rule := rules[c.Name]; rule != nil {
					want = counted(of, rule)
				}
				if (c.Unit == Count || c.Unit == Bytes) && row[i].Num != want {
					t.Fatalf("%s at %s of %q is %v, want %v", c.Name, row[2].Text, row[0].Text, row[i].Num, want)
				}
			}
		}
	})
}

// checkShares holds that every percentage is that of the two columns it names.
func checkShares(t rapid.TB, table *Table) {
	t.Helper()
	at := map[string]int{}
	for i, c := range table.Columns {
		at[c.Name] = i
	}
	for _, row := range table.Rows {
		for i, c := range table.Columns {
			if c.Unit != Percent || c.Of == "" {
				continue
			}
			of, over := row[at[c.Of]], row[at[c.Over]]
			if want := part(int64(of.Num), int64(over.Num)); of.Text == "" && over.Text == "" && row[i] != want {
				t.Fatalf("%s of %s is %v, want %v", c.Name, table.Name, row[i], want)
			}
		}
	}
}

// A log tells of no layer but the origin shield's: the report says so, and shows
// no zeros in its place.
func TestServingOfALog(t *testing.T) {
	s := newServing(Options{Names: exampleNames()})
	s.Add([]results.Record{
		{Response: results.Hit, Result: results.Hit, BytesOut: 500},
		{Response: results.Miss, Result: results.Miss, Detail: results.OriginShieldHit, BytesOut: 500},
	})
	table := s.Tables("")[0]
	r, err := read(table, servingColumns())
	if err != nil {
		t.Fatal(err)
	}
	row := table.Rows[0]
	for _, c := range []string{"EdgeHitCount", "CollapsedCount", "StaleCount", "EdgeCount", "OriginCount", "EdgeHitPct"} {
		if row[r.at[c]] != noNumber {
			t.Errorf("%s is %v, want none", c, row[r.at[c]])
		}
	}
	if r.count(row, "ShieldCount") != 1 || r.count(row, "HitCount") != 1 || r.number(row, "ByteHitPct") != 50 || len(table.Notes) != 3 || len(table.Charts) != 1 {
		t.Errorf("row %v, notes %q, %d charts", row, table.Notes, len(table.Charts))
	}
}

func TestServingAbsorbsItsParts(t *testing.T) { absorbsParts(t, "serving", nil) }

func BenchmarkServing(b *testing.B) { benchmarkReport(b, "serving") }
