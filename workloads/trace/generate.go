package trace

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"time"

	"edgesim/workloads"
)

// Generation describes a trace that is drawn: objects by Zipf's law or another
// popularity.
type Generation struct {
	Objects    uint64               // 1 to 2^53
	Requests   int64                // at least 1
	Zipf       float64              // exponent of popularity; 0: all objects alike
	Popularity string               // spec of one of workloads.PopularityKinds, with changes; "": zipf
	Seed       uint64               // of everything
	Size       *workloads.SizeModel // of the objects; nil: each is of one byte, and the trace tells no sizes
	Rate       float64              // requests per second on average; 0: the trace tells no times
	Arrivals   string               // name of one of workloads.ArrivalKinds; "": poisson
	Shape      *workloads.Shape     // how the rate changes with time; nil: not at all. Where it ends, so does the trace
}

// Each purpose draws from a stream of its own, so that changing one setting leaves
// what the others decide as it was.
const (
	streamRanks = iota
	streamArrivals
)

// Generated is a trace as it is drawn. An object's name is its rank in popularity,
// from 0, or its number where that does not stay. Nothing is kept of requests, and of
// objects what their popularity needs.
type Generated struct {
	g        Generation
	popular  workloads.Popularity
	arrivals workloads.Arrivals // nil: no times
	catalog  *workloads.Catalog // nil: no sizes
	left     int64
}

// Generate makes the trace, or says which field is wrong.
func Generate(g Generation) (*Generated, error) {
	if g.Requests < 1 {
		return nil, fmt.Errorf("trace: a trace of %d requests: want at least 1", g.Requests)
	}
	made := &Generated{g: g, left: g.Requests}
	var err error
	if err := g.checkRanks(); err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	made.popular, err = workloads.NewPopularity(cmp.Or(g.Popularity, "zipf"), workloads.PopularityConfig{
		Objects: g.Objects, Zipf: g.Zipf, Rate: g.Rate, Seed: g.Seed, RNG: rand.NewPCG(g.Seed, streamRanks)})
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	if g.Rate != 0 {
		kind := g.Arrivals
		if kind == "" {
			kind = "poisson"
		}
		made.arrivals, err = workloads.NewArrivals(kind, workloads.ArrivalConfig{Rate: g.Rate, RNG: rand.NewPCG(g.Seed, streamArrivals), Shape: g.Shape})
		if err != nil {
			return nil, fmt.Errorf("trace: %w", err)
		}
	}
	if g.Size != nil {
		if made.catalog, err = catalogOf(g); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// checkRanks: there are objects, and an exponent.
func (g *Generation) checkRanks() error {
	_, err := workloads.NewZipf(g.Objects, g.Zipf, nil)
	return err
}

// catalogOf is a catalog of objects of which only the sizes count.
func catalogOf(g Generation) (*workloads.Catalog, error) {
	c, err := workloads.NewCatalog(workloads.CatalogConfig{Seed: g.Seed, Sections: []workloads.Section{{
		Name: "trace", Hosts: []string{"trace.example"}, Objects: g.Objects, Zipf: g.Zipf, Popularity: g.Popularity,
		Types: []workloads.Type{{Name: "object", Prefix: "/", Size: *g.Size}},
	}}})
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	return c, nil
}

// Tells is what the trace knows beside the objects' names.
func (g *Generated) Tells() Tells {
	return Tells{Times: g.arrivals != nil, Sizes: g.catalog != nil}
}

// Read implements Reader.
func (g *Generated) Read(reqs []Request) (int, error) {
	n := int(min(int64(len(reqs)), g.left))
	for i := range reqs[:n] {
		r := &reqs[i]
		at := time.Duration(0)
		if g.arrivals != nil {
			if at = g.arrivals.Next(); at == math.MaxInt64 { // nothing comes any more
				g.left = 0
				return i, io.EOF
			}
		}
		*r = Request{At: int64(at), ID: g.popular.Draw(at), Size: 1, Next: Unknown}
		if g.catalog != nil {
			r.Size = g.catalog.Object(r.ID).Size
		}
	}
	if g.left -= int64(n); g.left == 0 {
		return n, io.EOF
	}
	return n, nil
}

// FromSource is a workload's requests as a trace: every request is for the whole
// object, whatever its method and range, an object's name is its number in the
// catalog, and its size the catalog's, 1 for an empty one.
func FromSource(s workloads.Source, c *workloads.Catalog) Reader {
	return &sourced{source: s, catalog: c}
}

type sourced struct {
	source  workloads.Source
	catalog *workloads.Catalog
	asked   []workloads.Request
}

// Read implements Reader.
func (s *sourced) Read(reqs []Request) (int, error) {
	if len(s.asked) < len(reqs) {
		s.asked = make([]workloads.Request, len(reqs))
	}
	n, err := s.source.Read(s.asked[:len(reqs)])
	for i := range reqs[:n] {
		a := &s.asked[i]
		reqs[i] = Request{At: int64(a.At), ID: a.Object, Size: max(1, s.catalog.Object(a.Object).Size), Next: Unknown}
	}
	return n, err
}
