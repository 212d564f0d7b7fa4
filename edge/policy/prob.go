package policy

import "math/rand/v2"

func init() {
	a := Admission{Kind: Kind{
		Name:  "prob",
		Title: "probability",
		Paper: "V. Martina, M. Garetto, E. Leonardi, A unified approach to the performance analysis of caching systems, INFOCOM 2014",
		Params: []Param{
			{Name: "p", Usage: "probability that an object is admitted", Default: 0.1, Lowest: 1e-6, Most: 1},
		},
	}}
	a.Gate = func(c Config) Admitter { return &coin{c.chance("prob"), a.Get(c, "p")} }
	registerAdmission(a)
}

// coin admits with probability p, whatever comes: an object asked for n times
// before it leaves had n chances. Before LRU that is q-LRU, which tends to keep
// the most popular objects as p goes to 0 and takes 1/p requests of each to learn.
type coin struct {
	rng rand.PCG
	p   float64
}

func (a *coin) Admit(Item) bool { return below(&a.rng, a.p) }

// below is true with probability p, in steps of 2^−53.
func below(rng *rand.PCG, p float64) bool { return float64(rng.Uint64()>>11)*0x1p-53 < p }
