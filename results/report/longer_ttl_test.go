package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"edgesim/results"
)

// anyFetch draws a record for one of few objects at one of two edges, over hours.
func anyFetch(names *results.Names) *rapid.Generator[results.Record] {
	return rapid.Custom(func(t *rapid.T) results.Record {
		r := anyServed(names).Draw(t, "record")
		r.At = rapid.OneOf(rapid.Int64Range(0, 20), rapid.Int64Range(0, 1e5)).Draw(t, "at") * 1e9
		r.Object = uint64(rapid.IntRange(0, 5).Draw(t, "object"))
		r.URL = names.Strings.Of(fmt.Sprint("/", r.Object))
		r.Query = 0
		r.Edge = uint16(rapid.IntRange(0, 1).Draw(t, "edge"))
		r.RangeStart = rapid.SampledFrom([]int64{-1, -1, 0, 1000}).Draw(t, "range")
		r.Method = rapid.SampledFrom([]results.Method{results.GET, results.GET, results.POST}).Draw(t, "method")
		r.Response = rapid.SampledFrom([]results.Result{results.Hit, results.Miss, results.Miss, results.RefreshHit}).Draw(t, "response")
		return r
	})
}

// refetched is an object's re-fetches, by hand.
type refetched struct {
	refreshed, repeated, bytes float64
	seconds                    []float64 // between them
}

// refetches sorts records, which are in order, into objects: every refresh hit
// counts, and every miss that began when all fetches of the same piece by the
// same edge were over.
func refetches(recs []results.Record) map[[2]int]*refetched {
	type piece struct {
		object, distribution, edge int
		start                      int64
	}
	ends := map[piece]int64{}
	objects := map[[2]int]*refetched{}
	for _, r := range recs {
		if r.Method == results.POST || r.Flags&results.Collapsed != 0 || r.Response == results.Hit {
			continue
		}
		p := piece{int(r.Object), int(r.Distribution), int(r.Edge), r.RangeStart}
		end, known := ends[p]
		ends[p] = max(end, r.End())
		again := known && r.At >= end
		if !again && r.Response == results.Miss {
			continue
		}
		o := objects[[2]int{int(r.Distribution), int(r.Object)}]
		if o == nil {
			o = &refetched{}
			objects[[2]int{int(r.Distribution), int(r.Object)}] = o
		}
		if again {
			o.seconds = append(o.seconds, float64(r.At-end)/1e9)
		}
		var bytes float64
		if r.OriginBytes > 0 || r.Response == results.RefreshHit {
			bytes = float64(r.OriginBytes)
		} else if !tellsLayer(&r) {
			bytes = float64(r.BytesOut)
		}
		o.bytes += bytes
		if r.Response == results.RefreshHit {
			o.refreshed++
		} else {
			o.repeated++
		}
	}
	return objects
}

func TestLongerTTLIsAsCountingByHand(t *testing.T) {
	for _, bounded := range []int{0, 1000} {
		rapid.Check(t, func(t *rapid.T) {
			names := exampleNames()
			recs := rapid.SliceOfN(anyFetch(names), 0, 120).Draw(t, "records")
			slices.SortStableFunc(recs, func(a, b results.Record) int { return cmp.Compare(a.At, b.At) })
			l := newLongerTTL(Options{Names: names, Bounded: bounded})
			l.Add(recs)
			want := refetches(recs)
			table := l.Tables("")[0]
			if len(table.Rows) != len(want) {
				t.Fatalf("%d objects, want %d", len(table.Rows), len(want))
			}
			last := math.Inf(1)
			for _, row := range table.Rows {
				var object int
				if _, err := fmt.Sscanf(row[2].Text, "/%d", &object); err != nil {
					t.Fatal(err)
				}
				distribution := slices.IndexFunc(names.Distributions, func(d results.Distribution) bool { return d.ID == row[0].Text })
				if distribution < 0 {
					distribution = 2
				}
				o := want[[2]int{distribution, object}]
				if o == nil || row[3].Num != o.refreshed+o.repeated || row[4].Num != o.refreshed || row[5].Num != o.repeated || row[6].Num != o.bytes {
					t.Fatalf("%v, want %+v", row, o)
				}
				if row[3].Num > last {
					t.Fatal("not sorted")
				}
				last = row[3].Num
				slices.Sort(o.seconds)
				if exact := sorted(o.seconds, 0.9); !covers90(row[8], exact) {
					t.Fatalf("a TTL of %v s for %v s", row[8], exact)
				}
			}
		})
	}
}

// covers90 reports whether a TTL is longer than the interval, by no more than a
// bin.
func covers90(ttl Cell, interval float64) bool {
	if math.IsNaN(interval) {
		return ttl == noNumber
	}
	return ttl.Num > interval && ttl.Num <= interval*1.25+1
}

func TestIntervalBins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.Int64Range(0, 1<<24).Draw(t, "seconds")
		least, span := intervalRange(intervalBin(s*1e9 + rapid.Int64Range(0, 999_999_999).Draw(t, "ns")))
		if float64(s) < least || float64(s) >= least+span || span > 1 && span > least/4 {
			t.Fatalf("%d s are in a bin of %v and %v more", s, least, span)
		}
	})
	if bin := intervalBin(math.MaxInt64); bin != intervalBins-1 {
		t.Errorf("an endless interval is in bin %d", bin)
	}
}

// Counts that outgrow their bits keep their proportions.
func TestIntervalsCountOn(t *testing.T) {
	var v intervals
	for i := range 200_000 {
		v.add(int64(1+i%10/9*100) * 1e9) // one in ten is of 101 s
	}
	if got := v.covering(0.89).Num; got != 2 {
		t.Errorf("89 %% are below %v s, want 2", got)
	}
	if got := v.covering(0.95).Num; got < 101 || got > 130 {
		t.Errorf("95 %% are below %v s, want about 112", got)
	}
}

// A miss that begins while another of the same object is under way is none that a
// TTL could have spared, however many overlap one another.
func TestLongerTTLOfOverlappingFetches(t *testing.T) {
	names := exampleNames()
	l := newLongerTTL(Options{Names: names})
	for _, span := range [][2]int64{{100, 110}, {105, 130}, {120, 121}, {131, 132}} {
		l.Add([]results.Record{{URL: names.Strings.Of("/a"), Method: results.GET, Response: results.Miss, Result: results.Miss,
			At: span[0] * 1e9, Total: (span[1] - span[0]) * 1e9}})
	}
	rows := l.Tables("")[0].Rows
	if len(rows) != 1 || rows[0][3].Num != 1 || rows[0][8].Num != 2 {
		t.Errorf("rows %v, want one re-fetch after a second", rows)
	}
}

// Counts of a bin that overflows are halved with all others.
func TestIntervalsHalveTogether(t *testing.T) {
	var v intervals
	for range math.MaxUint16 {
		v.add(1e9)
	}
	for range 10_000 {
		v.add(100e9)
	}
	v.add(1e9) // one more than a bin holds
	if half, most := v.covering(0.5).Num, v.covering(0.95).Num; half != 2 || most < 100 {
		t.Errorf("half are below %v s, 95 %% below %v s", half, most)
	}
}

// Records out of order are re-fetches all the same, and those that overlap none.
func TestLongerTTLOutOfOrder(t *testing.T) {
	names := exampleNames()
	l := newLongerTTL(Options{Names: names})
	miss := results.Record{URL: names.Strings.Of("/a"), Method: results.GET, Response: results.Miss, Result: results.Miss, Total: 1e9, BytesOut: 10}
	for _, at := range []int64{100, 50, 100, 150} {
		miss.At = at * 1e9
		l.Add([]results.Record{miss})
	}
	row := l.Tables("")[0].Rows[0]
	if row[3].Num != 2 || row[6].Num != 20 {
		t.Errorf("row %v, want 2 re-fetches of 20 bytes", row)
	}
}

// Bounded memory finds the objects that are fetched again and again among very
// many that are not, and says what it may have missed.
func TestLongerTTLBounded(t *testing.T) {
	names := exampleNames()
	l := newLongerTTL(Options{Names: names, Bounded: 500})
	popular := names.Strings.Of("/popular")
	for i := range 20_000 {
		r := results.Record{At: int64(i) * 1e9, Object: uint64(i + 10), URL: names.Strings.Of("/once"), Method: results.GET,
			Response: results.Miss, Result: results.Miss}
		if i%100 == 0 {
			r.Object, r.URL = 1, popular
		}
		l.Add([]results.Record{r})
	}
	table := l.Tables("")[0]
	if row := table.Rows[0]; row[2].Text != "/popular" || row[3].Num != 199 || !covers90(row[8], 100) {
		t.Errorf("row %v, want 199 re-fetches of /popular, 100 s apart", row)
	}
	if l.fetches.young.Len() > 500 || l.fetches.old.Len() > 500 {
		t.Errorf("%d and %d fetches are remembered", l.fetches.young.Len(), l.fetches.old.Len())
	}
	if len(table.Notes) != 3 {
		t.Errorf("notes %q", table.Notes)
	}
}

func BenchmarkLongerTTL(b *testing.B) { benchmarkReport(b, "longer_ttl") }

func BenchmarkLongerTTLMillion(b *testing.B) {
	benchmarkMillion(b, newLongerTTL(Options{Names: exampleNames()}))
}
