package pieces

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"strconv"

	"edgesim/results"
	"edgesim/results/geo"
	"edgesim/sim/fleet"
	"edgesim/sim/scenario"
	"edgesim/workloads/trace"
)

// locate says where viewers are, as the files have it; end is for when that is over.
func (l *Lines) locate(ctx context.Context, r *fleet.Room) (at Locate, end func(), err error) {
	end = func() {}
	if l.Geo {
		path, err := r.File(ctx, 0)
		if err != nil {
			return nil, nil, err
		}
		places, err := geo.Open(path)
		if err != nil {
			return nil, nil, err
		}
		at, end = places.Locate, func() { _ = places.Close() }
	}
	for i := range l.Worlds {
		if at, err = l.or(ctx, r, at, i); err != nil {
			return nil, end, err
		}
	}
	return at, end, nil
}

// or is a Locate that knows the viewers of one of the scenarios, too. It reads the files
// that came with it, and none of this machine's.
func (l *Lines) or(ctx context.Context, r *fleet.Room, at Locate, world int) (Locate, error) {
	path, err := r.File(ctx, l.beforeWorlds()+world)
	if err != nil {
		return nil, err
	}
	text, err := textOf(path)
	if err != nil {
		return nil, err
	}
	files, format := scenario.Files{}, ""
	for i, name := range l.Named {
		if name.World == world {
			format = cmp.Or(format, name.Format)
			if files[name.File], err = r.File(ctx, l.beforeWorlds()+l.Worlds+i); err != nil {
				return nil, err
			}
		}
	}
	return at.Or(string(text), files, format)
}

// Locate is where the viewer of an address is.
type Locate func(addr netip.Addr) (country [2]byte, state results.State)

// Or is a Locate that knows the viewers of a scenario, and else what another knows;
// nil knows nothing. text is the scenario as a run's manifest has it, files is where
// those lie that it names, and format that of what it replays; "": as it says.
func (before Locate) Or(text string, files scenario.Files, format string) (Locate, error) {
	s, err := parseManifest(text)
	if err != nil {
		return nil, err
	}
	if s.Replays() {
		var sets []string
		if format != "" {
			sets = []string{"workload.replay.format=" + strconv.Quote(format)}
		}
		if s, err = scenario.ParseFiles(manifestFile, []byte(text), files, sets...); err != nil {
			return before, nil // what was replayed is gone, and whose addresses are where with it
		}
	}
	viewers, err := s.Viewers()
	if err != nil {
		return nil, fmt.Errorf("the viewers in the run's manifest: %w", err)
	}
	return func(addr netip.Addr) ([2]byte, results.State) {
		if c := viewers.CountryOf(addr); c != ([2]byte{}) || before == nil {
			return c, results.NoState
		}
		return before(addr)
	}, nil
}

// manifestFile is what messages call a scenario that a manifest has.
const manifestFile = "manifest.json"

func parseManifest(text string) (*scenario.Scenario, error) {
	s, err := scenario.Parse(manifestFile, []byte(text))
	if err != nil {
		return nil, fmt.Errorf("the scenario in the run's manifest: %w", err)
	}
	return s, nil
}

// NamedIn are the files that the viewers in a manifest's scenario are told by, where they
// lie: those of one that replays, and that are there. format is that of what is replayed,
// where it is not said: a file's name may tell it.
func NamedIn(text string) (files scenario.Files, format string, err error) {
	s, err := parseManifest(text)
	if err != nil || !s.Replays() {
		return nil, "", err
	}
	files = s.Names()
	maps.DeleteFunc(files, func(_, path string) bool {
		info, err := os.Stat(path)
		return err != nil || !info.Mode().IsRegular()
	})
	if r := s.Workload.Replay; r.Format == "auto" && files[r.File] != "" {
		format, _ = trace.Told(trace.Options{Files: []string{files[r.File]}, Columns: r.Columns}) // who reads it says so
	}
	return files, format, nil
}
