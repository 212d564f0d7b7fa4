package curve

// miniature is cells that are played on a sample. By size, an object weighs as
// much as it stands for, and capacities are as they are; without regard to size,
// objects weigh what they weigh, and capacities are smaller by the rate.
type miniature struct {
	plan  *plan
	batch batch
	sizes sizes
}

// lay gives the sampler its cells: LRU has the stack, others a miniature.
func (s *sampler) lay(cells []Cell, c Config) {
	var small []Cell
	for _, cell := range cells {
		at := -1
		if cell.Policy != "lru" {
			at = len(small)
			if s.even {
				cell.Capacity = max(1, int64(float64(cell.Capacity)*s.share(0)))
			}
			small = append(small, cell)
		} else {
			s.stacked = true
		}
		s.laid = append(s.laid, at)
		s.capacities = append(s.capacities, cell.Capacity)
	}
	if len(small) == 0 {
		return
	}
	p, err := lay(small, Config{Seed: c.Seed})
	if err != nil {
		panic("curve: cells that were checked cannot be played: " + err.Error())
	}
	s.small = &miniature{plan: p, batch: batch{stands: []float64{}, even: s.even}}
}

// add puts a request behind those that wait to be played.
func (m *miniature) add(s *sampler, object uint32, stands float64) {
	o := &s.known[object]
	b := &m.batch
	if int(object) == len(b.stands) {
		b.stands, b.names = append(b.stands, stands), append(b.names, o.name)
		if !s.even {
			b.owns = append(b.owns, o.size)
		}
	}
	weight := o.size
	if !s.even {
		weight = s.weigh(o)
	}
	b.asks = append(b.asks, ask{object, m.sizes.code(weight)})
	if len(b.asks) == batchSize {
		m.flush()
	}
}

// flush plays what waits.
func (m *miniature) flush() {
	m.batch.objects, m.batch.large = len(m.batch.stands), m.sizes.large
	for _, l := range m.plan.lanes {
		l.play(&m.batch)
	}
	m.batch.asks = m.batch.asks[:0]
}

func (m *miniature) clear() {
	m.flush()
	for _, l := range m.plan.lanes {
		l.clear()
	}
}

// misses are those of cell at, as many as they stand for.
func (m *miniature) misses(at int) seen {
	m.flush()
	for i, cells := range m.plan.cells {
		for k, c := range cells {
			if c == at {
				n := m.plan.lanes[i].counts()[k]
				return seen{n.standing, n.standingBytes}
			}
		}
	}
	panic("curve: a miniature without that cell")
}

// missesOf are those of the sampler's cell at.
func (s *sampler) missesOf(at int) seen {
	if s.laid[at] < 0 {
		return s.misses(s.capacities[at])
	}
	return s.small.misses(s.laid[at])
}
