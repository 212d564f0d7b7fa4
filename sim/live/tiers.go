package live

import (
	"sync"
	"time"

	"edgesim/edge"
	"edgesim/results"
	"edgesim/sim/network"
	"edgesim/sim/scenario"
)

// tierAt is an edge that edges ask, by where it listens.
type tierAt struct {
	layer results.Layer
	addr  string
}

// startTiers starts the edges between the origins and those that viewers ask,
// the nearest to the origins first. They are numbered as the map numbers them, the
// locations before them left empty. Their records are counted and not kept: the
// edges' tell who had the bytes.
func (st *stage) startTiers(s *scenario.Scenario, conf edge.Config) ([]tierAt, error) {
	all := make([]tierAt, st.far.Edges())
	end := len(all)
	for i := len(s.Edge.Tiers) - 1; i >= 0; i-- {
		t := &s.Edge.Tiers[i]
		b := newBetween(layers[t.Layer], conf.Epoch, s.Warmup.Std())
		st.between = append([]*between{b}, st.between...)
		c := conf
		c.Layer, c.Capacity, c.Policy = b.layer, int64(t.Capacity), t.Policy
		c.MaxObject, c.Shards, c.Recorder, c.Names = 0, 0, b.rec, b.names
		codes := t.EveryLocation()
		end -= len(codes)
		for j, code := range codes {
			addr, e, err := st.startEdge(c, code, s.Edge.Mode, all, end+j)
			if err != nil {
				return nil, err
			}
			st.tiers = append(st.tiers, e)
			all[end+j] = tierAt{b.layer, addr}
		}
	}
	return all, nil
}

// startEdge starts the edge of that number in the map, at a location, and tells
// its address.
func (st *stage) startEdge(c edge.Config, code, mode string, tiers []tierAt, number int) (addr string, e *edge.Edge, err error) {
	c.Location = code
	Mode(&c, mode)
	if up := st.far.Up(number); up != network.Origin {
		c.Origins = st.via(c.Origins, tiers[up])
	}
	if e, err = edge.New(c); err == nil {
		err = st.listen(e.Serve, &addr)
	}
	return addr, e, err
}

// via is origins that are asked through a tier.
func (st *stage) via(list []edge.Origin, t tierAt) []edge.Origin {
	name := t.layer.String() + "-tier"
	made := []edge.Origin{}
	for _, o := range list {
		o.Via = name
		made = append(made, o)
	}
	return append(made, edge.Origin{Name: name, Addr: t.addr, Tier: t.layer, Dial: st.dial})
}

// between is the tiers of one layer, and what they have counted.
type between struct {
	layer   results.Layer
	names   *results.Names
	rec     *results.Recorder
	warmup  int64 // ns; earlier records are left out
	tallies []results.TierTally
}

func newBetween(layer results.Layer, epoch time.Time, warmup time.Duration) *between {
	return &between{layer: layer, names: results.NewNames(epoch), rec: results.NewRecorder(recordBuffer), warmup: warmup.Nanoseconds()}
}

// Add counts the tiers' own records.
func (b *between) Add(recs []results.Record) {
	for i := range recs {
		r := &recs[i]
		if r.At < b.warmup {
			continue
		}
		for len(b.tallies) <= int(r.Edge) {
			b.tallies = append(b.tallies, results.TierTally{})
		}
		b.tallies[r.Edge].Add(r)
	}
}

// count has every tier counted until their recorders close.
func (st *stage) count(takers *sync.WaitGroup) {
	for _, b := range st.between {
		takers.Go(func() { b.rec.Take(b.Add) })
	}
}

// counted ends counting, once nobody asks tiers any more.
func (st *stage) counted() {
	for _, b := range st.between {
		b.rec.Close()
	}
}

// tierFigures are what the tiers have counted, the nearest to viewers first, and
// how many records of theirs were lost.
func (st *stage) tierFigures() (list []results.TierFigures, dropped uint64) {
	for _, b := range st.between {
		for i, e := range b.names.EveryEdge() {
			var t results.TierTally
			if i < len(b.tallies) {
				t = b.tallies[i]
			}
			list = append(list, t.Figures(b.layer, e.Code))
		}
		dropped += b.rec.Dropped()
	}
	return list, dropped
}
