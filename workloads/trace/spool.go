package trace

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"edgesim/results"
)

// spool keeps the records of an oracleGeneral trace until all have come, and fills
// in the next accesses.
//
// A request's next access is the one that a reader who comes from the end has seen
// last. So the file is read backwards, block by block, with a table of the objects
// seen so far, and each block is written back where it was: one pass forwards to
// write the records, one backwards to fill them in, both of them in order.
//
// The table has an entry for each object. When it would grow beyond its bound, the
// pass goes on for half of the objects alone, told by their mixed names, and the
// others have a pass of their own afterwards: memory is bounded whatever the trace,
// and a bound of a k-th of what all objects take costs about k passes.
type spool struct {
	file    *os.File
	buf     []byte // of records that are not in the file yet
	most    int    // objects in the table
	records int64
}

// nextBytes is what an object costs while next accesses are looked for: an entry of
// results.Tally with its share of the index, just after it has grown.
const nextBytes = 37

const spoolMemory = 1 << 30

// spoolBlock is how many records are read and written back at a time.
const spoolBlock = 1 << 15

func newSpool(s Sink, encode encoder) (*spool, error) {
	if _, ok := encode.(oracleWriter); !ok {
		panic("trace: a spool of other than oracleGeneral's records")
	}
	where := s.Path
	if where == standardInput {
		where = os.TempDir() + "/trace"
	}
	f, err := beside(where)
	if err != nil {
		return nil, err
	}
	memory := s.Memory
	if memory <= 0 {
		memory = spoolMemory
	}
	return &spool{file: f, most: int(max(memory/nextBytes, 1))}, nil
}

// write adds whole records.
func (s *spool) write(records []byte) error {
	s.records += int64(len(records) / oracleWidth)
	s.buf = append(s.buf, records...)
	if len(s.buf) < spoolBlock*oracleWidth {
		return nil
	}
	return s.flush()
}

func (s *spool) flush() error {
	_, err := s.file.Write(s.buf)
	s.buf = s.buf[:0]
	return err
}

// finish fills in the next accesses, copies all to w and removes the file.
func (s *spool) finish(w io.Writer) error {
	err := s.flush()
	for todo := []span{{0, math.MaxUint64}}; err == nil && len(todo) > 0; {
		some := todo[len(todo)-1]
		var rest []span
		rest, err = s.pass(some)
		todo = append(todo[:len(todo)-1], rest...)
	}
	if err == nil {
		_, err = s.file.Seek(0, io.SeekStart)
	}
	if err == nil {
		_, err = io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{s.file}, make([]byte, bufferLen))
	}
	if err != nil {
		return fmt.Errorf("trace: next accesses: %w", err)
	}
	return s.remove()
}

func (s *spool) remove() error {
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}

// span are the objects whose mixed names are from low to high, both included.
type span struct{ low, high uint64 }

func (s span) has(id uint64) bool { m := mixed(id); return m >= s.low && m <= s.high }

// mixed is another name of the object, which spreads names evenly: a multiplication
// by an odd number, the golden ratio's digits, is a bijection.
func mixed(id uint64) uint64 { return id * 0x9e3779b97f4a7c15 }

// pass fills in the next accesses of the objects of a span, or of as many of them
// as the table may hold; the others are its result.
func (s *spool) pass(some span) (rest []span, err error) {
	seen := &results.Tally[int64]{} // number of the record that a reader from the end saw last, from 1
	block := make([]byte, spoolBlock*oracleWidth)
	keys := make([]uint64, 0, 64)
	for end := s.records; end > 0; {
		begin := (end - 1) / spoolBlock * spoolBlock
		b := block[:(end-begin)*oracleWidth]
		if _, err := s.file.ReadAt(b, begin*oracleWidth); err != nil {
			return nil, err
		}
		for end > begin {
			few := min(end-begin, int64(cap(keys)))
			end -= few
			keys = keysOf(keys[:0], b[(end-begin)*oracleWidth:], int(few), some)
			seen.Fetch(keys)
			fillIn(b[(end-begin)*oracleWidth:], int(few), end, some, seen)
			for seen.Len() > s.most && some.low < some.high {
				half := some.low + (some.high-some.low)/2
				rest = append(rest, span{half + 1, some.high})
				some.high = half
				seen = only(seen, some)
			}
		}
		if _, err := s.file.WriteAt(b, begin*oracleWidth); err != nil {
			return nil, err
		}
	}
	return rest, nil
}

// keysOf are the objects of n records that are of the span.
func keysOf(keys []uint64, records []byte, n int, some span) []uint64 {
	for i := range n {
		if id := binary.LittleEndian.Uint64(records[i*oracleWidth+4:]); some.has(id) {
			keys = append(keys, id)
		}
	}
	return keys
}

// fillIn fills in the next accesses of n records, of which the first has the number
// first, from 0.
func fillIn(records []byte, n int, first int64, some span, seen *results.Tally[int64]) {
	for i := n - 1; i >= 0; i-- {
		b := records[i*oracleWidth : (i+1)*oracleWidth]
		id := binary.LittleEndian.Uint64(b[4:])
		if !some.has(id) {
			continue
		}
		last := seen.At(id)
		next := *last
		if next == 0 {
			next = -1
		}
		binary.LittleEndian.PutUint64(b[16:], uint64(next))
		*last = first + int64(i) + 1
	}
}

// only is what of a table is of the span.
func only(seen *results.Tally[int64], some span) *results.Tally[int64] {
	kept := &results.Tally[int64]{}
	for id, at := range seen.All() {
		if some.has(id) {
			*kept.At(id) = *at
		}
	}
	return kept
}
