package player

import (
	"cmp"
	"context"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// loop is the quick way to play on plain TCP (docs/adr/0040): one thread has all
// connections and the schedule, and waits for the next intended time and for
// whatever is answered in one system call. Answers that are short and come whole it
// reads itself. Everything else, connecting, long bodies, chunks, trouble, it gives
// to a goroutine that goes the ordinary way of conn.play, and takes the connection
// back when that is done.
type loop struct {
	player *Player
	hard   context.Context
	epoll  int
	bell   int // an eventfd that wakes the loop
	events [256]unix.EpollEvent

	idle line
	busy int  // how many connections have a request in flight
	over bool // the schedule is

	mu       sync.Mutex
	back     []*conn // those whose goroutines are done
	taken    []*conn // room for the next ones
	sleeping atomic.Bool
}

// Places of events that belong to no connection.
const bellPlace = -1

// mostQuick is how long a request may be that the loop sends itself, in bytes: an
// idle socket takes so much at once.
const mostQuick = 8 << 10

// newLoop is nil where the system has not what it takes.
func newLoop(p *Player) *loop {
	l := &loop{player: p, epoll: -1, bell: -1}
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
	l.idle.room = make([]*conn, len(p.conns))
	for i, c := range p.conns {
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
		l.sleep(wait)
	}
	for _, c := range l.player.conns {
		c.hangUp()
		c.unpark()
	}
}

// start begins what is due as far as connections are idle. It returns how long
// until the next one is, or -1 when there is nothing to wait for but answers.
func (l *loop) start() time.Duration {
	s := l.player.sched
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
	return -1
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
	c.flying, c.need = true, 0
}

// giveAway lets a goroutine go on with c's request.
func (l *loop) giveAway(c *conn) {
	c.flying, c.away = false, true
	go l.playAway(c)
}

func (l *loop) playAway(c *conn) {
	c.play(l.hard)
	l.mu.Lock()
	l.back = append(l.back, c)
	l.mu.Unlock()
	if l.sleeping.Load() {
		l.ring()
	}
}

// takeBack makes those idle whose goroutines are done.
func (l *loop) takeBack() {
	l.mu.Lock()
	l.taken, l.back = l.back, l.taken[:0]
	l.mu.Unlock()
	for _, c := range l.taken {
		c.away = false
		c.listen()
		l.rest(c)
	}
}

// rest makes c idle, or gives it what is due at once.
func (l *loop) rest(c *conn) {
	l.busy--
	c.since = l.player.sched.now()
	l.idle.push(c)
	l.start()
}

// sleep waits for events, at most so long or, with -1, for ever, and deals with
// them.
func (l *loop) sleep(wait time.Duration) {
	l.sleeping.Store(true)
	l.mu.Lock()
	if len(l.back) > 0 {
		wait = 0
	}
	l.mu.Unlock()
	n, _ := l.poll(wait)
	l.sleeping.Store(false)
	for i := range n {
		l.deal(&l.events[i])
	}
	l.takeBack()
}

// poll is epoll_pwait2, whose time-out is in ns. One that waits for nothing does
// not trouble Go's scheduler.
func (l *loop) poll(wait time.Duration) (int, unix.Errno) {
	var until unix.Timespec
	at := &until
	if until = unix.NsecToTimespec(int64(max(wait, 0))); wait < 0 {
		at = nil
	}
	call := unix.Syscall6
	if wait == 0 {
		call = unix.RawSyscall6
	}
	n, _, errno := call(unix.SYS_EPOLL_PWAIT2, uintptr(l.epoll), uintptr(unsafe.Pointer(&l.events[0])), uintptr(len(l.events)),
		uintptr(unsafe.Pointer(at)), 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), 0
}

// deal deals with one event. Some are of sockets that have been closed since, whose
// numbers others have now: a socket with nothing to say is left alone.
func (l *loop) deal(e *unix.EpollEvent) {
	if e.Fd == bellPlace {
		var count [8]byte
		_, _ = unix.Read(l.bell, count[:])
		return
	}
	c := l.player.conns[e.Fd]
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
	if has > had && c.came == 0 {
		c.came = l.player.sched.now()
	}
	v := partial
	if has > 0 {
		v = c.look()
	}
	switch {
	case v == whole:
		c.flying = false
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
	}
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
	s := &socket{c: c, fd: -1}
	ctlErr := raw.Control(func(fd uintptr) { s.fd, err = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0) })
	if ctlErr != nil || err != nil {
		return nil, cmp.Or(ctlErr, err)
	}
	const all = unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLRDHUP | unix.EPOLLET
	if err := unix.EpollCtl(l.epoll, unix.EPOLL_CTL_ADD, s.fd, &unix.EpollEvent{Events: all & 0xffffffff, Fd: c.place, Pad: int32(c.target)}); err != nil {
		unix.Close(s.fd)
		return nil, err
	}
	return s, nil
}
