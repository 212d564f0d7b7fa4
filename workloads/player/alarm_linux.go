package player

import (
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// fdAlarm waits for a timerfd through the runtime's network poller, which wakes
// a goroutine within tens of microseconds: an idle thread sleeps in the
// poller's system call, and an expiring timerfd ends that call by itself, where
// a Go timer is served by a rounded time-out of it.
//
// One wait costs one system call. The poller is edge-triggered, so the expiry
// need not be read away: setting the timer again starts a new count, and its
// expiry is a new edge.
type fdAlarm struct {
	file  *os.File
	raw   syscall.RawConn
	d     time.Duration
	armed bool
	step  func(fd uintptr) bool // stored so that no wait allocates a closure
}

// newAlarm returns the finest alarm that can be had.
func newAlarm() alarm {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return newGoAlarm()
	}
	a := &fdAlarm{file: os.NewFile(uintptr(fd), "timerfd")}
	a.step = a.arm
	// A file that the poller does not take has no deadlines: nothing could
	// interrupt it.
	if a.raw, err = a.file.SyscallConn(); err == nil {
		err = a.file.SetReadDeadline(time.Time{})
	}
	if err != nil {
		a.file.Close()
		return newGoAlarm()
	}
	return a
}

func (a *fdAlarm) wait(d time.Duration) {
	a.d, a.armed = max(d, 1), false
	_ = a.raw.Read(a.step) // the only error is the interruption's
}

// arm is called by RawConn.Read: once before it waits, and then it sets the
// timer; once after, and then the time is over. The timer must be set inside,
// because Read forgets an expiry from before.
func (a *fdAlarm) arm(fd uintptr) bool {
	if a.armed {
		return true
	}
	a.armed = true
	spec := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(a.d))}
	return unix.TimerfdSettime(int(fd), 0, &spec, nil) != nil
}

func (a *fdAlarm) interrupt() { _ = a.file.SetReadDeadline(time.Unix(1, 0)) }

func (a *fdAlarm) close() { a.file.Close() }
