package plan

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"

	"edgesim/sim/sweep"
)

// search looks for one policy's answer.
type search struct {
	*Config
	policy string
	told   *sync.Mutex // of Status, which one at a time is told of

	mu    sync.Mutex
	tried map[int64]Tried
	lost  []sweep.Lost
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
	figures, months, replicas, err := s.play(ctx, cell, s.Trial)
	if err != nil {
		return Tried{}, err
	}
	t = Tried{Row: sweep.Row{Cell: cell, Replicas: replicas, Figures: figures}, kept: all(s.Targets, figures)}
	if s.Prices != nil && len(months) > 0 {
		cost := s.Prices.Of(capacity, mean(months))
		t.Cost = &cost
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tried[capacity] = t
	return t, nil
}

// play plays a cell with every seed; replicas are those that did not fail. The error
// is a sweep.Lost where too few are left to say anything.
func (s *search) play(ctx context.Context, cell sweep.Cell, trial Trial) (figures map[string]sweep.Estimate, known []sweep.Monthly, replicas int, err error) {
	months := make([]*sweep.Monthly, len(s.Seeds))
	var mu sync.Mutex
	var lost []sweep.Lost
	r, err := sweep.Run(ctx, sweep.Config{
		Cells: []sweep.Cell{cell}, Seeds: s.Seeds, Jobs: s.Jobs,
		Trial: func(ctx context.Context, c sweep.Cell, seed uint64) (sweep.Values, error) {
			v, m, err := trial(ctx, c, seed)
			months[slices.Index(s.Seeds, seed)] = m
			if one := (sweep.Lost{}); errors.As(err, &one) {
				mu.Lock()
				lost = append(lost, sweep.Lost{Cell: c, Seed: seed, Cause: one.Cause, Text: one.Cause.Error()})
				mu.Unlock()
			}
			return v, err
		},
	})
	s.mu.Lock()
	s.lost = append(s.lost, lost...)
	s.mu.Unlock()
	if err != nil {
		return nil, nil, 0, err
	}
	if r.Partial && r.Rows[0].Replicas+len(lost) < len(s.Seeds) {
		return nil, nil, 0, ctx.Err()
	}
	if replicas = r.Rows[0].Replicas; replicas < min(2, len(s.Seeds)) {
		return nil, nil, 0, lost[0]
	}
	for _, t := range s.Targets {
		if _, ok := r.Rows[0].Figures[t.Name]; !ok {
			return nil, nil, 0, fmt.Errorf("target %s: what is played tells no %s", t, t.Title)
		}
	}
	for _, m := range months {
		if m != nil {
			known = append(known, *m)
		}
	}
	return r.Rows[0].Figures, known, replicas, nil
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
		return unlessLost(err)
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
	err := s.each(ctx, len(s.Variants), func(ctx context.Context, i int) error {
		v := s.Variants[i]
		figures, _, _, err := s.play(ctx, sweep.Cell{Policy: s.policy, Capacity: a.Capacity}, v.Trial)
		if err == nil {
			a.Variants[i] = Changed{v.Name, figures, all(s.Targets, figures) != misses}
		} else if err = unlessLost(err); err != nil {
			err = fmt.Errorf("%s: %w", v.Name, err)
		}
		return err
	})
	a.Variants = slices.DeleteFunc(a.Variants, func(c Changed) bool { return c.Figures == nil })
	return err
}
