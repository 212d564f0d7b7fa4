// Package recording keeps records, as they are, in a file, so that what several
// processes or machines saw of one run can be put together without loss, and any
// report made again. It knows records, names and histograms; it must never know
// who made them.
//
// A file is a Zstandard stream of a magic line and blocks. A block is a letter, the
// length of what follows as an unsigned varint, and that:
//
//	N  names, as JSON: epoch, distributions, edges, behaviors, origins, classes
//	S  strings that are new, from number 2 on: each its length as a varint, its bytes
//	R  records: their number as a varint, then every field as a column (column.go)
//	H  a histogram: length of its name as a varint, its name, its binary form
//	E  the end, empty: a file without it was cut short
//
// Names and strings stand before the records that refer to them.
package recording

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/klauspost/compress/zstd"

	"edgesim/results"
)

// Magic is a file's first line, once unpacked.
const Magic = "edgesim records 2\n"

// magic1 is that of format 1.
const magic1 = "edgesim records 1\n"

// mostOfBlock is how many records a block has at the most.
const mostOfBlock = 4096

// names is what an N block says.
type names struct {
	Epoch         time.Time              `json:"epoch"`
	Distributions []results.Distribution `json:"distributions"`
	Edges         []results.Edge         `json:"edges"`
	Behaviors     []string               `json:"behaviors"`
	Origins       []string               `json:"origins"`
	Classes       []string               `json:"classes"`
}

func namesOf(n *results.Names) names {
	return names{n.Epoch, n.EveryDistribution(), n.EveryEdge(), n.EveryBehavior(), n.EveryOrigin(), slices.Clone(n.Classes)}
}

// Writer writes records to a file. It is a results.View, used by one goroutine at a
// time; an error shows at Close.
type Writer struct {
	names *results.Names
	pack  *zstd.Encoder
	out   *bufio.Writer
	buf   []byte
	told  [5]int // sizes of the names that were written
	began bool
	texts int // strings written
	err   error
}

// NewWriter returns a writer of records that names gives meaning to.
func NewWriter(w io.Writer, n *results.Names) (*Writer, error) {
	pack, err := zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
	if err != nil {
		return nil, fmt.Errorf("packing records: %w", err)
	}
	out := bufio.NewWriterSize(pack, 64<<10)
	out.WriteString(Magic)
	return &Writer{names: n, pack: pack, out: out, texts: 2}, nil
}

// Add implements results.View.
func (w *Writer) Add(recs []results.Record) {
	for some := range slices.Chunk(recs, mostOfBlock) {
		w.addNames()
		w.addStrings()
		w.buf = binary.AppendUvarint(w.buf[:0], uint64(len(some)))
		for i := range columns {
			w.buf = appendColumn(w.buf, &columns[i], some)
		}
		w.block('R')
	}
}

func (w *Writer) addNames() {
	if w.began && w.told == w.names.Sizes() {
		return
	}
	w.began, w.told = true, w.names.Sizes()
	n := namesOf(w.names)
	var err error
	if w.buf, err = json.Marshal(n); err != nil {
		panic("recording: names are no JSON: " + err.Error())
	}
	w.block('N')
}

// mostOfStrings is how many bytes of text a block has, about.
const mostOfStrings = 1 << 20

func (w *Writer) addStrings() {
	for now := w.names.Strings.Len(); w.texts < now; {
		w.buf = w.buf[:0]
		for ; w.texts < now && len(w.buf) < mostOfStrings; w.texts++ {
			text := w.names.Strings.Get(results.Sym(w.texts))
			w.buf = binary.AppendUvarint(w.buf, uint64(len(text)))
			w.buf = append(w.buf, text...)
		}
		w.block('S')
	}
}

// block writes buf as a block.
func (w *Writer) block(letter byte) {
	if w.err != nil {
		return
	}
	w.out.WriteByte(letter)
	w.out.Write(binary.AppendUvarint(nil, uint64(len(w.buf))))
	_, w.err = w.out.Write(w.buf)
}

// AddHistogram keeps a histogram under a name.
func (w *Writer) AddHistogram(name string, h *results.Histogram) {
	w.buf = binary.AppendUvarint(w.buf[:0], uint64(len(name)))
	w.buf = append(w.buf, name...)
	w.buf = h.AppendBinary(w.buf)
	w.block('H')
}

// Close ends the file; whoever opened what it is written to closes that.
func (w *Writer) Close() error {
	w.addNames()
	w.buf = w.buf[:0]
	w.block('E')
	if err := w.out.Flush(); w.err == nil {
		w.err = err
	}
	if err := w.pack.Close(); w.err == nil {
		w.err = err
	}
	if w.err != nil {
		return fmt.Errorf("keeping records: %w", w.err)
	}
	return nil
}
