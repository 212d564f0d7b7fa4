package curve

import (
	"math/bits"
	"unsafe"

	"edgesim/results/pages"
	"edgesim/workloads/trace"
)

// numbers gives every id a number, from 0 on in the order in which they come, so
// that what is known of an object stands in slices. It is an open-addressing
// table, and a cell is 16 bytes, four to a cache line:
//
//	63                   0 31       0 31       0
//	+---------------------+----------+----------+
//	|         id          | number+1 |   size   |    number+1 = 0: free
//	+---------------------+----------+----------+
//
// Size is the code of the size the id came with first. An id is looked for in its
// home cell, in the others of that line, and in the lines behind. So a request costs
// one cache miss in a table larger than the cache; batches are asked for all their
// home cells first, so that the processor has many of these misses under way at once.
type numbers struct {
	cells  []numberCell
	shift  uint // 64 − log2(len(cells))
	used   int
	homes  [touchSize]uint32
	sizes  sizes
	warmed uint32 // keeps the compiler from leaving the touching out

	workingSet int64
	resized    int64
}

type numberCell struct {
	id   uint64
	next uint32 // number+1
	size uint32
}

// NumberBytes is the memory that numbering costs for one object, in bytes: the
// table doubles at a load of 2/3, and while it does the old half is there too.
const NumberBytes = int(unsafe.Sizeof(numberCell{})) * 3

const leastNumbers = 1 << 12

func newNumbers() *numbers {
	n := &numbers{}
	n.resize(leastNumbers)
	return n
}

func (n *numbers) resize(size int) {
	old := n.cells
	n.cells = pages.Large(make([]numberCell, size))
	n.shift = uint(64 - bits.TrailingZeros(uint(size)))
	for _, c := range old {
		if c.next != 0 {
			*n.look(uint(spread(c.id)>>n.shift), c.id) = c
		}
	}
}

// spread mixes an id over 64 bits: both halves of a 128-bit product, as in
// wyhash. Dense numbers, multiples and hashes all spread.
func spread(id uint64) uint64 {
	hi, lo := bits.Mul64(id^0xa0761d6478bd642f, 0xe7037ed1a0b428db)
	return hi ^ lo
}

// look is the cell of an id whose home is cell number home: its own, or a free one.
func (n *numbers) look(home uint, id uint64) *numberCell {
	const line = 4
	mask := uint(len(n.cells) - 1)
	for i := uint(0); ; i++ {
		c := &n.cells[(home^i%line+i-i%line)&mask]
		if c.next == 0 || c.id == id {
			return c
		}
	}
}

// touch loads the home cells of at most touchSize requests' ids; the loads do not wait for each
// other.
func (n *numbers) touch(reqs []trace.Request) {
	homes, shift := n.homes[:len(reqs)], n.shift&63
	for i := range homes {
		homes[i] = uint32(spread(reqs[i].ID) >> shift)
	}
	cells, sum := n.cells, uint32(0)
	for _, home := range homes {
		sum += cells[home].next
	}
	n.warmed += sum
}

// number makes asks of requests that were touched.
func (n *numbers) number(reqs []trace.Request, asks []ask) {
	cells, homes, resized := n.cells, n.homes[:len(reqs)], int64(0)
	asks = asks[:len(reqs)]
	for i := range reqs {
		id, size := reqs[i].ID, n.sizes.code(reqs[i].Size)
		c := &cells[homes[i]]
		if c.id != id || c.next == 0 {
			if c = n.look(uint(homes[i]), id); c.next == 0 {
				n.add(c, id, size)
			}
		}
		if c.size != size {
			resized++
		}
		asks[i] = ask{c.next - 1, size}
	}
	n.resized += resized
}

// find is the number of id, and whether it is a new one.
func (n *numbers) find(id uint64) (object uint32, isNew bool) {
	n.roomy(1)
	c := n.look(uint(spread(id)>>n.shift), id)
	if c.next == 0 {
		n.add(c, id, 1)
		return c.next - 1, true
	}
	return c.next - 1, false
}

// add fills a free cell.
func (n *numbers) add(c *numberCell, id uint64, size uint32) {
	if n.used == mostObjects {
		panic("curve: more than 2.86 · 10⁹ objects: a sample is counted, as by --sample 1%")
	}
	n.used++
	n.workingSet += n.sizes.of(size)
	*c = numberCell{id, uint32(n.used), size}
}

// roomy makes room for so many new ids, so that homes stay where they are while
// a batch is numbered.
func (n *numbers) roomy(more int) {
	size := len(n.cells)
	for (n.used+more)*3 > size*2 {
		size *= 2
	}
	if size > len(n.cells) {
		n.resize(size)
	}
}

// mostObjects is how many objects can be told apart, 2.86 · 10⁹: homes have 32 bits, so
// that there are at most 2³² cells, of which two thirds are filled, less a batch.
const mostObjects = (1<<33)/3 - touchSize
