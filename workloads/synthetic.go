package workloads

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// SyntheticConfig describes a stream of requests drawn from a catalog,
// independently of each other (the independent reference model).
type SyntheticConfig struct {
	Catalog    *Catalog
	Viewers    *Viewers      // nil: those of the zero ViewersConfig with this Seed
	Seed       uint64        // of the sequence
	Rate       float64       // requests per second; 0: closed loop, every At is 0
	Arrivals   string        // the name of one of ArrivalKinds; empty: poisson
	Length     time.Duration // requests are before this time; 0: no such end. It wants a Rate
	Requests   uint64        // and they are so many at most; 0: no such end
	RangeShare float64       // of requests for one byte range, 0 to 1
	AbortShare float64       // of requests whose viewer hangs up midway, 0 to 1
	HeadShare  float64       // of requests with the method HEAD, 0 to 1
}

// One stream of chance for each purpose, so that changing one setting leaves
// what the others decide as it was. Ranks and hosts have one for each section:
// its index is added.
const (
	streamArrivals = iota
	streamSections
	streamViewers
	streamReferrers
	streamMethods
	streamRanges
	streamAborts
	streams
	streamRanks = 1 << 32
	streamHosts = 2 << 32
)

// Synthetic is a Source of requests drawn from a catalog. It is for one
// goroutine at a time.
type Synthetic struct {
	cfg      SyntheticConfig
	arrivals Arrivals // nil: closed loop
	chance   [streams]*rand.PCG
	sections alias
	parts    []part
	left     uint64
	ended    bool
}

// part is what a Synthetic draws within one section.
type part struct {
	first   uint64 // id of its object 0
	ranks   Ranks
	hosts   []uint16  // indices into the catalog's hosts
	choice  alias     // of hosts
	chooser *rand.PCG // of hosts
}

func (p *part) host() uint16 {
	if len(p.hosts) == 1 {
		return p.hosts[0]
	}
	return p.hosts[p.choice.draw(p.chooser.Uint64())]
}

// NewSynthetic makes a source, or says which field is wrong.
func NewSynthetic(cfg SyntheticConfig) (*Synthetic, error) {
	s, err := newSynthetic(cfg)
	if err != nil {
		return nil, fmt.Errorf("synthetic workload: %w", err)
	}
	return s, nil
}

func newSynthetic(cfg SyntheticConfig) (*Synthetic, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	s := &Synthetic{cfg: cfg, left: math.MaxUint64}
	if cfg.Requests > 0 {
		s.left = cfg.Requests
	}
	for i := range s.chance {
		s.chance[i] = rand.NewPCG(cfg.Seed, uint64(i))
	}
	if err := s.addViewers(); err != nil {
		return nil, err
	}
	if err := s.addArrivals(); err != nil {
		return nil, err
	}
	return s, s.addParts()
}

func (cfg *SyntheticConfig) check() error {
	switch {
	case cfg.Catalog == nil:
		return wrong("Catalog", "nil", "one from NewCatalog")
	case !finite(cfg.Rate):
		return wrong("Rate", cfg.Rate, "requests per second, or 0 for a closed loop")
	case cfg.Length < 0:
		return wrong("Length", cfg.Length, "at least 0")
	case cfg.Length > 0 && cfg.Rate == 0:
		return wrong("Length", cfg.Length, "a Rate beside it: a closed loop has no schedule that could end; Requests can end it")
	}
	for _, share := range []struct {
		field string
		value float64
	}{{"RangeShare", cfg.RangeShare}, {"AbortShare", cfg.AbortShare}, {"HeadShare", cfg.HeadShare}} {
		if !(share.value >= 0 && share.value <= 1) {
			return wrong(share.field, share.value, "0 to 1")
		}
	}
	return nil
}

func (s *Synthetic) addViewers() (err error) {
	if s.cfg.Viewers == nil {
		s.cfg.Viewers, err = NewViewers(ViewersConfig{Seed: s.cfg.Seed})
	}
	return err
}

func (s *Synthetic) addArrivals() (err error) {
	name := s.cfg.Arrivals
	if name == "" {
		name = "poisson"
	}
	if s.cfg.Rate == 0 {
		_, err = findArrivals(name) // a wrong name is wrong in a closed loop too
		return err
	}
	s.arrivals, err = NewArrivals(name, ArrivalConfig{Rate: s.cfg.Rate, RNG: s.chance[streamArrivals]})
	return err
}

func (s *Synthetic) addParts() error {
	var shares []float64
	for i, section := range s.cfg.Catalog.sections {
		ranks, err := NewZipf(section.Objects, section.Zipf, rand.NewPCG(s.cfg.Seed, streamRanks+uint64(i)))
		if err != nil {
			return fmt.Errorf("section %q: %w", section.Name, err)
		}
		p := part{first: section.first, ranks: ranks, chooser: rand.NewPCG(s.cfg.Seed, streamHosts+uint64(i))}
		for _, host := range section.hosts {
			p.hosts = append(p.hosts, uint16(host))
		}
		weights := section.HostWeights
		if len(weights) == 0 {
			weights = make([]float64, len(p.hosts))
		}
		p.choice = newAlias(evenIfZero(weights))
		s.parts, shares = append(s.parts, p), append(shares, section.Share)
	}
	s.sections = newAlias(evenIfZero(shares))
	return nil
}

// Catalog is what the requests' objects and hosts are numbers of.
func (s *Synthetic) Catalog() *Catalog { return s.cfg.Catalog }

// Viewers is what the requests' viewers and referrers are numbers of.
func (s *Synthetic) Viewers() *Viewers { return s.cfg.Viewers }

// Read implements Source.
func (s *Synthetic) Read(reqs []Request) (n int, err error) {
	for n < len(reqs) && !s.ended {
		at, ok := s.next()
		if !ok {
			s.ended = true
			break
		}
		s.draw(&reqs[n], at)
		n++
	}
	if s.ended {
		return n, EOF
	}
	return n, nil
}

// next is the time of the next request, unless there is none.
func (s *Synthetic) next() (at time.Duration, ok bool) {
	if s.left == 0 {
		return 0, false
	}
	s.left--
	if s.arrivals == nil {
		return 0, true
	}
	at = s.arrivals.Next()
	return at, s.cfg.Length == 0 || at < s.cfg.Length
}

// draw makes the request. Purposes do not draw from each other's streams.
func (s *Synthetic) draw(r *Request, at time.Duration) {
	p, viewers := s.section(), s.cfg.Viewers
	*r = Request{
		At:       at,
		Object:   p.first + p.ranks.Draw(),
		Host:     p.host(),
		Viewer:   uint32(below(s.chance[streamViewers].Uint64(), uint64(viewers.count))),
		Referrer: uint16(viewers.sources.draw(s.chance[streamReferrers].Uint64())),
	}
	if s.happens(streamRanges, s.cfg.RangeShare) {
		r.Range = drawRange(s.chance[streamRanges], s.cfg.Catalog.Object(r.Object).Size)
	}
	if s.happens(streamAborts, s.cfg.AbortShare) {
		r.Abort = drawAbort(s.chance[streamAborts])
	}
	if s.happens(streamMethods, s.cfg.HeadShare) {
		// There is no body to abort, and a range means nothing (RFC 9110 §14.2).
		r.Method, r.Range, r.Abort = HEAD, Range{}, 0
	}
}

func (s *Synthetic) section() *part {
	if len(s.parts) == 1 {
		return &s.parts[0]
	}
	return &s.parts[s.sections.draw(s.chance[streamSections].Uint64())]
}

// happens decides by a stream of its own, which is not touched where the share
// is 0.
func (s *Synthetic) happens(stream int, share float64) bool {
	return share > 0 && unit64(s.chance[stream].Uint64()) < share
}
