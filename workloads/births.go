package workloads

import (
	"math"
	"math/rand/v2"
	"time"
)

func init() {
	fresh["births"] = true
	changes.register(ChangeKind{
		Name:  "births",
		Usage: "a share of the requests is for new objects, which are born and forgotten",
		Params: []Param{
			{Name: "share", Usage: "of the requests", Unit: Share, Default: 0.5, High: 1},
			{Name: "every", Usage: "from one birth to the next", Unit: Seconds, Default: 432, Low: 1e-6, High: 1e9},
			{Name: "half_life", Usage: "in which the demand for an object halves", Unit: Seconds, Default: 36 * 3600, Low: 1e-3, High: 1e9},
		},
		New: newBirths,
	})
}

// births asks for new objects: news. The k-th is born at k·every, for all k since
// before the run began, and the demand for it halves every half-life (36 hours for
// news: Dezső et al., "Dynamics of information access on the web", Physical Review E
// 2006). A request is for an age a with
//
//	P(age > a) = 2^(−a/half_life)
//
// and then for one of the 64 objects born about that time, by Zipf's law with the
// section's exponent, the most popular any of them; for one that is not yet born, the
// one 64 before it stands in. Nothing is stored. Numbers come again after
// freshNumbers births.
type births struct {
	inner    Popularity
	rng      *rand.PCG
	share    float64
	every    float64 // ns
	halfLife float64 // ns
	ranks    Ranks   // within an edition
	first    uint64
	seed     uint64
}

const (
	edition   = 64 // births that are told apart by popularity; a power of two
	birthZero = freshNumbers / 2
)

func newBirths(c ChangeConfig, p Params) (Popularity, error) {
	if c.Rate == 0 {
		return nil, wrong("every", Seconds.Format(p["every"]), "a rate: in a closed loop no time passes")
	}
	inner, err := c.Inner(1 - p["share"])
	if err != nil {
		return nil, err
	}
	ranks, err := NewZipf(edition, c.Zipf, c.RNG)
	return &births{inner: inner, rng: c.RNG, share: p["share"], every: p["every"] * 1e9, halfLife: p["half_life"] * 1e9,
		ranks: ranks, first: c.Fresh, seed: c.Seed}, err
}

// Draw implements Popularity.
func (b *births) Draw(at time.Duration) uint64 {
	if unit64(b.rng.Uint64()) >= b.share {
		return b.inner.Draw(at)
	}
	age := -b.halfLife * math.Log2(open(b.rng.Uint64()))
	near := int64(math.Floor((float64(at) - age) / b.every))
	begin := near &^ (edition - 1)
	order := hash(b.seed, uint64(begin))
	k := begin + int64((b.ranks.Draw()*(order|1)+order>>32)%edition)
	if float64(k)*b.every > float64(at) {
		k -= edition
	}
	return b.first + uint64(k+birthZero)%freshNumbers
}
