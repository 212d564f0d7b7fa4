package results

import "strconv"

// groups are figures of what viewers saw by status, content class and
// distribution: three counts and nine times for every record, for who measures
// and not for who foretells millions of requests a second.
type groups struct {
	byStatus       map[uint16]*group
	byClass        [256]*group
	byDistribution []*group
	lastStatus     uint16
	lastOf         *group // of lastStatus; nil: none
}

type group struct {
	requests, errors int64
	times            [Metrics]*Histogram
}

// GroupFigures are the figures of viewers' requests that have something in common.
type GroupFigures struct {
	Requests int64   `json:"requests"`
	Errors   int64   `json:"errors"`
	Latency  Latency `json:"latency_ms"`
}

func newGroups() *groups { return &groups{byStatus: map[uint16]*group{}} }

func (g *groups) add(r *Record) {
	if g.lastOf == nil || r.Status != g.lastStatus {
		g.lastStatus, g.lastOf = r.Status, g.byStatus[r.Status]
		if g.lastOf == nil {
			g.lastOf = &group{}
			g.byStatus[r.Status] = g.lastOf
		}
	}
	g.lastOf.add(r)
	madeGroup(&g.byClass[r.Class]).add(r)
	if r.Distribution == NoDistribution {
		return
	}
	for len(g.byDistribution) <= int(r.Distribution) {
		g.byDistribution = append(g.byDistribution, nil)
	}
	madeGroup(&g.byDistribution[r.Distribution]).add(r)
}

func madeGroup(at **group) *group {
	if *at == nil {
		*at = &group{}
	}
	return *at
}

func (g *group) add(r *Record) {
	g.requests++
	if r.Failed() {
		g.errors++
	}
	if r.hasFirstByte() {
		made(&g.times[TTFB]).Record(r.TTFB)
	}
	if !r.Flags.Has(Aborted) {
		made(&g.times[Total]).Record(r.Total)
		made(&g.times[Service]).Record(r.Service())
	}
}

func (g *groups) merge(o *groups) {
	for status, from := range o.byStatus {
		if g.byStatus[status] == nil {
			g.byStatus[status] = &group{}
		}
		g.byStatus[status].merge(from)
	}
	for i, from := range o.byClass {
		if from != nil {
			madeGroup(&g.byClass[i]).merge(from)
		}
	}
	for len(g.byDistribution) < len(o.byDistribution) {
		g.byDistribution = append(g.byDistribution, nil)
	}
	for i, from := range o.byDistribution {
		if from != nil {
			madeGroup(&g.byDistribution[i]).merge(from)
		}
	}
}

func (g *group) merge(o *group) {
	g.requests += o.requests
	g.errors += o.errors
	for m := range Metrics {
		merge(&g.times[m], o.times[m])
	}
}

func (g *group) figures() GroupFigures {
	return GroupFigures{g.requests, g.errors, latencyOf(func(m Metric) *Histogram { return g.times[m] })}
}

// fill puts the groups into a summary: by status as "200", "000" where none came;
// by the class' name; by the distribution's ID.
func (g *groups) fill(s *Summary, names *Names) {
	s.ByStatus, s.ByClass, s.ByDistribution = map[string]GroupFigures{}, map[string]GroupFigures{}, map[string]GroupFigures{}
	for status, of := range g.byStatus {
		s.ByStatus[statusText(status)] = of.figures()
	}
	for i, of := range g.byClass {
		if of != nil {
			s.ByClass[names.className(i)] = of.figures()
		}
	}
	for i, of := range g.byDistribution {
		if of != nil {
			s.ByDistribution[names.DistributionOf(&Record{Distribution: uint16(i)}).ID] = of.figures()
		}
	}
}

func statusText(status uint16) string {
	if status == 0 {
		return "000"
	}
	return strconv.Itoa(int(status))
}

// className is the name of a content class; "other" is also that of one without.
func (n *Names) className(class int) string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	switch {
	case class < len(n.Classes):
		return n.Classes[class]
	case class == 0:
		return "other"
	}
	return "class " + strconv.Itoa(class)
}
