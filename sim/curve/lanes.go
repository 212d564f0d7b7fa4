package curve

import (
	"fmt"
	"slices"
	"strings"

	"edgesim/edge/policy"
	"edgesim/sim/foresight"
)

// shared makes the lane of many cells of a policy over one state, for the kinds
// that have one. They give what edge/policy's give, request for request; a test
// holds them to it.
var shared = map[string]func(k policy.Kind, c policy.Config, capacities []int64) lane{
	"lru":   func(_ policy.Kind, _ policy.Config, capacities []int64) lane { return newLRULane(capacities) },
	"fifo":  func(_ policy.Kind, _ policy.Config, capacities []int64) lane { return newFIFOLane(capacities) },
	"arc":   func(_ policy.Kind, _ policy.Config, capacities []int64) lane { return newARCCells(capacities) },
	"clock": func(_ policy.Kind, _ policy.Config, capacities []int64) lane { return newClockLane(capacities) },
	"sieve": func(_ policy.Kind, _ policy.Config, capacities []int64) lane { return newSieveLane(capacities) },
	"s3fifo": func(k policy.Kind, c policy.Config, capacities []int64) lane {
		return newS3FIFOLane(capacities, k.Get(c, "small"), k.Get(c, "max"), k.Get(c, "move"))
	},
}

// playsTogether tells whether a policy has a lane for many cells.
func playsTogether(k policy.Kind, params map[string]float64) bool {
	if k.Name == "clock" && k.Get(policy.Config{Params: params}, "bits") != 1 {
		return false // one bit for each cell is all that the lane has
	}
	if k.Name == "arc" && len(params) > 0 {
		return false // the lane has the defaults alone
	}
	return shared[k.Name] != nil
}

// plan is which lanes play which cells.
type plan struct {
	all    []Cell
	lanes  []lane
	cells  [][]int // of each lane, the places of its cells in the list of all
	tally  *tally
	bounds *boundLane // nil where there are none
	wants  wants
}

// lay distributes cells over lanes: those of a policy that has a lane for many
// together, so many that every job has some.
func lay(cells []Cell, c Config) (*plan, error) {
	p := &plan{all: cells, tally: newTally(cells)}
	p.add(p.tally, nil)
	if c.Curve != nil {
		p.add(newStackLane(c.Curve), nil)
	}
	groups := map[string][]int{}
	var order []string
	for i, cell := range cells {
		if cell.Capacity < 1 {
			return nil, fmt.Errorf("capacity %d: it must be at least 1", cell.Capacity)
		}
		if b, ok := bound(cell.Policy); ok {
			if c.Warmup > 0 {
				return nil, fmt.Errorf("%s bounds all requests of a trace: there is no warm-up to leave out", cell.Policy)
			}
			p.addBound(i, b)
			continue
		}
		k, params, err := cell.parse()
		switch {
		case err != nil:
			return nil, err
		case k.Name == "wtinylfu" && k.Get(policy.Config{Params: params}, "doorkeeper") == 0:
			p.wants.names = true
			p.add(newWTinyLFULane(k, policy.Config{Capacity: cell.Capacity, Seed: c.Seed, Params: params}), []int{i})
			continue
		case !playsTogether(k, params):
			p.addSingle(i, c)
			continue
		}
		if groups[cell.Policy] == nil {
			order = append(order, cell.Policy)
		}
		groups[cell.Policy] = append(groups[cell.Policy], i)
	}
	for _, policy := range order {
		group := groups[policy]
		for part := range slices.Chunk(group, min(mostTogether, parts(len(group), len(order), c.Jobs))) {
			p.addShared(part)
		}
	}
	return p, nil
}

// parts is how many cells of a policy go together so that so many policies give
// every job something to do.
func parts(cells, policies, jobs int) int {
	lanes := max(1, (jobs+policies-1)/policies)
	return (cells + lanes - 1) / lanes
}

func (p *plan) add(l lane, cells []int) {
	p.lanes = append(p.lanes, l)
	p.cells = append(p.cells, cells)
}

func (p *plan) addBound(i int, b foresight.BoundKind) {
	if p.bounds == nil {
		p.bounds = &boundLane{}
		p.add(p.bounds, nil)
	}
	at := slices.Index(p.lanes, lane(p.bounds))
	p.bounds.kinds = append(p.bounds.kinds, b)
	p.bounds.capacities = append(p.bounds.capacities, p.all[i].Capacity)
	p.cells[at] = append(p.cells[at], i)
}

func (p *plan) addSingle(i int, c Config) {
	cell := p.all[i]
	k, params, _ := cell.parse()
	pc := policy.Config{Capacity: cell.Capacity, Seed: c.Seed, Params: params, Dense: expected}
	named := hashesNames(k.Name)
	if named {
		pc.Dense = 0
	}
	s := newSingle(k.New(pc), cell.Capacity)
	s.named, s.ranks = named, ranksSizes(k.Name)
	p.wants.names = p.wants.names || named
	p.wants.next = p.wants.next || s.seer != nil
	p.add(s, []int{i})
}

// hashesNames tells whether a policy puts objects' names into filters or sketches.
// Which of them collide there depends on the names, so it is given those of the
// trace, as on the edge, and not the numbers that other policies look up faster.
func hashesNames(kind string) bool {
	return kind == "wtinylfu" || strings.Contains(kind, "+bloom")
}

// ranksSizes tells whether a policy compares the sizes of objects with each other,
// or with a number, and keeps no account of bytes. In a sample by size an object
// takes the room of all that it stands for; such a policy must see its own size.
func ranksSizes(kind string) bool {
	order, gates, _ := strings.Cut(kind, "+")
	switch order {
	case "gdsf", "lhd", "hyperbolic":
		return true
	case "lru", "fifo", "clock", "sieve", "random", "lfuda":
		return strings.Contains(gates, "size")
	}
	return false
}

// wantsEven tells whether a policy does both: it compares sizes, and reckons with
// the capacity. It has a sample without regard to size, and its cache is smaller by
// the rate: then all sizes are as they are, and objects that are larger than the
// small cache are what is wrong about it.
func wantsEven(kind string) bool {
	return !ranksSizes(kind) && (strings.HasPrefix(kind, "adaptsize") || strings.Contains(kind, "+size"))
}

// expected is how many objects policies make room for at first.
const expected = 1 << 10

func (p *plan) addShared(group []int) {
	k, params, _ := p.all[group[0]].parse()
	var capacities []int64
	for _, i := range group {
		capacities = append(capacities, p.all[i].Capacity)
	}
	p.add(shared[k.Name](k, policy.Config{Params: params}, capacities), group)
}
