package pieces

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"slices"

	"edgesim/sim/fleet"
	"edgesim/sim/load"
	"edgesim/sim/scenario"
)

// Load is a share of a run of load: what is played, against what, and which part of
// it. Files go as blobs, and what they are stands in Files; no path and no command is
// told.
type Load struct {
	Options load.Options `json:"options"`
	Share   int          `json:"share"` // from 1
	Of      int          `json:"of"`
	Files   []string     `json:"files"`           // what the piece's blobs are: scenario, trace, authorities, named
	Names   []string     `json:"names,omitempty"` // that the scenario has for those that are named, in their order
}

const loadKind = "load"

// What a blob of a Load is.
const (
	scenarioFile    = "scenario"
	traceFile       = "trace"
	authoritiesFile = "authorities"
	namedFile       = "named"
)

// longestText is how large a scenario or a file of authorities may be.
const longestText = 16 << 20

func init() {
	k := fleet.KindOf(loadKind, playLoad)
	k.Once = true
	fleet.Register(k)
}

func playLoad(ctx context.Context, r *fleet.Room, l Load) (load.Parted, error) {
	o := &l.Options
	if l.Of < 1 || l.Of > load.MostShares || l.Share < 1 || l.Share > l.Of {
		return load.Parted{}, fmt.Errorf("share %d of %d; right are 1 to %d", l.Share, l.Of, load.MostShares)
	}
	if len(l.Files) != r.Files() {
		return load.Parted{}, fmt.Errorf("%d files are told of, and there are %d", len(l.Files), r.Files())
	}
	if err := l.take(ctx, r); err != nil {
		return load.Parted{}, err
	}
	o.Share = load.Share{Number: l.Share, Of: l.Of}
	o.Handed = true
	if err := o.Check(); err != nil {
		return load.Parted{}, err
	}
	return load.PlayPart(ctx, r, o)
}

// take puts the piece's files where the options have them. A scenario that is handed in
// reads those that came with it, and none of this machine's.
func (l *Load) take(ctx context.Context, r *fleet.Room) error {
	o := &l.Options
	o.ScenarioFiles = scenario.Files{}
	names := l.Names
	for i, what := range l.Files {
		path, err := r.File(ctx, i)
		if err != nil {
			return err
		}
		switch {
		case what == traceFile:
			o.Trace = path
		case what == scenarioFile:
			o.Scenario = cmp.Or(o.Name, scenarioFile)
			o.ScenarioText, err = textOf(path)
		case what == authoritiesFile:
			o.Authorities, err = textOf(path)
		case what == namedFile && len(names) > 0:
			o.ScenarioFiles[names[0]] = path
			names = names[1:]
		default:
			err = fmt.Errorf("a file that is a %q; right are %s, %s, %s, and %s with a name for each", what, scenarioFile, traceFile, authoritiesFile, namedFile)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func textOf(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil && info.Size() > longestText {
		err = fmt.Errorf("a text of %d bytes; right are at most %d", info.Size(), longestText)
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// Loading is a run of load that is played by workers.
type Loading struct {
	Options load.Options
	Plan    *load.Plan
	Of      int // shares
	files   []string
	names   []string
	blobs   []string
}

// Lay lays what the workers need into the store. The options are checked.
func (l *Loading) Lay(ctx context.Context, c *fleet.Conn) error {
	o := &l.Options
	if o.Scenario != "" {
		if err := l.lay(ctx, c, scenarioFile, o.ScenarioText); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.ScenarioFiles)) {
		if err := l.put(ctx, c, namedFile, o.ScenarioFiles[name]); err != nil {
			return fmt.Errorf("--scenario %s: %s: %w", o.Scenario, name, err)
		}
		l.names = append(l.names, name)
	}
	if o.CA != "" {
		text, err := os.ReadFile(o.CA)
		if err != nil {
			return fmt.Errorf("--ca: %w", err)
		}
		if err := l.lay(ctx, c, authoritiesFile, text); err != nil {
			return err
		}
	}
	if o.Trace != "" {
		if err := l.put(ctx, c, traceFile, o.Trace); err != nil {
			return fmt.Errorf("--trace: %w", err)
		}
	}
	return nil
}

func (l *Loading) lay(ctx context.Context, c *fleet.Conn, what string, text []byte) error {
	hash, err := c.PutBytes(ctx, bytes.Clone(text))
	l.files, l.blobs = append(l.files, what), append(l.blobs, hash)
	return err
}

func (l *Loading) put(ctx context.Context, c *fleet.Conn, what, path string) error {
	hash, err := c.Put(ctx, path)
	l.files, l.blobs = append(l.files, what), append(l.blobs, hash)
	return err
}

// Ask has one share played.
func (l *Loading) Ask(ctx context.Context, j *fleet.Job, share int) (load.Parted, error) {
	o := l.Options
	o.Name = l.Plan.Name
	o.Connections = part(l.Plan.Connections, share, l.Of)
	o.Given = append(o.Given[:len(o.Given):len(o.Given)], "connections")
	return fleet.Ask[load.Parted](ctx, j, loadKind, Load{Options: o, Share: share, Of: l.Of, Files: l.files, Names: l.names}, l.blobs...)
}

// part is a share's of n things that are dealt in turn.
func part(n, share, of int) int { return (n + of - share) / of }
