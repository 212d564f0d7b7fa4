package player

import "edgesim/workloads"

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
func (c *conn) addr() string { return c.player.cfg.every()[c.target/c.player.names] }

// placeOf is where a request goes: its viewer's target and, where that matters to
// TLS, the name that it is for.
func (p *Player) placeOf(req *workloads.Request) (place int) {
	if len(p.cfg.Targets) > 1 {
		place = int(p.cfg.TargetOf[req.Viewer])
	}
	if p.names > 1 {
		place = place*p.names + int(req.Host)
	}
	return place
}
