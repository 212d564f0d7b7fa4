package report

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"edgesim/results"
	"edgesim/results/places"
)

// consoleKinds are the reports that can be made of digests: the console's and a few more.
func consoleKinds() (list []Kind) {
	for _, k := range InOrder(Kinds()) {
		if k.Group == CloudFront || k.Name == "cost" || k.Name == "serving" || k.Name == "tiers" {
			list = append(list, k)
		}
	}
	return list
}

// anyDownloads draws records of few viewers, objects and pages, most of them downloads,
// of two days.
func anyDownloads(t *rapid.T, names *results.Names) []results.Record {
	recs := anyAnswers(t, names)
	of := func(label string, texts ...string) results.Sym {
		return names.Strings.Of(rapid.SampledFrom(texts).Draw(t, label))
	}
	for i := range recs {
		r := &recs[i]
		r.At = rapid.Int64Range(0, int64(48*time.Hour)).Draw(t, "when")
		r.Distribution = rapid.SampledFrom([]uint16{0, 1, results.NoDistribution}).Draw(t, "whose")
		r.URL, r.Query = of("path", "", "/a.js", "/b", "/c"), of("query", "", "", "x=1")
		r.Agent = of("agent", "", "curl/8", "Mozilla/5.0 (X11; Linux x86_64; rv:99.0) Gecko/20100101 Firefox/99.0")
		r.Referrer = of("page", "", "https://a.example/x", "https://b.example/", "junk")
		r.Addr = [16]byte{15: rapid.Byte().Draw(t, "viewer") & 3}
		r.State = results.State(rapid.IntRange(0, 2).Draw(t, "state"))
		if rapid.IntRange(0, 3).Draw(t, "download") > 0 {
			r.Status, r.Result, r.Flags, r.Method = 200, results.Hit, 0, results.GET
		}
	}
	return recs
}

// copied are the records with Syms of another table.
func copied(recs []results.Record, from, to *results.Strings) []results.Record {
	list := append([]results.Record(nil), recs...)
	for i := range list {
		for _, sym := range []*results.Sym{&list[i].URL, &list[i].Query, &list[i].Agent, &list[i].Referrer} {
			*sym = to.Of(from.Get(*sym))
		}
	}
	return list
}

// Reports of digests, however the records are cut, are those of the records: rows,
// notes and what was left out, for any range, distribution and grain.
func TestDigestsSayWhatRecordsSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := time.Unix(0, 0).UTC()
		names, there := results.NewNames(start), results.NewNames(start)
		names.Distributions = []results.Distribution{{ID: "E1"}, {ID: "E2"}}
		names.Edges = []results.Edge{{Code: "A", BillingRegion: "EU"}, {Code: "B"}, {Code: "C", BillingRegion: "US"}}
		o := Options{Names: names, Query: rapid.Bool().Draw(t, "query"), States: rapid.Bool().Draw(t, "states"),
			Distribution: rapid.SampledFrom([]string{"", "ALL", "E1"}).Draw(t, "distribution"),
			Grain:        rapid.SampledFrom([]time.Duration{0, time.Hour, 24 * time.Hour}).Draw(t, "grain")}
		if rapid.Bool().Draw(t, "range") {
			o.From, o.To = start.Add(90*time.Minute), start.Add(40*time.Hour)
		}
		g := NewDigester(Options{Names: there, Query: o.Query, From: o.From, To: o.To})
		want, got := NewSet(o, consoleKinds()...), NewSet(o, consoleKinds()...)
		if !got.TakesDigests() {
			t.Fatal("they take none")
		}
		for range rapid.IntRange(0, 5).Draw(t, "parts") {
			recs := anyDownloads(t, names)
			want.Add(recs)
			if rapid.IntRange(0, 3).Draw(t, "by records") == 0 {
				got.Add(recs)
				continue
			}
			g.Add(copied(recs, names.Strings, there.Strings))
			digest := g.Cut()
			if digest == nil {
				continue
			}
			if err := got.AddDigests([][]byte{digest}, []uint16{0, 1}, []uint16{0, 1, 2}, []uint16{0}); err != nil {
				t.Fatal(err)
			}
		}
		for _, k := range consoleKinds() {
			a, b := got.Tables(k.Name, ""), want.Tables(k.Name, "")
			for i := range b {
				if !reflect.DeepEqual(a[i], b[i]) {
					t.Fatalf("%s of digests is\n%v\n%v\n%q, of records\n%v\n%v\n%q", b[i].Name, a[i].Preamble, a[i].Rows, a[i].Notes, b[i].Preamble, b[i].Rows, b[i].Notes)
				}
			}
		}
		if got.LeftOut() != want.LeftOut() {
			t.Fatalf("%d left out; right are %d", got.LeftOut(), want.LeftOut())
		}
	})
}

// What a digest would not tell has the set ask for records.
func TestWhatTakesNoDigests(t *testing.T) {
	names := results.NewNames(time.Unix(0, 0).UTC())
	for what, o := range map[string]Options{
		"a sketch":       {Bounded: 10},
		"an estimate":    {Approximate: true},
		"a continent":    {ViewerLocation: places.Continent("DE")},
		"half an hour":   {Grain: 30 * time.Minute},
		"another minute": {},
	} {
		o.Names = names
		if what == "another minute" {
			o.Names = results.NewNames(time.Unix(60, 0))
		}
		if NewSet(o, consoleKinds()...).TakesDigests() {
			t.Errorf("%s: it takes digests", what)
		}
	}
	for _, k := range Kinds() {
		takes := NewSet(Options{Names: names}, k).TakesDigests()
		console := false
		for _, c := range consoleKinds() {
			console = console || c.Name == k.Name
		}
		if console && !takes {
			t.Errorf("%s takes no digests", k.Name)
		}
		if takes {
			t.Log(k.Name)
		}
	}
}

// User-Agents beyond the budget are the same ones, and so is the note of them. A budget
// of 20,000 is brought down to 50 by records that never were.
func TestDigestsSpendTheBudgetOfUserAgentsAsRecordsDo(t *testing.T) {
	names, there := results.NewNames(time.Unix(0, 0).UTC()), results.NewNames(time.Unix(0, 0).UTC())
	rnd, recs := rand.New(rand.NewPCG(5, 6)), make([]results.Record, 30_000)
	for i := range recs {
		n := rnd.IntN(1 + i/30)
		recs[i].Agent = names.Strings.Of(fmt.Sprintf("Mozilla/5.0 (X11; Linux x86_64; rv:%d.0) Gecko/20100101 Firefox/%d.0 x/%d", n%90, n%90, n))
	}
	kind, err := Find("viewers")
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Names: names, BrowserVersions: true}
	want, got, g := NewSet(o, kind), NewSet(o, kind), NewDigester(Options{Names: there})
	a, b := got.reports[0].(*viewers), want.reports[0].(*viewers)
	a.agents.Pass(-64 * (20_000 - 50))
	b.agents.Pass(-64 * (20_000 - 50))
	for part := range 5 {
		some := recs[part*6000 : (part+1)*6000]
		want.Add(some)
		g.Add(copied(some, names.Strings, there.Strings))
		if err := got.AddDigests([][]byte{g.Cut()}, []uint16{0}, []uint16{0}, []uint16{0}); err != nil {
			t.Fatal(err)
		}
	}
	if b.agents.Glanced() == 0 {
		t.Fatal("the budget was never spent")
	}
	if !reflect.DeepEqual(got.Tables("viewers", ""), want.Tables("viewers", "")) || a.agents.Glanced() != b.agents.Glanced() {
		t.Errorf("%d User-Agents are glanced at, right are %d", a.agents.Glanced(), b.agents.Glanced())
	}
}

// FuzzADigestIsTakenOrRefused gives to a set what no Digester made: it is refused with
// an error, or its tables can be made.
func FuzzADigestIsTakenOrRefused(f *testing.F) {
	start := time.Unix(0, 0).UTC()
	there := results.NewNames(start)
	g := NewDigester(Options{Names: there})
	recs := oneHour(there)
	recs[0].Addr, recs[0].Method = [16]byte{1}, results.GET
	g.Add(append(recs, recs...))
	digest := g.Cut()
	n, width := binary.Uvarint(digest)
	z, err := zstd.NewReader(nil)
	if err != nil {
		f.Fatal(err)
	}
	defer z.Close()
	plain, err := z.DecodeAll(digest[width:width+int(n)], nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(plain, digest[width+int(n):])
	f.Add(plain[:len(plain)/2], []byte{})
	f.Add([]byte{}, []byte{1})
	pack, err := zstd.NewWriter(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, plain, hashes []byte) {
		frame := pack.EncodeAll(plain, nil)
		digest := append(append(binary.AppendUvarint(nil, uint64(len(frame))), frame...), hashes...)
		names := results.NewNames(start)
		names.Distributions = []results.Distribution{{ID: "E1"}}
		set := NewSet(Options{Names: names}, consoleKinds()...)
		if err := set.AddDigests([][]byte{digest}, []uint16{0}, []uint16{0}, []uint16{0}); err != nil {
			return
		}
		for _, k := range set.Kinds() {
			set.Tables(k.Name, "")
		}
	})
}
