package player

import (
	"cmp"
	"context"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// loop is the quick way to play on plain TCP (docs/adr/0040): one thread has a
// schedule and its connections, and waits for the next intended time and for
// whatever is answered in one system call. Answers that are short and come whole it
// reads itself. Everything else, connecting, long bodies, chunks, trouble, it gives
// to a goroutine that goes the ordinary way of conn.play, and takes the connection
// back when that is done.
type loop struct {
	sched  *schedule
	conns  []*conn
	hard   context.Context
	epoll  int
	bell   int // an eventfd that wakes the loop
	events [256]unix.EpollEvent
	until  unix.Timespec // of poll

	idle line
	busy int  // how many connections have a request in flight
	over bool // the schedule is

	stamps bool // the system notes when answers come
	short  int  // answers in a row that the loop has read itself, which came whole and with the system's word on when
	dozed  int  // how often in a row it did not wait for answers
	away   int  // how many requests goroutines have

	mu       sync.Mutex
	back     []*conn     // those whose goroutines are done
	taken    []*conn     // room for the next ones
	returned atomic.Bool // there is somebody in back
	sleeping atomic.Bool
}

// Places of events that belong to no connection.
const bellPlace = -1

// mostQuick is how long a request may be that the loop sends itself, in bytes: an
// idle socket takes so much at once.
const mostQuick = 8 << 10

// newLoop is nil where the system has not what it takes.
func newLoop(s *schedule, conns []*conn) *loop {
	l := &loop{sched: s, conns: conns, epoll: -1, bell: -1, stamps: !s.closed}
	var err error
	if l.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil
	}
	if l.bell, err = unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC); err == nil {
		err = unix.EpollCtl(l.epoll, unix.EPOLL_CTL_ADD, l.bell, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: bellPlace})
	}
	if _, errno := l.poll(0); err != nil || errno != 0 { // epoll_pwait2 is of Linux 5.11
		l.close()
		return nil
	}
	l.idle.room = make([]*conn, len(conns))
	for i, c := range conns {
		c.loop, c.place, c.ready = l, int32(i), make(chan struct{}, 1)
		l.idle.push(c)
	}
	return l
}

func (l *loop) close() {
	unix.Close(l.epoll)
	if l.bell >= 0 {
		unix.Close(l.bell)
	}
}

// run plays until the schedule is over and everything is answered. The thread's
// timers are made exact, for which it is the loop's alone; it ends with it.
func (l *loop) run(hard context.Context) {
	runtime.LockOSThread()
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0) // 50 µs otherwise
	l.hard = hard
	for {
		wait := l.start()
		if l.over && l.busy == 0 {
			break
		}
		if l.mayDoze(wait) {
			doze(wait)
			l.start()
			l.dozed++
			wait = 0
		} else {
			l.dozed = 0
		}
		l.sleep(wait)
	}
	for _, c := range l.conns {
		c.hangUp()
		c.unpark()
	}
}

// start begins what is due as far as connections are idle. It returns how long
// until the next one is, or noTimeout when there is nothing to wait for but answers.
func (l *loop) start() time.Duration {
	s := l.sched
	for l.idle.n > 0 && !l.over {
		c := l.idle.first()
		over := !s.fill()
		if !over {
			var wait time.Duration
			if wait, over = s.due(c); wait > 0 {
				return wait
			}
		}
		if over {
			s.end()
			l.over = true
			break
		}
		l.idle.pop()
		l.busy++
		l.begin(c)
	}
	return noTimeout
}

// begin sends the request that c was given.
func (l *loop) begin(c *conn) {
	c.begin()
	if c.net == nil || c.slow || c.left > 0 || len(c.out) > mostQuick {
		l.giveAway(c)
		return
	}
	n, err := c.net.Write(c.out)
	if c.sent = n; err != nil {
		if err != errAgain {
			c.sent = 0 // all of it is written again, and fails again, if need be
		}
		l.giveAway(c)
		return
	}
	c.flying, c.need, c.pieces = true, 0, false
}

// giveAway lets a goroutine go on with c's request.
func (l *loop) giveAway(c *conn) {
	c.flying, c.away, c.last, c.heading.plain = false, true, 0, false
	l.away++
	l.short = 0
	go l.playAway(c)
}

func (l *loop) playAway(c *conn) {
	c.play(l.hard)
	l.mu.Lock()
	l.back = append(l.back, c)
	l.mu.Unlock()
	l.returned.Store(true)
	if l.sleeping.Load() {
		l.ring()
	}
}

// takeBack makes those idle whose goroutines are done.
func (l *loop) takeBack() {
	l.returned.Store(false)
	l.mu.Lock()
	l.taken, l.back = l.back, l.taken[:0]
	l.mu.Unlock()
	for _, c := range l.taken {
		c.away = false
		l.away--
		c.listen()
		l.rest(c)
	}
}

// rest makes c idle, or gives it what is due at once. It is free from the moment on
// at which its answer had come.
func (l *loop) rest(c *conn) {
	l.busy--
	if c.since = c.last; c.since == 0 {
		c.since = l.sched.now()
	}
	l.idle.push(c)
	l.start()
}

// sleep waits for events, at most so long or, with noTimeout, for ever, and deals
// with them.
func (l *loop) sleep(wait time.Duration) {
	l.sleeping.Store(true)
	if l.returned.Load() {
		wait = 0
	}
	n, _ := l.poll(wait)
	l.sleeping.Store(false)
	for i := range n {
		l.deal(&l.events[i])
	}
	if l.returned.Load() {
		l.takeBack()
	}
}

// deal deals with one event. Some are of sockets that have been closed since, whose
// numbers others have now: a socket with nothing to say is left alone.
func (l *loop) deal(e *unix.EpollEvent) {
	if e.Fd == bellPlace {
		var count [8]byte
		_, _ = unix.Read(l.bell, count[:])
		return
	}
	c := l.conns[e.Fd]
	gone := e.Events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0
	switch {
	case c.away:
		select {
		case c.ready <- struct{}{}:
		default:
		}
	case int(e.Pad) != c.target:
		c.checkParked(int(e.Pad))
	case c.flying:
		l.read(c, gone)
	default:
		c.listen()
	}
}

// listen closes an idle connection that has been closed by the server, or says more
// than it was asked.
func (c *conn) listen() {
	if c.net == nil {
		return
	}
	if _, err := c.in.Peek(1); err != errAgain {
		c.hangUp()
	}
}

// checkParked closes a socket that waits for its turn if it has been closed by the
// server, or has something to say.
func (c *conn) checkParked(target int) {
	p := &c.parked[target]
	if p.net == nil {
		return
	}
	var one [1]byte
	if n, err := p.net.Read(one[:]); n > 0 || err != errAgain {
		_ = p.net.Close()
		*p = parked{}
	}
}

// read reads what has come of c's answer. gone: nothing will come after that.
func (l *loop) read(c *conn, gone bool) {
	had := c.in.Buffered()
	_, err := c.in.Peek(had + 1)
	has := c.in.Buffered()
	if has > had {
		c.last = l.arrival(c)
		if c.came == 0 {
			c.came = c.last
		}
	}
	v := partial
	if has > 0 {
		v = c.look()
	}
	switch {
	case v == whole:
		c.flying = false
		if l.short++; c.net.(*socket).stamp == 0 {
			l.short = 0
		}
		c.end(c.receive())
		if gone {
			c.hangUp()
		}
		l.rest(c)
	case has == 0 && err != nil && err != errAgain:
		c.broken = err
		l.giveAway(c)
	case v == beyond || gone:
		l.giveAway(c)
	case has > had:
		l.short = 0
	}
}

// arrival is when what was read last from c came.
func (l *loop) arrival(c *conn) time.Duration {
	s, sched := c.net.(*socket), l.sched
	if s.stamp == 0 {
		return sched.now()
	}
	now := time.Now()
	at := now.Sub(sched.epoch)
	if age := time.Duration(now.UnixNano() - s.stamp); age > 0 && at-age > c.start {
		at -= age
	}
	return at // a clock that is set meanwhile is no measure
}

// ring wakes the loop.
func (l *loop) ring() {
	one := [8]byte{1}
	_, _ = unix.Write(l.bell, one[:])
}

// A loop is the schedule's alarm in so far as it can be interrupted; it waits by
// itself.
func (l *loop) wait(time.Duration) { panic("player: nobody else waits where a loop plays") }
func (l *loop) interrupt()         { l.ring() }

// adopt takes a new connection's socket over from Go's runtime.
func (l *loop) adopt(c *conn, n net.Conn) (link, error) {
	defer n.Close()
	raw, err := n.(*net.TCPConn).SyscallConn()
	if err != nil {
		return nil, err
	}
	own := -1
	ctlErr := raw.Control(func(fd uintptr) { own, err = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0) })
	if ctlErr != nil || err != nil {
		return nil, cmp.Or(ctlErr, err)
	}
	s := newSocket(c, own, l.stamps)
	const all = unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLRDHUP | unix.EPOLLET
	if err := unix.EpollCtl(l.epoll, unix.EPOLL_CTL_ADD, s.fd, &unix.EpollEvent{Events: all & 0xffffffff, Fd: c.place, Pad: int32(c.target)}); err != nil {
		unix.Close(s.fd)
		return nil, err
	}
	return s, nil
}
