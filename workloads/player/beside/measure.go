//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Cores of server and generators.
const (
	serverCore = 0
	loadCore   = 1
)

// A workload is one way in which all are run.
type workload struct {
	name string
	rate int // 0: closed loop
	args func(p *program, url string, o *options) []string
}

var workloads = []workload{
	{"closed loop", 0, func(p *program, url string, o *options) []string {
		if p.closed == nil {
			return nil
		}
		return p.closed(url, o)
	}},
	{"constant, 20000/s", 20_000, constantAt(20_000)},
	{"constant, 5000/s", 5_000, constantAt(5_000)},
	{"Poisson, 5000/s", 5_000, func(p *program, url string, o *options) []string {
		if p.poisson == nil {
			return nil
		}
		return p.poisson(url, 5_000, o)
	}},
}

func constantAt(rate int) func(*program, string, *options) []string {
	return func(p *program, url string, o *options) []string {
		if p.constant == nil {
			return nil
		}
		return p.constant(url, rate, o)
	}
}

// round is one run of one generator.
type round struct {
	CPU    float64 `json:"cpu_us_per_request"` // of the generator's process, user and system
	Rate   float64 `json:"requests_per_second"`
	Kept   float64 `json:"schedule_kept"` // of the requests that the rate asks for; 0: there is no rate
	Spread float64 `json:"spread_1ms"`
}

// measureAll runs every generator in every workload, in turns, so that what else
// happens on the machine happens to all of them.
func (o *options) measureAll(ctx context.Context, list []program, all *comparison, stderr io.Writer) error {
	server, err := startServer()
	if err != nil {
		return err
	}
	defer server.close()
	for _, w := range workloads {
		t := &table{Workload: w.name, rate: w.rate}
		all.Tables = append(all.Tables, t)
		for n := range o.rounds {
			for i := range list {
				p := &list[i]
				args := w.args(p, "http://"+server.addr+"/", o)
				if args == nil || ctx.Err() != nil {
					continue
				}
				fmt.Fprintf(stderr, "%s, round %d of %d: %s\n", w.name, n+1, o.rounds, p.name)
				r, err := o.measure(ctx, server, p, args, w.rate)
				if err != nil {
					fmt.Fprintf(stderr, "beside: %s: %v\n", p.name, err)
					continue
				}
				t.add(p.name, r)
			}
		}
		t.compare()
	}
	return ctx.Err()
}

// measure runs a generator once.
func (o *options) measure(ctx context.Context, server *bare, p *program, args []string, rate int) (r round, err error) {
	if _, err = server.seen(); err != nil {
		return r, err
	}
	limited, cancel := context.WithTimeout(ctx, o.round+20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(limited, p.path, args...)
	cmd.Stdin = strings.NewReader("GET http://" + server.addr + "/\n") // for vegeta
	var said bytes.Buffer
	cmd.Stderr = &said
	if err = startOn(loadCore, cmd); err == nil {
		err = cmd.Wait()
	}
	if err != nil {
		return r, fmt.Errorf("%w: %.200s", err, said.String())
	}
	s, err := server.seen()
	if err != nil || s.Requests == 0 {
		return r, fmt.Errorf("the server saw %d requests (%v)", s.Requests, err)
	}
	used := cmd.ProcessState.SystemTime() + cmd.ProcessState.UserTime()
	r = round{CPU: float64(used.Microseconds()) / float64(s.Requests), Rate: float64(s.Requests) / max(s.Seconds, o.round.Seconds()), Spread: s.Spread}
	if rate > 0 {
		r.Kept = float64(s.Requests) / (float64(rate) * o.round.Seconds())
	}
	return r, nil
}

// startOn starts a program on one core.
func startOn(core int, cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	runtime.LockOSThread() // the child has the affinity of the thread that starts it
	defer runtime.UnlockOSThread()
	var before, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return err
	}
	one.Set(core % runtime.NumCPU())
	if err := unix.SchedSetaffinity(0, &one); err != nil {
		return err
	}
	err := cmd.Start()
	_ = unix.SchedSetaffinity(0, &before)
	return err
}
