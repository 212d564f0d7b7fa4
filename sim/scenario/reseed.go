package scenario

// Reseed gives the scenario's chance another seed and leaves the world as it is:
// the objects keep their paths, types and sizes, and only who asks for them when,
// and how origins answer, is drawn anew. Repetitions of one scenario are so.
func (s *Scenario) Reseed(seed uint64) {
	world := s.catalogSeed()
	s.world, s.Seed = &world, seed
}

func (s *Scenario) catalogSeed() uint64 {
	if s.world != nil {
		return *s.world
	}
	return s.seed("catalog")
}
