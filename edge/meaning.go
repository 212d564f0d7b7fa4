package edge

import (
	"bytes"
	"slices"
	"strconv"
)

// Two request fields that mean the same select the same variant (RFC 9111
// §4.1): white space and the division into lines mean nothing in any list, and
// in the fields of content negotiation neither do case, order, and how a weight
// is written (RFC 9110 §12.5, §12.4.2). Some origins take the order of equal
// weights for a preference, which RFC 9110 §12.5.4 warns not to rely on; who has
// such an origin switches NormalizeVary off.

// appendMeaning appends what a field's value means, in the one way to write it.
func appendMeaning(dst []byte, name string, value []byte) []byte {
	switch name {
	case "accept-encoding", "accept-language", "accept-charset":
		if out, ok := appendWeighted(dst, value); ok {
			return out
		}
	}
	return appendFolded(dst, value)
}

// appendFolded appends a field's value without the white space that means
// nothing: around it, around commas, and all but one of a run. A value with
// quoted strings is taken as it is.
func appendFolded(dst, value []byte) []byte {
	if bytes.IndexByte(value, '"') >= 0 {
		return append(dst, value...)
	}
	from, gap := len(dst), false
	for _, b := range value {
		if b == ' ' || b == '\t' {
			gap = true
			continue
		}
		if gap && b != ',' && len(dst) > from && dst[len(dst)-1] != ',' {
			dst = append(dst, ' ')
		}
		gap = false
		dst = append(dst, b)
	}
	return dst
}

// weighted is a member of such a list: its value in lower case, and its weight
// in thousandths.
type weighted struct {
	value  []byte
	weight int
}

// mostWeighted is how many members a list may have to be put in order; longer
// ones are taken as they are.
const mostWeighted = 32

// appendWeighted appends the members by falling weight and then by value. It
// reports false, and has appended nothing, when the value breaks the grammar.
func appendWeighted(dst, value []byte) ([]byte, bool) {
	var room [mostWeighted]weighted
	list, ok := readWeighted(room[:0], value)
	if !ok {
		return dst, false
	}
	slices.SortStableFunc(list, func(a, b weighted) int {
		if a.weight != b.weight {
			return b.weight - a.weight
		}
		return compareFold(a.value, b.value)
	})
	for i, m := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendLower(dst, m.value)
		if m.weight != 1000 {
			dst = strconv.AppendInt(append(dst, ';'), int64(m.weight), 10)
		}
	}
	return dst, true
}

func readWeighted(list []weighted, value []byte) ([]weighted, bool) {
	for len(value) > 0 {
		var member []byte
		member, value, _ = bytes.Cut(value, comma)
		if member = bytes.Trim(member, " \t"); len(member) == 0 {
			continue
		}
		m := weighted{member, 1000}
		if v, q, has := bytes.Cut(member, semicolon); has {
			ok := false
			if m.weight, ok = weight(bytes.Trim(q, " \t")); !ok {
				return nil, false
			}
			m.value = bytes.Trim(v, " \t")
		}
		if !isWord(m.value) || len(list) == cap(list) {
			return nil, false
		}
		list = append(list, m)
	}
	return list, true
}

// weight reads q=0.5 (RFC 9110 §12.4.2), in thousandths.
func weight(q []byte) (thousandths int, ok bool) {
	if len(q) < 3 || len(q) > len("q=0.000") || q[0]|0x20 != 'q' || q[1] != '=' {
		return 0, false
	}
	whole, rest := q[2], q[3:]
	if whole != '0' && whole != '1' || len(rest) > 0 && rest[0] != '.' {
		return 0, false
	}
	n := int(whole-'0') * 1000
	for i, scale := 1, 100; i < len(rest); i, scale = i+1, scale/10 {
		if rest[i] < '0' || rest[i] > '9' {
			return 0, false
		}
		n += int(rest[i]-'0') * scale
	}
	return n, n <= 1000
}

// isWord reports whether s can be a coding, a charset or a language range.
func isWord(s []byte) bool {
	for _, b := range s {
		if b <= ' ' || b == '"' || b == ',' || b == ';' || b == '=' || b >= 0x7f {
			return false
		}
	}
	return len(s) > 0
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

func appendLower(dst, s []byte) []byte {
	for _, b := range s {
		dst = append(dst, lower(b))
	}
	return dst
}

func compareFold(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if c := int(lower(a[i])) - int(lower(b[i])); c != 0 {
			return c
		}
	}
	return len(a) - len(b)
}

var (
	comma     = []byte(",")
	semicolon = []byte(";")
)
