package pieces

import (
	"context"
	"errors"
	"fmt"

	"edgesim/sim/fleet"
	"edgesim/workloads/trace"
)

// Traced is how a trace is read whose files are a piece's data, in their order.
type Traced struct {
	Format  string `json:"format"` // never told by the files: their names are not here
	Columns string `json:"columns,omitempty"`
	Limit   int64  `json:"limit,omitempty"` // requests at most; 0: all
	SkipBad bool   `json:"skip_bad,omitempty"`
}

// mostFiles is how many files a trace of a piece may have.
const mostFiles = 10_000

func (t *Traced) check(files int) error {
	switch {
	case t.Format == "":
		return errors.New("a trace of no format")
	case t.Limit < 0:
		return fmt.Errorf("a limit of %d requests", t.Limit)
	case files < 1 || files > mostFiles:
		return fmt.Errorf("a trace of %d files; right are 1 to %d", files, mostFiles)
	}
	return nil
}

// open opens the trace that a piece has.
func (t *Traced) open(ctx context.Context, r *fleet.Room) (*trace.Trace, error) {
	if err := t.check(r.Files()); err != nil {
		return nil, err
	}
	o := trace.Options{Format: t.Format, Columns: t.Columns, Limit: t.Limit, SkipBad: t.SkipBad}
	for i := range r.Files() {
		path, err := r.File(ctx, i)
		if err != nil {
			return nil, err
		}
		o.Files = append(o.Files, path)
	}
	return trace.Open(o)
}
