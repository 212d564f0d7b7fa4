package policy

// A Warmer can be told which resident objects are about to be asked for, so that
// what their Hits will touch is in the processor's cache when they come. Loads that
// do not wait for each other are under way together, where the Hits' own would wait
// one for the other. It changes nothing; slots that are not the policy's are passed
// over. The sum is of no meaning but keeps the loads from being left out.
type Warmer interface {
	Warm(slots []Slot) (sum uint64)
}

// warmNodes loads nodes, then those of their neighbours.
func warmNodes(nodes []node, slots []Slot) (sum uint64) {
	for _, s := range slots {
		if int(s) < len(nodes) {
			sum += nodes[s].rest
		}
	}
	for _, s := range slots {
		if int(s) < len(nodes) {
			n := &nodes[s]
			if int(n.prev) < len(nodes) {
				sum += nodes[n.prev].rest
			}
			if int(n.next) < len(nodes) {
				sum += nodes[n.next].rest
			}
		}
	}
	return sum
}

func (p *arc) Warm(slots []Slot) uint64 { return warmNodes(p.nodes, slots) }

func (p *wtinylfu) Warm(slots []Slot) (sum uint64) {
	for _, s := range slots {
		if int(s) < len(p.hashes) {
			sum += uint64(p.sketch.block(p.hashes[s])[0])
		}
	}
	return sum + warmNodes(p.nodes, slots)
}

func (p *lhd) Warm(slots []Slot) (sum uint64) {
	for _, s := range slots {
		if int(s) < len(p.place) {
			sum += uint64(p.place[s])
		}
	}
	for _, s := range slots {
		if int(s) < len(p.place) {
			if at := p.place[s]; int(at) < len(p.tags) {
				sum += uint64(p.tags[at].when)
			}
		}
	}
	return sum
}
