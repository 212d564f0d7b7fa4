package player

import "time"

// alarm wakes the leader. One goroutine at a time waits.
type alarm interface {
	wait(d time.Duration) // about d, or until interrupted
	interrupt()           // ends every wait, now and later; from any goroutine
	close()
}

// goAlarm waits with Go's timers. An idle process oversleeps by up to a
// millisecond with them; under a virtual clock they are exact.
type goAlarm struct {
	timer *time.Timer
	cut   chan struct{}
}

func newGoAlarm() *goAlarm {
	a := &goAlarm{timer: time.NewTimer(time.Hour), cut: make(chan struct{}, 1)}
	a.timer.Stop()
	return a
}

func (a *goAlarm) wait(d time.Duration) {
	a.timer.Reset(d)
	select {
	case <-a.timer.C:
	case <-a.cut:
		a.interrupt()
	}
}

func (a *goAlarm) interrupt() {
	select {
	case a.cut <- struct{}{}:
	default:
	}
}

func (a *goAlarm) close() { a.timer.Stop() }
