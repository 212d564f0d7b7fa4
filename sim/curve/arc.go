package curve

// arcLane is one cell of ARC; edge/policy has the rules. Its four lists are logs, as
// LRU's cells have one.
type arcLane struct {
	purse
	lists
	target float64 // of T1, in bytes
	cell   [1]count
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

func newARCLane(capacity int64) lane {
	return &arcLane{purse: purse{capacity: capacity}, lists: newLists(arcB2)}
}

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
				l.leave(s, size)
				l.enter(arcT2, a.object, s, size)
			default:
				l.admit(b, a, s)
			}
		}
	})
}

// admit makes the object of a miss resident.
func (l *arcLane) admit(b *batch, a ask, s *listed) {
	size := b.sizeOf(a.size)
	if !l.missed(b, a.object, size) {
		return
	}
	list, from := uint32(arcT1), s.list
	if from != arcNone {
		list = arcT2
		l.adapt(from, b.sizeOf(s.size))
		l.leave(s, b.sizeOf(s.size))
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
	step := float64(size) * max(1, float64(l.logs[other].bytes)/float64(l.logs[from].bytes))
	if from == arcB1 {
		l.target = min(l.target+step, float64(l.capacity))
	} else {
		l.target = max(l.target-step, 0)
	}
}

// replace is the paper's REPLACE.
func (l *arcLane) replace(b *batch, inB2 bool) {
	list := uint32(arcT2)
	t1 := float64(l.logs[arcT1].bytes)
	if t1 > l.target || t1 == l.target && inB2 && t1 > 0 || l.logs[arcT2].live == 0 {
		list = arcT1
	}
	object, s, size := l.pop(b, list)
	l.used -= size
	l.enter(list+arcB1-arcT1, object, s, size)
}

// pop takes the oldest object out of a list that has some.
func (l *arcLane) pop(b *batch, list uint32) (object uint32, s *listed, size int64) {
	object, s = l.oldest(list)
	l.logs[list].head++
	size = b.sizeOf(s.size)
	l.leave(s, size)
	return object, s, size
}

// forget restores the bounds of what is remembered.
func (l *arcLane) forget(b *batch) {
	t1, t2, b1, b2 := &l.logs[arcT1], &l.logs[arcT2], &l.logs[arcB1], &l.logs[arcB2]
	for t1.bytes+b1.bytes > l.capacity && b1.live > 0 {
		l.pop(b, arcB1)
	}
	for float64(t1.bytes)+float64(b1.bytes)+float64(t2.bytes)+float64(b2.bytes) > 2*float64(l.capacity) && b2.live > 0 {
		l.pop(b, arcB2)
	}
}
