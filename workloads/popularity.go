package workloads

import (
	"math/rand/v2"
	"time"
)

// Popularity says which object of a section is asked for, from 0. It may change
// with time: at never goes back.
type Popularity interface {
	Draw(at time.Duration) uint64
}

// PopularityConfig is what every kind of popularity is made from.
type PopularityConfig struct {
	Objects uint64    // of the section: what is drawn is below it; 1 to MaxObjects
	Zipf    float64   // the section's exponent; at least 0
	Rate    float64   // requests per second for the section, on average; 0: not known, in a closed loop
	RNG     *rand.PCG // the chance of this section alone, in this stream
	Seed    uint64    // of the section: what all streams that ask for it agree about

	Recency *Recency                                   // the section's; nil: none
	Types   []string                                   // names of the section's types
	Look    func(object uint64) (kind int, size int64) // an object's place among Types, and its bytes
}

// PopularityKind is one kind of popularity, as its file registers it.
type PopularityKind = Kind[PopularityConfig, Popularity]

var popularities = Kinds[PopularityConfig, Popularity]{what: "popularity"}

// PopularityKinds lists every kind of popularity, by name.
func PopularityKinds() []PopularityKind { return popularities.All() }

// ParsePopularity reads a spec of a kind of popularity, as shot_noise:life=1d: its name
// and settings.
func ParsePopularity(spec string) (name string, p Params, err error) {
	k, p, err := popularities.Parse(spec)
	return k.Name, p, err
}

// PopularityNames are the names of the kinds that a spec alone makes, then of the
// changes, each with its plus. Recency is not among them: it consists of distances,
// which only a scenario can tell.
func PopularityNames() (names []string) {
	for _, name := range popularities.Names() {
		if name != "recency" {
			names = append(names, name)
		}
	}
	for _, name := range changes.Names() {
		names = append(names, "+"+name)
	}
	return names
}

func init() {
	popularities.register(PopularityKind{
		Name:  "zipf",
		Usage: "by rank, as 1/rank^zipf; what the ranks are does not change",
		New: func(c PopularityConfig, _ Params) (Popularity, error) {
			ranks, err := NewZipf(c.Objects, c.Zipf, c.RNG)
			return still{ranks}, err
		},
	})
	popularities.register(PopularityKind{
		Name:  "uniform",
		Usage: "all objects alike",
		New: func(c PopularityConfig, _ Params) (Popularity, error) {
			ranks, err := NewZipf(c.Objects, 0, c.RNG)
			return still{ranks}, err
		},
	})
}

// still is a popularity that does not change.
type still struct{ ranks Ranks }

// Draw implements Popularity.
func (s still) Draw(time.Duration) uint64 { return s.ranks.Draw() }
