package origin

import (
	"math"
	"time"
)

// Curve says when the bytes of a body leave the origin, counted from the first
// byte of the response. There are three: everything at once (the zero Curve);
// a constant Bandwidth, under which byte n is out after n/Bandwidth; and
// pieces, of which the first leaves at once and each further one Every later.
type Curve struct {
	Bandwidth float64       // bytes per second; 0 unlimited
	Piece     int64         // bytes written at a time
	Every     time.Duration // from piece to piece; 0: Bandwidth decides
}

// forever is 146 years in nanoseconds, so that adding to it does not overflow.
const forever = 1 << 62

// Due is when the first n bytes are out, and no later than forever.
func (c Curve) Due(n int64) time.Duration {
	switch {
	case n <= 0:
		return 0
	case c.Every > 0:
		if pieces := time.Duration((n - 1) / c.Piece); pieces < forever/c.Every {
			return pieces * c.Every
		}
		return forever
	case c.Bandwidth > 0:
		return time.Duration(min(math.Ceil(float64(n)*1e9/c.Bandwidth), forever))
	}
	return 0
}

// Sent is how many bytes are out a while after the first byte of the response;
// it has no end, for a Curve does not know how long the body is. It is the
// inverse of Due: Sent(Due(n)) is at least n, and Due(Sent(t)) at most t.
func (c Curve) Sent(after time.Duration) int64 {
	switch {
	case after < 0:
		return 0
	case after >= forever:
		return math.MaxInt64
	case c.Every > 0:
		steps := int64(after/c.Every) + 1
		return min(steps, math.MaxInt64/c.Piece) * c.Piece
	case c.Bandwidth > 0:
		return c.sentAt(after)
	}
	return math.MaxInt64
}

// sentAt undoes the rounding of Due to whole nanoseconds, which the quotient
// alone would get wrong by a byte now and then.
func (c Curve) sentAt(after time.Duration) int64 {
	n := int64(float64(after) / 1e9 * c.Bandwidth)
	for c.Due(n+1) <= after {
		n++
	}
	for n > 0 && c.Due(n) > after {
		n--
	}
	return n
}
