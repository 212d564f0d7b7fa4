package player

import (
	"context"
	"math"
	"math/rand/v2"
	"time"
)

// How viewers take their time: reading slowly, and thinking.

// isSlow reports whether the viewer of c's request reads slowly: some do, always
// the same. Where nobody is known, some requests' viewers do.
func (p *Player) isSlow(c *conn) bool {
	if p.cfg.SlowShare == 0 {
		return false
	}
	who := uint64(c.req.Viewer)
	if p.cfg.Viewers == nil {
		who = c.number
	}
	who = (who + 1) * spread
	who = (who ^ who>>32) * spread
	return float64(who>>11)/(1<<53) < p.cfg.SlowShare
}

// gulpsPerSecond is how often a slow viewer reads.
const gulpsPerSecond = 20

// gulp is how much of a body the viewer takes at a time, in bytes.
func (c *conn) gulp() int64 {
	if !c.slow {
		return math.MaxInt64
	}
	return max(1, int64(c.player.cfg.SlowRate/gulpsPerSecond))
}

// digest waits until a slow viewer has taken in what he has read.
func (c *conn) digest() {
	if !c.slow {
		return
	}
	took := time.Duration(float64(c.body.seen) / c.player.cfg.SlowRate * float64(time.Second))
	if wait := c.came + took - c.sched.now(); wait > 0 {
		t := time.NewTimer(wait)
		defer t.Stop()
		<-t.C // at most a gulp's time, after which a broken connection is noticed
	}
}

// think is what passes between an answer and the next request.
func (c *conn) think(hard context.Context) {
	cfg := &c.player.cfg
	if cfg.Think == 0 {
		return
	}
	d := cfg.Think
	if !cfg.ThinkEven {
		if c.mood == nil {
			c.mood = rand.New(rand.NewPCG(cfg.ThinkSeed, c.number))
		}
		d = time.Duration(c.mood.ExpFloat64() * float64(d))
	}
	if cfg.Length > 0 {
		d = min(d, cfg.Length-c.sched.now())
	}
	t := time.NewTimer(max(d, 0))
	defer t.Stop()
	select {
	case <-t.C:
	case <-c.sched.halt:
	case <-hard.Done():
	}
}
