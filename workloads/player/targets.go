package player

// parked is a connection to one of several targets, kept while its owner asks
// another. Nothing is under way on it: the reader is empty between requests.
type parked struct {
	net  link
	kept bool
}

// turnTo exchanges the connection for the one to another target, if that was
// made before; where it was not, the next dialling makes it.
func (c *conn) turnTo(target int) {
	if target == c.target {
		return
	}
	c.mu.Lock()
	c.parked[c.target] = parked{c.net, c.kept}
	next := &c.parked[target]
	c.net, c.kept, c.target = next.net, next.kept, target
	*next = parked{}
	c.mu.Unlock()
	if c.net != nil {
		c.wire.from = c.net
		c.in.Reset(&c.wire)
	}
}

// unpark closes what waits.
func (c *conn) unpark() {
	for _, p := range c.parked {
		if p.net != nil {
			_ = p.net.Close()
		}
	}
}

// addr is where the request in flight goes.
func (c *conn) addr() string {
	if c.parked == nil {
		return c.player.cfg.every()[0]
	}
	return c.player.cfg.Targets[c.target]
}
