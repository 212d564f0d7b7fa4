package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"

	"edgesim/sim/curve"
	"edgesim/sim/fleet"
	"edgesim/workloads/trace"
)

// checkShards says what does not go with --shards.
func (o *mrcOptions) checkShards() error {
	switch {
	case o.shards == 0:
		return nil
	case o.shards < curve.LeastShards || o.shards > curve.MostShards:
		return usagef("--shards %d: right are %d to %d", o.shards, curve.LeastShards, curve.MostShards)
	case o.sample != 0 || o.sampleSize != 0:
		return usagef("--shards deals all objects out, and --sample leaves most of them away; right is one of them")
	case o.allSizes:
		return usagef("--all-sizes is of one reading, and --shards of many; right is one of them")
	}
	return nil
}

// playShard plays the shard of a number.
type playShard func(ctx context.Context, s curve.Sharding, number int, cells []curve.Cell, c curve.Config) (*curve.Part, error)

// inShards plays the shards of the objects here.
func (m *measured) inShards(e *env) error {
	cells, err := m.prepared(e)
	if cells == nil || err != nil {
		return err
	}
	return m.joined(e, cells, m.wanted.config.Jobs, m.shardHere)
}

func (m *measured) shardHere(ctx context.Context, s curve.Sharding, number int, cells []curve.Cell, c curve.Config) (p *curve.Part, err error) {
	t, err := trace.Open(m.options)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	return curve.Shard(ctx, t, s, number, cells, c)
}

// joined plays all shards, so many at a time, and adds them up.
func (m *measured) joined(e *env, cells []curve.Cell, jobs int, play playShard) error {
	n, t := m.wanted.shards, m.totals
	if least := int64(n * curve.ShardObjects); t.Objects < least {
		return usagef("--shards %d: %d objects are too few; right are %d in each shard, and here up to %d shards", n, t.Objects, curve.ShardObjects, t.Objects/curve.ShardObjects)
	}
	sharding := curve.Sharding{N: n, Mean: float64(t.WorkingSet) / float64(t.Objects), Seed: m.wanted.config.Seed}
	parts, lost := make([]*curve.Part, n), make([]error, n)
	g, ctx := errgroup.WithContext(e.ctx)
	g.SetLimit(max(1, jobs))
	for i := range n {
		g.Go(func() error {
			p, err := play(ctx, sharding, i, cells, m.wanted.config)
			if err == nil {
				parts[i] = p
			} else if errors.As(err, new(fleet.SetAside)) {
				lost[i], err = err, nil
			}
			return err
		})
	}
	err := g.Wait()
	if err != nil && !brokenOff(err) {
		return err
	}
	return m.join(e, sharding, cells, parts, lost, err)
}

// join is the estimates of the shards that are there; broken is why others are not.
func (m *measured) join(e *env, s curve.Sharding, cells []curve.Cell, parts []*curve.Part, lost []error, broken error) error {
	var there []*curve.Part
	failed := 0
	for i, p := range parts {
		if p != nil {
			there = append(there, p)
		}
		if lost[i] == nil {
			continue
		}
		if failed++; failed == 1 {
			m.lost = lost[i]
		}
	}
	if len(there) < 2 {
		return errors.Join(m.lost, broken)
	}
	if failed > 0 {
		m.lost = fmt.Errorf("%d of %d shards failed and are left out; the first: %w", failed, len(parts), m.lost)
	}
	if broken != nil {
		m.totals.Partial, m.short = true, fmt.Sprintf("%d of %d shards were played", len(there), len(parts))
	}
	m.shards = len(there)
	m.totals.Counted, m.totals.Bytes = there[0].Counted, there[0].Sum
	m.estimates = s.Joined(there, cells)
	m.doubt(e, cells)
	m.estimated()
	return broken
}

// doubt says which figures are less sure than the shards agree: of caches that
// hold few objects of a shard, and of policies that are not themselves in small.
func (m *measured) doubt(e *env, cells []curve.Cell) {
	mean := float64(m.totals.WorkingSet) / float64(m.totals.Objects)
	few, adapting := int64(0), []string(nil)
	for _, c := range cells {
		if float64(c.Capacity) < mean*float64(m.wanted.shards*curve.ShardObjects) {
			few = max(few, c.Capacity)
		}
		if curve.Adapts(c.Policy) {
			adapting = append(adapting, c.Policy)
		}
	}
	if few > 0 {
		fmt.Fprintf(e.stderr, "edgesim mrc: caches up to %s hold less than %d objects of each of %d shards: their intervals are wide for that\n",
			m.capacity(few), curve.ShardObjects, m.wanted.shards)
	}
	if len(adapting) > 0 {
		fmt.Fprintf(e.stderr, "edgesim mrc: %s in small is not quite itself, and has wide intervals for that; surer is no --shards\n", strings.Join(uniq(adapting), ", "))
	}
}
