package report

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/klauspost/compress/zstd"

	"edgesim/results"
)

// A packed digest is the length of a Zstandard frame as an unsigned varint, the frame,
// and the pairs' hashes, eight bytes each with the lowest first, which nothing makes
// shorter. The frame is tables, each as its number of rows and then column by column,
// numbers as unsigned varints. What stands in it is said once, by layout, for both
// directions.

// digestMost is how long the frame may be once unpacked, in bytes.
const digestMost = 256 << 20

// coder writes numbers behind buf, or reads them from it.
type coder struct {
	buf     []byte
	reading bool
	err     error
}

var errDigestCut = errors.New("it is cut short, or longer than it says")

func (c *coder) uint(v *uint64) {
	if !c.reading {
		c.buf = binary.AppendUvarint(c.buf, *v)
		return
	}
	n, width := binary.Uvarint(c.buf)
	if width <= 0 {
		c.buf, c.err = nil, errDigestCut
		*v = 0
		return
	}
	*v, c.buf = n, c.buf[width:]
}

// whole is a number that may be below zero.
func (c *coder) whole(v *int64) {
	u := uint64(*v)<<1 ^ uint64(*v>>63)
	c.uint(&u)
	*v = int64(u>>1) ^ -int64(u&1)
}

// rows is the number of a table's rows, which have so many columns.
func rows[T any](c *coder, list *[]T, columns uint64) {
	n := uint64(len(*list))
	c.uint(&n)
	if !c.reading {
		return
	}
	if n > uint64(len(c.buf))/columns {
		c.err, n = errDigestCut, 0
	}
	*list = slices.Grow((*list)[:0], int(n))[:n]
}

type natural interface {
	~uint8 | ~uint16 | ~uint32 | ~uint64
}

// column is a number of every row. Most numbers have one byte.
func column[T any, N natural](c *coder, list []T, at func(*T) *N) {
	if c.reading {
		readColumn(c, list, at)
		return
	}
	for i := range list {
		c.buf = binary.AppendUvarint(c.buf, uint64(*at(&list[i])))
	}
}

func readColumn[T any, N natural](c *coder, list []T, at func(*T) *N) {
	buf := c.buf
	for i := range list {
		p := at(&list[i])
		if len(buf) > 0 && buf[0] < 0x80 {
			*p, buf = N(buf[0]), buf[1:]
			continue
		}
		v, width := binary.Uvarint(buf)
		if *p = N(v); width <= 0 || uint64(*p) != v {
			c.buf, c.err = nil, fmt.Errorf("row %d of %d: it is cut short, or %d is too much for %d bytes", i, len(list), v, binary.Size(*p))
			return
		}
		buf = buf[width:]
	}
	c.buf = buf
}

// sums is a number that may be large or below zero.
func sums[T any](c *coder, list []T, at func(*T) *int64) {
	for i := range list {
		c.whole(at(&list[i]))
	}
}

// moments is one that is near that of the row before.
func moments[T any](c *coder, list []T, at func(*T) *int64) {
	last := int64(0)
	for i := range list {
		p := at(&list[i])
		by := *p - last
		c.whole(&by)
		last += by
		*p = last
	}
}

// layout writes or reads all but the texts and the pairs' hashes.
func (d *digest) layout(c *coder) {
	c.whole(&d.left)
	d.layoutScopes(c)
	d.layoutCrowds(c)
	d.layoutViewers(c)
	d.layoutObjects(c)
}

func (d *digest) layoutScopes(c *coder) {
	rows(c, &d.scopes, 5)
	column(c, d.scopes, func(s *digestScope) *uint16 { return &s.distribution })
	sums(c, d.scopes, func(s *digestScope) *int64 { return &s.records })
	sums(c, d.scopes, func(s *digestScope) *int64 { return &s.first })
	sums(c, d.scopes, func(s *digestScope) *int64 { return &s.last })
	sums(c, d.scopes, func(s *digestScope) *int64 { return &s.unknown })
}

func (d *digest) layoutCrowds(c *coder) {
	rows(c, &d.crowds, 32)
	l := d.crowds
	moments(c, l, func(r *digestCrowd) *int64 { return &r.example.At })
	moments(c, l, func(r *digestCrowd) *int64 { return &r.LastAt })
	moments(c, l, func(r *digestCrowd) *int64 { return &r.LastEnd })
	for _, of := range crowdSums {
		sums(c, l, of)
	}
	column(c, l, func(r *digestCrowd) *uint16 { return &r.example.Distribution })
	column(c, l, func(r *digestCrowd) *uint16 { return &r.example.Edge })
	column(c, l, func(r *digestCrowd) *uint16 { return &r.example.Behavior })
	column(c, l, func(r *digestCrowd) *uint16 { return &r.example.Origin })
	column(c, l, func(r *digestCrowd) *uint16 { return &r.example.Status })
	column(c, l, func(r *digestCrowd) *uint16 { return &r.example.OriginAsked })
	column(c, l, func(r *digestCrowd) *results.Flags { return &r.example.Flags })
	column(c, l, func(r *digestCrowd) *results.Fault { return &r.example.Fault })
	column(c, l, func(r *digestCrowd) *results.Method { return &r.example.Method })
	column(c, l, func(r *digestCrowd) *results.Protocol { return &r.example.Protocol })
	column(c, l, func(r *digestCrowd) *results.Result { return &r.example.Response })
	column(c, l, func(r *digestCrowd) *results.Result { return &r.example.Result })
	column(c, l, func(r *digestCrowd) *results.Detail { return &r.example.Detail })
	column(c, l, func(r *digestCrowd) *results.Layer { return &r.example.Layer })
	column(c, l, func(r *digestCrowd) *results.TTLClass { return &r.example.TTL })
	column(c, l, func(r *digestCrowd) *results.Vantage { return &r.example.Vantage })
}

// crowdSums are the numbers of a crowd, and those of its example by which views look
// whether there are any.
var crowdSums = []func(*digestCrowd) *int64{
	func(r *digestCrowd) *int64 { return &r.N },
	func(r *digestCrowd) *int64 { return &r.Crowd.BytesOut },
	func(r *digestCrowd) *int64 { return &r.Crowd.BytesIn },
	func(r *digestCrowd) *int64 { return &r.Crowd.BodyBytes },
	func(r *digestCrowd) *int64 { return &r.Crowd.OriginBytes },
	func(r *digestCrowd) *int64 { return &r.Crowd.OriginSent },
	func(r *digestCrowd) *int64 { return &r.example.TTFB },
	func(r *digestCrowd) *int64 { return &r.example.Total },
	func(r *digestCrowd) *int64 { return &r.example.BytesOut },
	func(r *digestCrowd) *int64 { return &r.example.BytesIn },
	func(r *digestCrowd) *int64 { return &r.example.BodyBytes },
	func(r *digestCrowd) *int64 { return &r.example.OriginBytes },
	func(r *digestCrowd) *int64 { return &r.example.OriginSent },
}

func (d *digest) layoutViewers(c *coder) {
	rows(c, &d.agents, 5)
	sums(c, d.agents, func(a *digestAgent) *int64 { return &a.after })
	column(c, d.agents, func(a *digestAgent) *uint16 { return &a.distribution })
	moments(c, d.agents, func(a *digestAgent) *int64 { return &a.hour })
	column(c, d.agents, func(a *digestAgent) *uint32 { return &a.agent })
	sums(c, d.agents, func(a *digestAgent) *int64 { return &a.n })
	rows(c, &d.places, 7)
	column(c, d.places, func(p *digestPlace) *uint16 { return &p.distribution })
	moments(c, d.places, func(p *digestPlace) *int64 { return &p.hour })
	column(c, d.places, func(p *digestPlace) *uint8 { return &p.country[0] })
	column(c, d.places, func(p *digestPlace) *uint8 { return &p.country[1] })
	column(c, d.places, func(p *digestPlace) *results.State { return &p.state })
	sums(c, d.places, func(p *digestPlace) *int64 { return &p.n })
	sums(c, d.places, func(p *digestPlace) *int64 { return &p.bytes })
	rows(c, &d.referrers, 3)
	column(c, d.referrers, func(r *digestReferrer) *uint16 { return &r.distribution })
	column(c, d.referrers, func(r *digestReferrer) *uint32 { return &r.referrer })
	sums(c, d.referrers, func(r *digestReferrer) *int64 { return &r.n })
}

func (d *digest) layoutObjects(c *coder) {
	rows(c, &d.objects, 15)
	l := d.objects
	column(c, l, func(o *digestObject) *uint16 { return &o.distribution })
	column(c, l, func(o *digestObject) *uint32 { return &o.path })
	column(c, l, func(o *digestObject) *uint32 { return &o.query })
	column(c, l, func(o *digestObject) *uint32 { return &o.requests })
	column(c, l, func(o *digestObject) *uint32 { return &o.hits })
	column(c, l, func(o *digestObject) *uint32 { return &o.misses })
	column(c, l, func(o *digestObject) *uint32 { return &o.incomplete })
	for i := range len(objectCounts{}.status) {
		column(c, l, func(o *digestObject) *uint32 { return &o.status[i] })
	}
	column(c, l, func(o *digestObject) *uint32 { return &o.downloads })
	column(c, l, func(o *digestObject) *uint32 { return &o.downloadsRepeated })
	sums(c, l, func(o *digestObject) *int64 { return &o.bytes })
	sums(c, l, func(o *digestObject) *int64 { return &o.missBytes })
	rows(c, &d.pairs, 2)
	column(c, d.pairs, func(p *digestPair) *uint32 { return &p.object })
	column(c, d.pairs, func(p *digestPair) *uint32 { return &p.again })
	last := []*digest{d}
	column(c, last, func(d **digest) *uint32 { return &(*d).again })
}

// pack is the digest as it goes to whoever takes it; texts are its texts' in strings.
func (d *digest) pack(strings *results.Strings) []byte {
	var c coder
	n := uint64(len(d.texts))
	c.uint(&n)
	for _, sym := range d.texts {
		text := strings.Get(sym)
		n = uint64(len(text))
		c.uint(&n)
		c.buf = append(c.buf, text...)
	}
	d.layout(&c)
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
	if err != nil {
		panic("report: a packer of digests cannot be made: " + err.Error())
	}
	frame := z.EncodeAll(c.buf, nil)
	b := append(binary.AppendUvarint(nil, uint64(len(frame))), frame...)
	for i := range d.pairs {
		b = binary.LittleEndian.AppendUint64(b, d.pairs[i].pair)
	}
	return b
}

// read unpacks a digest into d, and puts its texts into strings. What d has of one
// before is room for it.
func (d *digest) read(packed []byte, strings *results.Strings) error {
	n, width := binary.Uvarint(packed)
	if width <= 0 || n > uint64(len(packed)-width) {
		return errDigestCut
	}
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(digestMost))
	if err != nil {
		return err
	}
	defer z.Close()
	c := coder{reading: true}
	if d.room, err = z.DecodeAll(packed[width:width+int(n)], d.room[:0]); err != nil {
		return err
	}
	c.buf = d.room
	d.readTexts(&c, strings)
	d.layout(&c)
	hashes := packed[width+int(n):]
	if c.err == nil && (len(c.buf) > 0 || len(hashes) != 8*len(d.pairs)) {
		c.err = errDigestCut
	}
	if c.err != nil {
		return c.err
	}
	for i := range d.pairs {
		d.pairs[i].pair = binary.LittleEndian.Uint64(hashes[8*i:])
	}
	return d.check()
}

// The texts that every digest has, without saying so.
var commonTexts = []results.Sym{0, results.Overflow}

func (d *digest) readTexts(c *coder, strings *results.Strings) {
	var n, length uint64
	c.uint(&n)
	d.texts = append(d.texts[:0], commonTexts...)
	for ; n > 0 && c.err == nil; n-- {
		if c.uint(&length); length > uint64(len(c.buf)) {
			c.err = errDigestCut
			return
		}
		d.texts = append(d.texts, strings.Bytes(c.buf[:length]))
		c.buf = c.buf[length:]
	}
}

// check refuses numbers that no Digester gives.
func (d *digest) check() error {
	texts, most := uint32(len(d.texts)), uint32(0)
	for i := range d.agents {
		most = max(most, d.agents[i].agent)
	}
	for i := range d.referrers {
		most = max(most, d.referrers[i].referrer)
	}
	for i := range d.objects {
		o := &d.objects[i]
		if most = max(most, o.path, o.query); o.requests >= spillAt {
			return fmt.Errorf("%d requests for an object; right are fewer than %d", o.requests, spillAt)
		}
	}
	if most >= texts {
		return fmt.Errorf("text %d of %d", most, texts)
	}
	for i := range d.crowds {
		r := &d.crowds[i].example
		if r.Response >= results.Results || r.Result >= results.Results || r.Layer >= results.Layers || r.Detail >= results.Details ||
			r.Method >= results.Methods || r.Vantage >= results.Vantages || r.Protocol >= results.Protocols || r.TTL >= results.TTLClasses || r.Fault >= results.Faults {
			return errors.New("a kind that this version does not know")
		}
	}
	for i := range d.pairs {
		if n := d.pairs[i].object; int64(n) >= int64(len(d.objects)) {
			return fmt.Errorf("object %d of %d", n, len(d.objects))
		}
	}
	return d.checkHours()
}

// checkHours refuses times that nanoseconds cannot say.
func (d *digest) checkHours() error {
	const most = math.MaxInt64 / int64(3600e9)
	for i := range d.agents {
		if h := d.agents[i].hour; h > most || h < -most {
			return fmt.Errorf("hour %d since 1970", h)
		}
	}
	for i := range d.places {
		if h := d.places[i].hour; h > most || h < -most || d.places[i].state >= results.States {
			return fmt.Errorf("hour %d since 1970, or state %d", h, d.places[i].state)
		}
	}
	return nil
}
