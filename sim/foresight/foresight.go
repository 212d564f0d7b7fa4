// Package foresight is the part of the zoo that knows the future: eviction by
// the next request of every object, and bounds on what any policy could have
// done. No server can use it; a simulator that has read its trace to the end
// can, and so knows how far a policy is from the best there is.
//
// It knows object numbers, sizes and numbers of requests. It must never know a
// trace's format, times, or what drives it.
package foresight

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"edgesim/edge/policy"
)

// Never is the next request of an object that is not asked for again.
const Never int64 = 1<<63 - 1

// A Seer is a policy that is told the future. Its driver calls See once for
// every request, the first being number 0, before it calls anything else for
// that request, also where the object is too large to be stored.
//
// Seers are Admitters: what would be the first to leave need not come in. That
// is what the best offline schedule of a cache that may pass an object on
// without storing it does, and only that is a bound on policies that refuse
// objects.
type Seer interface {
	policy.Policy
	policy.Admitter
	// See tells the number of the next request for the object that is asked for
	// now, or Never.
	See(next int64)
}

var kinds []policy.Kind

// register adds a kind whose New makes Seers.
func register(k policy.Kind) { kinds = append(kinds, k) }

// Kinds lists the policies of this package, by name. What their New returns is
// a Seer.
func Kinds() []policy.Kind {
	all := slices.Clone(kinds)
	slices.SortFunc(all, func(a, b policy.Kind) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// Parse reads a policy of this package or of the zoo, as policy.Parse does:
//
//	belady
//	belady:bypass=0
//	sieve+size:max=1e6
func Parse(spec string) (policy.Kind, map[string]float64, error) {
	name, gates, gated := strings.Cut(spec, "+")
	name, _, _ = strings.Cut(name, ":")
	at := slices.IndexFunc(kinds, func(k policy.Kind) bool { return k.Name == name })
	switch {
	case at >= 0 && gated:
		return policy.Kind{}, nil, fmt.Errorf("policy %q: %s decides itself what comes in; right is %s, without +%s", spec, name, name, gates)
	case at >= 0:
		params, err := kinds[at].ParseParams(spec)
		return kinds[at], params, err
	}
	k, params, err := policy.Parse(spec)
	if _, known := policy.Find(name); known != nil {
		err = fmt.Errorf("%w; with foresight there are %s", err, strings.Join(names(), ", "))
	}
	return k, params, err
}

func names() (all []string) {
	for _, k := range Kinds() {
		all = append(all, k.Name)
	}
	return all
}
