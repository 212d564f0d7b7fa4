package curve

import (
	"context"
	"errors"
	"io"
	"math"

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

// Estimate is a point of a sampled curve. Low and High are 95 % intervals: 19 of 20
// such have the truth in them.
type Estimate struct {
	Capacity                         int64
	MissRatio, Low, High             float64
	ByteMissRatio, ByteLow, ByteHigh float64
}

// Sample is LRU's curve from a sample.
type Sample struct {
	whole   *sampler
	parts   []*sampler
	asked   [classes]asked
	Objects int     // that were in the sample in the end
	Rate    float64 // in the end
	Mean    float64 // size of an object that the chances are for, in bytes
}

// asked is requests of a class, all of them.
type asked struct{ requests, bytes int64 }

// drawn is a request that is in the sample.
type drawn struct {
	id, hash uint64
	size     int64
	class    int
}

// Draw reads a trace once and gives LRU's curve from a sample of its objects.
func Draw(ctx context.Context, r Reader, s Sampling, c Config) (*Sample, Totals, error) {
	d := &drawing{config: c, seed: spread(s.Seed ^ 0x5a3d5), sampling: s}
	err := d.run(ctx, r)
	var t Totals
	t.Requests, t.Largest, t.Partial = d.done, d.largest, err != nil
	for _, a := range d.sample.asked {
		t.Counted += a.requests
		t.Bytes += a.bytes
	}
	d.sample.close(&t)
	return d.sample, t, err
}

// drawing is a sample that is being drawn.
type drawing struct {
	config   Config
	sampling Sampling
	seed     uint64
	sample   *Sample
	below    [classes]uint64 // a request with such a hash may be in the whole sample or a part
	done     int64
	largest  int64
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
	d.sample = &Sample{whole: newSampler(newChances(rate, mean, d.sampling.Even), all, limit), Mean: mean}
	for part := range groups {
		// A rate of 1 would have every object in every part.
		c := newChances(min(rate, mostRate), mean, d.sampling.Even)
		d.sample.parts = append(d.sample.parts, newSampler(c, part, (limit+groups-1)/groups))
	}
	d.widen()
}

const mostRate = 1 - 1e-9

// widen notes which hashes can be in a sample: rates only fall, and not all at
// once.
func (d *drawing) widen() {
	d.below = d.sample.whole.below
	for _, p := range d.sample.parts {
		for class := range d.below {
			d.below[class] = max(d.below[class], p.below[class])
		}
	}
}

// count counts requests, those of the warm-up apart.
func (d *drawing) count(reqs []trace.Request) {
	left := d.config.Warmup - d.done
	if left > 0 && left <= int64(len(reqs)) {
		d.add(reqs[:left])
		d.clear()
		reqs = reqs[left:]
	}
	d.add(reqs)
}

func (d *drawing) clear() {
	d.sample.asked = [classes]asked{}
	d.sample.whole.clear()
	for _, p := range d.sample.parts {
		p.clear()
	}
}

func (d *drawing) add(reqs []trace.Request) {
	largest := d.largest
	for i := range reqs {
		size := d.config.sizeOf(&reqs[i])
		class := classOf(size)
		a := &d.sample.asked[class]
		a.requests++
		a.bytes += size
		largest = max(largest, size)
		id := d.config.name(reqs[i].ID, size)
		if hash := spread(id ^ d.seed); hash <= d.below[class] {
			d.draw(&drawn{id, hash, size, class})
		}
	}
	d.largest = largest
	d.done += int64(len(reqs))
}

// draw gives a request to the samples that it is in: the whole, and one part, or
// all of them where its class is certain.
func (d *drawing) draw(r *drawn) {
	rate := d.sample.whole.rate
	if d.sample.whole.has(r.hash, r.class) {
		d.sample.whole.ask(r)
	}
	part := partOfHash(r.hash)
	for i, p := range d.sample.parts {
		before := p.rate
		if p.certain(r.class) || i == part && r.hash < p.below[r.class] {
			p.ask(r)
		}
		if p.rate != before {
			d.widen()
		}
	}
	if d.sample.whole.rate != rate {
		d.widen()
	}
}

// close notes how large the sample was, and what it says of the whole.
func (s *Sample) close(t *Totals) {
	s.Objects, s.Rate = s.whole.stack.live, s.whole.rate
	for object, o := range s.whole.known {
		if s.whole.stack.place[object] != 0 {
			t.Objects += int64(math.Round(1 / s.whole.share(int(o.class))))
			t.WorkingSet += int64(math.Round(float64(o.size) / s.whole.share(int(o.class))))
		}
	}
}

// At is the curve at a capacity.
func (s *Sample) At(capacity int64) Estimate {
	var all seen
	for _, a := range s.asked {
		all.requests += float64(a.requests)
		all.bytes += float64(a.bytes)
	}
	e := Estimate{Capacity: capacity}
	h := s.whole.at(capacity, &s.asked)
	e.MissRatio, e.ByteMissRatio = 1-h.requests/all.requests, 1-h.bytes/all.bytes
	var requests, bytes []float64
	for _, p := range s.parts {
		h := p.at(capacity, &s.asked)
		requests = append(requests, h.requests/all.requests)
		bytes = append(bytes, h.bytes/all.bytes)
	}
	e.MissRatio, e.Low, e.High = interval(e.MissRatio, requests)
	e.ByteMissRatio, e.ByteLow, e.ByteHigh = interval(e.ByteMissRatio, bytes)
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
