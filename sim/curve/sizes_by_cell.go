package curve

import "math/bits"

// sizesByCell keeps the sizes of objects that cells which play together know with
// different ones: sizes that change are rare, so an object has one size code, and a
// list by cell in a map where that is not enough.
type sizesByCell struct {
	cells int
	mixed map[uint32][]uint32 // by object, then cell
}

// mixed is no code of a size: the size depends on the cell.
const mixed = 0

func newSizesByCell(cells int) sizesByCell {
	return sizesByCell{cells: cells, mixed: map[uint32][]uint32{}}
}

// note makes size the object's in the cells of into; those that know it already keep
// theirs. Now is the object's code, which is another.
func (t *sizesByCell) note(object uint32, now *uint32, size, into, known uint32) {
	old := *now
	if known &^= into; known == 0 {
		if old == mixed {
			delete(t.mixed, object)
		}
		*now = size
		return
	}
	each := t.mixed[object]
	if old != mixed {
		each = make([]uint32, t.cells)
		for j := range each {
			each[j] = old
		}
		t.mixed[object], *now = each, mixed
	}
	for ; into != 0; into &= into - 1 {
		each[bits.TrailingZeros32(into)] = size
	}
}

// of is the code of an object's size in cell j.
func (t *sizesByCell) of(object, code uint32, j int) uint32 {
	if code == mixed {
		return t.mixed[object][j]
	}
	return code
}
