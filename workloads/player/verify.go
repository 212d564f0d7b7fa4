package player

import (
	"errors"
	"fmt"
	"math"

	"edgesim/results"
	"edgesim/sim/origin"
	"edgesim/workloads"
)

// body is a body being read.
type body struct {
	seen     int64 // bytes so far
	stopAt   int64 // hang up after so many; 0: read to the end
	untilEOF bool  // delimited by the end of the connection

	checked      bool // compare the bytes
	key, version uint64
	offset       int64 // of the first byte in the object
	wrongAt      int64 // in the object; -1: nowhere yet
}

// begin makes ready for the body of the response whose header c has read.
// length is its Content-Length, negative when unknown.
func (b *body) begin(c *conn, length int64) {
	b.wrongAt = -1
	if c.req.Abort > 0 {
		if length < 0 && c.answer.ranged {
			length = c.answer.last - c.answer.first + 1
		} else if length < 0 {
			length = c.object.Size
		}
		b.stopAt = int64(math.Ceil(float64(c.req.Abort) * float64(length)))
		if b.stopAt >= length { // nothing would be left to refuse
			b.stopAt = length - 1
		}
		b.stopAt = max(b.stopAt, 0)
	}
	if c.comparable() && c.answer.tagged {
		b.checked = true
		b.key, b.version = c.object.Key, c.answer.version
		if c.rec.Status == 206 {
			b.offset = c.answer.first
		}
	}
}

// see looks at the next piece of the body and returns how much of it the
// viewer takes.
func (b *body) see(piece []byte) (int, error) {
	var err error
	if left := b.stopAt - b.seen; b.stopAt > 0 && int64(len(piece)) >= left {
		piece, err = piece[:left], errHungUp
	}
	if b.checked && b.wrongAt < 0 {
		if i := origin.Check(piece, b.key, b.version, b.offset+b.seen); i >= 0 {
			b.wrongAt = b.offset + b.seen + int64(i)
		}
	}
	b.seen += int64(len(piece))
	return len(piece), err
}

// comparable reports whether the response has what a simulated origin's object
// must look like: errors and answers to other methods have not.
func (c *conn) comparable() bool {
	return c.player.cfg.Verify && (c.rec.Status == 200 || c.rec.Status == 206) &&
		(c.req.Method == workloads.GET || c.req.Method == workloads.HEAD)
}

// judge says whether the response was the one asked for. whole is whether it
// was read to its end.
func (c *conn) judge(whole bool) (results.Fault, error) {
	if a := &c.answer; c.player.cfg.Verify && c.rec.Status == 304 && a.tagged && a.key != c.object.Key {
		c.rec.Flags |= results.Unverified
		return results.FaultBody, fmt.Errorf("the 304 is about object %016x, asked for was %016x", a.key, c.object.Key)
	}
	if !c.comparable() {
		return results.NoFault, nil
	}
	if err := c.wrong(whole); err != nil {
		c.rec.Flags |= results.Unverified
		return results.FaultBody, err
	}
	if whole {
		c.player.verified.Add(1)
	}
	return results.NoFault, nil
}

// wrong is what is wrong with the response, if anything.
func (c *conn) wrong(whole bool) error {
	a, b, size := &c.answer, &c.body, c.object.Size
	switch {
	case !a.tagged:
		return errors.New("no ETag of a simulated origin: its bytes cannot be known")
	case a.key != c.object.Key:
		return fmt.Errorf("the ETag is of object %016x, asked for was %016x", a.key, c.object.Key)
	case b.checked && b.wrongAt >= 0:
		return fmt.Errorf("byte %d of the object (version %d) is wrong", b.wrongAt, a.version)
	}
	first, last := int64(0), size-1
	if c.rec.Status == 206 {
		if first, last = c.asked(); !a.ranged || a.first != first || a.last != last || a.complete >= 0 && a.complete != size {
			return fmt.Errorf("bytes %d-%d/%d came, asked for were %d-%d/%d", a.first, a.last, a.complete, first, last, size)
		}
	}
	if n := last - first + 1; c.req.Method == workloads.HEAD {
		if c.rec.ContentLength >= 0 && c.rec.ContentLength != n {
			return fmt.Errorf("Content-Length is %d, the object has %d", c.rec.ContentLength, n)
		}
	} else if whole && b.seen != n {
		return fmt.Errorf("the body has %d bytes, right are %d", b.seen, n)
	}
	return nil
}

// asked is the part of the object that the request's Range names (RFC 9110
// §14.1.2); an unasked 206 is compared with the empty range -1 to -1.
func (c *conn) asked() (first, last int64) {
	r, size := c.req.Range, c.object.Size
	switch {
	case r.Length <= 0:
		return -1, -1
	case r.First < 0:
		return max(size-r.Length, 0), size - 1
	}
	return r.First, min(r.First+r.Length, size) - 1
}
