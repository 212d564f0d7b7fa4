package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/pflag"

	"edgesim/results"
	"edgesim/results/folder"
	"edgesim/sim/fleet"
	"edgesim/sim/load"
	"edgesim/sim/objective"
	"edgesim/sim/pieces"
	"edgesim/sim/unit"
)

// joint are the flags of a run that several workers play.
type joint struct {
	nats    fleet.Flags
	workers int
	wait    unit.Duration
}

func (j *joint) flags(f *pflag.FlagSet) {
	j.nats.Add(f, true)
	j.wait = unit.Duration(time.Minute)
	f.IntVar(&j.workers, "workers", 0, "with --nats: so many workers play the schedule together, a share each;\n--connections are split between them")
	f.Var(&j.wait, "workers-wait", "with --nats: for as many workers to be ready")
}

func (j *joint) check(o *options) error {
	if err := j.nats.Check(o.given); err != nil {
		return err
	}
	if !j.nats.Asked() {
		for _, name := range []string{"workers", "workers-wait"} {
			if o.given(name) {
				return fmt.Errorf("--%s goes with --nats: workers play there; give that too, or --share for processes by hand", name)
			}
		}
		return nil
	}
	switch {
	case o.given("share"):
		return fmt.Errorf("--share with --nats: workers are dealt their shares from here; right is --workers %d in its place, or no --nats for processes that are started by hand", max(o.Share.Of, 1))
	case o.given("start-at"):
		return errors.New("--start-at with --nats: the start is given when all workers are ready; right is to leave it out, or no --nats for processes that are started by hand")
	case j.workers < 1 || j.workers > load.MostShares:
		return fmt.Errorf("--nats with --workers %d; right are 1 to %d, each an edgesim worker at that server", j.workers, load.MostShares)
	case j.wait <= 0:
		return errors.New("--workers-wait 0s; right is more than 0")
	case o.Trace == "-":
		return errors.New("--trace - with --nats: workers read the trace, too; right is a file")
	}
	return nil
}

// crewed is a run that workers play, as it is watched.
type crewed struct {
	*load.Crew
	length time.Duration
}

func (c *crewed) planned() time.Duration { return c.length }
func (c *crewed) shares() []string       { return c.Shares() }

// together has a schedule played by several workers.
func together(ctx context.Context, o *options, stdout, stderr io.Writer) int {
	l, err := o.loading()
	if err != nil {
		fmt.Fprintf(stderr, "loadgen: %v\n", err)
		return exitUsage
	}
	c, end, err := assemble(ctx, o, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "loadgen: %v\n", err)
		return exitUsage
	}
	defer end()
	t := &troupe{options: o, loading: l, company: c, stderr: stderr}
	sum, err := t.play(ctx)
	if err == nil {
		err = t.told.print(stdout, sum)
	}
	if err != nil {
		fmt.Fprintf(stderr, "loadgen: %v\n", err)
		return exitFail
	}
	return t.verdict(ctx, sum)
}

// company is who plays runs, one after the other, and is watched for Prometheus
// meanwhile.
type company struct {
	conn *fleet.Conn
	crew atomic.Pointer[load.Crew] // of the run that is played; nil: none yet
}

// assemble connects, and serves --metrics until end is called.
func assemble(ctx context.Context, o *options, stderr io.Writer) (c *company, end func(), err error) {
	c = &company{}
	unserve := func() {}
	if o.Metrics != "" {
		served, err := load.ServeMetrics(o.Metrics, func(w http.ResponseWriter, r *http.Request) {
			if crew := c.crew.Load(); crew != nil {
				crew.ServeMetrics(w, r)
			}
		})
		if err != nil {
			return nil, nil, err
		}
		unserve = func() { _ = served.Close() }
	}
	var leave func()
	if c.conn, leave, err = o.nats.Connect(ctx, "loadgen", fleet.VersionOf(results.ThisProgram("loadgen")), stderr); err != nil {
		unserve()
		return nil, nil, err
	}
	return c, func() { unserve(); leave() }, nil
}

// once plays one run of many, such as a search makes: one of which a share is not whole
// is a load.ErrLost.
func (c *company) once(ctx context.Context, o *options) (*results.Summary, error) {
	l, err := o.loading()
	if err != nil {
		return nil, err
	}
	t := &troupe{options: o, loading: l, company: c, stderr: io.Discard, whole: true}
	sum, err := t.play(ctx)
	if err != nil {
		return nil, err
	}
	if err := broken(sum); err != nil {
		return nil, load.ErrLost{Cause: err}
	}
	return sum, nil
}

// broken is the first trouble of a share.
func broken(sum *results.Summary) error {
	for _, s := range sum.Shares {
		if s.Trouble != "" {
			return fmt.Errorf("share %s (worker %s): %s", s.Share, s.Worker, s.Trouble)
		}
	}
	return nil
}

// loading is what workers are told.
func (o *options) loading() (*pieces.Loading, error) {
	plan, err := o.Planned()
	if err != nil {
		return nil, err
	}
	if plan.Connections < o.workers {
		return nil, fmt.Errorf("--connections %d for --workers %d; right is one for each of them or more", plan.Connections, o.workers)
	}
	if err := o.Hand(); err != nil {
		return nil, err
	}
	l := &pieces.Loading{Options: o.Options, Plan: plan, Of: o.workers}
	l.Options.Counted = o.Metrics != ""
	return l, nil
}

// troupe is a run that workers play.
type troupe struct {
	*company
	options *options
	loading *pieces.Loading
	stderr  io.Writer
	whole   bool // as load.Crew has it
	told    told
}

// play plays, and puts together what came of it.
func (t *troupe) play(ctx context.Context) (*results.Summary, error) {
	if err := t.loading.Lay(ctx, t.conn); err != nil {
		return nil, err
	}
	host, _ := os.Hostname()
	dir, _ := os.Getwd()
	about := fleet.About{ // a run in real time is never the same again
		ID:      fleet.JobID(t.conn.Version, "load", host, fmt.Sprint(os.Getpid(), time.Now().UnixNano())),
		Command: fleet.Safe(append([]string{"loadgen"}, t.options.Command...)), Dir: dir, Host: host,
	}
	j, err := fleet.Open(ctx, t.conn, about)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(t.stderr, "job %s at %s: %d workers are asked for\n", j.ID, t.conn.Where, t.loading.Of)
	hands, crew, err := t.perform(ctx, j)
	if err == nil && slices.ContainsFunc(hands, func(h *load.Hand) bool { return errors.Is(h.Err, fleet.ErrCancelled) }) {
		err = fleet.ErrCancelled
	}
	j.Close(err == nil)
	if err != nil {
		after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		return nil, errors.Join(err, t.conn.Cancel(after, j.ID))
	}
	t.told = told{options: t.options, plan: t.loading.Plan}
	crew.SoFar(func(all *load.Heard) { t.told.hits = all.Told > 0 })
	return t.gather(context.WithoutCancel(ctx), hands)
}

// perform has the shares played, while the live view moves.
func (t *troupe) perform(ctx context.Context, j *fleet.Job) ([]*load.Hand, *load.Crew, error) {
	clock, err := t.conn.Clock(ctx, j.ID, "coordinator")
	if err != nil {
		return nil, nil, err
	}
	crew := &load.Crew{Of: t.loading.Of, Wait: t.options.wait.Std(), Lease: t.conn.Lease(), Line: j.Line(), Clock: clock, Whole: t.whole,
		Ask: func(ctx context.Context, share int) (load.Parted, error) { return t.loading.Ask(ctx, j, share) },
		Log: func(format string, args ...any) { fmt.Fprintf(t.stderr, format+"\n", args...) },
	}
	var watcher sync.WaitGroup
	stop := make(chan struct{})
	crew.Begun = func() {
		watcher.Go(func() { progress(&crewed{crew, t.loading.Plan.Length}, t.stderr, stop) })
	}
	t.crew.Store(crew)
	hands, err := crew.Play(ctx)
	close(stop)
	watcher.Wait()
	if aside := (fleet.SetAside{}); errors.As(err, &aside) {
		err = fmt.Errorf("worker %s: %s", aside.Worker, aside.Text)
	}
	return hands, crew, err
}

// gather makes a run folder of all shares, and takes it away if nobody wants it.
func (t *troupe) gather(ctx context.Context, hands []*load.Hand) (*results.Summary, error) {
	dir := t.options.Out
	if dir == "" {
		scratch, err := os.MkdirTemp("", "edgesim-load-")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(scratch)
		dir = scratch
	}
	return load.Gather(ctx, load.Gathering{Hands: hands, Scenario: t.loading.Plan.Text, Fetch: t.conn.Take, Into: folder.Merging{
		Dir: dir, Plain: t.options.Out == "", CSV: t.options.CSV, Judge: t.loading.Plan.Judge(&t.options.Options),
		Manifest: results.Manifest{Command: append([]string{"loadgen"}, fleet.Safe(t.options.Command)...), Program: results.ThisProgram("loadgen")},
	}})
}

// verdict is as of a run by one process; a share that is not whole fails it.
func (t *troupe) verdict(ctx context.Context, sum *results.Summary) int {
	if err := broken(sum); err != nil {
		fmt.Fprintf(t.stderr, "loadgen: %v\n", err)
		return exitFail
	}
	switch {
	case t.options.Verify && sum.Unverified > 0:
		fmt.Fprintf(t.stderr, "loadgen: %d responses had wrong bytes\n", sum.Unverified)
	case ctx.Err() != nil:
		fmt.Fprintln(t.stderr, "loadgen: interrupted; the results are partial")
	case sum.ViewerRequests == 0:
		fmt.Fprintln(t.stderr, "loadgen: no request was answered")
	case sum.Errors == sum.ViewerRequests:
		fmt.Fprintln(t.stderr, "loadgen: every request failed")
	case objective.Missed(sum) != "":
		fmt.Fprintf(t.stderr, "loadgen: %s\n", objective.Missed(sum))
	default:
		return exitDone
	}
	return exitFail
}
