package workloads

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// ChangeConfig is what a change of popularity is made from: something that lies over
// another popularity and lets most of what that draws through.
type ChangeConfig struct {
	PopularityConfig        // the Rate is of what comes to it
	Fresh            uint64 // the first of freshNumbers numbers that nobody else draws, where it asked for them

	// Inner makes what is changed, which is asked for that share of the requests.
	Inner func(share float64) (Popularity, error)
}

// ChangeKind is one way of changing a popularity, as its file registers it.
type ChangeKind = Kind[ChangeConfig, Popularity]

var (
	changes = Kinds[ChangeConfig, Popularity]{what: "change of popularity"}
	fresh   = map[string]bool{} // the changes that have objects of their own, by name
)

// PopularityChanges lists every change of popularity, by name.
func PopularityChanges() []ChangeKind { return changes.All() }

// freshNumbers is how many objects a change has that has objects of its own: as many
// as a million requests a second ask for in twelve days.
const freshNumbers = 1 << 40

// layers are the parts of a spec: a kind of popularity, then changes from the inner
// one to the outer, as zipf+onehits:share=20%+churn:every=1d. A plus before a digit
// is of a number.
func layers(spec string) (parts []string) {
	from := 0
	for i := 1; i+1 < len(spec); i++ {
		if c := spec[i+1]; spec[i] == '+' && (c < '0' || c > '9') {
			parts, from = append(parts, spec[from:i]), i+1
		}
	}
	return append(parts, spec[from:])
}

// CheckPopularity says what is wrong with a spec of popularity.
func CheckPopularity(spec string) error {
	parts := layers(spec)
	if _, _, err := popularities.Parse(parts[0]); err != nil {
		return misplaced(parts[0], changes.Names(), "it changes another: right is as zipf+%s", err)
	}
	for _, part := range parts[1:] {
		if _, _, err := changes.Parse(part); err != nil {
			return misplaced(part, popularities.Names(), "it changes no other: right is %s first, and changes after it", err)
		}
	}
	return nil
}

// misplaced is the error of a name that is one of the others', else err.
func misplaced(part string, others []string, why string, err error) error {
	name, _, _ := strings.Cut(part, ":")
	for _, other := range others {
		if name == other {
			return fmt.Errorf("popularity %q: "+why, part, name)
		}
	}
	return err
}

// NewPopularity makes the popularity that spec names.
func NewPopularity(spec string, cfg PopularityConfig) (Popularity, error) {
	if err := CheckPopularity(spec); err != nil {
		return nil, err
	}
	return layered(layers(spec), cfg)
}

func layered(parts []string, cfg PopularityConfig) (Popularity, error) {
	last := len(parts) - 1
	if last == 0 {
		return popularities.New(parts[0], cfg)
	}
	seed := *cfg.RNG // a copy, so that what is changed draws what it would draw alone
	c := ChangeConfig{PopularityConfig: cfg, Fresh: cfg.Objects + FreshObjects(strings.Join(parts[:last], "+"))}
	c.RNG = rand.NewPCG(seed.Uint64(), uint64(last))
	c.Seed = hash(cfg.Seed, uint64(last))
	c.Inner = func(share float64) (Popularity, error) {
		inner := cfg
		inner.Rate *= share
		return layered(parts[:last], inner)
	}
	return changes.New(parts[last], c)
}

// FreshObjects is how many objects a popularity has beyond the section's own.
func FreshObjects(spec string) (n uint64) {
	for _, part := range layers(spec)[1:] {
		if name, _, _ := strings.Cut(part, ":"); fresh[name] {
			n += freshNumbers
		}
	}
	return n
}
