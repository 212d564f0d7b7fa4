package logs

import (
	"github.com/zeebo/xxh3"

	"edgesim/results"
)

// brief makes records short on their way in an extract, without loss: what follows
// from the rest of a record is left out.
//
// Most logs say when a response ended, in whole seconds: At, which is that less the
// time taken, has as many digits as both together, so the end stands in its place. An
// object's name is a hash that follows from the URL as every format makes it; no
// compression finds that.
type brief struct {
	strings *results.Strings
	seeds   []uint64 // by distribution of the extract
}

func (b *brief) distribution(d distribution) {
	b.seeds = append(b.seeds, xxh3.HashString(d.domain))
}

// object is what the name follows to be; of strings that a full table lost, another.
func (b *brief) object(r *results.Record) uint64 {
	if r.URL == 0 {
		return 0
	}
	seed := uint64(0)
	if int(r.Distribution) < len(b.seeds) {
		seed = b.seeds[r.Distribution]
	}
	name := xxh3.HashStringSeed(b.strings.Get(r.URL), seed)
	if r.Query != 0 {
		name = xxh3.HashStringSeed(b.strings.Get(r.Query), name)
	}
	return name
}

func (b *brief) shorten(r *results.Record) {
	r.At = r.End()
	if r.Object == b.object(r) {
		r.Object = 0
	}
}

func (b *brief) restore(r *results.Record) {
	r.At -= r.Total
	if r.Object == 0 {
		r.Object = b.object(r)
	}
}
