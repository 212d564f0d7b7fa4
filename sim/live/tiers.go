package live

import (
	"context"
	"net"

	"edgesim/edge"
	"edgesim/results"
	"edgesim/sim/scenario"
)

// startTiers starts the edges between the origins and the one that conf will
// be, the nearest to the origins first, and leads conf's origins through them.
// They keep no records: the edge's tell who had the bytes.
func (st *stage) startTiers(s *scenario.Scenario, conf *edge.Config) error {
	straight := conf.Origins
	for i := len(s.Edge.Tiers) - 1; i >= 0; i-- {
		t := s.Edge.Tiers[i]
		c := *conf
		c.Layer, c.Capacity, c.Policy, c.Location = layers[t.Layer], int64(t.Capacity), t.Policy, t.Location
		c.MaxObject, c.Shards, c.Recorder, c.Names = 0, 0, nil, nil
		e, err := edge.New(c)
		if err != nil {
			return err
		}
		st.tiers = append(st.tiers, e)
		var addr string
		if err := st.listen(e.Serve, &addr); err != nil {
			return err
		}
		conf.Origins = via(straight, t.Layer+"-tier", layers[t.Layer], addr, st.dial)
	}
	return nil
}

// via is origins that are asked through a tier.
func via(list []edge.Origin, name string, layer results.Layer, addr string, dial func(context.Context, string) (net.Conn, error)) []edge.Origin {
	made := []edge.Origin{}
	for _, o := range list {
		o.Via = name
		made = append(made, o)
	}
	return append(made, edge.Origin{Name: name, Addr: addr, Tier: layer, Dial: dial})
}
