//go:build !unix

package edge

// quiet believes every connection on which nothing is buffered.
func (c *originConn) quiet() bool { return c.br.Buffered() == 0 }
