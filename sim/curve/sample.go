package curve

import (
	"context"
	"errors"
	"io"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"edgesim/workloads/trace"
)

// Sampling says how a curve is sampled. One of Rate and Objects is given.
type Sampling struct {
	Rate    float64 // the share of the objects that are in the sample, above 0, below 1; of large ones it is more
	Objects int     // how many objects are in the sample at most, at least MinObjects
	Even    bool    // every object is as likely as the other, whatever its size, as in SHARDS
	Seed    uint64  // of the hash that chooses
}

// groups is into how many parts a sample is divided. Each gives a curve of its
// own, and how they differ says how sure that of the whole is.
const groups = 10

// MinObjects is the least number of objects of a sample: a hundred in each part.
const MinObjects = 100 * groups

// Estimate is a cell's result from a sample. Low and High are 95 % intervals: of 20
// of them 19 have the truth in them.
type Estimate struct {
	Cell
	MissRatio, Low, High             float64
	ByteMissRatio, ByteLow, ByteHigh float64
}

// Sample is what came of a sample.
type Sample struct {
	Objects int     // in the sample in the end
	Rate    float64 // in the end; of large objects more are in it
	Mean    float64 // size of an object, by the trace's first requests, in bytes
	draws   []*draw
	totals  Totals
}

// drawn is a request that is in the sample.
type drawn struct {
	id, hash uint64
	size     int64
	class    int
}

// Draw reads a trace once and gives every cell's estimate, in the order of cells;
// without cells it tells the totals:
// LRU by its stack, other policies by miniature simulation (Waldspurger, Saemundsson,
// Ahmad, Park, ATC 2017).
func Draw(ctx context.Context, r Reader, s Sampling, cells []Cell, c Config) (*Sample, []Estimate, error) {
	d := &drawing{config: c, seed: spread(s.Seed ^ 0x5a3d5), sampling: s, cells: cells, sample: &Sample{}}
	if err := d.check(); err != nil {
		return nil, nil, err
	}
	err := d.run(ctx, r)
	d.sample.totals.Partial = err != nil
	d.sample.sum()
	var all []Estimate
	for i := range cells {
		all = append(all, d.estimate(i))
	}
	return d.sample, all, err
}

// Result is the estimate as a cell's result, of so many requests and bytes.
func (e Estimate) Result(t Totals) Result {
	return Result{
		Cell: e.Cell, Requests: t.Counted, Bytes: t.Bytes,
		Misses:    int64(math.Round(e.MissRatio * float64(t.Counted))),
		MissBytes: int64(math.Round(e.ByteMissRatio * float64(t.Bytes))),
	}
}

// Totals are those of the trace. The objects and their bytes are estimates.
func (s *Sample) Totals() Totals { return s.totals }

// drawing is a sample that is being drawn.
type drawing struct {
	config   Config
	sampling Sampling
	cells    []Cell
	seed     uint64
	sample   *Sample
	bySize   *draw           // nil where no cell wants it
	evenly   *draw           // the same
	below    [classes]uint64 // a request with such a hash may be in a sample
}

// begun is how many requests tell what the mean size is.
const begun = 1 << 16

func (d *drawing) run(ctx context.Context, r Reader) error {
	reqs := make([]trace.Request, begun)
	n := 0
	var err error
	for n < len(reqs) && err == nil {
		var got int
		got, err = r.Read(reqs[n:])
		n += got
	}
	d.begin(reqs[:n])
	for {
		d.count(reqs[:n])
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		}
		n, err = r.Read(reqs[:4*touchSize])
	}
}

// begin makes the samplers, once some requests have told how large objects are.
func (d *drawing) begin(reqs []trace.Request) {
	sizes, objects := 0.0, newNumbers()
	for i := range reqs {
		size := d.config.sizeOf(&reqs[i])
		if _, isNew := objects.find(d.config.name(reqs[i].ID, size)); isNew {
			sizes += float64(size)
		}
	}
	mean := sizes / max(1, float64(objects.used))
	rate, limit := d.sampling.Rate, d.sampling.Objects
	if limit > 0 {
		rate = 1
	}
	d.lay(rate, mean, limit)
}

// lay makes the draws that the cells want.
func (d *drawing) lay(rate, mean float64, limit int) {
	var bySize, evenly []int
	for i, c := range d.cells {
		if k, _, _ := c.parse(); d.sampling.Even || wantsEven(k.Name) {
			evenly = append(evenly, i)
		} else {
			bySize = append(bySize, i)
		}
	}
	d.sample.Mean = mean
	if len(bySize) > 0 || len(d.cells) == 0 {
		d.bySize = newDraw(newChances(rate, mean, false), limit, d.cells, bySize, d.config)
		d.sample.draws = append(d.sample.draws, d.bySize)
	}
	if len(evenly) > 0 {
		d.evenly = newDraw(newChances(rate, mean, true), limit, d.cells, evenly, d.config)
		d.sample.draws = append(d.sample.draws, d.evenly)
	}
	d.widen()
}

// widen notes which hashes can be in a sample: rates only fall, and not all at
// once.
func (d *drawing) widen() {
	d.below = [classes]uint64{}
	for _, w := range d.sample.draws {
		for class := range d.below {
			d.below[class] = max(d.below[class], w.whole.below[class])
			for _, p := range w.parts {
				d.below[class] = max(d.below[class], p.below[class])
			}
		}
	}
}

// count counts requests, and leaves out those of the warm-up.
func (d *drawing) count(reqs []trace.Request) {
	if left := d.config.Warmup - d.sample.totals.Requests; left > 0 {
		left = min(left, int64(len(reqs)))
		d.add(reqs[:left])
		d.sample.totals.Counted, d.sample.totals.Bytes = 0, 0
		for _, w := range d.sample.draws {
			w.clear()
		}
		reqs = reqs[left:]
	}
	d.add(reqs)
}

func (d *drawing) add(reqs []trace.Request) {
	t := &d.sample.totals
	largest, bytes := t.Largest, int64(0)
	for i := range reqs {
		size := d.config.sizeOf(&reqs[i])
		bytes += size
		largest = max(largest, size)
		id := d.config.name(reqs[i].ID, size)
		if hash := spread(id ^ d.seed); hash <= d.below[classOf(size)] {
			d.draw(&drawn{id, hash, size, classOf(size)})
		}
	}
	t.Largest = largest
	t.Bytes += bytes
	t.Requests += int64(len(reqs))
	t.Counted += int64(len(reqs))
}

func (d *drawing) draw(r *drawn) {
	lowered := false
	for _, w := range d.sample.draws {
		lowered = w.ask(r) || lowered
	}
	if lowered {
		d.widen()
	}
}

// sum notes how large the sample was, and what it says of the whole.
func (s *Sample) sum() {
	for i, w := range s.draws {
		m := w.whole
		s.Objects += m.live()
		if i > 0 {
			continue
		}
		s.Rate = m.rate
		objects, bytes := m.stand()
		s.totals.Objects, s.totals.WorkingSet = int64(objects+0.5), int64(bytes+0.5)
	}
}

// estimate is cell i's.
func (d *drawing) estimate(i int) Estimate {
	w := d.bySize
	if w == nil || !slices.Contains(w.cells, i) {
		w = d.evenly
	}
	at := slices.Index(w.cells, i)
	e := Estimate{Cell: d.cells[i]}
	t := d.sample.totals
	ratio := func(s *sampler) (float64, float64) {
		m := s.missesOf(at)
		return m.requests / float64(t.Counted), m.bytes / float64(t.Bytes)
	}
	r, b := ratio(w.whole)
	var requests, bytes []float64
	for _, p := range w.parts {
		pr, pb := ratio(p)
		requests, bytes = append(requests, pr), append(bytes, pb)
	}
	e.MissRatio, e.Low, e.High = interval(r, requests)
	e.ByteMissRatio, e.ByteLow, e.ByteHigh = interval(b, bytes)
	return e
}

// interval is an estimate, and where the truth is with 95 % by how the parts of
// the sample differ: Student's t for the mean of so many. A ratio is from 0 to 1.
func interval(at float64, parts []float64) (estimate, low, high float64) {
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(len(parts) - 1)}.Quantile(0.975)
	half := t * stat.StdDev(parts, nil) / math.Sqrt(float64(len(parts)))
	within := func(v float64) float64 { return min(1, max(0, v)) }
	return within(at), within(at - half), within(at + half)
}
