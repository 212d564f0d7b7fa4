package report

import (
	"math/rand/v2"
	"testing"
	"time"

	"edgesim/results"
)

// twentyDays is the example's run with its viewers, slowed to twenty days: more
// locations than a list has, browsers that only a small distribution sees, and
// requests that no distribution took.
func twentyDays(names *results.Names) []results.Record {
	recs := exampleRun(names)
	rnd := rand.New(rand.NewPCG(3, 4))
	for i := range recs {
		r := &recs[i]
		asViewersDo(names, i, r)
		r.At = rnd.Int64N(int64(20 * 24 * time.Hour))
		r.Country = [2]byte{'A' + byte(i%5), 'A' + byte(i/5%26)}
		r.OriginAsked, r.Layer = 0, results.NoLayer
		switch {
		case i%50 == 0:
			r.Distribution = 1
			r.Agent = names.Strings.Of([]string{"Lynx/2.8", "Wget/1.21", "Go-http-client/1.1"}[i/50%3])
		case i%97 == 0:
			r.Distribution = results.NoDistribution
		default:
			r.Distribution = 0
		}
	}
	return recs
}

// Hours that are made days later are what counting by the day gives, in every
// report, of all distributions and of each, notes and preambles included.
func TestCoarsenedIsAsIfCountedSo(t *testing.T) {
	names := exampleNames()
	recs := twentyDays(names)
	o := exampleOptions(names)
	o.From, o.To, o.Grain = time.Time{}, time.Time{}, 24*time.Hour
	days := NewSet(o)
	o.Grain = time.Hour
	hours := NewSet(o)
	days.Add(recs)
	hours.Add(recs[:2000])
	hours.Tables("viewers", "")
	hours.Coarsen(24 * time.Hour)
	hours.Add(recs[2000:])
	for _, k := range days.Kinds() {
		for _, scope := range []string{"", "EIMAGES0000001", "EDOWNLOAD00001"} {
			want, got := days.Tables(k.Name, scope), hours.Tables(k.Name, scope)
			for i := range want {
				if w, g := csvOf(t, want[i]), csvOf(t, got[i]); w != g {
					t.Errorf("%s of %q:\n%s\nwant\n%s", want[i].Name, scope, g, w)
				}
				if w, g := want[i].Notes, got[i].Notes; len(w) != len(g) {
					t.Errorf("%s of %q: notes %q, want %q", want[i].Name, scope, g, w)
				}
			}
		}
	}
}

// Buckets that do not fit into longer ones cannot be put together.
func TestCoarsenPanicsOnBucketsThatDoNotFit(t *testing.T) {
	for _, grain := range []time.Duration{0, 30 * time.Minute, 90 * time.Minute} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("hours became buckets of %v", grain)
				}
			}()
			NewSet(Options{Names: exampleNames(), Grain: time.Hour}).Coarsen(grain)
		}()
	}
}
