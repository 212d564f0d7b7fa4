package player

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"

	"edgesim/results"
	"edgesim/workloads"
)

// mostStatus is the highest there is (RFC 9110, section 15).
const mostStatus = 599

// errHungUp ends a body that the viewer does not want to the end.
var errHungUp = errors.New("the viewer hung up")

// receive reads a response whose first byte has come.
func (c *conn) receive() (results.Fault, error) {
	mark := c.consumed()
	err := c.readHead()
	if err == nil {
		err = c.readBody()
	}
	c.rec.BytesOut = c.consumed() - mark
	c.rec.BodyBytes = c.body.seen
	switch {
	case err == errHungUp:
		c.rec.Flags |= results.Aborted
		c.hangUp()
		return c.judge(false)
	case err != nil:
		c.hangUp()
		kind := readKind(err, true)
		if kind != results.FaultMalformed {
			c.rec.Flags |= results.Truncated
		}
		return kind, err
	}
	if n := c.in.Buffered(); n > 0 {
		c.hangUp()
		if kind, err := c.judge(true); kind != results.NoFault {
			return kind, err
		}
		return results.FaultExcess, fmt.Errorf("%d bytes more than the response has", n)
	}
	if c.heading.closes || c.body.untilEOF || c.player.cfg.NoKeepAlive {
		c.hangUp()
	}
	c.kept = true
	return c.judge(true)
}

// readHead reads the header of the final response.
func (c *conn) readHead() error {
	c.body = body{}
	if c.heading.plain {
		c.rec.TTFB = int64(c.came) - c.rec.At
		_, _ = c.in.Discard(c.header)
	} else if err := c.readAnyHead(); err != nil {
		return err
	}
	if !c.player.answered.Load() {
		c.player.answered.Store(true)
	}
	switch status := c.heading.status; {
	case status == http.StatusNotModified && len(c.tag) == 0:
		return errors.New("a 304 to a request without conditions")
	case status > mostStatus:
		return fmt.Errorf("status %d: want 100 to %d", status, mostStatus)
	}
	c.note()
	c.player.tags.note(c.req.Object, &c.heading)
	return nil
}

// readAnyHead reads headers to that of the final response: interim ones (1xx, RFC
// 9110 §15.2) are passed over, and the first byte is the final one's.
func (c *conn) readAnyHead() error {
	for {
		if c.came == 0 {
			c.came = c.sched.now()
		}
		c.rec.TTFB = int64(c.came) - c.rec.At
		begin, _ := c.in.Peek(c.in.Buffered())
		if err := foreign(begin); err != nil {
			return err
		}
		if err := c.head.Read(c.in); err != nil {
			return c.badHead(err)
		}
		status := c.head.StatusCode()
		if status == http.StatusSwitchingProtocols {
			return errors.New("an unasked 101")
		}
		if status >= 200 {
			break
		}
		if _, err := c.in.Peek(1); err != nil {
			return unexpected(err)
		}
		c.came = 0
	}
	c.heading, c.answer = headingOf(&c.head), answer{}
	for name, value := range c.head.All() {
		c.answer.field(name, value)
	}
	return nil
}

// note puts what the header says into the record.
func (c *conn) note() {
	c.rec.Status = uint16(c.heading.status)
	if c.heading.length >= 0 {
		c.rec.ContentLength = c.heading.length
	}
	if c.answer.ranged {
		c.rec.RangeStart, c.rec.RangeEnd = c.answer.first, c.answer.last
	}
	if names := c.player.words.names; names != nil {
		c.rec.ContentType = names.Strings.Bytes(c.heading.contentType)
	}
}

// readBody reads the body to its end, or to where the viewer hangs up, as
// RFC 9112 §6.3 delimits it.
func (c *conn) readBody() error {
	status, length := c.heading.status, c.heading.length
	if c.req.Method == workloads.HEAD || status == http.StatusNoContent || status == http.StatusNotModified {
		return nil
	}
	c.body.begin(c, length)
	switch {
	case length >= 0:
		return unexpected(c.take(length))
	case length == -1:
		return unexpected(c.readChunks())
	}
	c.body.untilEOF = true
	err := c.take(math.MaxInt64)
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// unexpected makes an end of file inside a message an error of its own.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// take reads n bytes of body, through the buffer and without copying.
func (c *conn) take(n int64) error {
	for n > 0 {
		if _, err := c.in.Peek(1); err != nil {
			return err
		}
		piece, _ := c.in.Peek(int(min(n, int64(c.in.Buffered()), c.gulp())))
		took, err := c.body.see(piece)
		_, _ = c.in.Discard(took)
		if err != nil {
			return err
		}
		c.digest()
		n -= int64(took)
	}
	return nil
}

// readChunks reads a chunked body (RFC 9112 §7.1). Only the last chunk and the
// empty line after the trailers end it: a connection that closes between two
// chunks is a body cut short.
func (c *conn) readChunks() error {
	for {
		line, err := c.line()
		if err != nil {
			return err
		}
		n, err := chunkSize(line)
		if err != nil {
			return err
		}
		if n == 0 {
			return c.skipTrailers()
		}
		if err := c.take(n); err != nil {
			return err
		}
		if line, err = c.line(); err != nil {
			return err
		}
		if len(line) != 0 {
			return fmt.Errorf("chunk of %d bytes goes on with %q", n, line)
		}
	}
}

func (c *conn) skipTrailers() error {
	for {
		if line, err := c.line(); err != nil || len(line) == 0 {
			return err
		}
	}
}

// line reads up to and without CRLF.
func (c *conn) line() ([]byte, error) {
	b, err := c.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return nil, errors.New("a chunk's line is longer than 32 KiB")
	}
	if err != nil {
		return nil, err
	}
	b = b[:len(b)-1]
	if len(b) > 0 && b[len(b)-1] == '\r' {
		b = b[:len(b)-1]
	}
	return b, nil
}

// chunkSize reads the hexadecimal size before any chunk extension.
func chunkSize(line []byte) (n int64, err error) {
	i := 0
	for ; i < len(line) && i < 15; i++ {
		d := hexDigit(line[i])
		if d < 0 {
			break
		}
		n = n<<4 | int64(d)
	}
	if i == 0 || i < len(line) && line[i] != ';' && line[i] != ' ' && line[i] != '\t' {
		return 0, fmt.Errorf("chunk size %.40q is not hexadecimal", line)
	}
	return n, nil
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
