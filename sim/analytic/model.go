package analytic

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"edgesim/edge/policy"
)

// Model is a policy that has formulas: an order of leaving and what it lets in.
// Parse makes one; a Model does not change.
type Model struct {
	Spec  string // as Parse read it
	order order
	gates []gate
}

// order is how objects leave.
type order struct {
	kind policy.Kind
	// hit is the probability that an object asked for at rate λ is found, where
	// each miss stores it with probability enter and the cache's time is T.
	hit func(rate, T, enter float64) float64
	// fresh is the share of requests that are fresh hits, with ttl seconds of
	// freshness, where the share miss finds nothing.
	fresh func(rate, T, ttl, miss, enter float64) (hit float64)
	// fill, where not nil, is used in place of a time T: who is in is fixed.
	fill func(p Population, capacity float64, may []float64) (hits []float64)
	// behind is what the order itself lets in, as a rule of admission does.
	behind func(params map[string]float64) gate
}

// gate is a rule of admission with its parameters: the probability that a miss
// stores an object of class c, or what solves for it.
type gate interface {
	// enter sets the probability for every class, given those of hits; a gate
	// that does not depend on them ignores them.
	enter(p Population, capacity float64, hits, into []float64)
	// settled reports whether enter depends on hits, so that both are solved in
	// turns.
	settled() bool
	// before is how many of the first n requests for an object, on the average,
	// come before one that can be a hit; at least 1.
	before(n float64) float64
}

var (
	orders []order
	rules  []rule
)

// rule is a kind of gate, as its file registers it.
type rule struct {
	kind  policy.Kind
	build func(params map[string]float64) gate
}

// Kinds lists the orders that have formulas, by name; what their New makes is
// nothing.
func Kinds() []policy.Kind {
	var all []policy.Kind
	for _, o := range orders {
		all = append(all, o.kind)
	}
	slices.SortFunc(all, func(a, b policy.Kind) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Rules lists the rules of admission that have formulas, by name.
func Rules() []policy.Kind {
	var all []policy.Kind
	for _, r := range rules {
		all = append(all, r.kind)
	}
	slices.SortFunc(all, func(a, b policy.Kind) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Parse reads a model, spelled as the policy that it is of:
//
//	lru
//	klru:k=3
//	fifo+size:max=1e6
//
// Policies without formulas are an error that lists those with some.
func Parse(spec string) (Model, error) {
	parts := policy.SplitSpec(spec)
	name, _, _ := strings.Cut(parts[0], ":")
	at := slices.IndexFunc(orders, func(o order) bool { return o.kind.Name == name })
	if at < 0 {
		return Model{}, fmt.Errorf("policy %q has no formula here; those with one are %s", name, namesOf(Kinds()))
	}
	m := Model{Spec: spec, order: orders[at]}
	params, err := m.order.kind.ParseParams(parts[0])
	if err != nil {
		return Model{}, err
	}
	if m.order.behind != nil {
		m.gates = append(m.gates, m.order.behind(params))
	}
	for _, part := range parts[1:] {
		g, err := parseGate(part)
		if err != nil {
			return Model{}, fmt.Errorf("policy %q: %w", spec, err)
		}
		m.gates = append(m.gates, g)
	}
	return m, nil
}

func parseGate(part string) (gate, error) {
	name, _, _ := strings.Cut(part, ":")
	at := slices.IndexFunc(rules, func(r rule) bool { return r.kind.Name == name })
	if at < 0 {
		return nil, fmt.Errorf("admission %q has no formula here; those with one are %s", name, namesOf(Rules()))
	}
	params, err := rules[at].kind.ParseParams(part)
	if err != nil {
		return nil, err
	}
	return rules[at].build(params), nil
}

func namesOf(kinds []policy.Kind) string {
	var all []string
	for _, k := range kinds {
		all = append(all, k.Name)
	}
	return strings.Join(all, ", ")
}

// Cache is a cache of one size in its steady state.
type Cache struct {
	Model    string
	Capacity float64 // bytes, or objects where sizes are 1
	// Time is the characteristic time, in seconds: how long an object that is not
	// asked for stays. +Inf: everything that may come in stays; 0: the model has
	// no such time.
	Time  float64
	hits  []float64 // by class: probability to be found, of requests that ride no fetch
	enter []float64 // by class: probability that a miss stores it
	first []float64 // by class: share of requests that come before one that can be a hit
	pop   Population
	order order
}

// Solve finds the steady state of a cache of that capacity, above 0.
func (m Model) Solve(p Population, capacity float64) (*Cache, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	if !(capacity > 0) || math.IsInf(capacity, 1) {
		return nil, fmt.Errorf("capacity %v; right is a number of bytes above 0", capacity)
	}
	c := &Cache{
		Model: m.Spec, Capacity: capacity, pop: p, order: m.order,
		hits: make([]float64, len(p)), enter: make([]float64, len(p)), first: make([]float64, len(p)),
	}
	c.begin(m.gates)
	c.settle(m.gates)
	return c, nil
}

// begin finds what of a class's requests is lost before its objects are in for the
// first time. A resident's later life is the steady state's.
func (c *Cache) begin(gates []gate) {
	for i, class := range c.pop {
		if class.First == 0 {
			continue
		}
		n, lost := 1/class.First, 1.0
		for _, g := range gates {
			lost = max(lost, g.before(n))
		}
		c.first[i] = min(1, lost/n)
	}
}

// rounds are enough for gates that depend on hits: each brings them nearer by a
// factor of 2 or more.
const rounds = 60

// settle finds who may come in and who is found, in turns where the one depends
// on the other.
func (c *Cache) settle(gates []gate) {
	before := make([]float64, len(c.pop))
	for range rounds {
		turns := c.admit(gates)
		copy(before, c.hits)
		if c.order.fill != nil {
			copy(c.hits, c.order.fill(c.pop, c.Capacity, c.enter))
		} else {
			c.remember()
		}
		if !turns || near(before, c.hits) {
			return
		}
	}
}

// near reports whether no probability moved.
func near(a, b []float64) bool {
	for i := range a {
		if math.Abs(a[i]-b[i]) > 1e-6 {
			return false
		}
	}
	return true
}

// admit sets the probabilities to enter, and reports whether they depend on hits.
func (c *Cache) admit(gates []gate) (turns bool) {
	for i, class := range c.pop {
		c.enter[i] = 1
		if class.Barred || class.weight() > c.Capacity { // a miss, and never stored
			c.enter[i] = 0
		}
	}
	one := make([]float64, len(c.pop))
	for _, g := range gates {
		g.enter(c.pop, c.Capacity, c.hits, one)
		for i := range one {
			c.enter[i] *= one[i]
		}
		turns = turns || g.settled()
	}
	return turns
}

// remember finds the characteristic time, at which what is expected to be there
// fills the cache, and the hits with it. What is fetched is not there yet: of the
// requests that find nothing, each is followed by λZ more that wait with it.
func (c *Cache) remember() {
	filled := func(T float64) (sum float64) {
		for i, class := range c.pop {
			if c.enter[i] > 0 {
				h := c.order.hit(class.Rate, T, c.enter[i])
				sum += class.Count * class.weight() * h / (1 + class.Rate*class.Fetch*(1-h))
			}
		}
		return sum
	}
	c.Time = math.Inf(1)
	if filled(math.Inf(1)) > c.Capacity {
		c.Time = rising(filled, c.Capacity, c.Capacity/c.pop.weightRate())
	}
	for i, class := range c.pop {
		c.hits[i] = 0
		if c.enter[i] > 0 {
			c.hits[i] = c.order.hit(class.Rate, c.Time, c.enter[i])
		}
	}
}

// Hit is the share of requests, and of bytes asked for, that are found, fresh or
// not, where fetches take no time.
func (c *Cache) Hit() (requests, bytes float64) {
	return c.pop.share(func(i int) float64 { return c.hits[i] * (1 - c.first[i]) })
}
