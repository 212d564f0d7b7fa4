package workloads

import (
	"fmt"
	"testing"
	"time"

	"edgesim/results"
)

// Every record says what the catalog and the viewers say when asked one by one,
// at first sight and later, in catalogs that are remembered whole and in part.
func TestFillerSaysWhatTheWorkloadSays(t *testing.T) {
	for _, objects := range []uint64{3, 5000, mostDense + 1e6, 1e12} {
		t.Run(fmt.Sprint(objects), func(t *testing.T) {
			c := mustCatalog(t, CatalogConfig{Seed: 7, Sections: []Section{DefaultSection(objects, 0.9)}})
			v, err := NewViewers(ViewersConfig{Seed: 3, Count: 300_000, IPv6: 0.3})
			if err != nil {
				t.Fatal(err)
			}
			s := mustSynthetic(t, SyntheticConfig{Catalog: c, Viewers: v, Rate: 100, Seed: 11, HeadShare: 0.1})
			names := results.NewNames(time.Unix(0, 0))
			f := NewFiller(names, c, v)
			reqs := readAll(t, s, 20_000)
			for i := range reqs {
				if i == 15_000 {
					names.Strings.Reset()
					f.Renew()
				}
				if i%3 == 0 {
					reqs[i].From = 1 + reqs[(i+1)%len(reqs)].Object
				}
				checkFilled(t, f, names, &reqs[i])
				if i%10 == 0 { // another that may have its place
					checkFilled(t, f, names, &Request{Object: (reqs[i].Object + mostShared) % objects, Viewer: (reqs[i].Viewer + mostPeople) % v.Count()})
				}
			}
		})
	}
}

func checkFilled(t *testing.T, f *Filler, names *results.Names, req *Request) {
	t.Helper()
	rec := results.Record{ID: 5, Status: 404, Total: 77}
	f.Fill(&rec, req)
	object, viewer := f.catalog.Object(req.Object), f.viewers.Viewer(req.Viewer)
	path := string(f.catalog.AppendPath(nil, req.Object))
	if rec.Port < 49152 {
		t.Fatalf("%+v has the port %d", req, rec.Port)
	}
	referrer := f.viewers.Referrers()[req.Referrer]
	if req.From != 0 {
		referrer = string(f.catalog.AppendReferer(nil, "http", req))
	}
	want := results.Record{
		ID: 5, Status: 404, Total: 77, At: int64(req.At), Method: results.MethodOf([]byte(methodNames[req.Method])),
		Host: names.Strings.Of(f.catalog.Hosts()[req.Host]), URL: names.Strings.Of(path),
		Referrer: names.Strings.Of(referrer), Agent: names.Strings.Of(viewer.Agent),
		Addr: viewer.Addr.As16(), Country: viewer.Country, Port: rec.Port, Class: uint8(object.Class + 1),
	}
	if rec != want {
		t.Fatalf("%+v of %s fills in\n%+v, want\n%+v", req, path, rec, want)
	}
}

var methodNames = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

func fillBatch(f *Filler, recs []results.Record, reqs []Request) {
	for i := range reqs {
		f.Fill(&recs[i], &reqs[i])
	}
}

func TestFillingAllocatesNothing(t *testing.T) {
	c := mustCatalog(t, CatalogConfig{Sections: []Section{DefaultSection(100, 0.9)}})
	s := mustSynthetic(t, SyntheticConfig{Catalog: c, Rate: 100})
	f := NewFiller(results.NewNames(time.Unix(0, 0)), c, s.Viewers())
	reqs, recs := readAll(t, s, 100_000), make([]results.Record, 100_000)
	for i := range reqs {
		reqs[i].From = uint64(i % 50)
	}
	fillBatch(f, recs, reqs)
	if n := testing.AllocsPerRun(10, func() { fillBatch(f, recs, reqs) }); n != 0 {
		t.Errorf("%v allocations for %d records", n, len(recs))
	}
}

// BenchmarkFiller fills records of objects and viewers that it has met.
func BenchmarkFiller(b *testing.B) {
	for _, objects := range []uint64{1e4, 1e6, 1e9} {
		b.Run(fmt.Sprintf("n=%d", objects), func(b *testing.B) {
			c := mustCatalog(b, CatalogConfig{Sections: []Section{DefaultSection(objects, 0.9)}})
			s := mustSynthetic(b, SyntheticConfig{Catalog: c, Rate: 1000})
			f := NewFiller(results.NewNames(time.Unix(0, 0)), c, s.Viewers())
			reqs, recs := make([]Request, 1<<18), make([]results.Record, 256)
			if _, err := s.Read(reqs); err != nil {
				b.Fatal(err)
			}
			for i := range reqs {
				f.Fill(&recs[0], &reqs[i])
			}
			b.ReportAllocs()
			b.ResetTimer()
			for n := 0; n < b.N; n += len(recs) {
				at := n & (len(reqs) - 1)
				fillBatch(f, recs, reqs[at:at+len(recs)])
			}
		})
	}
}
