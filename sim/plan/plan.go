package plan

import (
	"context"
	"fmt"
	"maps"
	"math"
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

	targets []objective.Target
}

// Run finds the smallest capacity of each policy: from the guess outwards by
// doubling until one capacity keeps the targets and one does not, then between
// them by halving their ratio. It takes for granted that a larger cache is not
// worse by more than the interval. When ctx ends first, the answers that are whole
// make the result.
func Run(ctx context.Context, c Config) (*Result, error) {
	r := &Result{targets: c.Targets}
	for _, t := range c.Targets {
		r.Targets = append(r.Targets, t.String())
	}
	searches := make([]*search, len(c.Policies))
	answers := make([]*Answer, len(c.Policies))
	var told sync.Mutex
	err := c.each(ctx, len(searches), func(ctx context.Context, i int) (err error) {
		searches[i] = &search{Config: &c, policy: c.Policies[i], tried: map[int64]Tried{}, told: &told}
		answers[i], err = searches[i].answer(ctx)
		return err
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
	if len(r.Answers) == 0 {
		return nil, fmt.Errorf("interrupted before a policy had an answer: %w", ctx.Err())
	}
	if best := r.Best(); best != nil && !r.Partial {
		if err := searches[slices.Index(c.Policies, best.Policy)].around(ctx, best); err != nil && ctx.Err() == nil {
			return nil, err
		}
		r.Partial = ctx.Err() != nil
	}
	return r, nil
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

// search looks for one policy's answer.
type search struct {
	*Config
	policy string
	told   *sync.Mutex // of Status, which one at a time is told of

	mu    sync.Mutex
	tried map[int64]Tried
}

func (s *search) answer(ctx context.Context) (*Answer, error) {
	a := &Answer{Policy: s.policy}
	if s.Guess != nil {
		a.Guess = s.Guess(s.policy)
	}
	low, high, err := s.bracket(ctx, a.Guess)
	if err != nil {
		return nil, err
	}
	if high > 0 {
		if high, err = s.narrow(ctx, low, high); err != nil {
			return nil, err
		}
	}
	s.tell(a, high)
	if a.Reached {
		if err := s.vary(ctx, a); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// bracket is a capacity that does not do and the double of it at most, which
// does: low 0 where the least does, high 0 where none does.
func (s *search) bracket(ctx context.Context, guess int64) (low, high int64, err error) {
	at := guess
	if at == 0 {
		at = int64(math.Sqrt(float64(s.Least)) * math.Sqrt(float64(s.Most)))
	}
	at = min(max(at, s.Least), s.Most)
	for {
		t, err := s.try(ctx, at)
		if err != nil {
			return 0, 0, err
		}
		if t.kept == meets {
			high = at
			if low > 0 || at == s.Least {
				return low, high, nil
			}
			at = max(at/2, s.Least)
			continue
		}
		low = at
		if high > 0 || at == s.Most {
			return low, high, nil
		}
		at = min(at*2, s.Most)
	}
}

// narrow halves the ratio of high to low until they are near.
func (s *search) narrow(ctx context.Context, low, high int64) (int64, error) {
	for low > 0 && float64(high) > float64(low)*(1+s.Precision) && high-low > 1 {
		at := int64(math.Sqrt(float64(low)) * math.Sqrt(float64(high)))
		at = min(max(at, low+1), high-1) // of small numbers the middle may be an end
		t, err := s.try(ctx, at)
		if err != nil {
			return 0, err
		}
		if t.kept == meets {
			high = at
		} else {
			low = at
		}
	}
	return high, nil
}

// try plays a capacity with every seed, once.
func (s *search) try(ctx context.Context, capacity int64) (Tried, error) {
	s.mu.Lock()
	t, known := s.tried[capacity]
	s.mu.Unlock()
	if known {
		return t, nil
	}
	cell := sweep.Cell{Policy: s.policy, Capacity: capacity}
	if s.Status != nil {
		s.told.Lock()
		s.Status(cell)
		s.told.Unlock()
	}
	figures, months, err := s.play(ctx, cell, s.Trial)
	if err != nil {
		return Tried{}, err
	}
	t = Tried{Row: sweep.Row{Cell: cell, Replicas: len(s.Seeds), Figures: figures}, kept: all(s.Targets, figures)}
	if s.Prices != nil && len(months) > 0 {
		cost := s.Prices.Of(capacity, mean(months))
		t.Cost = &cost
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tried[capacity] = t
	return t, nil
}

// play plays a cell with every seed.
func (s *search) play(ctx context.Context, cell sweep.Cell, trial Trial) (map[string]sweep.Estimate, []sweep.Monthly, error) {
	months := make([]*sweep.Monthly, len(s.Seeds))
	r, err := sweep.Run(ctx, sweep.Config{
		Cells: []sweep.Cell{cell}, Seeds: s.Seeds, Jobs: s.Jobs,
		Trial: func(ctx context.Context, c sweep.Cell, seed uint64) (sweep.Values, error) {
			v, m, err := trial(ctx, c, seed)
			months[slices.Index(s.Seeds, seed)] = m
			return v, err
		},
	})
	if err != nil {
		return nil, nil, err
	}
	if r.Partial {
		return nil, nil, ctx.Err()
	}
	for _, t := range s.Targets {
		if _, ok := r.Rows[0].Figures[t.Name]; !ok {
			return nil, nil, fmt.Errorf("target %s: what is played tells no %s", t, t.Title)
		}
	}
	var known []sweep.Monthly
	for _, m := range months {
		if m != nil {
			known = append(known, *m)
		}
	}
	return r.Rows[0].Figures, known, nil
}

func mean(months []sweep.Monthly) (m sweep.Monthly) {
	n := float64(len(months))
	for _, x := range months {
		m.BytesOut += x.BytesOut / n
		m.Requests += x.Requests / n
		m.OriginBytes += x.OriginBytes / n
		m.OriginRequests += x.OriginRequests / n
	}
	return m
}

// tell fills in what the search has found.
func (s *search) tell(a *Answer, capacity int64) {
	a.Tried = s.inOrder()
	a.Reached, a.Capacity = capacity > 0, capacity
	if !a.Reached {
		last := a.Tried[len(a.Tried)-1]
		a.At, a.Capacity = &last, last.Capacity
		a.Perhaps = last.kept == maybe
		return
	}
	for i := range a.Tried {
		t := &a.Tried[i]
		switch {
		case t.Capacity == capacity:
			a.At = t
		case t.Capacity < capacity && t.kept != meets:
			a.Below, a.Perhaps = t, t.kept == maybe
		}
	}
}

// around tries capacities on both sides of the answer.
func (s *search) around(ctx context.Context, a *Answer) error {
	var sizes []int64
	for k := range s.Around {
		for _, at := range []int64{a.Capacity >> (k + 1), a.Capacity << (k + 1)} {
			if at >= s.Least && at <= s.Most {
				sizes = append(sizes, at)
			}
		}
	}
	err := s.each(ctx, len(sizes), func(ctx context.Context, i int) error {
		_, err := s.try(ctx, sizes[i])
		return err
	})
	if err != nil {
		return err
	}
	at, below := a.At.Capacity, a.Below
	a.Tried = s.inOrder()
	for i := range a.Tried {
		if a.Tried[i].Capacity == at {
			a.At = &a.Tried[i]
		}
		if below != nil && a.Tried[i].Capacity == below.Capacity {
			a.Below = &a.Tried[i]
		}
	}
	return nil
}

// inOrder is everything that was tried, ascending.
func (s *search) inOrder() (list []Tried) {
	for _, c := range slices.Sorted(maps.Keys(s.tried)) {
		list = append(list, s.tried[c])
	}
	return list
}

// vary plays the answer in the other worlds.
func (s *search) vary(ctx context.Context, a *Answer) error {
	if len(s.Variants) > 0 {
		a.Variants = make([]Changed, len(s.Variants))
	}
	return s.each(ctx, len(s.Variants), func(ctx context.Context, i int) error {
		v := s.Variants[i]
		figures, _, err := s.play(ctx, sweep.Cell{Policy: s.policy, Capacity: a.Capacity}, v.Trial)
		if err != nil {
			return fmt.Errorf("%s: %w", v.Name, err)
		}
		a.Variants[i] = Changed{v.Name, figures, all(s.Targets, figures) != misses}
		return nil
	})
}
