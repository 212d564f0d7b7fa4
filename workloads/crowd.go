package workloads

import (
	"math/rand/v2"
	"time"
)

func init() {
	traffic.register(TrafficKind{
		Name:  "crowd",
		Usage: "each request by itself, most of them for a few objects that all want at once",
		Params: []Param{
			{Name: "hot", Usage: "objects of each section that the crowd wants", Unit: Whole, Default: 3, Low: 1, High: 1000},
			{Name: "share", Usage: "of the requests that are for them", Unit: Share, Default: 0.8, High: 1},
		},
		New: newCrowdTraffic,
	})
}

// newCrowdTraffic makes the requests of a flash crowd; how their rate rises and falls
// is the shape's. Crowds of one to ten objects with 60 to 95 of 100 requests have
// been seen (Ari, Hong, Miller, Brandt and Long, "Managing flash crowds on the
// Internet", MASCOTS 2003).
func newCrowdTraffic(c TrafficConfig, params Params) (Source, error) {
	return newSynthetic(SyntheticConfig(c), func(p *part, section int, rate float64) error {
		if err := p.addPopularity(section, c.Seed, rate*(1-params["share"])); err != nil {
			return err
		}
		h := &hot{inner: p.popular, share: params["share"], rng: rand.NewPCG(c.Seed, streamCourse+uint64(section)<<32)}
		order := newPermutation(p.section.Objects, hash(p.section.popular, 1))
		for i := range min(uint64(params["hot"]), p.section.Objects) {
			h.objects = append(h.objects, order.of(i))
		}
		p.popular, p.ranks = h, nil
		return nil
	})
}

// hot is a popularity of which a few objects, any of them before, have a share.
type hot struct {
	inner   Popularity
	objects []uint64
	share   float64
	rng     *rand.PCG
}

// Draw implements Popularity.
func (h *hot) Draw(at time.Duration) uint64 {
	if unit64(h.rng.Uint64()) >= h.share {
		return h.inner.Draw(at)
	}
	return h.objects[below(h.rng.Uint64(), uint64(len(h.objects)))]
}
