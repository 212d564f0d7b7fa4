package player

import (
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A loop waits in two ways. A brief wait keeps the thread's processor (one of
// GOMAXPROCS): to give it back and take it again wakes Go's monitor and other
// threads, which at 20,000 requests a second costs as much as the requests do. Go's
// signals interrupt such a wait, so that a collection need not wait for it. A long
// wait gives the processor back.
const brief = time.Millisecond

// While answers come whole and the next request is due within mostDoze, the loop does
// not wake for an answer: it sleeps until the request is due, and reads after sending
// it what has come meanwhile. That is one wake-up in place of two. When it came the
// system has noted (socket.stamp), so that no latency holds the doze; only the first
// byte of an answer that a server writes in pieces counts as come with the last piece,
// if that is read with it. So one wait in lookAfter is for answers, too: a server that
// writes in pieces is noticed then, and is not dozed on.
const (
	mostDoze  = 400 * time.Microsecond
	lookAfter = 64 // dozes in a row
	shortRun  = 64 // answers in a row that were short and came whole, before the loop dozes
	noTimeout = -1
)

// lend gives Go so many processors more, for those which the loops' threads keep while
// they sleep, until it is called back.
func lend(n int) (back func()) {
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + n)
	return func() { runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) - n) }
}

// mayDoze reports whether nobody needs the loop for so long but the schedule.
func (l *loop) mayDoze(wait time.Duration) bool {
	return wait > 0 && wait <= mostDoze && l.dozed < lookAfter && l.stamps && l.short >= shortRun && l.away == 0
}

// doze sleeps, and may wake early.
func doze(d time.Duration) {
	span := unix.NsecToTimespec(int64(d))
	_, _, _ = unix.RawSyscall6(unix.SYS_CLOCK_NANOSLEEP, unix.CLOCK_MONOTONIC, 0, uintptr(unsafe.Pointer(&span)), 0, 0, 0)
}

// poll waits for events, at most so long; with noTimeout, for ever.
func (l *loop) poll(wait time.Duration) (int, unix.Errno) {
	if wait >= 0 && wait <= brief {
		return l.pwait(unix.RawSyscall6, wait)
	}
	if l.busy > 0 { // answers are soon there
		if n, errno := l.pwait(unix.RawSyscall6, brief); n > 0 || errno != 0 {
			return n, errno
		}
		if wait > brief {
			wait -= brief
		}
	}
	return l.pwait(unix.Syscall6, wait)
}

// A caller is unix.Syscall6, which gives the processor back, or unix.RawSyscall6.
type caller func(trap, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err unix.Errno)

// pwait is epoll_pwait2, whose time-out is in ns.
func (l *loop) pwait(call caller, wait time.Duration) (int, unix.Errno) {
	l.until = unix.NsecToTimespec(int64(max(wait, 0)))
	at := &l.until
	if wait < 0 {
		at = nil
	}
	n, _, errno := call(unix.SYS_EPOLL_PWAIT2, uintptr(l.epoll), uintptr(unsafe.Pointer(&l.events[0])), uintptr(len(l.events)),
		uintptr(unsafe.Pointer(at)), 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), 0
}
