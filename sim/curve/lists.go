package curve

// lists are queues of the objects of one cell, each object in one of them at most.
// They are logs: an object is at the place noted beside it in its list's log, and
// other entries of it do not count. So an object comes to the head of a list by four
// bytes that are written in sequence and what stands beside it, and no neighbour is
// touched.
type lists struct {
	states []listed // by object
	logs   []objectLog
	warmed uint32 // keeps the compiler from leaving the touching out
}

// listed is what is known of an object: 16 bytes, so that none lies in two cache lines.
type listed struct {
	place uint32 // in its list's log
	size  uint32 // code of the size it was stored with
	list  uint32 // from 1 on; 0: none
	hash  uint32 // of its name, for policies that hash names
}

// objectLog is a list's log.
type objectLog struct {
	log        []uint32 // as long as a power of two
	head, tail uint32   // the next to pop; the next to push
	loaded     uint32   // what is known of the entries before this place has been loaded
	live       int      // objects in the list
	bytes      int64
}

func newLists(most int) lists { return lists{logs: make([]objectLog, most+1)} }

// push makes an object the newest of the list.
func (l *lists) push(list uint32, object uint32, s *listed) {
	q := &l.logs[list]
	if int(q.tail-q.head) == len(q.log) {
		l.close(list)
	}
	q.log[q.tail&uint32(len(q.log)-1)] = object
	s.place, s.list = q.tail, list
	q.tail++
}

// enter is push of an object that comes into the list.
func (l *lists) enter(list uint32, object uint32, s *listed, size int64) {
	l.push(list, object, s)
	l.logs[list].live++
	l.logs[list].bytes += size
}

// leave takes an object of that size out of its list.
func (l *lists) leave(s *listed, size int64) {
	q := &l.logs[s.list]
	q.live--
	q.bytes -= size
	s.list = 0
}

// close takes out of a list's log what does not count, and makes it longer where
// that leaves less than three quarters free. Which entries count follows no rule that
// a processor could learn, so there is nothing here for it to guess at.
func (l *lists) close(list uint32) {
	q := &l.logs[list]
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

func (q *objectLog) grow() {
	log := make([]uint32, max(1<<10, 2*len(q.log)))
	for at := q.head; at != q.tail; at++ {
		log[at&uint32(len(log)-1)] = q.log[at&uint32(len(q.log)-1)]
	}
	q.log = log
}

// oldest is the oldest object of a list that has some.
func (l *lists) oldest(list uint32) (object uint32, s *listed) {
	q := &l.logs[list]
	for {
		if int32(q.head-q.loaded) >= 0 {
			l.ahead(q)
		}
		object = q.log[q.head&uint32(len(q.log)-1)]
		if s = &l.states[object]; s.list == list && s.place == q.head {
			return object, s
		}
		q.head++
	}
}

// newer is the object of a list that comes after the one at a place, if there is one.
func (l *lists) newer(list, place uint32) (s *listed, ok bool) {
	q := &l.logs[list]
	for at := place + 1; at != q.tail; at++ {
		if s = &l.states[q.log[at&uint32(len(q.log)-1)]]; s.list == list && s.place == at {
			return s, true
		}
	}
	return nil, false
}

// ahead loads what is known of the next objects of a list's log.
func (l *lists) ahead(q *objectLog) {
	sum, mask := uint32(0), uint32(len(q.log)-1)
	for i := range min(aheadSize, q.tail-q.head) {
		sum += l.states[q.log[(q.head+i)&mask]].list
	}
	l.warmed += sum
	q.loaded = q.head + aheadSize
}
