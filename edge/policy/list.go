package policy

// A link joins a slot to its neighbours in the one list it is in. The links of
// a policy stand in a slice by slot and are shared by all its lists, so that an
// object passes from one list to another without a copy. 8 bytes a slot.
type link struct{ prev, next Slot } // towards the head, towards the tail; None at the ends

// A list is a doubly linked list of slots. New objects come in at the head; the
// tail is the oldest.
type list struct{ head, tail Slot }

func newList() list { return list{None, None} }

func (l *list) empty() bool { return l.head == None }

// push makes s the head of l.
func (l *list) push(links []link, s Slot) {
	links[s] = link{None, l.head}
	if l.head == None {
		l.tail = s
	} else {
		links[l.head].prev = s
	}
	l.head = s
}

// remove takes s, which must be in l, out of it.
func (l *list) remove(links []link, s Slot) {
	k := links[s]
	if k.prev == None {
		l.head = k.next
	} else {
		links[k.prev].next = k.next
	}
	if k.next == None {
		l.tail = k.prev
	} else {
		links[k.next].prev = k.prev
	}
}

// reach is t, made long enough that it has a place for s.
func reach[T any](t []T, s Slot) []T {
	if int(s) < len(t) {
		return t
	}
	return extended(t, int(s)+1)
}

// extended is reach where t is too short; apart, so that reach is inlined.
func extended[T any](t []T, n int) []T {
	if n <= cap(t) {
		return t[:n] // nothing is ever cut off, so what lies there is zero
	}
	return append(t, make([]T, n-len(t))...)
}
