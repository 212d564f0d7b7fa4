package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"edgesim/workloads/trace"
)

// readAtOnce is how many requests of a trace are read together.
const readAtOnce = 4096

// fromTrace gathers a trace: objects by their numbers, asked for by anybody.
func (g *gatherer) fromTrace(ctx context.Context) error {
	t, err := trace.Open(g.o.traceOptions())
	if err != nil {
		return err
	}
	defer t.Close()
	g.timed = t.Info().Times
	if _, err := g.place("", true); err != nil {
		return err
	}
	list := g.sites[0].list
	reqs := make([]trace.Request, readAtOnce)
	for {
		n, err := t.Read(reqs)
		for i := range reqs[:n] {
			a := asked{at: reqs[i].At}
			if !g.timed {
				a.at = 0
			}
			object := list.Meet(reqs[i].ID, reqs[i].Size)
			if object > math.MaxUint32 {
				return fmt.Errorf("%s: more than %d objects", t.Info().Files[0], uint32(math.MaxUint32))
			}
			a.object = uint32(object)
			if err := g.add(&a, a.at); err != nil {
				return err
			}
		}
		switch {
		case err == io.EOF:
			g.passedOver(t.Faults())
			return nil
		case err != nil:
			return withHint(err)
		case ctx.Err() != nil:
			return ctx.Err()
		}
	}
}

// withHint is what is wrong with a line, and what can be done about it.
func withHint(err error) error {
	if errors.As(err, &trace.Fault{}) {
		return fmt.Errorf("%w (skip_bad or --skip-bad counts such places and goes on)", err)
	}
	return err
}

// passedOver says what was wrong with a trace.
func (g *gatherer) passedOver(f *trace.Faults) {
	if f.Bad > 0 {
		g.say("%d lines of what is replayed are no request and were passed over, the first of them %v", f.Bad, f.First[0])
	}
	if f.Empty > 0 {
		g.say("%d requests are for objects of 0 bytes: taken as 1 byte", f.Empty)
	}
	for _, said := range f.Said {
		g.say("%s", said)
	}
}

func (g *gatherer) say(format string, args ...any) {
	g.doubts = append(g.doubts, fmt.Sprintf(format, args...))
}
