package player

// Content of requests: so many bytes of nothing in particular.

// filler is what is sent of it at a time.
var filler = func() (b [32 << 10]byte) {
	for i := range b {
		b[i] = "0123456789abcdefghijklmnopqrstuvwxyz+-\r\n"[i%40]
	}
	return b
}()

// content is how many bytes go with the request in flight.
func (c *conn) content() int64 {
	if !verbs[c.req.Method].body {
		return 0
	}
	return int64(c.req.Body)
}

// appendContent appends as much of the content as is sent together with the
// header, and leaves in left what remains.
func appendContent(dst []byte, left *int64) []byte {
	n := min(*left, int64(len(filler)))
	*left -= n
	return append(dst, filler[:n]...)
}

// send writes what of the request has not been written.
func (c *conn) send() error {
	if c.sent < len(c.out) {
		n, err := c.net.Write(c.out[c.sent:])
		if c.sent += n; err != nil {
			return err
		}
	}
	for left := c.left; left > 0; {
		n, err := c.net.Write(filler[:min(left, int64(len(filler)))])
		if left -= int64(n); err != nil {
			return err
		}
	}
	return nil
}
