package curve

// arcLane is one cell of ARC; edge/policy has the rules. Its four lists are logs, as
// LRU's cells have one: an object is in one list at most, at the place noted beside
// it, and other entries of it do not count.
type arcLane struct {
	purse
	states []arcState // by object
	lists  [5]arcList // by arcState.list; lists[0] is none
	target float64    // of T1, in bytes
	warmed uint32     // keeps the compiler from leaving the touching out
	cell   [1]count
}

type arcState struct {
	place uint32 // in its list's log
	size  uint32 // code of the size it was stored with
	list  uint32
}

// The lists: asked for once and again, and those of both that have left and are
// remembered.
const (
	arcNone = iota
	arcT1
	arcT2
	arcB1
	arcB2
)

// arcList is a list's log.
type arcList struct {
	log        []uint32 // as long as a power of two
	head, tail uint32   // the next to pop; the next to push
	live       int      // objects in the list
	bytes      int64
}

func newARCLane(capacity int64) lane { return &arcLane{purse: purse{capacity: capacity}} }

func (l *arcLane) clear() { l.count = count{} }

func (l *arcLane) counts() []count {
	l.cell[0] = l.count
	return l.cell[:]
}

func (l *arcLane) play(b *batch) {
	l.states = lengthened(l.states, b.objects)
	b.chunks(func(asks []ask, _ int) {
		sum := uint32(0)
		for _, a := range asks {
			sum += l.states[a.object].list
		}
		l.warmed += sum
		for _, a := range asks {
			switch s := &l.states[a.object]; s.list {
			case arcT2:
				l.push(arcT2, a.object, s)
			case arcT1:
				size := b.sizeOf(s.size)
				l.leave(arcT1, size)
				l.enter(arcT2, a.object, s, size)
			default:
				l.admit(b, a, s)
			}
		}
	})
}

// push makes an object the newest of the list.
func (l *arcLane) push(list uint32, object uint32, s *arcState) {
	q := &l.lists[list]
	if int(q.tail-q.head) == len(q.log) {
		l.close(list)
	}
	q.log[q.tail&uint32(len(q.log)-1)] = object
	s.place, s.list = q.tail, list
	q.tail++
}

func (l *arcLane) enter(list uint32, object uint32, s *arcState, size int64) {
	l.push(list, object, s)
	l.lists[list].live++
	l.lists[list].bytes += size
}

// leave is told that an object of that size is not in the list any more.
func (l *arcLane) leave(list uint32, size int64) {
	l.lists[list].live--
	l.lists[list].bytes -= size
}

// close takes out of a list's log what does not count, and makes it longer where
// that leaves less than three quarters free. Which entries count follows no rule that
// a processor could learn, so there is nothing here for it to guess at.
func (l *arcLane) close(list uint32) {
	q := &l.lists[list]
	to, mask := q.head, uint32(len(q.log)-1)
	for at := q.head; at != q.tail; at++ {
		object := q.log[at&mask]
		s := &l.states[object]
		place, kept := s.place, uint32(0)
		if (s.list^list)|(place^at) == 0 {
			place, kept = to, 1
		}
		q.log[to&mask], s.place = object, place
		to += kept
	}
	q.tail = to
	if 4*q.live >= len(q.log) {
		q.grow()
	}
}

func (q *arcList) grow() {
	log := make([]uint32, max(1<<10, 2*len(q.log)))
	for at := q.head; at != q.tail; at++ {
		log[at&uint32(len(log)-1)] = q.log[at&uint32(len(q.log)-1)]
	}
	q.log = log
}

// oldest takes the oldest object out of a list that has some.
func (l *arcLane) oldest(b *batch, list uint32) (object uint32, s *arcState, size int64) {
	q := &l.lists[list]
	for {
		if q.head%aheadSize == 0 {
			l.ahead(q)
		}
		at := q.head
		object = q.log[at&uint32(len(q.log)-1)]
		q.head++
		if s = &l.states[object]; s.list == list && s.place == at {
			size = b.sizeOf(s.size)
			l.leave(list, size)
			s.list = arcNone
			return object, s, size
		}
	}
}

// ahead loads what is known of the next objects of a list's log.
func (l *arcLane) ahead(q *arcList) {
	sum, mask := uint32(0), uint32(len(q.log)-1)
	for i := range min(aheadSize, q.tail-q.head) {
		sum += l.states[q.log[(q.head+i)&mask]].list
	}
	l.warmed += sum
}

// admit makes the object of a miss resident.
func (l *arcLane) admit(b *batch, a ask, s *arcState) {
	size := b.sizeOf(a.size)
	if !l.missed(b, a.object, size) {
		return
	}
	list, from := uint32(arcT1), s.list
	if from != arcNone {
		list = arcT2
		l.adapt(from, b.sizeOf(s.size))
		l.leave(from, b.sizeOf(s.size))
		s.list = arcNone
	}
	for l.full(size) {
		l.replace(b, from == arcB2)
	}
	l.used += size
	s.size = a.size
	l.enter(list, a.object, s, size)
	l.forget(b)
}

// adapt moves the target towards the list that an object has come back to.
func (l *arcLane) adapt(from uint32, size int64) {
	other := arcB1 + arcB2 - from
	step := float64(size) * max(1, float64(l.lists[other].bytes)/float64(l.lists[from].bytes))
	if from == arcB1 {
		l.target = min(l.target+step, float64(l.capacity))
	} else {
		l.target = max(l.target-step, 0)
	}
}

// replace is the paper's REPLACE.
func (l *arcLane) replace(b *batch, inB2 bool) {
	list := uint32(arcT2)
	t1 := float64(l.lists[arcT1].bytes)
	if t1 > l.target || t1 == l.target && inB2 && t1 > 0 || l.lists[arcT2].live == 0 {
		list = arcT1
	}
	object, s, size := l.oldest(b, list)
	l.used -= size
	l.enter(list+arcB1-arcT1, object, s, size)
}

// forget restores the bounds of what is remembered.
func (l *arcLane) forget(b *batch) {
	t1, t2, b1, b2 := &l.lists[arcT1], &l.lists[arcT2], &l.lists[arcB1], &l.lists[arcB2]
	for t1.bytes+b1.bytes > l.capacity && b1.live > 0 {
		l.oldest(b, arcB1)
	}
	for float64(t1.bytes)+float64(b1.bytes)+float64(t2.bytes)+float64(b2.bytes) > 2*float64(l.capacity) && b2.live > 0 {
		l.oldest(b, arcB2)
	}
}
