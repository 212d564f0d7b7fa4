package workloads

import (
	"math"
	"time"
)

func init() {
	changes.register(ChangeKind{
		Name:  "churn",
		Usage: "every now and then a part of the objects change places in popularity",
		Params: []Param{
			{Name: "every", Usage: "how long it takes to the next time", Unit: Seconds, Default: 86400, Low: 1e-3, High: 1e9},
			{Name: "part", Usage: "of the ranks that are of another object then", Unit: Share, Default: 0.33, High: 1},
		},
		New: newChurn,
	})
}

// churn lets a part c of the ranks go to other objects in every epoch. The default
// is the third of a web site's hot set that changed from one day to the next (Cao
// et al., cited with the other figures in docs/workloads.md).
//
// Nothing is stored per object: the ranks are in groups, rank r in group r mod m, and
// in epoch e the generation of group j, with u_j evenly spread over [0, 1), is
//
//	g_j(e) = ⌊c·e + u_j⌋
//
// so that in every epoch c·m groups begin a new one. In each generation the objects
// of a group have an order of their own, drawn from the seed, the group and the
// generation: at any time every object has one rank. A group's first order is that
// of the section. All streams for a section find the same objects popular.
type churn struct {
	inner   Popularity
	objects uint64
	every   time.Duration
	part    float64
	seed    uint64
	groups  []churned
}

// churned is a group in its present generation.
type churned struct {
	began      float64 // u_j
	generation uint64
	order      permutation
}

const (
	mostGroups  = 1024
	groupMember = 64 // a group has so many objects at least, where there are as many
)

func newChurn(c ChangeConfig, p Params) (Popularity, error) {
	if c.Rate == 0 {
		return nil, wrong("every", Seconds.Format(p["every"]), "a rate: in a closed loop no time passes")
	}
	inner, err := c.Inner(1)
	if err != nil {
		return nil, err
	}
	if !ranked(inner) {
		return nil, wrong("churn", "over a popularity without ranks", "zipf, mandelbrot, weibull or uniform below it")
	}
	m := min(max(c.Objects/groupMember, 1), mostGroups)
	made := &churn{inner: inner, objects: c.Objects, every: nanoseconds(p["every"] * 1e9), part: p["part"], seed: c.Seed}
	spread := newPermutation(m, hash(c.Seed, 0))
	for j := range m {
		made.groups = append(made.groups, churned{began: (float64(spread.of(j)) + 0.5) / float64(m)})
	}
	return made, nil
}

// ranked reports whether a popularity draws ranks of a law, with changes or without.
func ranked(p Popularity) bool {
	switch p := p.(type) {
	case still:
		return true
	case *churn:
		return true
	case *onehits:
		return ranked(p.inner)
	case *births:
		return ranked(p.inner)
	}
	return false
}

// Draw implements Popularity. Objects beyond the section's own keep their place.
func (c *churn) Draw(at time.Duration) uint64 {
	rank := c.inner.Draw(at)
	if rank >= c.objects {
		return rank
	}
	m := uint64(len(c.groups))
	j, i := rank%m, rank/m
	g := &c.groups[j]
	if now := uint64(math.Floor(c.part*float64(at/c.every) + g.began)); now != g.generation {
		g.generation = now
		g.order = newPermutation((c.objects-j+m-1)/m, hash(hash(c.seed, 1+j), now))
	}
	if g.generation == 0 {
		return rank
	}
	return g.order.of(i)*m + j
}
