package player

// line is connections that have nothing to do, the one that has waited longest
// first.
type line struct {
	room []*conn // as many as there are
	head int
	n    int
}

func (l *line) push(c *conn) {
	l.room[(l.head+l.n)%len(l.room)] = c
	l.n++
}

func (l *line) first() *conn { return l.room[l.head] }

func (l *line) pop() *conn {
	c := l.room[l.head]
	l.head = (l.head + 1) % len(l.room)
	l.n--
	return c
}
