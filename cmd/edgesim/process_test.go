package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"edgesim/sim/fleet"
)

// asEdgesim in the environment makes the tests' program edgesim itself, for tests
// that need processes to kill; as "holds" a worker that holds what it has.
const asEdgesim = "EDGESIM_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	switch os.Getenv(asEdgesim) {
	case "":
		os.Exit(m.Run())
	case "holds":
		os.Exit(hold(os.Args[1], os.Args[2]))
	}
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// hold is a worker that begins with every piece that there is, and goes on with them
// when its standard input ends: so a test may end or stop it in the midst of each.
func hold(url, name string) int {
	goOn := make(chan struct{})
	go func() { _, _ = io.Copy(io.Discard, os.Stdin); close(goOn) }()
	c, err := fleet.Connect(context.Background(), fleet.Options{URL: url, Name: name, Version: fleetVersion()})
	if err == nil {
		w := &fleet.Worker{Conn: c, Name: name, Slots: 64, Kinds: fleet.Kinds()}
		for i, k := range w.Kinds {
			w.Kinds[i].Do = func(ctx context.Context, r *fleet.Room, args []byte) ([]byte, error) {
				select {
				case <-goOn:
				case <-ctx.Done():
					return nil, ctx.Err()
				}
				return k.Do(ctx, r, args)
			}
		}
		if w.Cache, err = fleet.CacheDir("data"); err == nil {
			err = w.Run(context.Background())
		}
	}
	fmt.Fprintln(os.Stderr, err)
	return exitFail
}

// process is edgesim in a process of its own.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	goOn   io.Closer // its standard input, of one that holds
	stdout bytes.Buffer
	mu     sync.Mutex
	said   strings.Builder // on stderr
	more   *sync.Cond
	over   bool
	drain  sync.WaitGroup
}

// start starts edgesim; whatever becomes of it, it ends with the test.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	return startAs(t, "edgesim", args...)
}

func startAs(t *testing.T, what string, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(os.Args[0], args...)}
	p.more = sync.NewCond(&p.mu)
	p.cmd.Env = append(os.Environ(), asEdgesim+"="+what)
	p.cmd.Stdout = &p.stdout
	pipe, err := p.cmd.StderrPipe()
	if err == nil && what == "holds" {
		p.goOn, err = p.cmd.StdinPipe()
	}
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	p.drain.Go(func() { p.hear(pipe) })
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		p.drain.Wait()
		_ = p.cmd.Wait()
		if t.Failed() {
			t.Logf("edgesim %s said:\n%s", strings.Join(args, " "), p.stderr())
		}
	})
	return p
}

func (p *process) hear(r io.Reader) {
	for lines := bufio.NewScanner(r); lines.Scan(); {
		p.mu.Lock()
		p.said.WriteString(lines.Text() + "\n")
		p.more.Broadcast()
		p.mu.Unlock()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	p.more.Broadcast()
}

func (p *process) stderr() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// until waits until the process has said what matches on stderr.
func (p *process) until(pattern string) {
	p.t.Helper()
	re := regexp.MustCompile(pattern)
	p.mu.Lock()
	defer p.mu.Unlock()
	for !re.MatchString(p.said.String()) {
		if p.over {
			p.t.Fatalf("it ended and never said %s:\n%s", pattern, p.said.String())
		}
		p.more.Wait()
	}
}

// wait is the exit status, once it is over; −1 if a signal ended it.
func (p *process) wait() int {
	p.drain.Wait()
	_ = p.cmd.Wait()
	return p.cmd.ProcessState.ExitCode()
}

func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}
