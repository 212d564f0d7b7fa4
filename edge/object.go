package edge

import (
	"time"
	"unsafe"

	"edgesim/edge/cache"
	"edgesim/edge/rfc9111"
	"edgesim/results"
)

// object is a response: what an origin said and, from then on, what the cache
// knows of it. It never changes, but for its body, which may still be growing.
// A renewed response is a new object around the same body.
type object struct {
	key    string // as behavior.Rule.AppendKey made it, and what Vary added
	status int
	block  block // fields to send as they are: no hop-by-hop fields, no Content-Length, Age or our Via
	body   *body
	length int64 // of the body; -1 while it is unknown

	etag         []byte
	lastModified int64 // Unix seconds; 0: none

	stored  int64 // edge clock, ns, when the header arrived
	expires int64 // edge clock: fresh before it
	age     time.Duration
	verdict rfc9111.Verdict
	meta    rfc9111.Response

	vary   []string // field names, lower case, that select among variants
	http10 bool     // the origin speaks HTTP/1.0
	base   int      // of a variant: length of key before what Vary added; 0: it is none
	marker bool     // no response, but a note that this key's responses vary by the names in vary
	family *family  // of a marker: the variants that are kept

	// generation is part of the keys of variants, and another one after the
	// plain key was invalidated: older variants are then out of reach.
	generation int64
	coding     coding // what the edge did to the body
	onError    bool   // kept fresh for a moment only because the origin fails

	// Of objects that are kept in slices (see slices): the head has length and no
	// bytes, a slice has bytes and says where they lie.
	sliced    bool
	sliceSize int64
	mark      uint64 // part of the keys of a head's slices
	from      int64  // of a slice: where its body begins in the object

	url, query, contentType results.Sym
	ttl                     results.TTLClass
}

// objectBytes is what an object costs beside its body, its fields and its key:
// its own struct, its body's, and the pointer to it. The shard
// adds what entry and policy cost. The allocator's rounding is not in it
// (TestCapacityIsWhatMemoryCosts holds the sum against the heap).
const objectBytes = int64(unsafe.Sizeof(object{})) + int64(unsafe.Sizeof(body{})) + 8

// cost is the object's share of the cache's capacity, in bytes.
func (o *object) cost() int64 {
	return Weight(len(o.key), cap(o.block), o.body.held())
}

// oldVersion is 1 where the response came by HTTP/1.0, else 0.
func (o *object) oldVersion() int {
	if o.http10 {
		return 1
	}
	return 0
}

func (o *object) freshness() cache.Freshness {
	return cache.Freshness{Stored: o.stored, Expires: o.expires}
}

// ageAt is the object's current age at a moment of the edge's clock (RFC 9111
// §4.2.3).
func (o *object) ageAt(now int64) time.Duration {
	return o.age + time.Duration(max(0, now-o.stored))
}

// left is the freshness left: negative once the object is stale.
func (o *object) left(now int64) time.Duration {
	return o.verdict.Lifetime - o.ageAt(now)
}

// mayServeStale reports whether the object, stale since at least one moment,
// may be served while it is renewed (RFC 5861 §3).
func (o *object) mayServeStale(now int64) bool {
	v := &o.verdict
	return !v.MustRevalidate && v.StaleWhileRevalidate > 0 && -o.left(now) <= v.StaleWhileRevalidate
}

// mayServeOnError reports whether it may be served because the origin fails
// (RFC 5861 §4).
func (o *object) mayServeOnError(now int64) bool {
	v := &o.verdict
	return !v.MustRevalidate && v.StaleIfError > 0 && -o.left(now) <= v.StaleIfError
}
