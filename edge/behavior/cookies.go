package behavior

import (
	"bytes"
	"iter"
)

// cookiesOf are the members of a Cookie field, without the white space around
// them. Tidy ones are pairs with a name and a "=", sorted by name; cookies of
// one name stay in their order.
func cookiesOf(field []byte, tidy bool) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		var space [32][]byte // as many as most viewers have, without allocating
		list := space[:0]
		for rest := field; len(rest) > 0; {
			var member []byte
			member, rest, _ = bytes.Cut(rest, []byte{';'})
			member = bytes.Trim(member, " \t")
			switch {
			case tidy && bytes.IndexByte(member, '=') < 1:
			case tidy:
				list = insertCookie(list, member)
			case len(member) > 0 && !yield(member):
				return
			}
		}
		for _, member := range list {
			if !yield(member) {
				return
			}
		}
	}
}

// insertCookie keeps the list sorted by name. From mostSorted on cookies are
// added as they come: a field of 32 KiB must not cost the square of its length.
func insertCookie(list [][]byte, member []byte) [][]byte {
	list = append(list, member)
	if len(list) > mostSorted {
		return list
	}
	i := len(list) - 1
	for ; i > 0 && bytes.Compare(cookieName(member), cookieName(list[i-1])) < 0; i-- {
		list[i] = list[i-1]
	}
	list[i] = member
	return list
}

const mostSorted = 256

func cookieName(member []byte) []byte {
	name, _, _ := bytes.Cut(member, []byte{'='})
	return name
}
