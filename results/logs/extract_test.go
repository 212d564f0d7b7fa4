package logs

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"edgesim/results"
	"edgesim/results/logs/logtest"
)

// heard is what a sink was given, with names in the place of numbers that depend on
// a race.
type heard struct {
	recs  []results.Record
	texts []string
}

func (h *heard) sink(n *results.Names) func([]results.Record) {
	return func(recs []results.Record) {
		for _, r := range recs {
			h.texts = append(h.texts, strings.Join([]string{n.Str(r.Host), n.Str(r.URL), n.Str(r.Query), n.Str(r.Referrer), n.Str(r.Agent)}, " "))
			r.Host, r.URL, r.Query, r.Referrer, r.Agent = 0, 0, 0, 0, 0
			h.recs = append(h.recs, r)
		}
	}
}

// inPortions reads logs as a coordinator and its workers do.
func inPortions(t *testing.T, o Options, bundle int64, most int, sink func([]results.Record)) (*Doubts, error) {
	p, err := NewPlan(o)
	if err != nil {
		t.Fatal(err)
	}
	p.bytes = bundle
	g := p.Gather(sink)
	g.most = most
	for b, err := range p.Bundles(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		extract, err := Extraction{Portions: b, Query: o.Query, Locate: o.Locate, Workers: 2}.Extract(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if err := g.Take(b, extract); err != nil {
			t.Fatal(err)
		}
	}
	return g.End()
}

// manyLogs writes logs of several forms, with what is wrong in logs, and headers that
// change in the midst of a file.
func manyLogs(t *testing.T, rng *rand.Rand, dir string) {
	for i := range rng.IntN(4) + 1 {
		var text bytes.Buffer
		for range rng.IntN(2) + 1 {
			if err := logtest.Write(&text, rng.Uint64(), rng.IntN(60), 10); err != nil {
				t.Fatal(err)
			}
			switch rng.IntN(12) {
			case 0, 1, 2:
				text.WriteString("what is this\n\n# nothing\n")
			case 3, 4, 5:
				fmt.Fprintf(&text, "#Fields: date time cs-uri-stem x-edge-result-type cs(Host) sc-bytes\n2026-01-01\t00:00:0%d\t/a\tNews%d\td%d.example\t7\n", rng.IntN(10), rng.IntN(4), rng.IntN(3))
			case 6:
				text.WriteString(strings.Repeat("x", lineMost+rng.IntN(3)) + "\n")
			}
		}
		b := text.Bytes()
		if rng.IntN(3) == 0 {
			b = bytes.TrimSuffix(b, []byte("\n"))
		}
		if rng.IntN(8) == 0 {
			b = []byte("no log at all\n")
		}
		name := fmt.Sprintf("E%dEXAMPLE.2026-09-01-0%d.abcdefgh", rng.IntN(2), i)
		if rng.IntN(2) == 0 {
			b, name = packed(b), name+".gz"
			b = b[:len(b)-rng.IntN(2)*min(len(b), 20)]
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// sameDoubts fails t where two readings of the same logs doubt different things. What
// their records said is left out: a worker hands it back as bits, and what it lacks is
// among the things that were said.
func sameDoubts(t *testing.T, got, want *Doubts) {
	t.Helper()
	want.seen, got.seen = seen{}, seen{}
	if !reflect.DeepEqual(want, got) {
		t.Fatalf("doubts\n%+v\nright are\n%+v", got, want)
	}
}

// sameNames fails t where distributions, edges or behaviors are called otherwise, or
// stand in another order.
func sameNames(t *testing.T, got, want *results.Names) {
	t.Helper()
	text := func(n *results.Names) string { return fmt.Sprint(n.Distributions, n.Edges, n.Behaviors) }
	if a, b := text(want), text(got); a != b {
		t.Fatalf("names\n%s\nright are\n%s", b, a)
	}
}

func packed(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()
}

// What portions tell, however they are cut, is what one reading tells: records in
// their order, names, numbers, and every doubt with its line.
func TestPortionsTellWhatOneReadingTells(t *testing.T) {
	cases := uint64(12)
	if testing.Short() {
		cases = 4
	}
	for seed := range cases {
		rng, dir := rand.New(rand.NewPCG(seed, 1)), t.TempDir()
		manyLogs(t, rng, dir)
		bounded := rng.IntN(2) == 0
		reading := func() Options {
			return Options{Files: []string{dir}, Names: names(), Query: true, Bounded: bounded, Workers: 2}
		}
		var one, many heard
		o := reading()
		want, wantErr := Read(context.Background(), o, one.sink(o.Names))
		p := reading()
		bundle := []int64{700, 5_000, 20_000, bundleBytes}[rng.IntN(4)]
		got, gotErr := inPortions(t, p, bundle, []int{2, mostStrings}[rng.IntN(2)], many.sink(p.Names))
		if fmt.Sprint(wantErr) != fmt.Sprint(gotErr) {
			t.Fatalf("error %v; right is %v", gotErr, wantErr)
		}
		if len(one.recs) != len(many.recs) {
			t.Fatalf("%d records; right are %d", len(many.recs), len(one.recs))
		}
		for i := range one.recs {
			if one.recs[i] != many.recs[i] || one.texts[i] != many.texts[i] {
				t.Fatalf("record %d is\n%+v %s\nright is\n%+v %s", i, many.recs[i], many.texts[i], one.recs[i], one.texts[i])
			}
		}
		sameDoubts(t, got, want)
		sameNames(t, p.Names, o.Names)
	}
}

// FuzzAnExtractIsTakenOrRefused gives to whoever gathers what a worker of ours would
// not send: it is refused with an error, and nothing else happens.
func FuzzAnExtractIsTakenOrRefused(f *testing.F) {
	dir := f.TempDir()
	var text bytes.Buffer
	if err := logtest.Write(&text, 1, 5, 10); err != nil {
		f.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "E1EXAMPLE.2026-09-01-00.abcdefgh"), text.Bytes(), 0o600); err != nil {
		f.Fatal(err)
	}
	gathering := func() (*Plan, []Portion) {
		p, err := NewPlan(Options{Files: []string{dir}, Names: names(), Workers: 1})
		if err != nil {
			f.Fatal(err)
		}
		for b, err := range p.Bundles(context.Background()) {
			if err != nil {
				f.Fatal(err)
			}
			return p, b
		}
		f.Fatal("no portion")
		return nil, nil
	}
	_, portions := gathering()
	extract, err := Extraction{Portions: portions, Workers: 1}.Extract(context.Background())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(extract)
	f.Add(extract[:len(extract)/2])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, extract []byte) {
		p, portions := gathering()
		records := 0
		err := p.Gather(func(recs []results.Record) { records += len(recs) }).Take(portions, extract)
		if err == nil && len(extract) == 0 {
			t.Error("nothing was taken for an extract")
		}
	})
}
