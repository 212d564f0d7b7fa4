package logs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/results/logs/logtest"
)

// tallied counts the records of each distribution.
type tallied map[uint16]int

func (a tallied) Add(recs []results.Record) {
	for i := range recs {
		a[recs[i].Distribution]++
	}
}

func (a tallied) Full() bool { return len(a) > 1 }

func (a tallied) Cut() []byte {
	if len(a) == 0 {
		return nil
	}
	b, err := json.Marshal(a)
	if err != nil {
		panic(err)
	}
	clear(a)
	return b
}

// sumsTo adds up what such ones made, by the numbers of Names.
func sumsTo(sum tallied) func([][]byte, []uint16, []uint16, []uint16) error {
	return func(all [][]byte, distributions, edges, behaviors []uint16) error {
		for _, b := range all {
			var a tallied
			if err := json.Unmarshal(b, &a); err != nil {
				return err
			}
			for d, n := range a {
				if int(d) < len(distributions) {
					d = distributions[d]
				}
				sum[d] += n
			}
		}
		return nil
	}
}

// What is added up where it was read has the names and doubts of one reading.
func TestWhatIsAddedUpTellsWhatOneReadingTells(t *testing.T) {
	cases := uint64(12)
	if testing.Short() {
		cases = 4
	}
	for seed := range cases {
		rng, dir := rand.New(rand.NewPCG(seed, 2)), t.TempDir()
		manyLogs(t, rng, dir)
		for i := range rng.IntN(3) { // distributions that are called by other names than their domain's, or by those
			text := "#Fields: date time cs(Host) x-host-header cs-uri-stem sc-status\n"
			for n := range 10 {
				d := rng.IntN(2)
				host := []string{fmt.Sprintf("D%d.example", d), "d1.example", "www.example", "-"}[rng.IntN(4)*min(n/3, 1)]
				text += fmt.Sprintf("2007-01-01\t00:00:01\td%d.example\t%s\t/a\t200\n", d, host)
			}
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("E%dEXAMPLE.2026-09-02-0%d.abcdefgh", rng.IntN(2), i)), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		o, p := Options{Files: []string{dir}, Names: names(), Workers: 2}, Options{Files: []string{dir}, Names: names(), Workers: 2}
		one, many := tallied{}, tallied{}
		want, wantErr := Read(context.Background(), o, one.Add)
		plan, err := NewPlan(p)
		if err != nil {
			t.Fatal(err)
		}
		plan.bytes = []int64{700, 5_000, bundleBytes}[rng.IntN(3)]
		g := plan.Gather(nil)
		g.Sums = sumsTo(many)
		for b, err := range plan.Bundles(context.Background()) {
			if err != nil {
				t.Fatal(err)
			}
			e := Extraction{Portions: b, Workers: 2, Adder: func(*results.Names) Adder { return tallied{} }}
			extract, err := e.Extract(context.Background())
			if err == nil {
				err = g.Take(b, extract)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		got, gotErr := g.End()
		if fmt.Sprint(wantErr) != fmt.Sprint(gotErr) || !reflect.DeepEqual(one, many) {
			t.Fatalf("%v, error %v; right is %v, error %v", many, gotErr, one, wantErr)
		}
		sameDoubts(t, got, want)
		sameNames(t, p.Names, o.Names)
	}
}

// Lines from the future have to be counted by themselves: what was added up is not
// taken, and the records are.
func TestTheFutureIsNotAddedUp(t *testing.T) {
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "E1EXAMPLE.2026-09-01-00.abcdefgh"))
	if err == nil {
		err = errors.Join(logtest.Write(f, 1, 100, 1), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	noon := logtest.Start.Add(12 * time.Hour)
	plan, err := NewPlan(Options{Files: []string{dir}, Names: names(), Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	records := 0
	g, sum := plan.Gather(func(recs []results.Record) { records += len(recs) }), tallied{}
	g.Sums = sumsTo(sum)
	for b, err := range plan.Bundles(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		e := Extraction{Portions: b, Workers: 1, Adder: func(*results.Names) Adder { return tallied{} }}
		sums, err := e.Extract(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if err := g.Take(b, sums); !errors.Is(err, ErrRecords) || len(sum) > 0 {
			t.Fatalf("error %v, and %v was taken; right is %v, and nothing", err, sum, ErrRecords)
		}
		e.Adder = nil
		extract, err := e.Extract(context.Background())
		if err == nil {
			err = g.Take(b, extract)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if d, err := g.End(); err != nil || records != 100 || d.Records != 100 || d.Future < 20 || d.Future > 70 {
		t.Errorf("%d records, of which %d from the future, error %v", records, d.Future, err)
	}
}
