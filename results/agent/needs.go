package agent

import (
	"regexp/syntax"
	"strings"
)

// needs are texts, in small letters, of which at least one is in every line that
// an expression matches, its letters made small; none: nothing is known. Most lines have none of an expression's, so
// that it need not be run.
type needs []need

type need struct {
	text string
	bit  uint16 // of its first three bytes in grams
}

// line is a User-Agent made ready to be looked through.
type line struct {
	text  string
	low   string // its letters made small
	grams grams  // of low
}

// mostRead is how much of a User-Agent is read: expressions take longer the more
// there is, and none that a browser sends is half as long.
const mostRead = 1024

func lineOf(userAgent string) *line {
	userAgent = userAgent[:min(len(userAgent), mostRead)]
	l := &line{text: userAgent, low: lower(userAgent)}
	for i := 0; i+gramLen <= len(l.low); i++ {
		bit := gramAt(l.low[i:])
		l.grams[bit/64] |= 1 << (bit % 64)
	}
	return l
}

// grams is the set of all three bytes in a row of a line, each by 12 bits of a
// hash: a text of which the line lacks the first three bytes is not in it.
type grams [1 << gramBits / 64]uint64

const (
	gramBits = 12
	gramLen  = 3
)

// gramAt spreads three bytes by the high bits of a product with the golden
// ratio.
func gramAt(s string) uint16 {
	gram := uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16
	return uint16(gram * 0x9E3779B1 >> (32 - gramBits))
}

// has reports whether one of the texts is in the line.
func (l *line) has(texts needs) bool {
	for i := range texts {
		t := &texts[i]
		if len(t.text) >= gramLen && l.grams[t.bit/64]>>(t.bit%64)&1 == 0 {
			continue
		}
		if strings.Contains(l.low, t.text) {
			return true
		}
	}
	return false
}

// needsOf reads them off a valid expression.
func needsOf(expr string) needs {
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		panic("agent: " + err.Error())
	}
	return textsOf(required(tree)...)
}

// textsOf are texts in small letters, made ready to be looked for.
func textsOf(texts ...string) needs {
	var n needs
	for _, text := range texts {
		w := need{text: text}
		if len(text) >= gramLen {
			w.bit = gramAt(text)
		}
		n = append(n, w)
	}
	return n
}

// lower makes the letters of ASCII small, byte by byte, so that it does the same
// to a text within a line as to the text alone.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
