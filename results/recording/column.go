package recording

import (
	"encoding/binary"
	"errors"
	"unsafe"

	"edgesim/results"
)

// column is one field of a record as a number.
type column struct {
	get   func(*results.Record) uint64
	set   func(*results.Record, uint64)
	fill  func(recs []results.Record, v []uint64) // set for each of the records
	delta bool                                    // written as the difference from the record before
}

// where is how far a field lies from the record's beginning: with it, filling a
// column of many records calls nothing.
func where[T any](at func(*results.Record) *T) uintptr {
	var r results.Record
	return uintptr(unsafe.Pointer(at(&r))) - uintptr(unsafe.Pointer(&r))
}

// fieldAt is the field of a record that lies so far from its beginning.
func fieldAt[T any](r *results.Record, offset uintptr) *T {
	return (*T)(unsafe.Add(unsafe.Pointer(r), offset))
}

// signed is a column of a field that may be negative: small numbers of either sign
// are small.
func signed(delta bool, at func(*results.Record) *int64) column {
	offset := where(at)
	return column{
		get: func(r *results.Record) uint64 { return zigzag(*at(r)) },
		set: func(r *results.Record, v uint64) { *at(r) = unzigzag(v) },
		fill: func(recs []results.Record, v []uint64) {
			for i := range recs {
				*fieldAt[int64](&recs[i], offset) = unzigzag(v[i])
			}
		},
		delta: delta,
	}
}

func zigzag(v int64) uint64   { return uint64(v)<<1 ^ uint64(v>>63) }
func unzigzag(v uint64) int64 { return int64(v>>1) ^ -int64(v&1) }

// plain is a column of a field without a sign.
func plain[T ~uint8 | ~uint16 | ~uint32 | ~uint64](delta bool, at func(*results.Record) *T) column {
	offset := where(at)
	return column{
		get: func(r *results.Record) uint64 { return uint64(*at(r)) },
		set: func(r *results.Record, v uint64) { *at(r) = T(v) },
		fill: func(recs []results.Record, v []uint64) {
			for i := range recs {
				*fieldAt[T](&recs[i], offset) = T(v[i])
			}
		},
		delta: delta,
	}
}

// columns are all of a record, in the order of the file: format 2. Format 1 lacks
// the fault. A field that Record gets goes behind them, and makes it format 3.
var columns = []column{
	signed(true, func(r *results.Record) *int64 { return &r.At }),
	signed(false, func(r *results.Record) *int64 { return &r.Lag }),
	signed(false, func(r *results.Record) *int64 { return &r.TTFB }),
	signed(false, func(r *results.Record) *int64 { return &r.Total }),
	signed(false, func(r *results.Record) *int64 { return &r.OriginTTFB }),
	signed(false, func(r *results.Record) *int64 { return &r.OriginTotal }),
	plain(true, func(r *results.Record) *uint64 { return &r.ID }),
	plain(false, func(r *results.Record) *uint64 { return &r.Object }),
	signed(false, func(r *results.Record) *int64 { return &r.BytesOut }),
	signed(false, func(r *results.Record) *int64 { return &r.BytesIn }),
	signed(false, func(r *results.Record) *int64 { return &r.BodyBytes }),
	signed(false, func(r *results.Record) *int64 { return &r.OriginBytes }),
	signed(false, func(r *results.Record) *int64 { return &r.OriginSent }),
	signed(false, func(r *results.Record) *int64 { return &r.ContentLength }),
	signed(false, func(r *results.Record) *int64 { return &r.RangeStart }),
	signed(false, func(r *results.Record) *int64 { return &r.RangeEnd }),
	addr(0), addr(8),
	plain(false, func(r *results.Record) *results.Sym { return &r.Host }),
	plain(false, func(r *results.Record) *results.Sym { return &r.URL }),
	plain(false, func(r *results.Record) *results.Sym { return &r.Query }),
	plain(false, func(r *results.Record) *results.Sym { return &r.Referrer }),
	plain(false, func(r *results.Record) *results.Sym { return &r.Agent }),
	plain(false, func(r *results.Record) *results.Sym { return &r.Cookie }),
	plain(false, func(r *results.Record) *results.Sym { return &r.Forwarded }),
	plain(false, func(r *results.Record) *results.Sym { return &r.ContentType }),
	plain(false, func(r *results.Record) *uint16 { return &r.Distribution }),
	plain(false, func(r *results.Record) *uint16 { return &r.Edge }),
	plain(false, func(r *results.Record) *uint16 { return &r.Behavior }),
	plain(false, func(r *results.Record) *uint16 { return &r.Origin }),
	plain(false, func(r *results.Record) *uint16 { return &r.Status }),
	plain(false, func(r *results.Record) *uint16 { return &r.Port }),
	plain(false, func(r *results.Record) *uint16 { return &r.OriginAsked }),
	plain(false, func(r *results.Record) *results.Flags { return &r.Flags }),
	plain(false, func(r *results.Record) *uint8 { return &r.Country[0] }),
	plain(false, func(r *results.Record) *uint8 { return &r.Country[1] }),
	plain(false, func(r *results.Record) *results.Method { return &r.Method }),
	plain(false, func(r *results.Record) *results.Protocol { return &r.Protocol }),
	plain(false, func(r *results.Record) *results.Version { return &r.Version }),
	plain(false, func(r *results.Record) *uint8 { return &r.TLS }),
	plain(false, func(r *results.Record) *uint16 { return &r.Cipher }),
	plain(false, func(r *results.Record) *results.Result { return &r.Response }),
	plain(false, func(r *results.Record) *results.Result { return &r.Result }),
	plain(false, func(r *results.Record) *results.Detail { return &r.Detail }),
	plain(false, func(r *results.Record) *results.Layer { return &r.Layer }),
	plain(false, func(r *results.Record) *results.TTLClass { return &r.TTL }),
	plain(false, func(r *results.Record) *results.Vantage { return &r.Vantage }),
	plain(false, func(r *results.Record) *uint8 { return &r.Class }),
	plain(false, func(r *results.Record) *results.State { return &r.State }),
	plain(false, func(r *results.Record) *results.Fault { return &r.Fault }),
}

// addr is half of the viewer's address.
func addr(from int) column {
	return column{
		get: func(r *results.Record) uint64 { return binary.BigEndian.Uint64(r.Addr[from:]) },
		set: func(r *results.Record, v uint64) { binary.BigEndian.PutUint64(r.Addr[from:], v) },
		fill: func(recs []results.Record, v []uint64) {
			for i := range recs {
				binary.BigEndian.PutUint64(recs[i].Addr[from:], v[i])
			}
		},
	}
}

// Forms of a column in a block.
const (
	alike = 0 // one number, of all records
	each  = 1 // a number of every record
)

// appendColumn appends a column of the records: its form, and its numbers as
// unsigned varints.
func appendColumn(b []byte, c *column, recs []results.Record) []byte {
	first, same := c.get(&recs[0]), true
	for i := range recs {
		same = same && c.get(&recs[i]) == first
	}
	if same {
		return binary.AppendUvarint(append(b, alike), first)
	}
	b = append(b, each)
	last := uint64(0)
	for i := range recs {
		v := c.get(&recs[i])
		if c.delta {
			b = binary.AppendUvarint(b, zigzag(int64(v-last)))
			last = v
		} else {
			b = binary.AppendUvarint(b, v)
		}
	}
	return b
}

var errCut = errors.New("a block ends too early")

// readColumn reads a column into the records, in which it is 0, and returns what
// follows it. v is room for as many numbers.
func readColumn(b []byte, c *column, recs []results.Record, v []uint64) ([]byte, error) {
	if len(b) == 0 || b[0] > each {
		return nil, errCut
	}
	form := b[0]
	b = b[1:]
	if form == alike {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, errCut
		}
		if v != 0 {
			for i := range recs {
				c.set(&recs[i], v)
			}
		}
		return b[n:], nil
	}
	last := uint64(0)
	for i := range v {
		if len(b) > 0 && b[0] < 0x80 {
			v[i], b = uint64(b[0]), b[1:]
		} else {
			n := 0
			if v[i], n = binary.Uvarint(b); n <= 0 {
				return nil, errCut
			}
			b = b[n:]
		}
		if c.delta {
			last += uint64(unzigzag(v[i]))
			v[i] = last
		}
	}
	c.fill(recs, v)
	return b, nil
}
