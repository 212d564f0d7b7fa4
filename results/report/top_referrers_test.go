package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"edgesim/results"
)

// anyReferral draws a record with one of few referrers, some of which name the same
// domain, and some none.
func anyReferral(names *results.Names) *rapid.Generator[results.Record] {
	return rapid.Custom(func(t *rapid.T) results.Record {
		referrer := rapid.OneOf(rapid.SampledFrom(exampleReferrers), rapid.Custom(func(t *rapid.T) string {
			return fmt.Sprintf("http://site-%d.example/", rapid.IntRange(0, 60).Draw(t, "site"))
		})).Draw(t, "referrer")
		return results.Record{
			Distribution: rapid.SampledFrom([]uint16{0, 0, 1, results.NoDistribution}).Draw(t, "distribution"),
			Referrer:     names.Strings.Of(referrer),
		}
	})
}

func anyReferrals(t *rapid.T, names *results.Names) []results.Record {
	least := rapid.SampledFrom([]int{0, 0, 300}).Draw(t, "least")
	return rapid.SliceOfN(anyReferral(names), least, 400).Draw(t, "records")
}

// plainReferrers counts with maps: by domain, and all.
func plainReferrers(names *results.Names, recs []results.Record, scope string) (hosts map[string]int64, list []string, all int64) {
	hosts = map[string]int64{}
	for _, r := range recs {
		if scope != "" && names.DistributionOf(&r).ID != scope {
			continue
		}
		all++
		if host := referrerHost(names.Str(r.Referrer)); host != "" {
			hosts[host]++
		}
	}
	for host := range hosts {
		list = append(list, host)
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(hosts[b], hosts[a]), cmp.Compare(a, b)) })
	return hosts, list, all
}

// §2.3: the 25 domains with most requests, with shares of all requests, as maps and
// sorting give them; however they are counted while all fits.
func TestTopReferrersAreAsSortingAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := exampleNames()
		recs := anyReferrals(t, names)
		v := newTopReferrers(anyCounting(names).Draw(t, "options"))
		inBatches(t, v, recs)
		for _, scope := range []string{"", "EIMAGES0000001", "EDOWNLOAD00001"} {
			hosts, list, all := plainReferrers(names, recs, scope)
			tables := v.Tables(scope)
			rows := tables[0].Rows
			if len(rows) != min(len(list), 25) {
				t.Fatalf("%q: %d rows of %d domains", scope, len(rows), len(list))
			}
			for i, row := range rows {
				n := float64(hosts[list[i]])
				if row[0].Text != named(scope) || row[2].Text != list[i] || row[3].Num != n || row[4].Num != 100*n/float64(all) {
					t.Fatalf("%q: row %d is %v, want %s with %v of %d", scope, i, row, list[i], n, all)
				}
			}
			sum := 0.0
			for _, row := range tables[1].Rows {
				sum += row[3].Num
			}
			if sum != float64(all) {
				t.Fatalf("%q: the rows of all requests add up to %v, want %d", scope, sum, all)
			}
		}
	})
}

// With fewer counters than domains no count is above the truth, and MaxError bounds
// what is missing, over one distribution and over all.
func TestBoundedReferrersKeepTheirBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := exampleNames()
		recs := anyReferrals(t, names)
		v := newTopReferrers(Options{Names: names, Bounded: rapid.IntRange(1, 30).Draw(t, "k"), Most: 10})
		inBatches(t, v, recs)
		checkReferrers(t, v, names, recs)
		for _, r := range v.top("EIMAGES0000001").list { // one sketch: no count is above all that came
			if all := v.totals[1].requests; r.n+r.wrong > all {
				t.Fatalf("%s may have %d requests of %d", r.host, r.n+r.wrong, all)
			}
		}
	})
}

func checkReferrers(t *rapid.T, v *topReferrers, names *results.Names, recs []results.Record) {
	for _, scope := range []string{"", "EIMAGES0000001", "EDOWNLOAD00001"} {
		hosts, _, all := plainReferrers(names, recs, scope)
		top := v.top(scope)
		for _, r := range top.list {
			if n := hosts[r.host]; r.n > n || n > r.n+r.wrong {
				t.Fatalf("%q: %s has %d requests, the table says %d with an error of %d", scope, r.host, n, r.n, r.wrong)
			}
			delete(hosts, r.host)
		}
		for host, n := range hosts {
			if n > top.rest {
				t.Fatalf("%q: %s has %d requests and is not listed: at most %d should", scope, host, n, top.rest)
			}
		}
		if top.totals.requests != all {
			t.Fatalf("%q: %d requests, want %d", scope, top.totals.requests, all)
		}
	}
}

// The lists of parts, absorbed from their CSVs, keep the bounds, and the number of
// all requests is exact.
func TestTopReferrersAbsorbed(t *testing.T) {
	reader := NewCSVReader()
	rapid.Check(t, func(t *rapid.T) {
		names := exampleNames()
		recs := anyReferrals(t, names)
		for i := range recs {
			recs[i].Distribution %= 2 // a table of one is not of none
		}
		o := Options{Names: names, Bounded: rapid.SampledFrom([]int{0, 20}).Draw(t, "bounded")}
		cut := rapid.IntRange(0, len(recs)).Draw(t, "cut")
		whole := newTopReferrers(o)
		for _, part := range [][]results.Record{recs[:cut/2], recs[cut/2 : cut]} {
			p := newTopReferrers(o)
			p.Add(part)
			for _, table := range slices.Concat(p.Tables("EIMAGES0000001"), p.Tables("EDOWNLOAD00001")) {
				back, err := reader.Read(table.Name, strings.NewReader(csvOf(t, table)))
				if err != nil {
					t.Fatal(err)
				}
				if err := whole.Absorb(back); err != nil {
					t.Fatal(err)
				}
			}
		}
		whole.Add(recs[cut:])
		checkReferrers(t, whole, names, recs)
	})
}

// Without top_referrers_more the number of requests comes from a share, and a note
// says so.
func TestAbsorbedReferrersEstimateTheWhole(t *testing.T) {
	names := exampleNames()
	one := newTopReferrers(Options{Names: names})
	for _, referrer := range []string{"http://a.example/", "http://a.example/", "", "about:blank", "-", "", ""} {
		one.Add([]results.Record{{Referrer: names.Strings.Of(referrer)}})
	}
	two := newTopReferrers(Options{Names: names})
	for range 2 {
		if err := two.Absorb(one.Tables("EIMAGES0000001")[0]); err != nil {
			t.Fatal(err)
		}
	}
	table := two.Tables("")[0]
	if row := table.Rows[0]; row[3].Num != 4 || row[4].Num != 100*4.0/14 {
		t.Errorf("row %v, want 4 of 14", row)
	}
	if len(table.Notes) != 1 || !strings.HasPrefix(table.Notes[0], "Shares are of") {
		t.Errorf("notes %q", table.Notes)
	}
	if err := two.Absorb(&Table{Name: "top_referrers"}); err == nil {
		t.Error("a table without columns is absorbed")
	}
}

// Counting outlives the table of strings.
func TestTopReferrersOverGenerations(t *testing.T) {
	for _, o := range []Options{{}, {Bounded: 10}, {Approximate: true}} {
		o.Names = exampleNames()
		v := newTopReferrers(o)
		for _, referrer := range []string{"http://a.example/", "http://b.example/", "http://a.example/x"} {
			v.Add([]results.Record{{Referrer: o.Names.Strings.Of(referrer)}})
			o.Names.Strings.Reset()
		}
		rows := v.Tables("")[0].Rows
		if len(rows) != 2 || rows[0][2].Text != "a.example" || rows[0][3].Num != 2 {
			t.Errorf("%+v: rows %v, want 2 of a.example and 1 of b.example", o, rows)
		}
	}
}

func BenchmarkTopReferrers(b *testing.B) {
	for what, o := range map[string]Options{"exact": {}, "bounded": {Bounded: 1 << 12}, "approximate": {Approximate: true}} {
		b.Run(what, func(b *testing.B) {
			o.Names = results.NewNames(epoch)
			recs := make([]results.Record, 1<<16)
			for i := range recs {
				recs[i].At = int64(i) * ms
				if i%3 > 0 {
					recs[i].Referrer = o.Names.Strings.Of(fmt.Sprintf("https://site-%d.example/", i*i%9973))
				}
			}
			v := newTopReferrers(o)
			v.Add(recs)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if at := i & (1<<16 - 1); at&1023 == 0 {
					v.Add(recs[at : at+1024])
				}
			}
		})
	}
}
