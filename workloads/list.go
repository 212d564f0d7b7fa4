package workloads

import (
	"bytes"
	"strconv"

	"github.com/zeebo/xxh3"

	"edgesim/results"
)

// List is the objects of a section that were met one by one, in a trace or a log,
// numbered from 0 in the order of their first appearance. An object has a name of
// 64 bits; its path is a text that was met with it, or is made of the name alone.
//
// An object takes 24 bytes, 11 to 21 of the index of names, and the length of its
// path where it has one; one with a query takes some 30 more. A List is filled by one goroutine; afterwards any number
// may ask it.
type List struct {
	objects results.Tally[listed]
	paths   [][]byte // pieces of up to pathPiece bytes, in which paths lie one after the other, each before a line feed
	named   bool     // paths are made of names

	same map[uint32]uint32     // objects with the contents of another, by number
	also results.Tally[uint32] // other names under which an object is found: its number plus 1

	resized uint64
}

// listed is an object: its size, the largest that was met, in bytes, and where its
// path lies.
type listed struct {
	size int64
	at   uint64 // place of the path << 16 | bits | type
}

const (
	resizedBit = 1 << 8
	wholeBit   = 1 << 9 // a whole response told the size
	placeShift = 16
	pathPiece  = 1 << 20
)

// NewNamedList is an empty list of objects whose paths are /o/ and their names, in
// hexadecimal without leading zeros.
func NewNamedList() *List { return &List{named: true} }

// NewPathList is an empty list of objects that come with their paths.
func NewPathList() *List { return &List{} }

const namedPrefix = "/o/"

// Meet is the number of the object with that name, and of that size in bytes, as
// far as this request for it tells; 0: it does not tell.
func (l *List) Meet(name uint64, size int64) uint64 {
	number := l.objects.Number(name)
	l.Resize(uint64(number), size)
	return uint64(number)
}

// MeetPath is Meet for an object with a path: name is NameOfPath's of it, kind its
// place among the section's types, and target the path with its query, as it stands
// in a request line. Name and target are only read; a target has no line feed.
func (l *List) MeetPath(name uint64, kind int, target []byte, size int64) uint64 {
	number := l.objects.Number(name)
	if _, o := l.objects.Entry(number); o.at>>placeShift == 0 {
		o.at |= uint64(l.keep(target)+1)<<placeShift | uint64(uint8(kind))
	}
	l.Resize(uint64(number), size)
	return uint64(number)
}

// Resize tells the size of an object that was met; 0: nothing does.
func (l *List) Resize(number uint64, size int64) {
	if size <= 0 {
		return
	}
	_, o := l.objects.Entry(int(number))
	if o.at&wholeBit != 0 && o.size != size && o.at&resizedBit == 0 {
		o.at |= resizedBit
		l.resized++
	}
	o.at |= wholeBit
	o.size = max(o.size, size)
}

// AtLeast tells that an object that was met has so many bytes or more.
func (l *List) AtLeast(number uint64, size int64) {
	_, o := l.objects.Entry(int(number))
	o.size = max(o.size, size)
}

// keep puts a path with the others, and says where.
func (l *List) keep(path []byte) int {
	last := len(l.paths) - 1
	if last < 0 || len(l.paths[last])+len(path) >= pathPiece {
		l.paths = append(l.paths, make([]byte, 0, 4096<<min(8, last+1)))
		last++
	}
	at := len(l.paths[last])
	l.paths[last] = append(append(l.paths[last], path...), '\n')
	return last*pathPiece + at
}

// Len is how many objects there are.
func (l *List) Len() uint64 { return uint64(l.objects.Len()) }

// Size is the size of an object so far; 0: nothing has told it.
func (l *List) Size(number uint64) int64 {
	_, o := l.objects.Entry(int(number))
	return o.size
}

// Resized is how many objects were met whole with more than one size.
func (l *List) Resized() uint64 { return l.resized }

// Settle ends the filling. Objects of which nothing told the size have 1 byte. seen
// appends what an origin sees of a path with its query, which of a path without one is
// all of it, unless that is "/"; nil: all. Objects of which it sees the same have the
// same contents, and the largest of their sizes.
// Where an origin is asked for a path without a query, that nobody was met under, it
// finds the first object of that path. seed is the section's.
func (l *List) Settle(seed uint64, seen func(dst, target []byte) []byte) {
	var text, part []byte
	for number := range l.Len() {
		_, o := l.objects.Entry(int(number))
		o.size = max(o.size, 1)
		if l.named {
			continue
		}
		text = l.appendPath(text[:0], number)
		queried := bytes.IndexByte(text, '?') >= 0
		if !queried && len(text) > len("/") {
			continue
		}
		if part = text; seen != nil {
			part = seen(nil, text)
		}
		if !bytes.Equal(part, text) {
			l.share(number, NameOfPath(seed, part))
		}
		if path, _, _ := bytes.Cut(part, []byte{'?'}); queried {
			l.alsoAs(number, NameOfPath(seed, path))
		}
	}
}

// share gives an object the contents that have that name.
func (l *List) share(number, contents uint64) {
	first := l.alsoAs(number, contents)
	if first == uint32(number) {
		return
	}
	if l.same == nil {
		l.same = map[uint32]uint32{}
	}
	l.same[uint32(number)] = first
	_, mine := l.objects.Entry(int(number))
	_, its := l.objects.Entry(int(first))
	its.size = max(its.size, mine.size, 1)
}

// alsoAs is the object that is found under a name: this one, if there is no other.
func (l *List) alsoAs(number, name uint64) uint32 {
	if there, ok := l.objects.Seek(name); ok {
		return uint32(there)
	}
	first := l.also.At(name)
	if *first == 0 {
		*first = uint32(number) + 1
	}
	return *first - 1
}

// content is the key of an object's contents, its size and its type.
func (l *List) content(number uint64) (key uint64, size int64, kind int) {
	_, mine := l.objects.Entry(int(number))
	key, o := l.objects.Entry(int(l.sameAs(number)))
	return mix(key + step), o.size, int(uint8(mine.at))
}

// sameAs is the object whose contents an object has: its own, or another's.
func (l *List) sameAs(number uint64) uint64 {
	if len(l.same) > 0 {
		if first, ok := l.same[uint32(number)]; ok {
			return uint64(first)
		}
	}
	return number
}

// appendPath appends an object's path, and its query where it has one.
func (l *List) appendPath(dst []byte, number uint64) []byte {
	name, o := l.objects.Entry(int(number))
	if l.named {
		return strconv.AppendUint(append(dst, namedPrefix...), name, 16)
	}
	place := int(o.at>>placeShift) - 1
	text := l.paths[place/pathPiece][place%pathPiece:]
	return append(dst, text[:bytes.IndexByte(text, '\n')]...)
}

// find is the object that an origin finds under a path with a query. Where none has
// it with the query, it is one that has it without, or with another.
func (l *List) find(seed uint64, target []byte) (number uint64, ok bool) {
	if l.named {
		name, ok := parseHexName(target)
		if !ok {
			return 0, false
		}
		there, ok := l.objects.Seek(name)
		return uint64(there), ok
	}
	if number, ok = l.findName(NameOfPath(seed, target)); ok {
		return number, true
	}
	if at := bytes.IndexByte(target, '?'); at >= 0 {
		return l.findName(NameOfPath(seed, target[:at]))
	}
	return 0, false
}

func (l *List) findName(name uint64) (number uint64, ok bool) {
	if there, ok := l.objects.Seek(name); ok {
		return uint64(there), true
	}
	if first := l.also.Find(name); first != nil {
		return uint64(*first) - 1, true
	}
	return 0, false
}

// NameOfPath names a path with its query, as it stands in a request line, among
// those of the section with that Seed.
func NameOfPath(seed uint64, target []byte) uint64 { return xxh3.HashSeed(target, seed) }

// parseHexName reads the path that appendPath makes of a name.
func parseHexName(path []byte) (name uint64, ok bool) {
	digits, ok := bytes.CutPrefix(path, []byte(namedPrefix))
	if !ok || len(digits) == 0 || len(digits) > 16 || digits[0] == '0' && len(digits) > 1 {
		return 0, false
	}
	for _, c := range digits {
		switch {
		case c >= '0' && c <= '9':
			name = name<<4 | uint64(c-'0')
		case c >= 'a' && c <= 'f':
			name = name<<4 | uint64(c-'a'+10)
		default:
			return 0, false
		}
	}
	return name, true
}
