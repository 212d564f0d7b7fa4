package sweep

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"edgesim/sim/objective"
)

// Cell is one cache of the grid.
type Cell struct {
	Policy   string `json:"policy"`
	Capacity int64  `json:"capacity"` // bytes, or objects where a trace is played without sizes
}

func (c Cell) String() string { return fmt.Sprintf("%s at %d", c.Policy, c.Capacity) }

// Trial plays a cell once, with chance from that seed.
type Trial func(ctx context.Context, c Cell, seed uint64) (Values, error)

// Config is what a sweep is made from.
type Config struct {
	Cells []Cell
	Seeds []uint64 // a replica each; the same for all cells, so that differences between cells are not of chance alone
	Jobs  int      // trials at a time, at least 1; the outcome does not depend on it
	Trial Trial

	// Status is told how many of the trials are over. nil: nobody is.
	Status func(done, all int)
}

// Estimate is the mean of a quantity over the replicas. Doubt is half of its
// 95 % interval by Student's t; null with one replica.
type Estimate struct {
	Mean  float64  `json:"mean"`
	Doubt *float64 `json:"doubt"`
}

// Row is what a cell came to.
type Row struct {
	Cell
	Replicas int                 `json:"replicas"`
	Figures  map[string]Estimate `json:"figures"`           // by the quantities' names
	Formula  map[string]float64  `json:"formula,omitempty"` // what the policy's formula says of some, where it was asked for
}

// Result is a sweep that is over.
type Result struct {
	Quantities []objective.Quantity `json:"-"` // that are known, in the order of a table
	Rows       []Row                `json:"rows"`
	Replicas   int                  `json:"replicas"` // that were asked for
	Partial    bool                 `json:"partial"`  // interrupted: rows have fewer replicas, or are missing
	Lost       []Lost               `json:"lost,omitempty"`
	Formula    Formula              `json:"-"` // nil: none was asked for
}

// Formula is what formulas say of a cache: of some quantities, by name; nil: the policy
// has none.
type Formula func(policy string, capacity float64) map[string]float64

// Beside sets formulas beside the rows.
func (r *Result) Beside(f Formula) {
	r.Formula = f
	for i := range r.Rows {
		r.Rows[i].Formula = f(r.Rows[i].Policy, float64(r.Rows[i].Capacity))
	}
}

// Lost is a trial that failed by itself: the others go on without it.
type Lost struct {
	Cell  Cell   `json:"cell"`
	Seed  uint64 `json:"seed"`
	Cause error  `json:"-"`
	Text  string `json:"cause"`
}

func (l Lost) Error() string { return fmt.Sprintf("%v, seed %d: %v", l.Cell, l.Seed, l.Cause) }

func (l Lost) Unwrap() error { return l.Cause }

// trial is one of those to be played.
type trial struct{ cell, seed int }

// Run plays every cell with every seed, cells of one seed first, so that what is
// interrupted has a few replicas of all cells rather than all of a few. When ctx
// ends first, what is whole makes the result, which is marked partial.
func Run(ctx context.Context, c Config) (*Result, error) {
	outcomes := make([][]Values, len(c.Cells)) // by cell and seed; nil: not played
	for i := range outcomes {
		outcomes[i] = make([]Values, len(c.Seeds))
	}
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	todo := make(chan trial)
	var (
		players sync.WaitGroup
		mu      sync.Mutex
		done    int
	)
	var lost []Lost
	for range max(1, c.Jobs) {
		players.Go(func() {
			for t := range todo {
				v, err := c.Trial(inner, c.Cells[t.cell], c.Seeds[t.seed])
				mu.Lock()
				var one Lost
				if errors.As(err, &one) {
					lost = append(lost, Lost{c.Cells[t.cell], c.Seeds[t.seed], one.Cause, one.Cause.Error()})
				} else if err != nil {
					cancel(fmt.Errorf("%v, seed %d: %w", c.Cells[t.cell], c.Seeds[t.seed], err))
				} else {
					outcomes[t.cell][t.seed] = v
					if done++; c.Status != nil {
						c.Status(done, len(c.Cells)*len(c.Seeds))
					}
				}
				mu.Unlock()
			}
		})
	}
	c.deal(inner, todo)
	players.Wait()
	if err := context.Cause(inner); err != nil && ctx.Err() == nil {
		return nil, err
	}
	if done == 0 && len(lost) > 0 {
		return nil, lost[0]
	}
	r, err := Collect(ctx, c.Cells, outcomes)
	if err == nil {
		r.Lost = lost
	}
	return r, err
}

func (c *Config) deal(ctx context.Context, todo chan<- trial) {
	defer close(todo)
	for s := range c.Seeds {
		for i := range c.Cells {
			select {
			case todo <- trial{i, s}:
			case <-ctx.Done():
				return
			}
		}
	}
}

// Collect makes a result of what cells came to, a value for each replica; nil is
// one that was not played. It is partial if ctx is over.
func Collect(ctx context.Context, cells []Cell, outcomes [][]Values) (*Result, error) {
	r := &Result{Partial: ctx.Err() != nil}
	var all []Values
	for i, list := range outcomes {
		r.Replicas = max(r.Replicas, len(list))
		list = slices.DeleteFunc(list, func(v Values) bool { return v == nil })
		if len(list) > 0 {
			r.Rows = append(r.Rows, Row{Cell: cells[i], Replicas: len(list), Figures: Estimates(list)})
			all = append(all, list...)
		}
	}
	if len(r.Rows) == 0 {
		return nil, fmt.Errorf("interrupted before the first cell was played: %w", context.Cause(ctx))
	}
	r.Quantities = Known(all)
	return r, nil
}

// Estimates are the means of the quantities that every one of the values has.
func Estimates(list []Values) map[string]Estimate {
	m := map[string]Estimate{}
	for _, q := range Known(list) {
		var x []float64
		for _, v := range list {
			x = append(x, v[q.Name])
		}
		m[q.Name] = EstimateOf(x)
	}
	return m
}

// EstimateOf is the mean of independent values and how sure it is.
func EstimateOf(x []float64) Estimate {
	e := Estimate{Mean: stat.Mean(x, nil)}
	if n := float64(len(x)); n > 1 {
		d := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(0.975) * stat.StdDev(x, nil) / math.Sqrt(n)
		e.Doubt = &d
	}
	return e
}

// Grid is every policy at every capacity, policy after policy, capacities
// ascending.
func Grid(policies []string, capacities []int64) (cells []Cell) {
	capacities = slices.Compact(slices.Sorted(slices.Values(capacities)))
	for _, p := range policies {
		for _, c := range capacities {
			cells = append(cells, Cell{p, c})
		}
	}
	return cells
}

// Best is the row with the best mean of a quantity.
func (r *Result) Best(q objective.Quantity) Row {
	return slices.MaxFunc(r.Rows, func(a, b Row) int {
		if !q.More {
			a, b = b, a
		}
		return cmp.Compare(a.Figures[q.Name].Mean, b.Figures[q.Name].Mean)
	})
}
