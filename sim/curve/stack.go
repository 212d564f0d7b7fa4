package curve

// stack is the LRU stack of all sizes at once: objects in the order in which they
// were last asked for, each with a weight. The stack distance of a request is what
// the objects asked for since weigh together with its own: a cache of at least so
// much has it (Mattson, Gecsei, Slutz, Traiger, IBM Systems Journal 9(2), 1970).
//
// An object stands in the place at which it was last asked for; places are given
// out in sequence, and empty ones remain where objects were before. Sums over 16
// places, over 16 such sums and so on make a tree (as Olken, LBL-12370, 1981, has
// one over time), so that what stands behind a place is a few sums at each level,
// and an object that was asked for a moment ago is found without going up. When
// places run out the empty ones are closed up, which costs a few instructions for
// each place given out since.
type stack struct {
	sums  [][]int64 // sums[0]: weights by place; sums[k]: of 16 of the level below
	owner []uint32  // object by place, where its weight is not 0
	place []uint32  // by object: its place+1; 0: not in the stack
	end   uint32    // the next place to give out
	live  int       // objects in the stack
	least int       // places made anew, at least
	spare uint32    // keeps the compiler from leaving the touching out
}

const (
	fanBits = 4
	fan     = 1 << fanBits
)

// leastPlaces is how many places there are at first. A power of fan.
const leastPlaces = 1 << 16

// StackBytes is the memory of a stack for one object, in bytes: places are three
// times the objects when they are made anew, and the old ones are there until the
// new ones are filled.
const StackBytes = 4 + 3*(8*fan/(fan-1)+4) + 3*(8*fan/(fan-1)+4)/2

func newStack() *stack {
	s := &stack{least: leastPlaces}
	s.resize(s.least)
	return s
}

// resize makes so many empty places, rounded up.
func (s *stack) resize(places int) {
	s.sums = nil
	n := (places + fan - 1) &^ (fan - 1)
	s.owner = make([]uint32, n)
	for {
		s.sums = append(s.sums, make([]int64, n))
		if n == fan {
			return
		}
		n = max(fan, (n/fan+fan-1)&^(fan-1))
	}
}

// touch loads what ask will need for so many objects; the loads do not wait for
// each other.
func (s *stack) touch(asks []ask) {
	sum := uint32(0)
	for _, a := range asks {
		sum += s.place[a.object]
	}
	weights := s.sums[0]
	for _, a := range asks {
		sum += uint32(weights[max(s.place[a.object], 1)-1])
	}
	s.spare += sum
}

// ask moves an object to the head and returns what stands in front of it and what
// it weighs itself: what it was given when it came in. A new one comes in with
// weight, at least 1, and returns 0 for its own.
func (s *stack) ask(object uint32, weight int64) (ahead, own int64) {
	if int(s.end) == len(s.owner) {
		s.renew(func(_ uint32, weight int64) int64 { return weight })
	}
	to := s.end
	s.end++
	s.owner[to] = object
	at := s.place[object]
	s.place[object] = to + 1
	if at == 0 {
		s.live++
		s.add(to, weight)
		return 0, 0
	}
	at--
	ahead, own = s.behind(at, to), s.sums[0][at]
	s.move(at, to, own)
	return ahead, own
}

// behind is the sum of the weights at places from at+1 up to end.
func (s *stack) behind(at, end uint32) (sum int64) {
	for _, level := range s.sums {
		group := level[at&^(fan-1):][:fan:fan]
		for i := at&(fan-1) + 1; i < fan; i++ {
			sum += group[i]
		}
		at, end = at>>fanBits, end>>fanBits
		if at == end {
			return sum
		}
	}
	return sum
}

// move moves a weight from one place to a later one.
func (s *stack) move(at, to uint32, weight int64) {
	for _, level := range s.sums {
		if at == to {
			return
		}
		level[at] -= weight
		level[to] += weight
		at, to = at>>fanBits, to>>fanBits
	}
}

func (s *stack) add(at uint32, weight int64) {
	for _, level := range s.sums {
		level[at] += weight
		at >>= fanBits
	}
}

// remove takes an object out of the stack.
func (s *stack) remove(object uint32) {
	at := s.place[object]
	s.place[object] = 0
	s.live--
	s.add(at-1, -s.sums[0][at-1])
}

// renew closes up the empty places and gives every object the weight that it is to
// have.
func (s *stack) renew(weigh func(object uint32, weight int64) int64) {
	old, owners, end := s.sums[0], s.owner, s.end
	s.resize(max(s.least, 3*s.live))
	to := uint32(0)
	weights := s.sums[0]
	for at, object := range owners[:end] {
		if old[at] == 0 {
			continue
		}
		weights[to], s.owner[to] = weigh(object, old[at]), object
		s.place[object] = to + 1
		to++
	}
	s.end = to
	for k := 1; k < len(s.sums); k++ {
		for i, v := range s.sums[k-1] {
			s.sums[k][i>>fanBits] += v
		}
	}
}
