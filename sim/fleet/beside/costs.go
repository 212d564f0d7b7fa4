package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"edgesim/sim/fleet"
)

const version = "beside"

// cost is what work cost, in seconds of a processor each.
type cost struct {
	piece     struct{ server, coordinator, worker float64 }
	rate      float64 // pieces a second, on this machine
	megabyte  struct{ put, server, worker float64 }
	bandwidth float64 // MiB a second from the store
}

// nothing is a piece that does nothing; weigh one that only fetches its data.
var kinds = []fleet.Kind{
	fleet.KindOf("nothing", func(_ context.Context, _ *fleet.Room, n int) (int, error) { return n, nil }),
	fleet.KindOf("weigh", func(ctx context.Context, r *fleet.Room, _ int) (int64, error) {
		path, err := r.File(ctx, 0)
		if err != nil {
			return 0, err
		}
		info, err := os.Stat(path)
		if err != nil {
			return 0, err
		}
		return info.Size(), nil
	}),
}

func beServer(dir string) error {
	srv, err := fleet.Serve(fleet.Serving{Dir: dir})
	if err != nil {
		return err
	}
	defer srv.Close()
	fmt.Println(srv.URL)
	<-interrupted().Done()
	return nil
}

func beWorker(url, name string) error {
	ctx := interrupted()
	c, err := fleet.Connect(ctx, fleet.Options{URL: url, Name: name, Version: version})
	if err != nil {
		return err
	}
	defer c.Close()
	dir, err := os.MkdirTemp("", "beside-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Println("ready")
	return (&fleet.Worker{Conn: c, Name: name, Slots: 8, Cache: dir, Kinds: kinds}).Run(ctx)
}

func interrupted() context.Context {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop)
	return ctx
}

// self starts this program as something else; spent says what it took, once it is
// over.
func self(args ...string) (first string, spent func() float64, err error) {
	c := exec.Command(os.Args[0], args...)
	c.Stderr = os.Stderr
	stop, lines, err := begun(c, c.StdoutPipe)
	if err != nil {
		return "", nil, err
	}
	if !lines.Scan() {
		stop()
		return "", nil, errors.New("a process of ours ended at once")
	}
	return lines.Text(), sync.OnceValue(func() float64 {
		stop()
		return (c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds()
	}), nil
}

// costs measures pieces first and data then, each with processes of its own.
func costs(pieces, megabytes int) (c cost, err error) {
	n, err := round(func(ctx context.Context, _ *fleet.Conn, j *fleet.Job) error { return each(ctx, j, "nothing", pieces) })
	if err != nil {
		return c, err
	}
	c.piece.server, c.piece.coordinator, c.piece.worker = n.server/float64(pieces), n.own/float64(pieces), n.workers/float64(pieces)
	c.rate = float64(pieces) / n.wall
	d, err := round(func(ctx context.Context, conn *fleet.Conn, j *fleet.Job) error { return fetch(ctx, conn, j, megabytes) })
	if err != nil {
		return c, err
	}
	moved := float64(workers * megabytes)
	c.megabyte.put, c.megabyte.server, c.megabyte.worker = d.own/float64(megabytes), d.server/(moved+float64(megabytes)), d.workers/moved
	c.bandwidth = moved / d.wall
	return c, nil
}

// workers is how many there are.
const workers = 2

// spent is what a round took, in seconds.
type spent struct{ wall, own, server, workers float64 }

// round starts a server and workers, does something, and says what it took. Starting
// is in it: some hundredths of a second each.
func round(do func(context.Context, *fleet.Conn, *fleet.Job) error) (s spent, err error) {
	dir, err := os.MkdirTemp("", "beside-*")
	if err != nil {
		return s, err
	}
	defer os.RemoveAll(dir)
	url, server, err := self("--serve", dir)
	if err != nil {
		return s, err
	}
	defer server()
	var hands []func() float64
	for i := range workers {
		_, hand, err := self("--work", url, "--name", fmt.Sprintf("worker%d", i))
		if err != nil {
			return s, err
		}
		defer hand()
		hands = append(hands, hand)
	}
	ctx := context.Background()
	conn, err := fleet.Connect(ctx, fleet.Options{URL: url, Version: version})
	if err != nil {
		return s, err
	}
	defer conn.Close()
	j, err := fleet.Open(ctx, conn, fleet.About{ID: "measured"})
	if err != nil {
		return s, err
	}
	begin, own := time.Now(), ownTime()
	err = do(ctx, conn, j)
	s.wall, s.own = time.Since(begin).Seconds(), ownTime()-own
	j.Close(true)
	for _, hand := range hands {
		s.workers += hand()
	}
	s.server = server()
	return s, err
}

func ownTime() float64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // it fails for a wrong argument only
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// each has so many pieces of a kind done, and waits for them.
func each(ctx context.Context, j *fleet.Job, kind string, pieces int, data ...string) error {
	var wg sync.WaitGroup
	errs := make(chan error, pieces)
	for i := range pieces {
		wg.Go(func() {
			if _, err := fleet.Ask[int64](ctx, j, kind, i, data...); err != nil {
				errs <- err
			}
		})
	}
	wg.Wait()
	close(errs)
	return <-errs
}

// fetch has data fetched by every worker: so many pieces of it that each gets one.
func fetch(ctx context.Context, c *fleet.Conn, j *fleet.Job, megabytes int) error {
	b := make([]byte, megabytes<<20)
	for i := range b {
		b[i] = byte(i * 2654435761 >> 13)
	}
	hash, err := c.PutBytes(ctx, b)
	if err != nil {
		return err
	}
	return each(ctx, j, "weigh", 8*workers, hash)
}

func (c *cost) print() {
	us := func(s float64) float64 { return s * 1e6 }
	fmt.Println("What a piece costs that does nothing, in µs of a processor")
	fmt.Printf("  server %.0f, coordinator %.0f, worker %.0f; %.0f pieces a second on this machine\n\n", us(c.piece.server), us(c.piece.coordinator), us(c.piece.worker), c.rate)
	fmt.Println("What a MiB of data costs, in µs of a processor")
	fmt.Printf("  laying it down %.0f, server for each that takes or gives it %.0f,\n  worker that fetches it %.0f; %.0f MiB a second on this machine\n\n",
		us(c.megabyte.put), us(c.megabyte.server), us(c.megabyte.worker), c.bandwidth)
}

// foretell works out where workers of one core begin to wait: for the server's one
// core a piece, for the coordinator's, and for data.
func (c *cost) foretell() {
	fmt.Println("Workers of one core; a server and a coordinator of one core each, and 10 Gbit/s")
	fmt.Println("  workers   shortest piece that keeps them busy   time until all have 1 GiB")
	for _, n := range []float64{10, 100, 1000} {
		piece := n * max(c.piece.server, c.piece.coordinator)
		wire := n * (1 << 30) * 8 / 10e9
		fmt.Printf("  %7.0f   %32.3f s   %22.1f s\n", n, piece, max(n*1024*c.megabyte.server, wire))
	}
}
