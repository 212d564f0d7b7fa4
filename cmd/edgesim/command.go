package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"github.com/spf13/pflag"

	"edgesim/results/logs"
	"edgesim/sim/unit"
	"edgesim/workloads/trace"
)

// Exit statuses.
const (
	exitDone  = 0
	exitFail  = 1
	exitUsage = 2
)

// command is one of edgesim's. A command is a file.
type command struct {
	name     string
	synopsis string // behind the name: "SCENARIO [flags]"
	about    string // one line, for the list
	long     string // what it does, with pasteable examples
	prepare  func(f *pflag.FlagSet) action
	under    []command // commands of its own, in place of prepare
}

// action does the work once the flags are read.
type action func(e *env, args []string) error

// env is what a command has of the world.
type env struct {
	ctx            context.Context // ends at SIGINT or SIGTERM
	stdout, stderr io.Writer
	typed          []string // the command line
	flags          *pflag.FlagSet
}

var commands []command

// usageError is the caller's mistake: exit status 2.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errSilent is a failure that has been told already.
var errSilent = errors.New("told already")

// run is the program.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program the hard way
	return runUntil(ctx, args, stdout, stderr)
}

func runUntil(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	switch {
	case len(args) >= 2 && args[0] == "help":
		args = append(args[1:len(args):len(args)], "--help")
	case len(args) == 1 && args[0] == "--version":
		args = []string{"version"}
	}
	if len(args) == 0 || args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		return printHelp(help(), stdout, stderr)
	}
	for _, c := range commands {
		if c.name == args[0] {
			return c.run(&env{ctx: ctx, stdout: stdout, stderr: inTurn(stderr), typed: args}, args[1:])
		}
	}
	fmt.Fprintf(stderr, "edgesim: there is no command %q; `edgesim help` lists them: %s\n", args[0], strings.Join(names(), ", "))
	return exitUsage
}

// printHelp prints help that was asked for, and is the exit status.
func printHelp(text string, stdout, stderr io.Writer) int {
	if _, err := io.WriteString(stdout, text); err != nil {
		fmt.Fprintf(stderr, "edgesim: %v\n", err)
		return exitFail
	}
	return exitDone
}

// inTurn is w for a command and what watches its work beside it; a file takes turns
// by itself.
func inTurn(w io.Writer) io.Writer {
	if _, ok := w.(*os.File); ok {
		return w
	}
	return &turns{w: w}
}

type turns struct {
	mu sync.Mutex
	w  io.Writer
}

func (t *turns) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.w.Write(b)
}

func (c command) run(e *env, args []string) int {
	if len(c.under) > 0 {
		return c.runUnder(e, args)
	}
	f := pflag.NewFlagSet("edgesim "+c.name, pflag.ContinueOnError)
	f.SortFlags = false
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	do := c.prepare(f)
	e.flags = f
	err := f.Parse(args)
	if errors.Is(err, pflag.ErrHelp) {
		f.VisitAll(unit.SayDefaultOnce)
		return printHelp(fmt.Sprintf("Usage:\n  edgesim %s %s\n\n%s\nFlags:\n%s", c.name, c.synopsis, c.long, f.FlagUsagesWrapped(80)), e.stdout, e.stderr)
	}
	if unknown := (*pflag.NotExistError)(nil); errors.As(err, &unknown) {
		err = usagef("%v; `edgesim %s --help` lists the flags", err, c.name)
	} else if err != nil {
		err = usagef("%s", unit.FlagFault(err))
	} else {
		err = do(e, f.Args())
	}
	return c.status(e, err)
}

// runUnder runs the command of c's own that args begin with.
func (c command) runUnder(e *env, args []string) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		text := fmt.Sprintf("Usage:\n  edgesim %s %s\n\n%s\nCommands:\n", c.name, c.synopsis, c.long)
		for _, u := range c.under {
			text += fmt.Sprintf("  %-10s %s\n", u.name, u.about)
		}
		return printHelp(text, e.stdout, e.stderr)
	}
	var known []string
	for _, u := range c.under {
		if known = append(known, u.name); u.name == args[0] {
			u.name = c.name + " " + u.name
			return u.run(e, args[1:])
		}
	}
	return c.status(e, usagef("there is no %q; right is one of %s", args[0], strings.Join(known, ", ")))
}

func (c command) status(e *env, err error) int {
	if err == nil {
		return exitDone
	}
	if !errors.Is(err, errSilent) {
		fmt.Fprintf(e.stderr, "edgesim %s: %s\n", c.name, strings.TrimSuffix(err.Error(), ": "+context.Canceled.Error()))
	}
	// A place in a trace that is no request, or nothing that is a log, is bad input,
	// whatever read it.
	if errors.As(err, &usageError{}) || errors.As(err, &trace.Fault{}) || errors.Is(err, logs.ErrNoFile) || errors.Is(err, logs.ErrNothingKnown) {
		return exitUsage
	}
	return exitFail
}

func names() []string {
	var list []string
	for _, c := range commands {
		list = append(list, c.name)
	}
	return list
}

func help() string {
	text := "edgesim is a wind tunnel for edge caches.\n\nUsage:\n  edgesim COMMAND [flags]\n\nCommands:\n"
	for _, c := range commands {
		text += fmt.Sprintf("  %-10s %s\n", c.name, c.about)
	}
	return text + "\n`edgesim COMMAND --help` tells more, with an example. The load generator is a\ncommand of its own: loadgen.\n"
}

func init() {
	commands = []command{
		runCommand,
		validateCommand,
		sweepCommand,
		planCommand,
		compareCommand,
		mergeCommand,
		mrcCommand,
		modelCommand,
		traceCommand,
		fitCommand,
		plotCommand,
		reportCommand,
		scenariosCommand,
		serveCommand,
		invalidateCommand,
		workerCommand,
		jobsCommand,
		originCommand,
		versionCommand,
	}
}
