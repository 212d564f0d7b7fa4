package workloads

// turns are objects in the order in which they will be asked for, each with a
// weight: the first has its turn next. An object can be put anywhere, behind as
// much as is said, and only the first can be taken.
//
// They stand in the leaves of a tree whose nodes know the weight of each child, as
// the pages of a B-tree (Bayer and McCreight, Acta Informatica 1, 1972) without
// keys. A full node is cut in two. As objects leave at the front alone, no other
// node ever becomes empty, and none has to be merged with a neighbour. Both
// operations are O(log n), and allocate only where more objects are waiting than
// ever before: 16 bytes an object in nodes that are half full at worst.
type turns struct {
	leaves []turnLeaf
	inners []turnInner
	free   [2][]uint32 // leaves and inners that are empty
	root   uint32
	height int // of the root above the leaves
	total  int64
	count  int
}

const (
	leafSize  = 64
	innerSize = 32
)

// turnLeaf has its objects at places from from to to.
type turnLeaf struct {
	from, to int32
	objects  [leafSize]uint64
	weights  [leafSize]int64
}

type turnInner struct {
	n     int32
	child [innerSize]uint32
	sums  [innerSize]int64
}

func newTurns() *turns {
	t := &turns{}
	t.root = t.newLeaf()
	return t
}

func (t *turns) newLeaf() uint32 {
	if free := t.free[0]; len(free) > 0 {
		t.free[0] = free[:len(free)-1]
		return free[len(free)-1]
	}
	t.leaves = append(t.leaves, turnLeaf{})
	return uint32(len(t.leaves) - 1)
}

func (t *turns) newInner() uint32 {
	if free := t.free[1]; len(free) > 0 {
		t.free[1] = free[:len(free)-1]
		return free[len(free)-1]
	}
	t.inners = append(t.inners, turnInner{})
	return uint32(len(t.inners) - 1)
}

// put puts an object of a weight of at least 1 behind as much as ahead, or behind
// all where that is less. Where ahead ends within an object, tilt, from [0, 1), says
// on which side of it: on average over all tilts it is ahead.
func (t *turns) put(object uint64, weight, ahead int64, tilt float64) {
	right, sum := t.putIn(t.root, t.height, object, weight, ahead, tilt)
	t.total += weight
	t.count++
	if sum == 0 {
		return
	}
	root := t.newInner()
	r := &t.inners[root]
	r.n, r.child[0], r.child[1] = 2, t.root, right
	r.sums[0], r.sums[1] = t.total-sum, sum
	t.root, t.height = root, t.height+1
}

// putIn puts into a node. Where it was cut in two, right is the new one, which
// weighs sum.
func (t *turns) putIn(node uint32, height int, object uint64, weight, ahead int64, tilt float64) (right uint32, sum int64) {
	if height == 0 {
		return t.putInLeaf(node, object, weight, ahead, tilt)
	}
	n := &t.inners[node]
	at := int32(0)
	for at < n.n-1 && ahead >= n.sums[at] {
		ahead -= n.sums[at]
		at++
	}
	below, cut := t.putIn(n.child[at], height-1, object, weight, ahead, tilt)
	n = &t.inners[node] // the slice may have moved
	n.sums[at] += weight - cut
	if cut == 0 {
		return 0, 0
	}
	copy(n.child[at+2:n.n+1], n.child[at+1:n.n])
	copy(n.sums[at+2:n.n+1], n.sums[at+1:n.n])
	n.child[at+1], n.sums[at+1] = below, cut
	if n.n++; n.n < innerSize {
		return 0, 0
	}
	return t.cutInner(node)
}

func (t *turns) cutInner(node uint32) (right uint32, sum int64) {
	right = t.newInner()
	n, r := &t.inners[node], &t.inners[right]
	const half = innerSize / 2
	r.n = int32(copy(r.child[:], n.child[half:]))
	copy(r.sums[:], n.sums[half:])
	n.n = half
	for _, s := range r.sums[:r.n] {
		sum += s
	}
	return right, sum
}

func (t *turns) putInLeaf(node uint32, object uint64, weight, ahead int64, tilt float64) (right uint32, sum int64) {
	n := &t.leaves[node]
	at := n.from
	for at < n.to && ahead >= n.weights[at] {
		ahead -= n.weights[at]
		at++
	}
	if at < n.to && tilt*float64(n.weights[at]) < float64(ahead) {
		at++
	}
	if n.from > 0 { // what left at the front has made room
		copy(n.objects[n.from-1:at-1], n.objects[n.from:at])
		copy(n.weights[n.from-1:at-1], n.weights[n.from:at])
		n.from--
		at--
	} else {
		copy(n.objects[at+1:n.to+1], n.objects[at:n.to])
		copy(n.weights[at+1:n.to+1], n.weights[at:n.to])
		n.to++
	}
	n.objects[at], n.weights[at] = object, weight
	if n.to < leafSize {
		return 0, 0
	}
	return t.cutLeaf(node)
}

// cutLeaf cuts a leaf that is full to its end, though not always from its beginning.
func (t *turns) cutLeaf(node uint32) (right uint32, sum int64) {
	right = t.newLeaf()
	n, r := &t.leaves[node], &t.leaves[right]
	half := (n.from + n.to) / 2
	r.from, r.to = 0, int32(copy(r.objects[:], n.objects[half:n.to]))
	copy(r.weights[:], n.weights[half:n.to])
	n.to = half
	for _, w := range r.weights[:r.to] {
		sum += w
	}
	return right, sum
}

// take takes the first object; there is one.
func (t *turns) take() (object uint64, weight int64) {
	object, weight, _ = t.takeFrom(t.root, t.height)
	t.total -= weight
	t.count--
	for t.height > 0 && t.inners[t.root].n == 1 {
		t.free[1] = append(t.free[1], t.root)
		t.root, t.height = t.inners[t.root].child[0], t.height-1
	}
	return object, weight
}

// takeFrom takes the first object of a node, and says whether that was the last.
func (t *turns) takeFrom(node uint32, height int) (object uint64, weight int64, empty bool) {
	if height == 0 {
		n := &t.leaves[node]
		object, weight = n.objects[n.from], n.weights[n.from]
		if n.from++; n.from == n.to {
			n.from, n.to = 0, 0
		}
		return object, weight, n.to == 0
	}
	n := &t.inners[node]
	object, weight, empty = t.takeFrom(n.child[0], height-1)
	n.sums[0] -= weight
	if empty {
		kind := min(height-1, 1)
		t.free[kind] = append(t.free[kind], n.child[0])
		copy(n.child[:], n.child[1:n.n])
		copy(n.sums[:], n.sums[1:n.n])
		n.n--
	}
	return object, weight, n.n == 0
}
