package analytic

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"edgesim/workloads"
)

// Trait is what an origin does with the objects of a content type.
type Trait struct {
	TTL, ChangeEvery float64 // as Conduct's, seconds
	FirstByte        float64 // of a fetch, seconds
	Bandwidth        float64 // of a fetch after it, bytes per second; 0: at once
	Uncacheable      float64 // share of the objects that may not be stored, 0 to 1
	Origin           int     // as Conduct's
}

// OfCatalog is the population of a catalog, asked for rate times a second in all.
// The sizes of its most popular objects are their own, as one of them can weigh
// more than a thousand others; those of the rest are the distribution's. of tells
// what origins say of a section's type; nil: objects are fresh for ever.
func OfCatalog(c *workloads.Catalog, rate float64, of func(section, kind int) Trait) (Population, error) {
	if of == nil {
		of = func(int, int) Trait { return Trait{} }
	}
	if c.Listed() {
		return nil, errors.New("the objects of a trace or log have no law of popularity: play it itself, as edgesim mrc does")
	}
	sections := c.Sections()
	shares, sum := sharesOf(len(sections), func(i int) float64 { return sections[i].Share })
	var all Population
	for i, s := range sections {
		if shares[i] == 0 {
			continue
		}
		p, err := ofSection(c, i, rate*shares[i]/sum, func(kind int) Trait { return of(i, kind) })
		if err != nil {
			return nil, fmt.Errorf("section %q: %w", s.Name, err)
		}
		all = append(all, p...)
	}
	return all, nil
}

func ofSection(c *workloads.Catalog, number int, rate float64, of func(kind int) Trait) (Population, error) {
	s := c.Sections()[number]
	exponent := s.Zipf
	switch s.Popularity {
	case "", "zipf":
	case "uniform":
		exponent = 0
	default:
		return nil, fmt.Errorf("popularity %s has no formula here: right are zipf and uniform; edgesim sweep plays the others", s.Popularity)
	}
	ranks, err := Zipf(s.Objects, exponent, rate)
	if err != nil {
		return nil, err
	}
	first, _ := c.SectionIDs(number)
	var all Population
	single := min(len(ranks), singleRanks)
	for rank, class := range ranks[:single] {
		o := c.Object(first + uint64(rank))
		class.Size = float64(o.Size)
		all = append(all, class.of(of(o.Type))...)
	}
	kinds, err := sizesByTrait(s.Types, of)
	if err != nil {
		return nil, err
	}
	for _, k := range kinds {
		for _, class := range ranks[single:].WithSizes(k.sizes) {
			all = append(all, class.of(k.trait)...)
		}
	}
	return all, nil
}

// of is the class as an origin has it, and apart from it what may not be stored.
func (c Class) of(t Trait) []Class {
	c.TTL, c.ChangeEvery, c.Fetch, c.Origin = t.TTL, t.ChangeEvery, t.FirstByte, t.Origin
	if t.Bandwidth > 0 {
		c.Fetch += c.Size / t.Bandwidth
	}
	barred := c
	barred.Barred = true
	barred.Count *= t.Uncacheable
	c.Count -= barred.Count
	switch t.Uncacheable {
	case 0:
		return []Class{c}
	case 1:
		return []Class{barred}
	}
	return []Class{c, barred}
}

// traitSizes are sizes of the objects of one trait, with their shares of all.
type traitSizes struct {
	trait Trait
	sizes []workloads.SizeCell
}

// sizesByTrait are the sizes of the types, by their shares of objects, those of the
// same trait together.
func sizesByTrait(types []workloads.Type, of func(kind int) Trait) ([]traitSizes, error) {
	shares, sum := sharesOf(len(types), func(i int) float64 { return types[i].Share })
	var all []traitSizes
	for i, t := range types {
		cells, err := t.Size.Cells(sizeRatio)
		if err != nil {
			return nil, fmt.Errorf("type %q: %w", t.Name, err)
		}
		at := slices.IndexFunc(all, func(k traitSizes) bool { return k.trait == of(i) })
		if at < 0 {
			at = len(all)
			all = append(all, traitSizes{trait: of(i)})
		}
		for _, c := range cells {
			all[at].sizes = append(all[at].sizes, workloads.SizeCell{Share: c.Share * shares[i] / sum, Mean: c.Mean})
		}
	}
	for i := range all {
		all[i].sizes = merged(all[i].sizes)
	}
	return all, nil
}

// sharesOf are relative shares, all alike where all are 0, and their sum.
func sharesOf(n int, of func(i int) float64) (shares []float64, sum float64) {
	for i := range n {
		shares = append(shares, of(i))
		sum += shares[i]
	}
	if sum > 0 {
		return shares, sum
	}
	for i := range shares {
		shares[i] = 1
	}
	return shares, float64(n)
}

// merged puts cells of nearly the same size together.
func merged(cells []workloads.SizeCell) []workloads.SizeCell {
	at := map[int]int{}
	var all []workloads.SizeCell
	for _, c := range cells {
		k := sizeBucket(c.Mean)
		i, ok := at[k]
		if !ok {
			i = len(all)
			at[k] = i
			all = append(all, workloads.SizeCell{})
		}
		sum := all[i].Share + c.Share
		all[i].Mean += (c.Mean - all[i].Mean) * c.Share / sum
		all[i].Share = sum
	}
	return all
}

func sizeBucket(size float64) int { return int(math.Floor(math.Log(size) / math.Log(sizeRatio))) }
