package policy

// A node is what a policy of several queues keeps for one object: its
// neighbours, its size and eight bits of the policy's own. 16 bytes, so that four
// share a cache line and a move from queue to queue touches no other.
type node struct {
	link
	rest uint64 // size<<8 | mark
}

// heaviest is the largest size that a node can tell, in bytes: 32 PiB. A larger
// object counts as that.
const heaviest = 1 << 55

func newNode(size int64, mark uint8) node {
	return node{rest: uint64(min(size, heaviest))<<8 | uint64(mark)}
}

func (n *node) size() int64 { return int64(n.rest >> 8) }

func (n *node) mark() uint8 { return uint8(n.rest) }

func (n *node) setMark(m uint8) { n.rest = n.rest&^0xff | uint64(m) }

// A chain is a queue of nodes: doubly linked, and it knows its bytes. New ones
// come in at the head; the tail is the oldest.
type chain struct {
	head, tail Slot
	bytes      int64
}

func newChain() chain { return chain{head: None, tail: None} }

func (c *chain) empty() bool { return c.head == None }

// push makes s, which is in no chain, the head of c.
func (c *chain) push(nodes []node, s Slot) {
	n := &nodes[s]
	n.link = link{None, c.head}
	if c.head == None {
		c.tail = s
	} else {
		nodes[c.head].prev = s
	}
	c.head = s
	c.bytes += n.size()
}

// remove takes s, which must be in c, out of it.
func (c *chain) remove(nodes []node, s Slot) {
	n := &nodes[s]
	if n.prev == None {
		c.head = n.next
	} else {
		nodes[n.prev].next = n.next
	}
	if n.next == None {
		c.tail = n.prev
	} else {
		nodes[n.next].prev = n.prev
	}
	c.bytes -= n.size()
}

// touch makes s, which must be in c, its head.
func (c *chain) touch(nodes []node, s Slot) {
	if c.head != s {
		c.remove(nodes, s)
		c.push(nodes, s)
	}
}
