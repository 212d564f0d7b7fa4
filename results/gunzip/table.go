package gunzip

import "math/bits"

// A table leads from the next bits to what they mean. Codes longer than its root have
// a table of their own behind it, and an entry leads to that:
//
//	bits 0-5    how many bits to drop: the code's and its extra bits'
//	bits 8-11   the code's bits, after which the extra bits stand; of an entry that
//	            leads on, how many bits the table behind has
//	bits 12-27  the literal; the length or distance to which extra bits add; the place
//	            of the table behind
//	bits 28-31  what it is; none of them: nothing, and the data are corrupt
const (
	isLiteral = 1 << 31
	isMatch   = 1 << 30
	leadsOn   = 1 << 29
	isEnd     = 1 << 28

	litRoot  = 11
	distRoot = 9
	maxCode  = 15 // bits (RFC 1951, section 3.2.7)
	maxLit   = 288
	maxDist  = 32

	// Two symbols at least share each table behind, so there are half as many.
	litLen  = 1<<litRoot + maxLit/2<<(maxCode-litRoot)
	distLen = 1<<distRoot + maxDist/2<<(maxCode-distRoot)
)

func valueOf(e uint32) uint32 { return e >> 12 & 0xffff }

// literals and distances are the entries of the symbols, without their codes' bits
// (RFC 1951, section 3.2.5).
var literals, distances = func() (lit [maxLit]uint32, dist [maxDist]uint32) {
	for s := range uint32(256) {
		lit[s] = isLiteral | s<<12
	}
	lit[256] = isEnd
	base := uint32(3)
	for s := uint32(257); s < 285; s++ {
		extra := uint32(0)
		if s >= 265 {
			extra = (s - 261) / 4
		}
		lit[s] = isMatch | base<<12 | extra
		base += 1 << extra
	}
	lit[285] = isMatch | 258<<12
	base = 1
	for s := range uint32(30) {
		extra := uint32(0)
		if s >= 4 {
			extra = (s - 2) / 2
		}
		dist[s] = isMatch | base<<12 | extra
		base += 1 << extra
	}
	return lit, dist
}()

// lay lays out the table of the codes with these lengths. The codes have to be as many
// as their lengths have room for, but for one of a single bit, and for none (as zlib
// takes them).
func lay(table []uint32, root uint, lens []uint8, means []uint32) bool {
	var count [maxCode + 1]int
	for _, l := range lens {
		count[l]++
	}
	count[0] = 0
	var next [maxCode + 1]uint
	code, longest := uint(0), uint(0)
	for l := uint(1); l <= maxCode; l++ {
		next[l] = code << 1
		if code = next[l] + uint(count[l]); count[l] > 0 {
			longest = l
		}
		if code > 1<<l {
			return false
		}
	}
	clear(table[:1<<root])
	if longest == 0 {
		return true
	}
	if full := code>>(maxCode-longest) == 1<<longest; !full && !(longest == 1 && count[1] == 1) {
		return false
	}
	behind := uint(1) << root
	for s, l := range lens {
		if l == 0 {
			continue
		}
		l := uint(l)
		rev := uint(bits.Reverse16(uint16(next[l]))) >> (16 - l)
		next[l]++
		if l <= root {
			spread(table[:1<<root], rev, l, means[s])
			continue
		}
		first := &table[rev&(1<<root-1)]
		if *first == 0 {
			*first = leadsOn | uint32(behind)<<12 | uint32(longest-root)<<8 | uint32(root)
			clear(table[behind : behind+1<<(longest-root)])
			behind += 1 << (longest - root)
		}
		at := uint(valueOf(*first))
		spread(table[at:at+1<<(longest-root)], rev>>root, l-root, means[s])
	}
	return true
}

// spread writes an entry wherever its code's bits lead to.
func spread(table []uint32, rev, l uint, mean uint32) {
	e := mean + uint32(l) | uint32(l)<<8
	for ; rev < uint(len(table)); rev += 1 << l {
		table[rev] = e
	}
}
