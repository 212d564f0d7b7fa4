package behavior

import (
	"encoding/binary"
	"strings"
)

// AppendTarget reads back, from a key that AppendKey made, what it was made for:
// the distribution's id and, appended to dst, the path with the query as far as
// the key has one. What may follow in the key does not matter, so an edge can
// lengthen keys by variants. ok is false for text that AppendKey did not make.
func AppendTarget(dst []byte, key string) (distribution string, target []byte, ok bool) {
	distribution, key, ok = cutPart(key)
	if !ok {
		return "", dst, false
	}
	shape, key, ok := cutPart(key)
	if !ok {
		return "", dst, false
	}
	path, key, ok := cutPart(key)
	if !ok {
		return "", dst, false
	}
	dst = append(dst, path...)
	shape, hosted := strings.CutPrefix(shape, "host ")
	if hosted {
		if _, key, ok = cutPart(key); !ok {
			return "", dst, false
		}
	}
	shape, queried := strings.CutPrefix(shape, "query ")
	if !queried {
		return distribution, dst, true
	}
	target, ok = appendQuery(dst, key, strings.HasPrefix(shape, string(All)+" "))
	return distribution, target, ok
}

// appendQuery appends the query that a key goes on with: whole, or the members
// that were picked and an empty one behind them (see appendPicked).
func appendQuery(dst []byte, key string, whole bool) ([]byte, bool) {
	for sep := byte('?'); ; sep = '&' {
		part, rest, ok := cutPart(key)
		if !ok || part == "" {
			return dst, ok
		}
		dst = append(append(dst, sep), part...)
		if whole {
			return dst, true
		}
		key = rest
	}
}

// cutPart undoes appendPart.
func cutPart(key string) (part, rest string, ok bool) {
	var head [binary.MaxVarintLen64]byte
	n, used := binary.Uvarint(head[:copy(head[:], key)])
	if used <= 0 || n > uint64(len(key)-used) {
		return "", "", false
	}
	key = key[used:]
	return key[:n], key[n:], true
}
