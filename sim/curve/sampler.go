package curve

// sampler is LRU's curve from a sample of the objects: those whose names' hashes
// are below a threshold, so that an object's requests are in the sample all or none
// (SHARDS: Waldspurger, Park, Garthwaite, Ahmad, FAST 2015). Other than there the
// chance depends on the size (chances), and an object itself weighs what it weighs:
// only those in front of it stand for others.
//
// With a limit the sample is of a fixed size at most: when there are more objects
// the rate is lowered by a tenth, and those that are not in the sample any more
// leave it. What was counted stands for as many requests as it did.
type sampler struct {
	chances
	part    int // of so many groups, or all: parts share the objects that are not certain
	limit   int // objects; 0: none
	numbers *numbers
	known   []sampled // by object
	stacked bool      // the stack is asked
	stack   *stack
	small   *miniature // of cells that the stack does not answer; nil: there are none

	laid       []int   // of each cell: its place in the miniature; −1: the stack's
	capacities []int64 // of the cells

	hits distances
	seen seen // requests of the sample, as many as they stand for
}

// sampled is an object of the sample.
type sampled struct {
	name  uint64
	hash  uint64
	size  int64
	class uint8
}

// seen is requests and their bytes.
type seen struct{ requests, bytes float64 }

// whole is the part of a sampler that is no part.
const whole = -1

func newSampler(c chances, part, limit int) *sampler {
	return &sampler{chances: c, part: part, limit: limit, numbers: newNumbers(), stack: newStack()}
}

// has tells whether an object whose name has that hash is in the sample.
func (s *sampler) has(hash uint64, class int) bool {
	return s.certain(class) || hash < s.below[class] && (s.part == whole || partOfHash(hash) == s.part)
}

// partOfHash is the part that an object is in.
func partOfHash(hash uint64) int { return int(spread(hash^0x9e3779b97f4a7c15) % groups) }

// share is how much of a class is in the sample.
func (s *sampler) share(class int) float64 {
	if s.part == whole || s.certain(class) {
		return s.chance[class]
	}
	return s.chance[class] / groups
}

// ask counts a request for an object whose hash is in the sample.
func (s *sampler) ask(r *drawn) {
	object := s.number(r)
	stands := 1 / s.share(r.class)
	s.seen.add(stands, r.size)
	if s.small != nil {
		s.small.add(s, object, stands)
	}
	if !s.stacked {
		return
	}
	o := &s.known[object]
	ahead, own := s.stack.ask(object, s.weigh(o))
	if own != 0 {
		s.hits.add(ahead+o.size, stands, stands*float64(r.size))
	} else if s.limit > 0 && s.stack.live > s.limit {
		s.lower()
	}
}

func (s *seen) add(stands float64, size int64) {
	s.requests += stands
	s.bytes += stands * float64(size)
}

// number is the number of an object in the sample.
func (s *sampler) number(r *drawn) uint32 {
	object, isNew := s.numbers.find(r.id)
	if isNew {
		s.known = append(s.known, sampled{r.id, r.hash, r.size, uint8(r.class)})
		s.stack.place = lengthened(s.stack.place, len(s.known))
	}
	return object
}

// weigh is what an object and those that it stands for weigh, in bytes.
func (s *sampler) weigh(o *sampled) int64 {
	return max(1, int64(float64(o.size)/s.share(int(o.class))+0.5))
}

// lowered is by how much the rate is lowered when the sample is full.
const lowered = 0.9

// lower makes the sample smaller.
func (s *sampler) lower() {
	for s.stack.live > s.limit {
		s.set(s.rate * lowered)
		for object := range s.known {
			o := &s.known[object]
			if s.stack.place[object] != 0 && !s.has(o.hash, int(o.class)) {
				s.stack.remove(uint32(object))
			}
		}
	}
	s.stack.renew(func(object uint32, _ int64) int64 { return s.weigh(&s.known[object]) })
}

// live is how many objects are in the sample.
func (s *sampler) live() int {
	if s.stacked {
		return s.stack.live
	}
	return len(s.known)
}

// stand is the objects and bytes that the sample stands for.
func (s *sampler) stand() (objects, bytes float64) {
	for object, o := range s.known {
		if !s.stacked || s.stack.place[object] != 0 {
			stands := 1 / s.share(int(o.class))
			objects += stands
			bytes += stands * float64(o.size)
		}
	}
	return objects, bytes
}

func (s *sampler) clear() {
	s.hits, s.seen = distances{}, seen{}
	if s.small != nil {
		s.small.clear()
	}
}

// misses are those at a capacity, as many as they stand for. How many requests
// there were is known exactly, so a ratio is of those, and not of what the sample
// stands for: what the sample has too few or too many of is taken for hits. It is
// the luck of having the most popular objects or not, and those are hits in all but
// the smallest caches (SHARDS-adj).
func (s *sampler) misses(capacity int64) seen {
	requests, bytes := s.hits.within(capacity)
	return seen{s.seen.requests - requests, s.seen.bytes - bytes}
}
