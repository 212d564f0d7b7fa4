package workloads

import (
	"fmt"
	"math"
	"time"
)

func init() {
	traffic.register(TrafficKind{
		Name:  "scan",
		Usage: "every object of the sections once, then again from the beginning, by crawlers",
		New:   newScan,
	})
	traffic.register(TrafficKind{
		Name:  "attack",
		Usage: "never the same object twice, past every cache; for a section of its own with very many objects",
		New:   newAttack,
	})
}

// newScan makes a walk by crawlers.
func newScan(c TrafficConfig, _ Params) (Source, error) {
	s, err := newWalks(c)
	if err != nil {
		return nil, err
	}
	return crawled(s, &c), nil
}

// newWalks makes a source that walks over each of its sections.
func newWalks(c TrafficConfig) (*Synthetic, error) {
	s, err := newSynthetic(SyntheticConfig(c), func(p *part, _ int, _ float64) error {
		p.popular = newWalk(p.section.Objects, hash(c.Seed, p.section.popular))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("walk over sections: %w", err)
	}
	return s, nil
}

// newAttack makes a walk that does not come to its end.
func newAttack(c TrafficConfig, _ Params) (Source, error) {
	s, err := newWalks(c)
	if err != nil {
		return nil, err
	}
	asked := float64(c.Requests)
	if planned := c.Rate * c.Length.Seconds(); planned > 0 && (asked == 0 || planned < asked) {
		asked = planned
	}
	for i := range s.parts {
		share := s.sections.share(i)
		if section := s.parts[i].section; asked*share > float64(section.Objects) {
			return nil, fmt.Errorf("section %q has %d objects for some %.0f requests that are for another object each: want as many, as 2^40",
				section.Name, section.Objects, math.Ceil(asked*share))
		}
	}
	return s, nil
}

// walk asks for all objects in turn, in an order that has nothing to do with their
// popularity.
type walk struct {
	order permutation
	next  uint64
}

func newWalk(objects, seed uint64) *walk { return &walk{order: newPermutation(objects, seed)} }

// Draw implements Popularity.
func (w *walk) Draw(time.Duration) uint64 {
	object := w.order.of(w.next)
	if w.next++; w.next == w.order.n {
		w.next = 0
	}
	return object
}
