package curve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"gonum.org/v1/gonum/stat"

	"edgesim/workloads/trace"
)

// Sharding deals the objects of a trace to shards by a hash of their names, so that
// an object's requests are all in the same ones, and each shard is a sample as SHARDS
// takes one (Waldspurger, Park, Garthwaite, Ahmad, FAST 2015). Each shard is played as
// if it were the whole: caches have their size, and an object weighs as much as it
// stands for. Where a cell is sampled without regard to size, objects weigh what they
// weigh, and caches have an N-th of the size.
//
// An object larger than the mean is in the more shards the larger it is (chances): in
// m of N, and in each stands for N/m. So requests and bytes of all shards add up to N
// times the trace's, exactly, and misses to N times an estimate of the trace's.
type Sharding struct {
	N    int     `json:"n"`    // shards, LeastShards to MostShards
	Mean float64 `json:"mean"` // of the objects' sizes, in bytes, above 0
	Seed uint64  `json:"seed"` // of the hash
}

// LeastShards is how many shards tell by their differences how sure a curve is, and
// MostShards how many there may be.
const (
	LeastShards = 4
	MostShards  = 4096
)

// ShardObjects is the least number of objects of a shard, on the average.
const ShardObjects = MinObjects / groups

// Adapts tells whether a policy is so much another in a shard that its intervals are
// wide for that (bias).
func Adapts(spec string) bool {
	k, _, err := parse(spec)
	return err == nil && ofRoot(k.Name) > 0
}

// bias is how far off a miss ratio may be since a cell is played in small, which all
// shards have in common and none tells: a cache that holds the given number of objects
// of a shard, on the average. It is no theory but a bound on what was found: of nine
// traces in 4 to 32 shards, eight policies at seven sizes from 0.5 % to 40 % of the
// objects, and seventeen more of five traces (docs/curves.md).
//
// Most policies are off by what rounding to whole objects comes to, as 1/objects.
// Those that learn, or whose order is that of a scan, are themselves only in large
// caches, and come near them as 1/√objects.
func bias(policy string, objects float64) float64 {
	b := 0.25 / objects
	if r := ofRoot(policy); r > 0 {
		b = r / math.Sqrt(objects)
	}
	return min(1, b)
}

// ofRoot is a policy's bias in a shard's cache of one object; 0 of those that have
// none but the rounding.
func ofRoot(policy string) float64 {
	switch policy {
	case "lhd": // learns from its evictions
		return 1
	case "sieve": // its hand passes what a scan has left
		return 0.75
	case "lruk":
		return 0.4
	case "cacheus":
		return 0.35
	case "wtinylfu": // its sketch ages by a number of requests
		return 0.3
	case "lirs":
		return 0.15
	}
	return 0
}

// Part is what a shard came to. What it has of requests, bytes and misses is
// multiplied by what they stand for: each shard tells of the whole trace.
type Part struct {
	Objects  int      `json:"objects"` // that it played
	Requests float64  `json:"requests"`
	Bytes    float64  `json:"bytes"`
	Missed   []Missed `json:"missed"`  // by cell, in their order
	Counted  int64    `json:"counted"` // requests of the trace behind the warm-up
	Sum      int64    `json:"sum"`     // bytes of these
}

// Missed is misses.
type Missed struct {
	Requests float64 `json:"requests"`
	Bytes    float64 `json:"bytes"`
}

// shard is one that is being played.
type shard struct {
	Sharding
	number         uint64
	config         Config
	times          [classes]uint64 // in how many shards an object of the class is
	bySize, evenly *sampler
	laid           []*sampler // of each cell
	place          []int      // of each cell, in its sampler
	read           int64
	part           Part
}

// Shard reads a trace once and plays the shard of that number, from 0.
func Shard(ctx context.Context, r Reader, s Sharding, number int, cells []Cell, c Config) (*Part, error) {
	if s.N < LeastShards || s.N > MostShards || number < 0 || number >= s.N || !(s.Mean > 0) || math.IsInf(s.Mean, 0) {
		return nil, fmt.Errorf("shard %d of %d, of objects of %v bytes; right are %d to %d, and a size above 0", number, s.N, s.Mean, LeastShards, MostShards)
	}
	if err := Drawable(cells); err != nil {
		return nil, err
	}
	d := &shard{Sharding: s, number: uint64(number), config: c}
	d.lay(cells)
	if err := d.run(ctx, r); err != nil {
		return nil, err
	}
	d.sum()
	return &d.part, nil
}

// lay makes the samplers that the cells want.
func (d *shard) lay(cells []Cell) {
	var bySize, evenly []Cell
	for _, c := range cells {
		if k, _, _ := c.parse(); wantsEven(k.Name) {
			d.place, evenly = append(d.place, len(evenly)), append(evenly, c)
		} else {
			d.place, bySize = append(d.place, len(bySize)), append(bySize, c)
		}
	}
	sized, even := newChances(1/float64(d.N), d.Mean, false), newChances(1/float64(d.N), d.Mean, true)
	for class := range sized.chance {
		d.times[class] = uint64(min(float64(d.N), max(1, math.Floor(float64(d.N)*sized.chance[class]))))
		sized.chance[class] = float64(d.times[class]) / float64(d.N)
	}
	d.bySize, d.evenly = newSampler(sized, whole, 0), newSampler(even, whole, 0)
	d.bySize.lay(bySize, d.config)
	d.evenly.lay(evenly, d.config)
	for _, c := range cells {
		k, _, _ := c.parse()
		if wantsEven(k.Name) {
			d.laid = append(d.laid, d.evenly)
		} else {
			d.laid = append(d.laid, d.bySize)
		}
	}
}

func (d *shard) run(ctx context.Context, r Reader) error {
	reqs := make([]trace.Request, 4*touchSize)
	for {
		most := int64(len(reqs))
		if left := d.config.Warmup - d.read; left > 0 {
			most = min(most, left)
		}
		n, err := r.Read(reqs[:most])
		d.add(reqs[:n])
		if d.read += int64(n); d.read <= d.config.Warmup {
			d.clear()
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		}
	}
}

func (d *shard) clear() {
	d.part.Counted, d.part.Sum = 0, 0
	d.bySize.clear()
	d.evenly.clear()
}

func (d *shard) add(reqs []trace.Request) {
	n, seed := uint64(d.N), spread(d.Seed^0x5a4d3)
	for i := range reqs {
		size := d.config.sizeOf(&reqs[i])
		d.part.Sum += size
		id := d.config.name(reqs[i].ID, size)
		hash, class := spread(id^seed), classOf(size)
		behind := (d.number + n - hash%n) % n // shards behind the first one that the object is in
		if behind < d.times[class] {
			d.bySize.ask(&drawn{id, hash, size, class})
		}
		if behind == 0 && len(d.evenly.laid) > 0 {
			d.evenly.ask(&drawn{id, hash, size, class})
		}
	}
	d.part.Counted += int64(len(reqs))
}

func (d *shard) sum() {
	d.part.Objects = len(d.bySize.known)
	d.part.Requests, d.part.Bytes = d.bySize.seen.requests, d.bySize.seen.bytes
	for i, s := range d.laid {
		m := s.missesOf(d.place[i])
		d.part.Missed = append(d.part.Missed, Missed{m.requests, m.bytes})
	}
}

// Joined adds shards up: an estimate for each cell, and its interval by how the shards
// differ and how far off all of them may be (bias). There are two at least; where all N
// are there, every request is counted.
func (s Sharding) Joined(parts []*Part, cells []Cell) (all []Estimate) {
	for i, cell := range cells {
		var requests, bytes []float64
		for _, p := range parts {
			requests = append(requests, p.Missed[i].Requests/float64(p.Counted))
			bytes = append(bytes, p.Missed[i].Bytes/float64(p.Sum))
		}
		e := Estimate{Cell: cell}
		e.MissRatio, e.Low, e.High = interval(stat.Mean(requests, nil), requests)
		e.ByteMissRatio, e.ByteLow, e.ByteHigh = interval(stat.Mean(bytes, nil), bytes)
		k, _, _ := cell.parse()
		b := bias(k.Name, float64(cell.Capacity)/s.Mean/float64(s.N))
		e.Low, e.High = max(0, e.Low-b), min(1, e.High+b)
		e.ByteLow, e.ByteHigh = max(0, e.ByteLow-b), min(1, e.ByteHigh+b)
		all = append(all, e)
	}
	return all
}
