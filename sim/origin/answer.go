package origin

import "time"

// Fault is what goes wrong with an answer on its way, beside its status.
type Fault uint8

const (
	NoFault  Fault = iota
	Reset          // the connection is reset before the first byte of the response
	Truncate       // the body breaks off at FaultAt
	Refuse         // the connection is not taken
	Hang           // nothing comes until Until
)

// Answer is what the origin does with one request for an object that is there.
type Answer struct {
	Status    int           // 200, or the error answered in its place: 500 or 503
	FirstByte time.Duration // from the start of service to the first byte of the response
	Curve     Curve         // how the body follows
	Fault     Fault
	FaultAt   float64       // Truncate: the share of the body that is still sent, below 1
	Until     time.Duration // Hang: when the outage ends, since the epoch; the request is then asked about again, as the same attempt
	Cacheable bool          // not one of the uncacheable share
}

// What chance decides, each with draws of its own.
const (
	drawFirstByte uint64 = iota + 1
	drawError
	drawStatus
	drawReset
	drawTruncate
	drawFaultAt
	drawCacheable
)

var outageFaults = map[string]Fault{"refuse": Refuse, "hang": Hang, "error": NoFault}

// Answer is what becomes of the attempt-th request, counted from 0, for the
// object named key, arriving at a moment. The moment matters to outages only.
// Outages come first, then resets, then errors, then broken bodies.
func (m *Model) Answer(key uint64, attempt uint32, at time.Duration) Answer {
	c := &m.config
	a := Answer{
		Status:    200,
		FirstByte: m.firstByte.at(m.draw(key, attempt, drawFirstByte)),
		Curve:     Curve{Bandwidth: c.Bandwidth, Piece: int64(c.Piece), Every: c.Every},
		Cacheable: m.Cacheable(key),
	}
	if o, out := m.OutageAt(at); out {
		a.Fault = outageFaults[o.Kind]
		if a.Fault == Hang {
			a.Until = o.From + o.For
		}
		if a.Fault == NoFault {
			a.Status = 503
		}
		return a
	}
	m.mishap(&a, key, attempt)
	return a
}

func (m *Model) mishap(a *Answer, key uint64, attempt uint32) {
	c := &m.config
	switch {
	case m.draw(key, attempt, drawReset) < c.Resets:
		a.Fault = Reset
	case m.draw(key, attempt, drawError) < c.Errors:
		a.Status = 503
		if c.Kind == Server && m.draw(key, attempt, drawStatus) < 0.5 {
			a.Status = 500
		}
	case m.draw(key, attempt, drawTruncate) < c.Truncates:
		a.Fault = Truncate
		a.FaultAt = m.draw(key, attempt, drawFaultAt)
	}
}

// OutageAt is the outage at a moment; the first in the list where two overlap.
func (m *Model) OutageAt(at time.Duration) (Outage, bool) {
	for _, o := range m.config.Outages {
		if at >= o.From && at < o.From+o.For {
			return o, true
		}
	}
	return Outage{}, false
}

// Cacheable says whether the object named key is outside the uncacheable share.
func (m *Model) Cacheable(key uint64) bool {
	return m.config.Uncacheable == 0 || m.draw(key, 0, drawCacheable) >= m.config.Uncacheable
}

// CacheControl is the Cache-Control field of o's responses; empty: none.
func (m *Model) CacheControl(o Object) string {
	switch {
	case !m.Cacheable(o.Key):
		return "no-store"
	case o.CacheControl != "":
		return o.CacheControl
	}
	return m.config.CacheControl
}

// draw is uniform in (0, 1): 52 bits of a hash, and never an end of the
// interval, where a lognormal wait would be 0 or infinite.
func (m *Model) draw(key uint64, attempt uint32, what uint64) float64 {
	h := mix(mix(mix(m.config.Seed+weyl)^key) + uint64(attempt)<<8 + what)
	return (float64(h>>12) + 0.5) / (1 << 52)
}
