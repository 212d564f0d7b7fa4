package workloads

import (
	"math/rand/v2"
	"time"
)

func init() {
	fresh["onehits"] = true
	changes.register(ChangeKind{
		Name:  "onehits",
		Usage: "a share of the requests is for objects that nobody asks for again",
		Params: []Param{
			{Name: "share", Usage: "of the requests", Unit: Share, Default: 0.2, High: 1},
		},
		New: newOnehits,
	})
}

// onehits asks now and then for an object that was never asked for and never will
// be: its numbers are its own, and come again only after freshNumbers of them. Each
// stream begins at a number of its own.
type onehits struct {
	inner       Popularity
	rng         *rand.PCG
	share       float64
	first, next uint64
}

func newOnehits(c ChangeConfig, p Params) (Popularity, error) {
	inner, err := c.Inner(1 - p["share"])
	return &onehits{inner: inner, rng: c.RNG, share: p["share"], first: c.Fresh, next: c.RNG.Uint64()}, err
}

// Draw implements Popularity.
func (o *onehits) Draw(at time.Duration) uint64 {
	if unit64(o.rng.Uint64()) >= o.share {
		return o.inner.Draw(at)
	}
	o.next++
	return o.first + o.next%freshNumbers
}
