package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/spf13/pflag"

	"edgesim/results"
	"edgesim/sim/fleet"
	"edgesim/sim/sweep"
)

var sweepCommand = command{
	name:     "sweep",
	synopsis: "SCENARIO|TRACE [flags]",
	about:    "a grid of policies and capacities, foretold, with intervals",
	long: `SCENARIO is a YAML file, or the name of a built-in one; everything else that is
a file is a TRACE. Every pair of a policy and a capacity is a cell. A cell of a
scenario is played in virtual time, once for each replica with a seed of its
own, the same seeds for all cells; of a trace only policies with chance of their
own have replicas that differ.

Without --capacity there are the scenario's capacity, its halves down to an
eighth and its doubles up to eight times; of a trace twelve sizes from its
working set downwards.

Examples:
  edgesim sweep quickstart --policy lru,sieve,s3fifo --capacity 8MiB,16MiB,32MiB
  edgesim sweep my.yaml --policy all --replicas 5 --csv grid.csv --out grid
  edgesim sweep quickstart --policy lru,fifo --formula --out grid
  edgesim sweep trace.bin --policy lru,wtinylfu,belady --capacity 1%,10%

Exit status: 0 done; 1 a trial failed, or it was interrupted (what was played
until then is printed and said to be partial); 2 wrong usage.
`,
	prepare: func(f *pflag.FlagSet) action {
		var o sweepOptions
		f.StringVar(&o.capacities, "capacity", "", "`SIZES` of caches, as 1GiB,4GiB; of a trace also shares, as 1%,10%")
		o.flags(f, 3)
		f.StringVar(&o.csv, "csv", "", "write the rows as CSV to this `FILE`; - is the standard output")
		f.BoolVar(&o.formula, "formula", false, "beside each policy what its formula says of hits (edgesim model): a table,\ncolumns, and lines beside the points")
		return o.run
	},
}

type sweepOptions struct {
	cellOptions
	csv     string
	formula bool
}

func (o *sweepOptions) run(e *env, args []string) error {
	if err := o.check(e, args, "edgesim sweep quickstart"); err != nil {
		return err
	}
	if err := checkTable(o.csv, o.json); err != nil {
		return err
	}
	if o.formula && args[0] == "-" {
		return usagef("--formula reads a trace twice, and the standard input can be read once; right is a file")
	}
	play := o.overTrace
	if isScenario(args[0]) {
		play = o.overScenario
	}
	r, err := play(e, args[0])
	if err != nil {
		return err
	}
	if o.formula && !r.Partial {
		f, err := o.byFormula(e, args[0], r)
		if err != nil {
			return err
		}
		r.Beside(f.says)
	}
	return o.tell(e, r, filepath.Base(args[0]))
}

// doublings is how often the scenario's capacity is halved and doubled where none
// is given.
const doublings = 3

func (o *sweepOptions) overScenario(e *env, name string) (*sweep.Result, error) {
	w, err := o.scenario(e, name)
	if err != nil {
		return nil, err
	}
	if len(w.capacities) == 0 {
		for k := -doublings; k <= doublings; k++ {
			w.capacities = append(w.capacities, max(leastCapacity, shifted(int64(w.base.Edge.Capacity), k)))
		}
	}
	cells := sweep.Grid(w.policies, w.capacities)
	for _, c := range cells { // what is wrong with a cell is known before the first is played
		if _, err := w.load(c, w.seeds[0]); err != nil {
			return nil, usageError{err}
		}
	}
	c := sweep.Config{
		Cells: cells, Seeds: w.seeds, Jobs: o.jobs, Trial: sweep.World(foretell(0)).Trial(w.load),
		Status: func(done, all int) { fmt.Fprintf(e.stderr, "%d of %d trials\n", done, all) },
	}
	if o.nats.Asked() {
		return o.byWorkers(e, w, &c)
	}
	return sweep.Run(e.ctx, c)
}

// byWorkers plays the trials on other machines.
func (o *sweepOptions) byWorkers(e *env, w *ofScenario, c *sweep.Config) (*sweep.Result, error) {
	world, h, err := w.handOut(e, &o.nats)
	if err != nil {
		return nil, err
	}
	c.Jobs, c.Status = min(len(c.Cells)*len(c.Seeds), mostAsked), nil
	c.Trial = func(ctx context.Context, cell sweep.Cell, seed uint64) (sweep.Values, error) {
		t, err := world.Play(ctx, cell, seed, "")
		return t.Values, setAside(err)
	}
	r, err := sweep.Run(e.ctx, *c)
	h.close(e, e.ctx.Err())
	return r, err
}

// leastCapacity is the least that an edge can have.
const leastCapacity = 64 << 10

func shifted(v int64, by int) int64 {
	if by < 0 {
		return v >> -by
	}
	return v << by
}

func (o *sweepOptions) overTrace(e *env, name string) (r *sweep.Result, err error) {
	rec, err := o.record(e, name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rec.close(err)) }()
	var cells []sweep.Cell
	for _, c := range rec.asked.cells(rec.whole()) {
		cells = append(cells, sweep.Cell(c))
	}
	if rec.files != nil {
		if rec.files.Cut, err = rec.job.cutFor(e, len(cells)*o.replicas); err != nil {
			return nil, err
		}
	}
	p := &replicas{trace: rec, cells: cells, outcomes: make([][]sweep.Values, len(cells))}
	for i := range p.outcomes {
		p.outcomes[i] = make([]sweep.Values, o.replicas)
	}
	if err := p.play(e.ctx, o.seeds(o.seed)); err != nil {
		return nil, err
	}
	if len(p.lost) == len(cells)*o.replicas {
		return nil, p.lost[0]
	}
	r, err = sweep.Collect(e.ctx, cells, p.outcomes)
	if err == nil {
		r.Lost = p.lost
	}
	return r, err
}

// replicas are the cells of a trace, played once with each seed.
type replicas struct {
	trace    *recorded
	cells    []sweep.Cell
	outcomes [][]sweep.Values // by cell and seed
	lost     []sweep.Lost     // by seed and cell
}

// play plays them with one seed after the other, or by workers with all at once.
func (p *replicas) play(ctx context.Context, seeds []uint64) error {
	errs, lost := make([]error, len(seeds)), make([][]sweep.Lost, len(seeds))
	one := func(i int) { lost[i], errs[i] = p.seed(ctx, i, seeds[i]) }
	if p.trace.tape == nil {
		var asked sync.WaitGroup
		for i := range seeds {
			asked.Go(func() { one(i) })
		}
		asked.Wait()
	}
	for i := range seeds {
		if p.trace.tape != nil {
			one(i)
		}
		p.lost = append(p.lost, lost[i]...)
		if errors.Is(errs[i], context.Canceled) && p.trace.tape != nil {
			break
		}
		if errs[i] != nil && !brokenOff(errs[i]) {
			return errs[i]
		}
	}
	return nil
}

// seed plays the i-th replica.
func (p *replicas) seed(ctx context.Context, i int, seed uint64) (list []sweep.Lost, err error) {
	values, lost, err := p.trace.play(ctx, p.cells, seed)
	for c, v := range values {
		p.outcomes[c][i] = v
		if errors.As(lost[c], new(fleet.SetAside)) {
			list = append(list, sweep.Lost{Cell: p.cells[c], Seed: seed, Cause: lost[c], Text: lost[c].Error()})
		}
	}
	return list, err
}

func (o *sweepOptions) tell(e *env, r *sweep.Result, name string) error {
	var err error
	switch {
	case o.csv == "-":
		err = r.WriteCSV(e.stdout)
	case o.json:
		err = results.EncodeJSON(e.stdout, r)
	default:
		err = r.WriteTable(e.stdout, o.ignoreSize)
	}
	if fault := writeTo(o.csv, r.WriteCSV); fault != nil {
		err = errors.Join(err, fmt.Errorf("--csv: %w", fault))
	}
	if err == nil && o.out != "" {
		err = drawInto(o.out, r.Figures(name, o.ignoreSize))
	}
	if err == nil && len(r.Lost) > 0 {
		err = fmt.Errorf("%d trials failed and are left out; the first: %w", len(r.Lost), r.Lost[0])
	}
	if err == nil && r.Partial {
		err = fmt.Errorf("%s; the figures are of what was played until then", e.broken())
	}
	return err
}
