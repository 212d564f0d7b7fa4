package analytic

// Asked is what one origin is asked for.
type Asked struct {
	Requests float64 `json:"requests_per_s"`
	Bodies   float64 `json:"bodies_per_s"` // requests that bring one: misses, and refreshes of what has changed
	Bytes    float64 `json:"bytes_per_s"`  // of bodies
	squares  float64 // sum of bodies' sizes squared, per second
}

// Asked is what a cache asks its origins for, by Conduct.Origin.
func (c *Cache) Asked() (all []Asked) {
	for i, class := range c.pop {
		p, rate := c.parts(i), class.Count*class.Rate
		all = addAsked(all, class, rate*(p.miss+p.refresh), rate*(p.miss+p.changed))
	}
	return all
}

// Refreshes are the part of Asked that validates what is there.
func (c *Cache) Refreshes() (all []Asked) {
	for i, class := range c.pop {
		p, rate := c.parts(i), class.Count*class.Rate
		all = addAsked(all, class, rate*p.refresh, rate*p.changed)
	}
	return all
}

func addAsked(all []Asked, class Class, requests, bodies float64) []Asked {
	for len(all) <= class.Origin {
		all = append(all, Asked{})
	}
	a := &all[class.Origin]
	a.Requests += requests
	a.Bodies += bodies
	a.Bytes += bodies * class.Size
	a.squares += bodies * class.Size * class.Size
	return all
}

// Plus is what is asked for together, factor times the other.
func (a Asked) Plus(b Asked, factor float64) Asked {
	return Asked{a.Requests + factor*b.Requests, a.Bodies + factor*b.Bodies, a.Bytes + factor*b.Bytes, a.squares + factor*b.squares}
}

// Serving is how an origin serves a request: after a time to the first byte, the body
// at a bandwidth of its own. A place is held until its last byte.
type Serving struct {
	Servers      int     // how many requests are served at a time, at least 1
	FirstByte    float64 // mean seconds until the first byte
	FirstByteCV2 float64 // its squared coefficient of variation: 0 where it is always the same
	Bandwidth    float64 // bytes per second of one response; 0: at once
}

// Of is the origin under what it is asked for, as a Poisson process.
func (s Serving) Of(a Asked) Origin {
	o := Origin{Servers: s.Servers, Rate: a.Requests, Service: s.FirstByte, ArrivalsCV2: 1, ServiceCV2: s.FirstByteCV2}
	if s.Bandwidth > 0 && a.Requests > 0 {
		body := a.Bytes / a.Requests / s.Bandwidth
		square := a.squares / a.Requests / (s.Bandwidth * s.Bandwidth)
		o.Service += body
		o.ServiceCV2 = (s.FirstByteCV2*s.FirstByte*s.FirstByte + square - body*body) / (o.Service * o.Service)
	}
	return o
}
