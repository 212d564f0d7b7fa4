package scenario

import "fmt"

// variant is a world that is a little different from a scenario's.
type variant struct {
	name   string
	change func(*Scenario)
}

var variants = []variant{
	{"a fifth more traffic", func(s *Scenario) { s.Faster(1.2) }},
	{"half as many objects again", func(s *Scenario) {
		eachSection(s, func(c *Section) { c.Objects += c.Objects / 2 })
	}},
	{"zipf 0.1 flatter", func(s *Scenario) { eachSection(s, func(c *Section) { steeper(c, -0.1) }) }},
	{"zipf 0.1 steeper", func(s *Scenario) { eachSection(s, func(c *Section) { steeper(c, 0.1) }) }},
	{"other objects, drawn alike", otherObjects},
}

// otherObjects draws the catalog anew, another for every seed of the scenario's
// chance: which sizes and types the most popular objects have is luck, and replicas,
// which share a catalog, do not show it.
func otherObjects(s *Scenario) {
	world := s.seed("another catalog")
	s.world = &world
}

// Variants are the names of the worlds in which an answer about the scenario can be
// looked at again. The objects of a replay, and how often each is asked for, stand in
// its file.
func (s *Scenario) Variants() (names []string) {
	for _, v := range variants {
		names = append(names, v.name)
	}
	if s.Replays() {
		return names[:1]
	}
	return names
}

// Vary makes the scenario one of its variants; of "" it stays what it is.
func (s *Scenario) Vary(name string) error {
	if name == "" {
		return nil
	}
	for _, v := range variants[:len(s.Variants())] {
		if v.name == name {
			v.change(s)
			return nil
		}
	}
	return fmt.Errorf("%s has no variant %q", s.Name, name)
}

func eachSection(s *Scenario, change func(*Section)) {
	for i := range s.Workload.Sections {
		change(&s.Workload.Sections[i])
	}
}

func steeper(c *Section, by float64) {
	if c.Zipf != nil {
		z := max(0, *c.Zipf+by)
		c.Zipf = &z
	}
}
