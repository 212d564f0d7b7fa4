package pieces

import (
	"context"
	"errors"
	"fmt"

	"edgesim/sim/curve"
	"edgesim/sim/fleet"
)

// Shard is a part of a trace's objects, in which cells are played in small.
type Shard struct {
	Trace      Traced         `json:"trace"`
	Sharding   curve.Sharding `json:"sharding"`
	Number     int            `json:"number"` // of the shard, from 0
	Cells      []curve.Cell   `json:"cells"`
	IgnoreSize bool           `json:"ignore_size,omitempty"`
	ResizedNew bool           `json:"resized_new,omitempty"`
	Warmup     int64          `json:"warmup,omitempty"` // requests
	Seed       uint64         `json:"seed"`             // of the policies' own chance
}

const shardKind = "shard"

func init() { fleet.Register(fleet.KindOf(shardKind, playShard)) }

func playShard(ctx context.Context, r *fleet.Room, s Shard) (p *curve.Part, err error) {
	if len(s.Cells) < 1 || len(s.Cells) > mostDrawn || s.Warmup < 0 {
		return nil, fmt.Errorf("%d cells and %d requests of warm-up; right are 1 to %d, and 0 or more", len(s.Cells), s.Warmup, mostDrawn)
	}
	t, err := s.Trace.open(ctx, r)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	return curve.Shard(ctx, t, s.Sharding, s.Number, s.Cells, curve.Config{IgnoreSize: s.IgnoreSize, ResizedNew: s.ResizedNew, Warmup: s.Warmup, Seed: s.Seed})
}

// Shard is what curve.Shard gives of the trace, by a worker.
func (f *Files) Shard(ctx context.Context, s curve.Sharding, number int, cells []curve.Cell, c curve.Config) (*curve.Part, error) {
	p, err := fleet.Ask[curve.Part](ctx, f.Job, shardKind, Shard{
		Trace: f.Trace, Sharding: s, Number: number, Cells: cells, IgnoreSize: c.IgnoreSize, ResizedNew: c.ResizedNew, Warmup: c.Warmup, Seed: c.Seed,
	}, f.Data...)
	if err == nil && len(p.Missed) != len(cells) {
		err = fmt.Errorf("shard %d has %d figures of %d cells", number, len(p.Missed), len(cells))
	}
	return &p, err
}
