package results

import "time"

// Crowd is records that are alike in all but the numbers of which views take
// sums, so that a view counts them together as it would one by one. They have in
// common
//
//   - distribution, edge, behavior, origin, status, method, protocol, flags, fault,
//     result types, detail, layer, TTL class and the number of requests to origins;
//   - the time bucket in which they began and that in which they ended;
//   - which of their bytes are 0, and whether there was a first byte.
//
// What else Record says is of one of them. Whether they belong to a warm-up they
// have in common where whoever gathers them sees to it.
type Crowd struct {
	*Record // one of them; the fields below stand before its own
	N       int64

	BytesOut, BytesIn, BodyBytes, OriginBytes, OriginSent int64 // of all together
	LastAt, LastEnd                                       int64 // the latest
}

// Crowded is a view that takes crowds. Its Add takes records by themselves.
type Crowded interface {
	View
	// AddCrowd counts what a crowd tells; it keeps nothing of it.
	AddCrowd(*Crowd)
}

// Singly is a Crowded view that wants something of every record, too: to add a
// crowd and, by this, its records is the same as to Add them.
type Singly interface {
	AddSingly([]Record)
}

// Parted is a Crowded view that wants every record, too.
type Parted interface {
	Crowded
	Singly
}

// AddOneByOne adds records as crowds of one.
func AddOneByOne(v Crowded, recs []Record) {
	var c Crowd
	for i := range recs {
		c = One(&recs[i])
		v.AddCrowd(&c)
	}
}

// One is the record as a crowd.
func One(r *Record) Crowd {
	return Crowd{r, 1, r.BytesOut, r.BytesIn, r.BodyBytes, r.OriginBytes, r.OriginSent, r.At, r.End()}
}

func (c *Crowd) add(r *Record) {
	c.N++
	c.BytesOut += r.BytesOut
	c.BytesIn += r.BytesIn
	c.BodyBytes += r.BodyBytes
	c.OriginBytes += r.OriginBytes
	c.OriginSent += r.OriginSent
	c.LastAt, c.LastEnd = max(c.LastAt, r.At), max(c.LastEnd, r.End())
}

// crowdKey is what a crowd's records have in common.
type crowdKey struct {
	who, how, what uint64
	began, ended   int64 // time buckets
}

// Crowds gathers records into crowds, of which a run has some hundreds at a time.
// Views that count crowds then cost nothing per record, and Crowds itself about 10
// ns. When there are mostCrowds of them, or when it is told to, it hands them on.
// It is used by one goroutine.
type Crowds struct {
	sink       func(*Crowd)
	begin, end bucketClock
	index      []uint16 // open addressing: number of a crowd plus 1; 0 is free
	keys       []crowdKey
	crowds     []Crowd // without their examples
	examples   []Record
}

const (
	mostCrowds  = 1024
	crowdPlaces = 4 * mostCrowds
)

// NewCrowds gathers crowds for sink, which keeps nothing of them. Time buckets are
// of that grain, which is above 0: for beginnings they are counted from the epoch,
// for ends from 1970, as plots and reports have them.
func NewCrowds(epoch time.Time, grain time.Duration, sink func(*Crowd)) *Crowds {
	since := int64(0)
	if !epoch.IsZero() {
		since = epoch.UnixNano()
	}
	return &Crowds{
		sink:  sink,
		begin: bucketClock{grain: int64(grain)}, end: bucketClock{grain: int64(grain), epoch: since},
		index: make([]uint16, crowdPlaces),
	}
}

// bucketClock numbers time buckets, and knows the one that it gave last.
type bucketClock struct {
	grain, epoch   int64
	from, to, last int64
}

func (b *bucketClock) of(at int64) int64 {
	if at < b.from || at >= b.to {
		b.turn(at)
	}
	return b.last
}

func (b *bucketClock) turn(at int64) {
	b.last = (b.epoch + at) / b.grain
	if (b.epoch+at)%b.grain < 0 {
		b.last--
	}
	b.from = b.last*b.grain - b.epoch
	b.to = b.from + b.grain
}

// Add puts every record into its crowd.
func (c *Crowds) Add(recs []Record) {
	for i := range recs {
		r := &recs[i]
		key := crowdKey{
			who:   uint64(r.Distribution) | uint64(r.Edge)<<16 | uint64(r.Behavior)<<32 | uint64(r.Status)<<48,
			how:   uint64(r.OriginAsked) | uint64(r.Flags)<<16 | uint64(r.Fault)<<24 | uint64(r.Response)<<32 | uint64(r.Result)<<40 | uint64(r.Layer)<<48 | uint64(r.Detail)<<56,
			what:  uint64(r.Method) | uint64(r.Protocol)<<8 | uint64(r.TTL)<<16 | r.presence()<<24 | uint64(r.Origin)<<32,
			began: c.begin.of(r.At), ended: c.end.of(r.End()),
		}
		at := key.hash() % crowdPlaces
		for {
			n := c.index[at]
			if n == 0 {
				c.meet(key, r)
				break
			}
			if n--; c.keys[n] == key {
				c.crowds[n].add(r)
				break
			}
			at = (at + 1) % crowdPlaces
		}
	}
}

// presence says which of the record's numbers are 0, since views make different
// things of those.
func (r *Record) presence() uint64 {
	bit := func(yes bool, place uint) uint64 {
		if yes {
			return 1 << place
		}
		return 0
	}
	return bit(r.BodyBytes > 0, 0) | bit(r.BytesOut == 0, 1) | bit(r.OriginBytes == 0, 2) |
		bit(r.OriginSent == 0, 3) | bit(r.BytesIn > 0, 4) | bit(r.TTFB > 0, 5)
}

func (k *crowdKey) hash() uint64 {
	h := k.who*0x9E3779B97F4A7C15 ^ k.how*0xBF58476D1CE4E5B9 ^ k.what*0x94D049BB133111EB
	h ^= uint64(k.began)*0xD6E8FEB86659FD93 ^ uint64(k.ended)*0xA0761D6478BD642F
	return h>>32 ^ h>>48
}

// meet begins a crowd.
func (c *Crowds) meet(key crowdKey, r *Record) {
	if len(c.keys) == mostCrowds {
		c.HandOn()
	}
	at := key.hash() % crowdPlaces
	for c.index[at] != 0 {
		at = (at + 1) % crowdPlaces
	}
	c.keys = append(c.keys, key)
	c.index[at] = uint16(len(c.keys))
	c.examples = append(c.examples, *r)
	one := One(r)
	one.Record = nil // it is the caller's
	c.crowds = append(c.crowds, one)
}

// HandOn hands every crowd on, in the order in which they began, and begins anew.
// What was added counts for nobody before.
func (c *Crowds) HandOn() {
	if len(c.keys) == 0 {
		return
	}
	for i := range c.crowds {
		c.crowds[i].Record = &c.examples[i]
		c.sink(&c.crowds[i])
	}
	c.keys, c.crowds, c.examples = c.keys[:0], c.crowds[:0], c.examples[:0]
	clear(c.index)
}
