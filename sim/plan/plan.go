package plan

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"edgesim/sim/objective"
	"edgesim/sim/sweep"
)

// Trial plays a cell once: what came of it, and what a month of it would be; nil
// where that is not known.
type Trial func(ctx context.Context, c sweep.Cell, seed uint64) (sweep.Values, *sweep.Monthly, error)

// Variant is a world that is a little different.
type Variant struct {
	Name  string // "twice the objects"
	Trial Trial
}

// Config is what a plan is made from.
type Config struct {
	Policies []string
	Targets  []objective.Target
	Seeds    []uint64 // a replica of each trial
	Jobs     int      // trials of a capacity at a time
	Abreast  int      // policies, and what stands around an answer, at a time; 0 and 1: one. The result is the same

	Least, Most int64   // capacities that are looked at, inclusive
	Precision   float64 // how near the answer is to a capacity that does not do, as a share: 0.05

	// All is what all objects weigh together, about; 0: nobody knows. It tells targets
	// that no cache keeps from those that a larger one than Most may.
	All int64
	// OneTrace says that every replica plays the same requests: intervals are then only
	// of what policies draw by chance.
	OneTrace bool

	// Guess is where the search begins; 0: nobody knows.
	Guess func(policy string) int64

	// Around is by how many doublings the smallest answer is looked at on both
	// sides, for its curves; 0: not at all.
	Around int

	Trial    Trial
	Variants []Variant
	Prices   *Prices // nil: no costs

	// Status is told what is being tried. nil: nobody is.
	Status func(c sweep.Cell)
}

// Tried is a capacity that was tried.
type Tried struct {
	sweep.Row
	Cost *Cost `json:"cost,omitempty"` // a month's
	kept state
}

// Answer is what was found for one policy.
type Answer struct {
	Policy string `json:"policy"`

	// Reached says whether a capacity keeps every target with its whole interval;
	// Capacity is the smallest that was found to.
	Reached  bool  `json:"reached"`
	Capacity int64 `json:"capacity"`
	Guess    int64 `json:"guess,omitempty"` // what the analytic model said; 0: nothing

	At    *Tried `json:"at"`              // Capacity's figures, or where it is not reached those of the largest tried
	Below *Tried `json:"below,omitempty"` // the largest capacity that does not keep them all
	// Perhaps says that Below keeps them by its mean: more replicas may name it.
	Perhaps bool `json:"perhaps"`

	Tried    []Tried   `json:"tried"` // ascending
	Variants []Changed `json:"variants,omitempty"`
}

// Changed is what the answer comes to in another world.
type Changed struct {
	Name    string                    `json:"name"`
	Figures map[string]sweep.Estimate `json:"figures"`
	Kept    bool                      `json:"kept"` // by the mean
}

// Result is a plan.
type Result struct {
	Targets []string `json:"targets"`
	Answers []Answer `json:"answers"`
	Partial bool     `json:"partial"`

	// Lost are trials that failed by themselves (sweep.Lost): their replicas are left
	// out. Where less than two of several replicas are left, a capacity is not known:
	// a policy that hangs on it has no answer, and a variant or a capacity of the
	// curves is not there.
	Lost []sweep.Lost `json:"lost,omitempty"`

	All      int64 `json:"all_bytes,omitempty"` // as in Config
	OneTrace bool  `json:"one_trace,omitempty"`

	targets []objective.Target
}

// Run finds the smallest capacity of each policy: from the guess outwards by
// doubling until one capacity keeps the targets and one does not, then between
// them by halving their ratio. It takes for granted that a larger cache is not
// worse by more than the interval. When ctx ends first, the answers that are whole
// make the result.
func Run(ctx context.Context, c Config) (*Result, error) {
	r := &Result{targets: c.Targets, All: c.All, OneTrace: c.OneTrace}
	for _, t := range c.Targets {
		r.Targets = append(r.Targets, t.String())
	}
	searches := make([]*search, len(c.Policies))
	answers := make([]*Answer, len(c.Policies))
	var told sync.Mutex
	err := c.each(ctx, len(searches), func(ctx context.Context, i int) (err error) {
		searches[i] = &search{Config: &c, policy: c.Policies[i], tried: map[int64]Tried{}, told: &told}
		answers[i], err = searches[i].answer(ctx)
		return unlessLost(err)
	})
	if err != nil && ctx.Err() == nil {
		return nil, err
	}
	for _, a := range answers {
		if a != nil {
			r.Answers = append(r.Answers, *a)
		}
	}
	r.Partial = ctx.Err() != nil
	r.lose(searches)
	switch {
	case len(r.Answers) == 0 && r.Partial:
		return nil, fmt.Errorf("interrupted before a policy had an answer: %w", context.Cause(ctx))
	case len(r.Answers) == 0 && len(r.Lost) > 0:
		return nil, r.Lost[0]
	}
	if best := r.Best(); best != nil && !r.Partial {
		if err := searches[slices.Index(c.Policies, best.Policy)].around(ctx, best); err != nil && ctx.Err() == nil {
			return nil, err
		}
		r.Partial = ctx.Err() != nil
		r.lose(searches)
	}
	return r, nil
}

// unlessLost is an error, but for one of trials that failed by themselves.
func unlessLost(err error) error {
	if errors.As(err, new(sweep.Lost)) {
		return nil
	}
	return err
}

// lose gathers what the searches have lost, in an order that does not depend on who
// was first.
func (r *Result) lose(searches []*search) {
	r.Lost = nil
	for _, s := range searches {
		if s != nil {
			r.Lost = append(r.Lost, slices.SortedStableFunc(slices.Values(s.lost), func(a, b sweep.Lost) int {
				return cmp.Or(cmp.Compare(a.Cell.Capacity, b.Cell.Capacity), cmp.Compare(a.Seed, b.Seed), cmp.Compare(a.Text, b.Text))
			})...)
		}
	}
}

// each does n things, Abreast at a time, until one fails or ctx ends: one after the
// other none behind that is begun. It returns an error of one that failed.
func (c *Config) each(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	if c.Abreast <= 1 {
		for i := range n {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err := do(ctx, i); err != nil {
				return err
			}
		}
		return nil
	}
	g, inner := errgroup.WithContext(ctx)
	g.SetLimit(c.Abreast)
	for i := range n {
		g.Go(func() error { return do(inner, i) })
	}
	return g.Wait()
}
