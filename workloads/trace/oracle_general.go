package trace

import (
	"encoding/binary"
	"math"
)

// libCacheSim's binary trace: one record a request, packed, little-endian,
//
//	0       4               12      16              24
//	+-------+---------------+-------+---------------+
//	| time  | object        | size  | next          |
//	+-------+---------------+-------+---------------+
//	  u32 s   u64             u32 B   i64
//
// next is the number, counted from 1, of the object's next request; −1, or in
// newer files 2^63−1, where there is none. A trace whose writer did not know has
// 0 there, or −1 though the object comes again.
func init() {
	register(Format{
		Name:   "oraclegeneral",
		About:  "libCacheSim's binary records of 24 bytes: time, object, size, next access",
		Tells:  Tells{Times: true, Sizes: true, Next: true},
		names:  []string{"oraclegeneral"},
		detect: detectOracleGeneral,
		tells:  func(p *parameters) (Tells, error) { return Tells{knowsTimes(p.head), true, knowsNext(p.head)}, nil },
		width:  oracleWidth,
		new: func(p *parameters) (decoder, error) {
			return &oracleGeneral{records: records{p.path, p.faults, oracleWidth, 0}, blind: !knowsNext(p.head)}, nil
		},
		write: func(Tells) encoder { return oracleWriter{} },
	})
}

const oracleWidth = 24

type oracleGeneral struct {
	records
	blind bool // nobody has looked for the next access
}

func (d *oracleGeneral) decode(data []byte, end bool, reqs []Request) (used, made int, err error) {
	n := min(len(data)/oracleWidth, len(reqs))
	if n == 0 {
		return d.rest(data, end)
	}
	empty := int64(0)
	rest := data
	for i := range reqs[:n] {
		b := rest[:oracleWidth:oracleWidth]
		rest = rest[oracleWidth:]
		size := int64(binary.LittleEndian.Uint32(b[12:]))
		if size == 0 {
			size = 1
			empty++
		}
		next := int64(binary.LittleEndian.Uint64(b[16:]))
		if next < 0 {
			next = math.MinInt64 // one less is Never
		} else if next == math.MaxInt64 {
			next = math.MinInt64
		}
		reqs[i] = Request{
			At:   int64(binary.LittleEndian.Uint32(b)) * second,
			ID:   binary.LittleEndian.Uint64(b[4:]),
			Size: size,
			Next: next - 1,
		}
	}
	d.faults.Empty += empty
	d.done += int64(n)
	if d.blind {
		forgetNext(reqs[:n])
	}
	return n * oracleWidth, n, nil
}

func forgetNext(reqs []Request) {
	for i := range reqs {
		reqs[i].Next = Unknown
	}
}

// detectOracleGeneral asks of every whole record in head: times that do not go
// back, and a next access that lies behind or is none. Zeros alone are no trace.
func detectOracleGeneral(head []byte) sureness {
	n := len(head) / oracleWidth
	if n == 0 {
		return no
	}
	last, something := uint32(0), false
	for i := range n {
		b := head[i*oracleWidth:]
		at, next := binary.LittleEndian.Uint32(b), int64(binary.LittleEndian.Uint64(b[16:]))
		if at < last || next < -1 || next > 0 && next <= int64(i+1) || next > 1<<48 && next != math.MaxInt64 {
			return no
		}
		last = at
		something = something || binary.LittleEndian.Uint64(b[4:]) != 0
	}
	return maybe.when(something)
}

// knowsTimes reports whether the times in head are more than zeros, as far as head
// goes; of a single record they may be anything.
func knowsTimes(head []byte) bool {
	n := len(head) / oracleWidth
	return n == 1 || n > 1 && binary.LittleEndian.Uint32(head[(n-1)*oracleWidth:]) > 0
}

// knowsNext reports whether the next accesses in head are filled in, and hold for
// as far as head goes. That nothing in a long head comes again is not believed: some
// writers have −1 everywhere.
func knowsNext(head []byte) bool {
	n := len(head) / oracleWidth
	last := make(map[uint64]int, n)
	told := false
	for i := range n {
		b := head[i*oracleWidth:]
		id, next := binary.LittleEndian.Uint64(b[4:]), int64(binary.LittleEndian.Uint64(b[16:]))
		if at, again := last[id]; again {
			if next := int64(binary.LittleEndian.Uint64(head[at*oracleWidth+16:])); next != int64(i+1) {
				return false
			}
		}
		last[id] = i
		told = told || next > 0 || next < 0 && len(head) < headLen
	}
	return told
}
