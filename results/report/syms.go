package report

import (
	"github.com/zeebo/xxh3"

	"edgesim/results"
)

// bySym remembers what was made of a string under its Sym, as long as the Sym
// means that string. The zero T stands for "not made yet".
type bySym[T comparable] struct {
	strings    *results.Strings
	make       func(sym results.Sym, text string) T
	generation uint64
	made       []T
}

func newBySym[T comparable](strings *results.Strings, make func(results.Sym, string) T) bySym[T] {
	return bySym[T]{strings: strings, make: make, generation: strings.Generation()}
}

// renew drops what belongs to another generation. The table is emptied between
// two batches of records only: once at the begin of each is enough.
func (b *bySym[T]) renew() (dropped bool) {
	g := b.strings.Generation()
	if g == b.generation {
		return false
	}
	b.generation, b.made = g, b.made[:0]
	return true
}

func (b *bySym[T]) of(sym results.Sym) T {
	var none T
	if int(sym) < len(b.made) && b.made[sym] != none {
		return b.made[sym]
	}
	return b.learn(sym)
}

func (b *bySym[T]) learn(sym results.Sym) T {
	made := b.make(sym, b.strings.Get(sym))
	if more := int(sym) + 1 - len(b.made); more > 0 {
		b.made = append(b.made, make([]T, more)...)
	}
	b.made[sym] = made
	return made
}

// hashOf is a string's 64-bit name, which outlives its Sym; never 0. Among n
// strings two share one with a probability of n² / 2^65 at most: one in 3,700 for
// a hundred million.
func hashOf(_ results.Sym, text string) uint64 { return max(xxh3.HashString(text), 1) }
