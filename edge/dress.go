package edge

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"

	"edgesim/edge/behavior"
	"edgesim/results"
)

// dress is a behavior's ResponseHeaders, made ready when the site is: what to
// leave out of an object's fields as they lie, and which lines to put in.
type dress struct {
	drop  []string // removed, or set in place of the origin's
	lines block    // those set in place of the origin's
	offer []offer  // those set where the origin sends none
	cors  *corsLines

	timed bool   // Server-Timing may be asked for
	above uint64 // and goes unasked where a random number is below this
}

// offer is a field that the origin may send itself.
type offer struct {
	name string
	line block
}

// corsLines are the lines for requests from other origins.
type corsLines struct {
	*behavior.CORS
	anyone    bool
	always    block // beside Access-Control-Allow-Origin
	preflight block // with responses to OPTIONS
}

// newDress is nil where nothing is changed.
func newDress(r *behavior.ResponseHeaders) *dress {
	if len(r.Remove) == 0 && len(r.Set) == 0 && r.CORS == nil && !r.ServerTiming {
		return nil
	}
	d := &dress{drop: r.Remove, timed: r.ServerTiming, above: threshold(r.Sampling)}
	for _, h := range r.Set {
		line := block(nil).add([]byte(h.Name), []byte(h.Value))
		if h.Override {
			d.drop = append(d.drop[:len(d.drop):len(d.drop)], h.Name)
			d.lines = append(d.lines, line...)
		} else {
			d.offer = append(d.offer, offer{h.Name, line})
		}
	}
	if r.CORS != nil {
		d.cors = newCORS(r.CORS)
	}
	return d
}

// threshold is the number below which that share of all numbers lies.
func threshold(share float64) uint64 {
	if share >= 1 {
		return math.MaxUint64
	}
	return uint64(share * (1 << 63) * 2)
}

func newCORS(c *behavior.CORS) *corsLines {
	l := &corsLines{CORS: c, anyone: c.Anyone()}
	list := func(to *block, name string, values []string) {
		if len(values) > 0 {
			*to = to.add([]byte(name), []byte(strings.Join(values, ", ")))
		}
	}
	if c.AllowCredentials {
		list(&l.always, "Access-Control-Allow-Credentials", []string{"true"})
	}
	list(&l.always, "Access-Control-Expose-Headers", c.ExposeHeaders)
	list(&l.preflight, "Access-Control-Allow-Methods", c.Methods())
	list(&l.preflight, "Access-Control-Allow-Headers", c.AllowHeaders)
	if c.MaxAge > 0 {
		list(&l.preflight, "Access-Control-Max-Age", []string{strconv.FormatInt(int64(c.MaxAge/time.Second), 10)})
	}
	return l
}

// dressed appends an object's fields to an empty b as this request's viewer gets
// them. fresh: they have just come from the origin.
func (e *Edge) dressed(b block, fields block, a *ask, fresh bool) block {
	d := a.dress()
	if d == nil {
		return append(b, fields...)
	}
	cors := d.cors != nil && d.cors.concerns(a, fields)
	for rest := fields; len(rest) > 0; {
		end := bytes.IndexByte(rest, '\n') + 1
		line := rest[:end]
		rest = rest[end:]
		name := line[:bytes.IndexByte(line, ':')]
		if !d.drops(name, cors, fresh) {
			b = append(b, line...)
		}
	}
	b = d.add(append(b, d.lines...))
	if cors {
		b = d.cors.append(b, a)
	}
	return b
}

// add appends what is offered, where there is no such field.
func (d *dress) add(b block) block {
	for i := range d.offer {
		if b.get(d.offer[i].name) == nil {
			b = append(b, d.offer[i].line...)
		}
	}
	return b
}

// drops reports whether a field is left out. What the origin's Server-Timing
// says is true for its own response only.
func (d *dress) drops(name []byte, cors, fresh bool) bool {
	for _, drop := range d.drop {
		if is(name, drop) {
			return true
		}
	}
	return cors && d.cors.Override && isCORS(name) || d.timed && !fresh && is(name, "Server-Timing")
}

func isCORS(name []byte) bool {
	const head = "Access-Control-"
	return len(name) > len(head) && is(name[:len(head)], head)
}

// concerns reports whether the request is one from another origin that is
// allowed, and the response has nothing of the kind that is to stay.
func (l *corsLines) concerns(a *ask, fields block) bool {
	origin := a.sent("Origin")
	if len(origin) == 0 || !l.Allows(text(origin)) {
		return false
	}
	if l.Override {
		return true
	}
	for name := range fields.all() {
		if isCORS(name) {
			return false
		}
	}
	return true
}

func (l *corsLines) append(b block, a *ask) block {
	if l.anyone {
		b = append(b, "Access-Control-Allow-Origin: *\r\n"...)
	} else {
		b = b.add(bytesOf("Access-Control-Allow-Origin"), a.sent("Origin"))
		b = append(b, "Vary: Origin\r\n"...)
	}
	b = append(b, l.always...)
	if a.method == results.OPTIONS {
		b = append(b, l.preflight...)
	}
	return b
}

// dress is what changes the fields of this request's response; nil: nothing.
func (a *ask) dress() *dress {
	if a.route == nil {
		return nil
	}
	return a.route.dress
}

// outfit adds to a response of the edge's own what the behavior adds to every
// response. What the edge says itself stays.
func (a *ask) outfit(b block) block {
	d := a.dress()
	if d == nil {
		return b
	}
	if d.cors != nil && d.cors.concerns(a, b) {
		b = d.cors.append(b, a)
	}
	for name, value := range d.lines.all() {
		if b.get(text(name)) == nil {
			b = b.add(name, value)
		}
	}
	return d.add(b)
}
