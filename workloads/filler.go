package workloads

import (
	"math/bits"

	"edgesim/results"
)

// Filler writes into records what requests say of themselves: when, for what, to
// which host, and who asked. What it has looked up once it remembers, so that a
// record costs two reads from tables and no allocation. It is for one goroutine.
//
// It remembers every object of catalogs of up to 2^24 objects, at 4 bytes each, and
// 4 million of larger ones at 12 (of those that share a place the last);
// of viewers a quarter of a million, at 28 bytes. The texts lie in the Names'
// Strings, whose bounds hold: an URL that finds no room there is results.Overflow.
type Filler struct {
	catalog    *Catalog
	viewers    *Viewers
	strings    *results.Strings
	generation uint64

	hosts, referrers, agents []results.Sym

	objects []uint32 // by number, or its low bits: Sym of the URL, class above; 0 is not known
	ids     []uint64 // whose place it is; nil where every object has its own
	people  []person // by the low bits of the number
	path    []byte
	referer []byte
}

// person is a viewer as records have it.
type person struct {
	addr    [16]byte
	viewer  uint32 // number plus 1; 0: nobody
	agent   results.Sym
	country [2]byte
	port    uint16
}

const (
	symBits    = 24 // of a results.Sym
	mostDense  = 1 << 24
	mostShared = 1 << 22
	mostPeople = 1 << 18
)

// NewFiller makes a filler for requests of that catalog and those viewers. It
// interns in names.Strings; where those are emptied it begins anew.
func NewFiller(names *results.Names, c *Catalog, v *Viewers) *Filler {
	f := &Filler{catalog: c, viewers: v, strings: names.Strings}
	if c.Objects() <= mostDense {
		f.objects = make([]uint32, c.Objects())
	} else {
		f.objects, f.ids = make([]uint32, mostShared), make([]uint64, mostShared)
	}
	f.people = make([]person, min(1<<bits.Len32(v.Count()-1), mostPeople))
	f.intern()
	return f
}

// intern begins a generation of strings.
func (f *Filler) intern() {
	f.generation = f.strings.Generation()
	all := func(texts []string) []results.Sym {
		syms := make([]results.Sym, len(texts))
		for i, text := range texts {
			syms[i] = f.strings.Of(text)
		}
		return syms
	}
	f.hosts, f.referrers = all(f.catalog.Hosts()), all(f.viewers.Referrers())
	f.agents = make([]results.Sym, len(f.viewers.agents))
	for i, a := range f.viewers.agents {
		f.agents[i] = f.strings.Of(a.Name)
	}
	clear(f.objects)
	clear(f.people)
}

// Renew is for the begin of a batch where somebody empties the strings: it forgets
// what is of a generation that is over.
func (f *Filler) Renew() {
	if f.strings.Generation() != f.generation {
		f.intern()
	}
}

// Fill sets At, Method, Host, URL, Referrer, Class (the catalog's plus 1), Agent,
// Addr, Port and Country, and leaves all else as it is: the object's 64-bit name,
// bytes and times are for whoever answers.
func (f *Filler) Fill(rec *results.Record, req *Request) {
	rec.At = int64(req.At)
	rec.Method = results.Method(req.Method) + results.GET
	rec.Host, rec.Referrer = f.hosts[req.Host], f.referrers[req.Referrer]
	if req.From != 0 {
		f.referer = f.catalog.AppendReferer(f.referer[:0], "http", req)
		rec.Referrer = f.strings.Bytes(f.referer)
	}
	known := f.object(req.Object)
	rec.URL, rec.Class = results.Sym(known&(1<<symBits-1)), uint8(known>>symBits)
	p := &f.people[req.Viewer&uint32(len(f.people)-1)]
	if p.viewer != req.Viewer+1 {
		f.meet(p, req.Viewer)
	}
	rec.Addr, rec.Agent, rec.Country, rec.Port = p.addr, p.agent, p.country, p.port
}

// object is URL and class of the object.
func (f *Filler) object(id uint64) uint32 {
	if f.ids == nil {
		if known := f.objects[id]; known != 0 {
			return known
		}
		return f.name(id, id)
	}
	at := id & (mostShared - 1)
	if known := f.objects[at]; known != 0 && f.ids[at] == id {
		return known
	}
	f.ids[at] = id
	return f.name(at, id)
}

// name looks the object up, for its place in objects.
func (f *Filler) name(at, id uint64) uint32 {
	f.path = f.catalog.AppendPath(f.path[:0], id)
	class := uint32(min(f.catalog.Object(id).Class+1, 255))
	f.objects[at] = uint32(f.strings.Bytes(f.path)) | class<<symBits
	return f.objects[at]
}

// meet looks the viewer up. Its port is of the range for such (RFC 6335, section
// 6), and always the same.
func (f *Filler) meet(p *person, viewer uint32) {
	v := &f.viewers.order
	place := uint32(v.of(uint64(viewer)))
	c := f.viewers.countryAt(place)
	agent := f.viewers.byWeight.draw(hash(f.viewers.agentSeed, uint64(viewer)))
	*p = person{
		addr: f.viewers.addr(c, viewer, place-c.viewers).As16(), viewer: viewer + 1, agent: f.agents[agent],
		country: c.code, port: 49152 + uint16(hash(f.viewers.addrSeed^step, uint64(viewer))>>50),
	}
}
