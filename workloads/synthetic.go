package workloads

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// SyntheticConfig describes a stream of requests drawn from a catalog,
// independently of each other (the independent reference model). Without
// Viewers they are those of the zero ViewersConfig with this Seed; without
// Sections, all of the catalog's.
type SyntheticConfig TrafficConfig

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
	streamConditionals
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
	habits   habits
	sections alias
	parts    []part
	asked    func(p *part, section int, rate float64) error // gives a part its popularity
	chosen   [drawnAtOnce]uint32                            // section of each request that is being drawn
	left     uint64
	ended    bool
}

// part is what a Synthetic draws within one section.
type part struct {
	section *section
	first   uint64 // id of its object 0
	popular Popularity
	ranks   *binned   // what popular draws, where that is all of it
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
	s, err := newSynthetic(cfg, func(p *part, section int, rate float64) error {
		return p.addPopularity(section, cfg.Seed, rate)
	})
	if err != nil {
		return nil, fmt.Errorf("synthetic workload: %w", err)
	}
	return s, nil
}

// newSynthetic makes a source whose parts get their popularity from asked.
func newSynthetic(cfg SyntheticConfig, asked func(p *part, section int, rate float64) error) (*Synthetic, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	s := &Synthetic{cfg: cfg, left: math.MaxUint64, asked: asked}
	if cfg.Requests > 0 {
		s.left = cfg.Requests
	}
	for i := range s.chance {
		s.chance[i] = rand.NewPCG(cfg.Seed, uint64(i))
	}
	s.habits = newHabits((*TrafficConfig)(&cfg))
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
	case cfg.Shape != nil && cfg.Rate == 0:
		return wrong("Shape", "given", "a Rate beside it: a closed loop has none that could change")
	case cfg.Length > 0 && cfg.Rate == 0:
		return wrong("Length", cfg.Length, "a Rate beside it: a closed loop has no schedule that could end; Requests can end it")
	}
	return checkHabits((*TrafficConfig)(cfg))
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
		return CheckArrivals(name) // a wrong name is wrong in a closed loop too
	}
	s.arrivals, err = NewArrivals(name, ArrivalConfig{Rate: s.cfg.Rate, RNG: s.chance[streamArrivals], Shape: s.cfg.Shape})
	return err
}

func (s *Synthetic) addParts() error {
	asked := s.sectionsAsked()
	shares, sum := make([]float64, len(asked)), 0.0
	for at, i := range asked {
		shares[at] = s.cfg.Catalog.sections[i].Share
	}
	shares = evenIfZero(shares)
	for _, share := range shares {
		sum += share
	}
	for at, i := range asked {
		p := newPart(s.cfg.Catalog.sections[i], i, s.cfg.Seed)
		if err := s.asked(&p, i, s.cfg.Rate*shares[at]/sum); err != nil {
			return err
		}
		s.parts = append(s.parts, p)
	}
	s.sections = newAlias(shares)
	return nil
}

// newPart makes the catalog's i-th section ready to draw hosts of.
func newPart(section *section, i int, seed uint64) part {
	p := part{section: section, first: section.first, chooser: rand.NewPCG(seed, streamHosts+uint64(i))}
	for _, host := range section.hosts {
		p.hosts = append(p.hosts, uint16(host))
	}
	weights := section.HostWeights
	if len(weights) == 0 {
		weights = make([]float64, len(p.hosts))
	}
	p.choice = newAlias(evenIfZero(weights))
	return p
}

// sectionsAsked are the catalog's sections that requests are for.
func (s *Synthetic) sectionsAsked() []int {
	if len(s.cfg.Sections) > 0 {
		return s.cfg.Sections
	}
	all := make([]int, len(s.cfg.Catalog.sections))
	for i := range all {
		all[i] = i
	}
	return all
}

// SectionError is what is wrong with a section's popularity for the traffic that
// asks for it.
type SectionError struct {
	Section int // its place in the catalog
	Name    string
	Err     error
}

func (e *SectionError) Error() string { return fmt.Sprintf("section %q: %v", e.Name, e.Err) }

// Unwrap is what is wrong.
func (e *SectionError) Unwrap() error { return e.Err }

// addPopularity makes the i-th section ready to draw objects of, so many a second.
func (p *part) addPopularity(i int, seed uint64, rate float64) (err error) {
	p.popular, err = NewPopularity(cmp.Or(p.section.Popularity, "zipf"),
		p.section.popularityConfig(rate, rand.NewPCG(seed, streamRanks+uint64(i))))
	if err != nil {
		return &SectionError{Section: i, Name: p.section.Name, Err: err}
	}
	if s, ok := p.popular.(still); ok {
		p.ranks, _ = s.ranks.(*binned)
	}
	return nil
}

// Catalog is what the requests' objects and hosts are numbers of.
func (s *Synthetic) Catalog() *Catalog { return s.cfg.Catalog }

// Viewers is what the requests' viewers and referrers are numbers of.
func (s *Synthetic) Viewers() *Viewers { return s.cfg.Viewers }

// Read implements Source.
//
// Purposes do not draw from each other's streams, so that it does not matter in
// which order: each is drawn for many requests in a row. What one draw waits for
// (memory, a logarithm) the processor then finds for the next ones meanwhile.
func (s *Synthetic) Read(reqs []Request) (n int, err error) {
	for n < len(reqs) && !s.ended {
		some := reqs[n:min(n+drawnAtOnce, len(reqs))]
		some = some[:s.arrive(some)]
		s.draw(some)
		n += len(some)
	}
	if s.ended {
		return n, EOF
	}
	return n, nil
}

// drawnAtOnce is how many requests are drawn together: 16 KiB of them.
const drawnAtOnce = 256

// arrive begins requests at their times, and says how many there are.
func (s *Synthetic) arrive(reqs []Request) int {
	if uint64(len(reqs)) > s.left {
		reqs, s.ended = reqs[:s.left], true
	}
	for i := range reqs {
		at := time.Duration(0)
		if s.arrivals != nil {
			at = s.arrivals.Next()
		}
		s.left--
		if s.cfg.Length > 0 && at >= s.cfg.Length {
			s.ended = true
			return i
		}
		reqs[i] = Request{At: at}
	}
	return len(reqs)
}

func (s *Synthetic) draw(reqs []Request) {
	s.drawObjects(reqs)
	viewers, chance := s.cfg.Viewers, s.chance[streamViewers]
	for i := range reqs {
		reqs[i].Viewer = s.cfg.Shape.Viewer(viewers, reqs[i].At, chance)
	}
	chance = s.chance[streamReferrers]
	for i := range reqs {
		reqs[i].Referrer = uint16(viewers.sources.draw(chance.Uint64()))
	}
	s.habits.draw(reqs)
}

// drawObjects draws sections, and in each objects and hosts.
func (s *Synthetic) drawObjects(reqs []Request) {
	if len(s.parts) > 1 {
		chance := s.chance[streamSections]
		for i := range reqs {
			s.chosen[i] = s.sections.draw(chance.Uint64())
		}
	}
	for i := range reqs {
		p := &s.parts[s.chosen[i]]
		if p.ranks != nil {
			reqs[i].Object = p.first + p.ranks.Draw()
		} else {
			reqs[i].Object = p.first + p.popular.Draw(reqs[i].At)
		}
	}
	for i := range reqs {
		reqs[i].Host = s.parts[s.chosen[i]].host()
	}
}
