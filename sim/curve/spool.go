package curve

import (
	"encoding/binary"
	"fmt"
	"os"
	"sync"
)

// spool keeps blocks of at most batchSize words: in memory until that is used up,
// then in a temporary file that has no name.
type spool struct {
	memory int64      // bytes left
	blocks [][]uint64 // nil: in the file
	file   *os.File
	bytes  []byte    // of one block that is being put
	read   sync.Pool // of *[blockBytes]byte: several may get at a time
}

const blockBytes = batchSize * 8

// put keeps words as block i, in any order of blocks.
func (s *spool) put(i int, words []uint64) error {
	for len(s.blocks) <= i {
		s.blocks = append(s.blocks, nil)
	}
	if size := int64(len(words)) * 8; size <= s.memory {
		s.memory -= size
		s.blocks[i] = append(make([]uint64, 0, len(words)), words...)
		return nil
	}
	if err := s.open(); err != nil {
		return err
	}
	s.bytes = s.bytes[:0]
	for _, w := range words {
		s.bytes = binary.LittleEndian.AppendUint64(s.bytes, w)
	}
	if _, err := s.file.WriteAt(s.bytes, int64(i)*blockBytes); err != nil {
		return fmt.Errorf("keeping the trace in a temporary file: %w", err)
	}
	return nil
}

func (s *spool) open() error {
	if s.file != nil {
		return nil
	}
	f, err := os.CreateTemp("", "edgesim-trace-")
	if err != nil {
		return fmt.Errorf("keeping the trace in a temporary file: %w", err)
	}
	_ = os.Remove(f.Name()) // it lives as long as it is open; where that is not allowed close removes it
	s.file = f
	return nil
}

// get is block i, of n words; buf may hold it. Any number may get while nobody puts.
func (s *spool) get(i, n int, buf []uint64) ([]uint64, error) {
	if s.blocks[i] != nil {
		return s.blocks[i], nil
	}
	block, _ := s.read.Get().(*[blockBytes]byte)
	if block == nil {
		block = new([blockBytes]byte)
	}
	defer s.read.Put(block)
	if _, err := s.file.ReadAt(block[:n*8], int64(i)*blockBytes); err != nil {
		return nil, fmt.Errorf("reading the trace back from a temporary file: %w", err)
	}
	buf = buf[:0]
	for at := 0; at < n*8; at += 8 {
		buf = append(buf, binary.LittleEndian.Uint64(block[at:]))
	}
	return buf, nil
}

func (s *spool) close() error {
	s.blocks = nil
	if s.file == nil {
		return nil
	}
	_ = os.Remove(s.file.Name())
	return s.file.Close()
}
