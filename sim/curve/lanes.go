package curve

import (
	"fmt"
	"strings"

	"edgesim/edge/policy"
)

// shared makes the lane of many cells of a policy over one state, for the kinds
// that have one. They give what edge/policy's give, request for request; a test
// holds them to it.
var shared = map[string]func(k policy.Kind, c policy.Config, capacities []int64) lane{
	"lru":   func(_ policy.Kind, _ policy.Config, capacities []int64) lane { return newLRULane(capacities) },
	"fifo":  func(_ policy.Kind, _ policy.Config, capacities []int64) lane { return newFIFOLane(capacities) },
	"sieve": func(_ policy.Kind, _ policy.Config, capacities []int64) lane { return newSieveLane(capacities) },
	"s3fifo": func(k policy.Kind, c policy.Config, capacities []int64) lane {
		return newS3FIFOLane(capacities, k.Get(c, "small"), k.Get(c, "max"), k.Get(c, "move"))
	},
}

// plan is which lanes play which cells.
type plan struct {
	lanes []lane
	cells [][]int // of each lane, the places of its cells in the list of all
}

// lay distributes cells over lanes.
func lay(cells []Cell, c Config) (*plan, error) {
	p := &plan{}
	groups := map[string][]int{}
	for i, cell := range cells {
		k, _, err := cell.parse()
		switch {
		case err != nil:
			return nil, err
		case cell.Capacity < 1:
			return nil, fmt.Errorf("capacity %d: it must be at least 1", cell.Capacity)
		case shared[k.Name] == nil:
			if err := p.addSingle(i, cell, c); err != nil {
				return nil, err
			}
			continue
		}
		groups[cell.Policy] = append(groups[cell.Policy], i)
		if len(groups[cell.Policy]) == mostTogether {
			p.addShared(cells, groups[cell.Policy])
			delete(groups, cell.Policy)
		}
	}
	for i, cell := range cells {
		if group := groups[cell.Policy]; len(group) > 0 && group[0] == i {
			p.addShared(cells, group)
		}
	}
	return p, nil
}

func (p *plan) addSingle(i int, cell Cell, c Config) error {
	k, params, err := cell.parse()
	if err != nil {
		return err
	}
	named := hashesNames(k.Name)
	pc := policy.Config{Capacity: cell.Capacity, Seed: c.Seed, Params: params, Dense: expected}
	if named {
		pc.Dense = 0
	}
	s := newSingle(k.New(pc), cell.Capacity)
	s.named = named
	p.lanes = append(p.lanes, s)
	p.cells = append(p.cells, []int{i})
	return nil
}

// hashesNames tells whether a policy puts objects' names into filters or sketches.
// Which of them collide there depends on the names, so it is given those of the
// trace, as on the edge, and not the numbers that other policies look up faster.
func hashesNames(kind string) bool {
	return kind == "wtinylfu" || strings.Contains(kind, "+bloom")
}

// expected is how many objects policies make room for at first.
const expected = 1 << 12

func (p *plan) addShared(cells []Cell, group []int) {
	k, params, err := cells[group[0]].parse()
	if err != nil {
		panic("curve: a policy that was parsed cannot be parsed: " + err.Error())
	}
	var capacities []int64
	for _, i := range group {
		capacities = append(capacities, cells[i].Capacity)
	}
	p.lanes = append(p.lanes, shared[k.Name](k, policy.Config{Params: params}, capacities))
	p.cells = append(p.cells, group)
}
