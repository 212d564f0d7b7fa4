package policy

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
)

// Admission is one rule of admission, as its file registers it. It composes with
// every order of leaving: "lru+bloom", "sieve+size:max=1e6". Its Kind has no New;
// its SlotBytes are what the rule keeps for one resident object.
type Admission struct {
	Kind
	Gate func(Config) Admitter
}

var admissions []Admission

func registerAdmission(a Admission) { admissions = append(admissions, a) }

// Admissions lists every rule of admission, by name.
func Admissions() []Admission {
	all := slices.Clone(admissions)
	slices.SortFunc(all, func(a, b Admission) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// FindAdmission is the rule of admission of that name.
func FindAdmission(name string) (Admission, error) {
	var names []string
	for _, a := range Admissions() {
		if a.Name == name {
			return a, nil
		}
		names = append(names, a.Name)
	}
	return Admission{}, fmt.Errorf("unknown admission %q%s: after a plus stands one of %s",
		name, didYouMean(name, names), strings.Join(names, ", "))
}

// A gate is a rule of admission with the parameters given.
type gate struct {
	Admission
	params map[string]float64
}

// compose is the kind of k's orders behind those gates: k itself where there are
// none.
func compose(k Kind, gates []gate) Kind {
	if len(gates) == 0 {
		return k
	}
	order := k
	for _, g := range gates {
		k.Name += "+" + g.Name
		k.Title += " + " + g.Title
		k.Paper += "; " + g.Paper
		k.SlotBytes += g.SlotBytes
	}
	k.New = func(c Config) Policy { return newGated(order, gates, c) }
	return k
}

// gated is an order of leaving behind rules of admission.
type gated struct {
	Policy
	gates []Admitter
}

func newGated(order Kind, gates []gate, c Config) *gated {
	p := &gated{Policy: order.New(c)}
	if own, ok := p.Policy.(Admitter); ok {
		p.gates = append(p.gates, own)
	}
	for _, g := range gates {
		c.Params = g.params
		p.gates = append(p.gates, g.Gate(c))
	}
	return p
}

// Admit asks every rule, also after one has refused: each is to know of every
// object that was asked for and is not there, so that the order of the rules has
// no meaning.
func (p *gated) Admit(in Item) bool {
	ok := true
	for _, g := range p.gates {
		ok = g.Admit(in) && ok
	}
	return ok
}

// chance is the sequence of random numbers that a purpose draws from: its own for
// every seed and purpose, so that no two rules of one policy throw the same dice.
func (c Config) chance(purpose string) rand.PCG {
	h := fnv.New64a()
	h.Write([]byte(purpose))
	return *rand.NewPCG(c.Seed, h.Sum64())
}

// drawTwo is two numbers below n, of 32 random bits each: n is far enough below
// 2^32 that none is favoured.
func drawTwo(rng *rand.PCG, n int) (i, j int) {
	r := rng.Uint64()
	return int(r >> 32 * uint64(n) >> 32), int(r & (1<<32 - 1) * uint64(n) >> 32)
}
