package report

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"edgesim/results"
)

// Objects, requests and bytes of every class, and of the most popular, are what
// counting in maps gives.
func TestOneHitWondersAreAsCountingInMaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := exampleNames()
		recs := rapid.SliceOfN(anyRecord(names), 0, 200).Draw(t, "records")
		scope := rapid.SampledFrom([]string{"", "EDOWNLOAD00001"}).Draw(t, "scope")
		type object struct {
			distribution uint16
			name         uint64
		}
		byObject := map[object]*demand{}
		for i := range recs {
			r := &recs[i]
			r.Object = uint64(rapid.IntRange(0, 40).Draw(t, "object"))
			if scope != "" && names.DistributionOf(r).ID != scope {
				continue
			}
			o := object{r.Distribution, r.Object}
			if byObject[o] == nil {
				byObject[o] = &demand{}
			}
			byObject[o].requests++
			byObject[o].bytes += r.BytesOut
		}
		k, err := Find("one_hit_wonders")
		if err != nil {
			t.Fatal(err)
		}
		w := k.New(Options{Names: names})
		w.Add(recs)
		tables := w.Tables(scope)
		checkDemand(t, tables[0], byObject, func(name string, n int64) bool {
			var low, high int64
			switch name {
			case "once":
				low, high = 1, 1
			case "twice":
				low, high = 2, 2
			case "more often":
				low, high = 10_001, math.MaxInt64
			default:
				text := ""
				for _, c := range name {
					if c != ',' {
						text += string(c)
					}
				}
				if _, err := fmt.Sscanf(text, "%d to %d", &low, &high); err != nil {
					t.Fatal(err)
				}
			}
			return n >= low && n <= high
		})
		checkTop(t, tables[1], byObject)
	})
}

func checkDemand[K comparable](t *rapid.T, table *Table, byObject map[K]*demand, in func(string, int64) bool) {
	if len(byObject) > 0 && len(table.Rows) != len(demandClasses) {
		t.Fatalf("%d rows", len(table.Rows))
	}
	for _, row := range table.Rows {
		var objects, requests, bytes float64
		for _, d := range byObject {
			if in(row[2].Text, d.requests) {
				objects++
				requests += float64(d.requests)
				bytes += float64(d.bytes)
			}
		}
		if row[3].Num != objects || row[5].Num != requests || row[7].Num != bytes {
			t.Fatalf("%s: %v objects, %v requests, %v bytes, want %v, %v, %v", row[2].Text, row[3].Num, row[5].Num, row[7].Num, objects, requests, bytes)
		}
	}
}

func checkTop[K comparable](t *rapid.T, table *Table, byObject map[K]*demand) {
	var counts []int64
	var all int64
	for _, d := range byObject {
		counts = append(counts, d.requests)
		all += d.requests
	}
	slices.Sort(counts)
	slices.Reverse(counts)
	for i, row := range table.Rows {
		var want int64
		for _, n := range counts[:min(tops[i], len(counts))] {
			want += n
		}
		if row[5].Num != float64(want) || math.Abs(row[6].Num-100*float64(want)/float64(all)) > 1e-9 {
			t.Fatalf("%s: %v requests (%v %%), want %d of %d", row[2].Text, row[5].Num, row[6].Num, want, all)
		}
	}
}

// With memory for a tenth of the objects the share of one-hit wonders is still
// right to a few percent, and the memory is as it was given.
func TestOneHitWondersOfASample(t *testing.T) {
	const objects, most = 100_000, 10_000
	w := &oneHitWonders{o: Options{Names: exampleNames()}, objects: objectSample{most: most}}
	rnd := rand.New(rand.NewPCG(1, 2))
	var recs []results.Record
	once := 0
	for i := range objects {
		times := 1
		if rnd.Float64() < 0.4 {
			times = 2 + rnd.IntN(20)
		} else {
			once++
		}
		for range times {
			recs = append(recs, results.Record{Object: uint64(i), BytesOut: 1000, Distribution: uint16(i % 2)})
		}
	}
	rnd.Shuffle(len(recs), func(i, j int) { recs[i], recs[j] = recs[j], recs[i] })
	w.Add(recs)
	if w.objects.kept > most || w.objects.level != 4 {
		t.Errorf("%d objects are kept at level %d", w.objects.kept, w.objects.level)
	}
	tables := w.Tables("")
	row := tables[0].Rows[0]
	if got, want := row[3].Num, float64(once); math.Abs(got-want) > 0.05*want {
		t.Errorf("%v one-hit wonders, want about %v", got, want)
	}
	if got, want := row[4].Num, 100*float64(once)/objects; math.Abs(got-want) > 2 {
		t.Errorf("%v %% one-hit wonders, want about %v", got, want)
	}
	if len(tables[1].Rows) != 0 || len(tables[1].Notes) != 1 || len(tables[0].Notes) != 1 {
		t.Errorf("a sample tells of the most popular: %v; notes %q", tables[1].Rows, tables[0].Notes)
	}
}

// A count that no longer fits stays at its highest instead of beginning anew.
func TestDemandStaysAtItsHighest(t *testing.T) {
	p := packedDemand{requests: math.MaxUint32 - 1, low: math.MaxUint32}
	p.add(1)
	p.add(-5)
	if got := p.demand(); got != (demand{math.MaxUint32, 1 << 32}) {
		t.Errorf("demand %v", got)
	}
}

func BenchmarkOneHitWonders(b *testing.B) {
	benchmarkReport(b, "one_hit_wonders")
}

// A million objects, asked for by Zipf's law: what the memory costs.
func BenchmarkOneHitWondersMillion(b *testing.B) {
	benchmarkMillion(b, &oneHitWonders{o: Options{Names: exampleNames()}})
}

// benchmarkMillion feeds a report with requests for a million objects.
func benchmarkMillion(b *testing.B, r Report) {
	rnd := rand.New(rand.NewPCG(1, 2))
	recs := make([]results.Record, 1<<16)
	for i := range recs {
		object := uint64(math.Pow(1e6, rnd.Float64())) // rank to the power of −1
		recs[i] = results.Record{Object: object, Method: results.GET, At: int64(i) * 1e6, Total: 50e6, TTFB: 40e6, BytesOut: 1000, Distribution: uint16(object % 2),
			Edge: uint16(i % 10), Response: results.Hit, Result: results.Hit}
		if rnd.IntN(5) == 0 {
			recs[i].Response, recs[i].Result = results.Miss, results.Miss
		}
	}
	for object := range uint64(1e6) {
		r.Add([]results.Record{{Object: object, Method: results.GET, Distribution: uint16(object % 2), Response: results.Miss, Result: results.Miss}})
	}
	b.ReportAllocs()
	for b.Loop() {
		r.Add(recs)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(recs)), "ns/record")
}
