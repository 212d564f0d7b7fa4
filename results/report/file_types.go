package report

import (
	"strings"

	"edgesim/results"
)

// fileTypes numbers the file types that URLs end in, and remembers each URL's.
type fileTypes struct {
	strings *results.Strings
	age     uint64
	known   []uint16 // type + 1 by a URL's Sym; 0 is not known yet
	names   []string
	numbers map[string]uint16
}

const (
	// mostTypes bounds how many types are told apart: URLs are what viewers like.
	mostTypes   = 1000
	longestType = 8

	noType = "(none)"
)

func newFileTypes(s *results.Strings) fileTypes {
	t := fileTypes{strings: s, age: s.Generation(), numbers: map[string]uint16{}}
	t.number(others)
	t.number(noType)
	return t
}

// renew forgets the URLs where the table of strings was emptied.
func (t *fileTypes) renew() {
	if age := t.strings.Generation(); age != t.age {
		t.age = age
		clear(t.known)
	}
}

// of is the number of a URL's type.
func (t *fileTypes) of(url results.Sym) uint16 {
	if int(url) < len(t.known) {
		if n := t.known[url]; n > 0 {
			return n - 1
		}
	}
	n := t.number(typeOf(t.strings.Get(url)))
	if grown := int(url) + 1 - len(t.known); grown > 0 {
		t.known = append(t.known, make([]uint16, grown)...)
	}
	t.known[url] = n + 1
	return n
}

// number is the number of a type's name; that of others where there are too many.
func (t *fileTypes) number(name string) uint16 {
	if n, ok := t.numbers[name]; ok {
		return n
	}
	if len(t.names) >= mostTypes {
		return t.numbers[others]
	}
	n := uint16(len(t.names))
	name = strings.Clone(name)
	t.names, t.numbers[name] = append(t.names, name), n
	return n
}

func (t *fileTypes) name(n uint16) string { return t.names[n] }

// typeOf is what follows the last dot of a path's last segment, in lower case:
// up to eight letters and digits with a letter among them, so that a version or
// an address is none.
func typeOf(path string) string {
	dot := strings.LastIndexByte(path, '.')
	if dot <= strings.LastIndexByte(path, '/')+1 { // none, of a directory, or of a hidden file
		return noType
	}
	ext := path[dot+1:]
	if len(ext) == 0 || len(ext) > longestType {
		return noType
	}
	letter := false
	for _, c := range []byte(ext) {
		digit := c >= '0' && c <= '9'
		letter = letter || !digit
		if !digit && (c|0x20 < 'a' || c|0x20 > 'z') {
			return noType
		}
	}
	if !letter {
		return noType
	}
	return strings.ToLower(ext)
}
