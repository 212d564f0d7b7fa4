package logs

import (
	"fmt"

	"edgesim/results"
)

// lexicon finds the value of a word in a few nanoseconds: a table in which no
// two words meet, since its multiplier was chosen so.
type lexicon[T any] struct {
	mul   uint32
	words [256]string
	value [256]T
}

// newLexicon is the lexicon of the first n values, whose words are their
// String().
func newLexicon[T interface {
	~uint8
	fmt.Stringer
}](n T) *lexicon[T] {
	words := map[string]T{}
	for v := range n {
		words[v.String()] = v
	}
	return lexiconOf(words)
}

func lexiconOf[T any](words map[string]T) *lexicon[T] {
	for mul := uint32(1); mul < 1<<20; mul += 2 {
		if l, ok := tryLexicon(mul, words); ok {
			return l
		}
	}
	panic("logs: no multiplier keeps the words apart")
}

func tryLexicon[T any](mul uint32, words map[string]T) (*lexicon[T], bool) {
	l := &lexicon[T]{mul: mul}
	for w, v := range words {
		at := l.at([]byte(w))
		if l.words[at] != "" {
			return nil, false
		}
		l.words[at], l.value[at] = w, v
	}
	return l, true
}

// at mixes a word's length with four of its letters.
func (l *lexicon[T]) at(word []byte) uint8 {
	n := len(word)
	h := uint32(word[0]) | uint32(word[n-1])<<8 | uint32(word[n/2])<<16 | uint32(word[max(n-3, 0)])<<24
	return uint8((h + uint32(n)) * (l.mul * 0x9E3779B1) >> 24)
}

func (l *lexicon[T]) find(word []byte) (T, bool) {
	if len(word) == 0 {
		var none T
		return none, false
	}
	at := l.at(word)
	return l.value[at], string(word) == l.words[at]
}

var (
	resultWords   = newLexicon(results.Results)
	detailWords   = newLexicon(results.Details)
	protocolWords = newLexicon(results.Protocols)
	versionWords  = newLexicon(results.Versions)
	ttlWords      = newLexicon(results.TTLClasses)
)
