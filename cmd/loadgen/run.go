package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"edgesim/results"
	"edgesim/sim/load"
	"edgesim/sim/objective"
)

// Exit statuses.
const (
	exitDone  = 0
	exitFail  = 1
	exitUsage = 2
)

// run is the program.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends the program the hard way.
	context.AfterFunc(ctx, stop)
	return runUntil(ctx, args, stdout, stderr)
}

func runUntil(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 && args[0] == "selftest" {
		return selftest(ctx, args[1:], stdout, stderr)
	}
	o, err := parse(args, stdout)
	if err == errHelp || errors.As(err, new(unprinted)) {
		return helped(err, stderr)
	}
	if err == nil && len(o.find.texts) > 0 {
		if _, err = o.Planned(); err == nil {
			return findMax(ctx, o, stdout, stderr)
		}
	}
	if err == nil && o.nats.Asked() {
		return together(ctx, o, stdout, stderr)
	}
	var s *job
	if err == nil {
		s, err = open(o)
	}
	if err != nil {
		fmt.Fprintf(stderr, "loadgen: %v\n", err)
		return exitUsage
	}
	return s.run(ctx, stdout, stderr)
}

// job is one run of the program.
type job struct {
	*load.Run
	options *options
}

func open(o *options) (*job, error) {
	r, err := load.Open(&o.Options)
	return &job{r, o}, err
}

// run plays, and prints what came of it.
func (s *job) run(ctx context.Context, stdout, stderr io.Writer) int {
	playErr := s.play(ctx, stderr)
	summary, err := s.Finish(ctx)
	if err == nil {
		err = s.print(stdout, summary)
	}
	if err != nil {
		fmt.Fprintf(stderr, "loadgen: %v\n", err)
		return exitFail
	}
	return s.verdict(ctx, playErr, summary, stderr)
}

// play plays the workload to its end, while the progress line moves.
func (s *job) play(ctx context.Context, stderr io.Writer) error {
	var watcher sync.WaitGroup
	stop := make(chan struct{})
	watcher.Go(func() { progress(s, stderr, stop) })
	err := s.Play(ctx)
	close(stop)
	watcher.Wait()
	return err
}

// helped is the exit status after help, which errHelp says was given.
func helped(err error, stderr io.Writer) int {
	if err == errHelp {
		return exitDone
	}
	fmt.Fprintf(stderr, "loadgen: %v\n", err)
	return exitFail
}

// verdict says on stderr what made the run a failure, and is the exit status.
func (s *job) verdict(ctx context.Context, err error, sum *results.Summary, stderr io.Writer) int {
	switch {
	case err != nil:
		fmt.Fprintf(stderr, "loadgen: %v\n", err)
	case s.options.Verify && sum.Unverified > 0:
		fmt.Fprintf(stderr, "loadgen: %d responses had wrong bytes\n", sum.Unverified)
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "loadgen: interrupted; the results are partial")
	case s.Outcome.Done == 0:
		fmt.Fprintln(stderr, "loadgen: no request was answered")
	case sum.ViewerRequests > 0 && sum.Errors == sum.ViewerRequests:
		fmt.Fprintln(stderr, "loadgen: every request failed")
	case objective.Missed(sum) != "":
		fmt.Fprintf(stderr, "loadgen: %s\n", objective.Missed(sum))
	default:
		return exitDone
	}
	return exitFail
}
