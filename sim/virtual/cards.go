package virtual

import (
	"net/netip"

	"github.com/zeebo/xxh3"

	"edgesim/edge/behavior"
	"edgesim/results"
	"edgesim/workloads"
)

// What a request for an object is about is worked out once: its behavior, the
// hash of its key, its URL in records. A card takes 16 bytes.

// card is what is known of an object under one host.
type card struct {
	hash  uint64      // of the key; 0: the key depends on who asks
	url   results.Sym // path; 0: the card is not filled yet
	rule  uint8       // of the host's distribution
	class uint8       // content class, as records have it
	path  uint16      // length of the path; with the rooted bit, of the default root object's
}

// rooted is the bit of card.path that says that the default root object stands in
// the place of what was asked for. A path has less than 2^14 bytes.
const rooted = 1 << 15

func (k *card) rooted() bool { return k.path&rooted != 0 }
func (k *card) pathLen() int { return int(k.path &^ rooted) }

// mostRules is how many behaviors, the default included, a card can tell apart.
const mostRules = 256

// mostCards is how many cards are kept: 256 MiB of them. Those of a larger
// catalog are worked out anew each time.
const mostCards = 1 << 24

// desk is what is known of a host: where its requests go, and its cards.
type desk struct {
	host   []byte
	sym    results.Sym
	dist   *behavior.Compiled // nil: nobody's
	routes []*route
	first  []uint64 // of each section: the id of its first object
	lines  int      // length of the Host line

	// The clerk's alone:
	cards   [][]card         // by section, by object; nil: not kept
	keys    []int            // by rule: length of keys beside the path
	queries map[uint64]query // of a replay, by object
}

// newDesks makes a desk for every host of the catalog. Hosts of one
// distribution share their cards unless the key has the host.
func (w *world) newDesks() []desk {
	sections := len(w.catalog.Sections())
	desks := make([]desk, len(w.catalog.Hosts()))
	for i, host := range w.catalog.Hosts() {
		d := &desks[i]
		d.host, d.sym, d.queries = []byte(host), w.names.Strings.Of(host), map[uint64]query{}
		d.lines = len("Host: \r\n") + len(host)
		d.cards = make([][]card, sections)
		if dist, ok := w.site.table.Host(d.host); ok {
			d.dist, d.routes = dist, w.site.routes[dist.Index]
			d.keys = make([]int, len(d.routes))
		}
		for s := range sections {
			first, _ := w.catalog.SectionIDs(s)
			d.first = append(d.first, first)
		}
		for j := range i {
			if desks[j].dist == d.dist && d.dist != nil && !hostInKey(d.dist) {
				d.cards = desks[j].cards
				break
			}
		}
	}
	return desks
}

// rooted is the path that a request for path is about.
func (d *desk) rooted(path []byte) []byte {
	if d.dist == nil {
		return path
	}
	return d.dist.Rooted(path)
}

func hostInKey(d *behavior.Compiled) bool {
	for i := range d.Rules() {
		if r := &d.Rules()[i]; r.Key.Host || r.Keyed("host") {
			return true
		}
	}
	return false
}

// sectionOf is the section that holds an object.
func (d *desk) sectionOf(id uint64) int { return sectionAmong(d.first, id) }

// sectionAmong is the section that holds an object, by the first of each.
func sectionAmong(first []uint64, id uint64) int {
	at := len(first) - 1
	for at > 0 && first[at] > id {
		at--
	}
	return at
}

// card is the card of an object under the host.
func (c *clerk) card(d *desk, id uint64) card {
	section := d.sectionOf(id)
	list := d.cards[section]
	if list == nil {
		first, end := c.catalog.SectionIDs(section)
		if c.cardsKept+end-first > mostCards {
			return c.fill(d, id)
		}
		c.cardsKept += end - first
		list = make([]card, end-first)
		d.cards[section] = list
	}
	at := &list[id-d.first[section]]
	if at.url == 0 {
		*at = c.fill(d, id)
	}
	return *at
}

// fill works a card out.
func (c *clerk) fill(d *desk, id uint64) card {
	asked, query := c.pathOf(id)
	path := d.rooted(asked)
	k := card{url: c.names.Strings.Bytes(path), path: uint16(len(path)), class: uint8(min(c.catalog.Object(id).Class+1, 255))}
	if d.dist == nil {
		return k
	}
	if len(path) != len(asked) {
		k.path |= rooted
	}
	rule := d.dist.Route(path)
	k.rule = uint8(rule.Index)
	personal := false
	c.key = rule.AppendKey(c.key[:0], d.host, path, query, func(name string) []byte {
		value, ofViewer := fixedField(d, name)
		personal = personal || ofViewer
		return value
	})
	if !personal {
		k.hash, d.keys[rule.Index] = xxh3.Hash(c.key), len(c.key)-withLength(len(path))
	}
	return k
}

// noPart is a request for all of an object.
var noPart workloads.Range

// withLength is the bytes that a component of a key takes, its length before it.
func withLength(n int) int {
	if n < 1<<7 {
		return n + 1
	}
	return n + 2 // a path has less than 2^14 bytes
}

// fixedField is a request field that is the same for every viewer of a host;
// ofViewer: it is not, but another for each of them.
func fixedField(d *desk, name string) (value []byte, ofViewer bool) {
	switch name {
	case "host":
		return d.host, false
	case "accept-encoding": // the player sends none
		return nil, false
	case behavior.SchemeField:
		return schemeHTTP, false
	case "user-agent", "referer", "x-forwarded-for":
		return nil, true
	}
	_, generated := behavior.GeneratedOf(name)
	return nil, generated
}

var schemeHTTP = []byte("http")

// face is what is known of a viewer.
type face struct {
	addr      [16]byte
	country   [2]byte
	lines     uint16 // length of its header lines
	agent     results.Sym
	forwarded results.Sym // its address, which the player sends as X-Forwarded-For
	location  uint16      // of the viewer's edge
	bandwidth float32     // that it can take of a body, bytes/s; 0: unlimited
	rtt       int64       // ns, to that edge
	open      int64       // virtual time until which its connection is kept
}

// facesPage is how many viewers' faces are made room for at a time: those who never
// come take no room, and a face stays where it is.
const facesPage = 1 << 12

// face is what a viewer looks like.
func (c *clerk) face(viewer uint32) *face {
	page := viewer / facesPage
	if int(page) >= len(c.faces) || c.faces[page] == nil {
		c.makeRoom(page)
	}
	f := &c.faces[page][viewer%facesPage]
	if seen := &c.seen[viewer/64]; *seen>>(viewer%64)&1 == 0 {
		*seen |= 1 << (viewer % 64)
		c.meet(f, viewer)
	}
	return f
}

// makeRoom makes room for that page of faces.
func (c *clerk) makeRoom(page uint32) {
	for int(page) >= len(c.faces) {
		c.faces, c.seen = append(c.faces, nil), append(c.seen, make([]uint64, facesPage/64)...)
	}
	c.faces[page] = new([facesPage]face)
}

// meet fills the face of a viewer who has not been seen before.
func (c *clerk) meet(f *face, viewer uint32) {
	v := c.viewers.Viewer(viewer)
	*f = face{addr: v.Addr.As16(), country: v.Country, agent: c.names.Strings.Of(v.Agent)}
	n := 0
	if v.Agent != "" {
		n += len("User-Agent: \r\n") + len(v.Agent)
	}
	if v.Addr.IsValid() {
		c.path = v.Addr.AppendTo(c.path[:0])
		n += len("X-Forwarded-For: \r\n") + len(c.path)
		f.forwarded = c.names.Strings.Bytes(c.path)
	}
	f.lines = uint16(n)
	c.locate(f, viewer)
}

// locate finds the viewer's edge, and how far it is.
func (c *clerk) locate(f *face, viewer uint32) {
	home := c.far.Home(viewer, c.countries[f.country])
	location := c.far.Route(home)
	f.location = uint16(location)
	if c.apart {
		f.rtt = int64(c.far.ViewerRTT(home, location) + c.far.LastMile(viewer))
		f.bandwidth = float32(c.far.Bandwidth(viewer))
	}
}

// personalKey makes the key of a request whose key has something of the viewer.
func (w *world) personalKey(a *ask) {
	key := w.plainKey(a)
	a.hash, a.keyLen = xxh3.Hash(key), len(key)
}

// fieldsOf are the request's fields by name.
func (w *world) fieldsOf(a *ask) func(name string) []byte {
	v := w.viewers.Viewer(a.req.Viewer)
	return func(name string) []byte { return w.viewerField(a, &v, name) }
}

// viewerField is a request field as the edge sees it; nil where there is none.
func (w *world) viewerField(a *ask, v *workloads.Viewer, name string) []byte {
	switch name {
	case "user-agent":
		return present(v.Agent)
	case "referer":
		if a.req.From != 0 {
			return w.catalog.AppendReferer(nil, "http", &a.req)
		}
		return present(w.viewers.Referrers()[a.req.Referrer])
	case "x-forwarded-for":
		return present(v.Addr.String())
	}
	g, ok := behavior.GeneratedOf(name)
	if !ok {
		value, _ := fixedField(a.desk, name)
		return value
	}
	if value, ok := g.Device(behavior.DeviceOf([]byte(v.Agent))); ok {
		return []byte(value)
	}
	switch g {
	case behavior.ForwardedProto:
		return schemeHTTP
	case behavior.ViewerHTTPVersion:
		return []byte("1.1")
	case behavior.ViewerAddress:
		return present(netip.AddrPortFrom(v.Addr, 0).String())
	case behavior.ViewerCountry:
		return present(string(v.Country[:]))
	}
	return nil
}

// present is a field's value; nil where it was not sent.
func present(value string) []byte {
	if value == "" {
		return nil
	}
	return []byte(value)
}
