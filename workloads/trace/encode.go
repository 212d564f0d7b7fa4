package trace

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
)

// oracleWriter writes libCacheSim's records: times in whole seconds, rounded down.
type oracleWriter struct{}

func (oracleWriter) append(dst []byte, reqs []Request) ([]byte, error) {
	for i := range reqs {
		r := &reqs[i]
		at := r.At / second
		if at < 0 || at > math.MaxUint32 {
			return dst, fmt.Errorf("a request at %d s does not fit oracleGeneral's 32 bits of seconds; right is --to csv", at)
		}
		if r.Size > math.MaxUint32 {
			return dst, fmt.Errorf("an object of %d bytes does not fit oracleGeneral's 32 bits, less than 4 GiB; right is --to csv", r.Size)
		}
		dst = binary.LittleEndian.AppendUint32(dst, uint32(at))
		dst = binary.LittleEndian.AppendUint64(dst, r.ID)
		dst = binary.LittleEndian.AppendUint32(dst, uint32(r.Size))
		dst = binary.LittleEndian.AppendUint64(dst, oracleNext(r.Next))
	}
	return dst, nil
}

// oracleNext is a next access as libCacheSim has it: counted from 1, −1 for none,
// and 0 where nobody has looked.
func oracleNext(next int64) uint64 {
	if next == Never {
		return math.MaxUint64
	}
	return uint64(next + 1)
}

// textWriter writes the columns that a format has, in the order of its form.
type textWriter struct {
	delimiter byte
	columns   []role
	header    string
	tells     Tells
	n         int64
}

func (w *textWriter) append(dst []byte, reqs []Request) ([]byte, error) {
	if w.n == 0 {
		dst = append(dst, w.header...)
	}
	for i := range reqs {
		w.n++
		for k, as := range w.columns {
			if k > 0 {
				dst = append(dst, w.delimiter)
			}
			dst = w.column(dst, as, &reqs[i])
		}
		dst = append(dst, '\n')
	}
	return dst, nil
}

func (w *textWriter) column(dst []byte, as role, r *Request) []byte {
	switch {
	case as == asID:
		return strconv.AppendUint(dst, r.ID, 10)
	case as == asSize:
		return strconv.AppendInt(dst, r.Size, 10)
	case !w.tells.Times:
		return strconv.AppendInt(dst, w.n, 10) // a sequence number, as AdaptSize's trace has
	}
	return appendSeconds(dst, r.At)
}

// appendSeconds writes ns as seconds, exactly, with as many decimals as it takes.
func appendSeconds(dst []byte, ns int64) []byte {
	dst = strconv.AppendInt(dst, ns/second, 10)
	fraction := ns % second
	if fraction == 0 {
		return dst
	}
	digits := 9
	for ; fraction%10 == 0; fraction /= 10 {
		digits--
	}
	dst = append(dst, '.')
	for least := int64(math.Pow10(digits - 1)); fraction < least; least /= 10 {
		dst = append(dst, '0')
	}
	return strconv.AppendInt(dst, fraction, 10)
}
