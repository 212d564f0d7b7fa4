package main

import (
	"sync"
	"time"
)

// pace is how many requests there are in a second, over the last ten.
type pace struct {
	mu    sync.Mutex
	at    [11]time.Time
	count [11]int64
	n     int // samples so far
}

// note takes how many there have been by now, once a second.
func (p *pace) note(now time.Time, count int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at[p.n%len(p.at)], p.count[p.n%len(p.at)] = now, count
	p.n++
}

// rate is requests per second; 0 before there are two samples.
func (p *pace) rate() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.n < 2 {
		return 0
	}
	last, first := (p.n-1)%len(p.at), max(0, p.n-len(p.at))%len(p.at)
	return float64(p.count[last]-p.count[first]) / p.at[last].Sub(p.at[first]).Seconds()
}
