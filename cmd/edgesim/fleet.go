package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"

	"edgesim/results"
	"edgesim/sim/fleet"
	"edgesim/sim/pieces"
	"edgesim/sim/sweep"
	"edgesim/workloads/trace"
)

// fleetVersion is the one of this program.
var fleetVersion = sync.OnceValue(func() string { return fleet.VersionOf(results.ThisProgram("edgesim")) })

// handing is a job whose pieces are handed out.
type handing struct {
	*fleet.Conn
	*fleet.Job
	end func()
}

// handOut connects and takes a job up. about is what it is of: flags and content
// that change its pieces. The returned function ends it; a job that is not over can
// be taken up by the same command.
func handOut(e *env, o *fleet.Flags, about ...string) (*handing, error) {
	return handOutOf(e, o, func(*fleet.Conn) ([]string, error) { return about, nil })
}

// handOutOf is handOut of what is known once data lies on the server.
func handOutOf(e *env, o *fleet.Flags, lay func(*fleet.Conn) (about []string, err error)) (*handing, error) {
	c, end, err := o.Connect(e.ctx, "edgesim "+e.typed[0], fleetVersion(), e.stderr)
	if err != nil {
		return nil, usageError{err}
	}
	about, err := lay(c)
	if err != nil {
		end()
		return nil, err
	}
	host, _ := os.Hostname()
	dir, _ := os.Getwd()
	j, err := fleet.Open(e.ctx, c, fleet.About{
		ID: fleet.JobID(append([]string{c.Version, e.typed[0]}, about...)...), Command: e.command(), Dir: dir, Host: host,
	})
	if err != nil {
		end()
		return nil, err
	}
	fmt.Fprintf(e.stderr, "job %s at %s\n", j.ID, c.Where)
	stop := j.Watch(e.stderr)
	return &handing{c, j, func() { stop(); end() }}, nil
}

// close ends the job and says what becomes of it.
func (h *handing) close(e *env, err error) {
	over := err == nil
	h.Job.Close(over)
	h.end()
	if !over && !errors.Is(err, fleet.ErrCancelled) && !e.cancelled() && e.ctx.Err() != nil {
		fmt.Fprintf(e.stderr, "job %s is not over, and workers go on with what is queued: the same command takes it up, `edgesim jobs cancel %s` ends it\n", h.ID, h.ID)
	}
}

// heed has a command whose job is cancelled end as one that is interrupted.
func (h *handing) heed(e *env) { e.ctx = h.While(e.ctx) }

// cancelled tells whether the command's job was cancelled.
func (e *env) cancelled() bool { return errors.Is(context.Cause(e.ctx), fleet.ErrCancelled) }

// broken is what broke a command off.
func (e *env) broken() string {
	if e.cancelled() {
		return fleet.ErrCancelled.Error()
	}
	return "interrupted"
}

// mostAsked is how many pieces of a job are asked for at a time.
const mostAsked = 10_000

// handOut gives the scenario and the files that it names to workers, and the job that
// its trials are of.
func (w *ofScenario) handOut(e *env, o *fleet.Flags) (*pieces.World, *handing, error) {
	file, text, sets := w.base.Written()
	world := &pieces.World{File: file, Sets: sets}
	files := w.base.Names()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := workersFile(files[name]); err != nil {
			return nil, nil, err
		}
		world.Names = append(world.Names, name)
	}
	if r := w.base.Workload.Replay; r != nil && r.Format == "auto" { // which the name of the file may have told
		format, err := trace.Told(trace.Options{Files: []string{files[r.File]}, Columns: r.Columns})
		if err != nil {
			return nil, nil, usageError{err}
		}
		world.Sets = append(slices.Clone(sets), "workload.replay.format="+format)
	}
	h, err := handOutOf(e, o, func(c *fleet.Conn) ([]string, error) {
		hash, err := c.PutBytes(e.ctx, text)
		world.Data = []string{hash}
		about := append([]string{file, string(text)}, world.Sets...)
		for _, name := range world.Names {
			var data string
			if err == nil {
				data, err = c.Lay(e.ctx, files[name], o.Shares)
			}
			world.Data, about = append(world.Data, data), append(about, fleet.ContentOf(data))
		}
		return about, err
	})
	if err != nil {
		return nil, nil, err
	}
	h.heed(e)
	world.Job = h.Job
	return world, h, nil
}

// workersFile refuses what workers cannot be given.
func workersFile(name string) error {
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return usagef("--nats: %s is no file, and workers read files; right are those that it stands for", name)
	}
	return nil
}

// setAside tells a sweep that one trial failed for good, and the others go on.
func setAside(err error) error {
	if errors.As(err, new(fleet.SetAside)) {
		return sweep.Lost{Cause: err}
	}
	return err
}

// command is the command line as it was typed, without its secrets.
func (e *env) command() []string { return fleet.Safe(append([]string{"edgesim"}, e.typed...)) }
