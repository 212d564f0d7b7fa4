package curve

import (
	"edgesim/edge/policy"
	"edgesim/results/pages"
)

// lane is cells that are played together. It is used by one goroutine at a time.
type lane interface {
	play(b *batch)
	// clear forgets what was counted, not what is resident.
	clear()
	counts() []count // of its cells, in their order
}

// count is what a cell counts.
type count struct {
	misses, missBytes       int64
	refused, refusedBytes   int64   // misses that were not admitted
	standing, standingBytes float64 // of a sample: misses, as many as they stand for
}

// miss counts a miss of an object of so many bytes.
func (c *count) miss(b *batch, object uint32, size int64) {
	c.misses++
	c.missBytes += size
	if b.stands != nil {
		c.stand(b, object, size)
	}
}

func (c *count) stand(b *batch, object uint32, size int64) {
	c.standing += b.stands[object]
	c.standingBytes += b.bytesOf(object, size)
}

func (c *count) refuse(size int64) {
	c.refused++
	c.refusedBytes += size
}

// single is the lane of one cell of any policy. The slot of an object is its
// number, so there is no index: whether it is resident, and with what size, is
// one slice.
type single struct {
	count
	policy   policy.Policy
	admitter policy.Admitter // nil where the policy refuses nothing
	seer     seer            // nil where the policy does not foresee
	named    bool            // the policy hashes the names of objects, so it gets those
	ranks    bool            // the policy compares sizes, so it gets objects' own
	resident []uint32        // the code of the size it was admitted with; 0: not resident
	used     int64
	capacity int64
	warmer   policy.Warmer // nil where the policy is none
	soon     []policy.Slot
	warmed   uint64 // keeps the compiler from leaving the touching out
}

// A seer is a policy that knows the future: it is told, before each Hit and Add,
// the number of the object's next request.
type seer interface {
	policy.Policy
	See(next int64)
}

// SingleBytes is the memory that a cell of a policy without a lane of its own
// costs for one object, beside the policy's own, in bytes.
const SingleBytes = 4

func newSingle(p policy.Policy, capacity int64) *single {
	s := &single{policy: p, capacity: capacity}
	s.admitter, _ = p.(policy.Admitter)
	s.seer, _ = p.(seer)
	s.warmer, _ = p.(policy.Warmer)
	return s
}

func (s *single) clear()          { s.count = count{} }
func (s *single) counts() []count { return []count{s.count} }

func (s *single) play(b *batch) {
	s.resident = lengthened(s.resident, b.objects)
	b.chunks(func(asks []ask, from int) {
		s.touch(asks)
		for i, a := range asks {
			if s.seer != nil {
				s.seer.See(b.next[from+i])
			}
			if s.resident[a.object] != 0 {
				s.policy.Hit(a.object)
				continue
			}
			s.store(b, a)
		}
	})
}

// touch loads what will be asked for; the loads do not wait for each other.
func (s *single) touch(asks []ask) {
	slots := s.soon[:0]
	for _, a := range asks {
		if s.resident[a.object] != 0 {
			slots = append(slots, a.object)
		}
	}
	s.soon = slots
	if s.warmer != nil {
		s.warmed += s.warmer.Warm(slots)
	}
}

// store makes the object of a miss resident, as edge/cache's shard does.
func (s *single) store(b *batch, a ask) {
	size := b.sizeOf(a.size)
	s.miss(b, a.object, size)
	in := policy.Item{Key: uint64(a.object), Size: size}
	if s.named {
		in.Key = b.names[a.object]
	}
	if s.ranks && b.owns != nil {
		in.Size = b.owns[a.object]
	}
	if size > s.capacity || s.admitter != nil && !s.admitter.Admit(in) {
		s.refuse(size)
		return
	}
	for s.used > s.capacity-size {
		victim := s.policy.Victim(in)
		s.used -= b.sizeOf(s.resident[victim])
		s.resident[victim] = 0
	}
	s.resident[a.object] = a.size
	s.used += size
	s.policy.Add(a.object, in)
}

// lengthened is t with at least n places; it grows by half, so that what is
// copied in all is a few times what is there in the end.
func lengthened[T any](t []T, n int) []T {
	if n <= len(t) {
		return t
	}
	grown := pages.Large(make([]T, max(n, len(t)*3/2, 1<<12)))
	copy(grown, t)
	return grown
}
