package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// grid is 64 cells, each a few hundred milliseconds of one core.
var grid = []string{"sweep", "quickstart", "--set", "duration=120s", "--set", "warmup=0s",
	"--policy", "lru,fifo,clock,sieve,s3fifo,arc,wtinylfu,gdsf", "--capacity", "2MiB,4MiB,8MiB,16MiB,32MiB,64MiB,128MiB,256MiB", "--replicas", "1", "--json"}

// ofTrace is a grid of twelve sizes of three policies, three times.
var ofTrace = []string{"--policy", "sieve,s3fifo,lirs", "--replicas", "3", "--json"}

// traces plays a sweep of a trace of two million requests in pairs.
func traces(program string, rounds int) error {
	dir, err := os.MkdirTemp("", "beside-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "trace.oracleGeneral.bin.zst")
	if _, err := output(exec.Command(program, "trace", "gen", "--requests", "2000000", "--objects", "100000", "--out", path)); err != nil {
		return err
	}
	return sweeps("A sweep of a trace, 108 cells", program, rounds, append([]string{"sweep", path}, ofTrace...))
}

// sweeps plays a grid in pairs: in one process on two cores, and by two workers of one
// core each.
func sweeps(what, program string, rounds int, grid []string) error {
	fmt.Println(what + ": one process on two cores, and two workers of one core each")
	var ratios []float64
	for i := range rounds {
		alone, fleet, err := pair(program, grid, i)
		if err != nil {
			return err
		}
		ratios = append(ratios, alone.Seconds()/fleet.Seconds())
		fmt.Printf("  %6.2f s  %6.2f s  speed %.2f\n", alone.Seconds(), fleet.Seconds(), alone.Seconds()/fleet.Seconds())
	}
	slices.Sort(ratios)
	fmt.Printf("  median speed of the workers, of the process: %.2f\n\n", ratios[len(ratios)/2])
	return nil
}

func pair(program string, grid []string, round int) (alone, byWorkers time.Duration, err error) {
	dir, err := os.MkdirTemp("", "beside-*")
	if err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(dir)
	args := append(slices.Clone(grid), "--seed", fmt.Sprint(round+1)) // each round another job
	begin := time.Now()
	want, err := output(exec.Command(program, append(slices.Clone(args), "--jobs", "2")...))
	if err != nil {
		return 0, 0, err
	}
	alone = time.Since(begin)

	url, server, err := self("--serve", dir)
	if err != nil {
		return 0, 0, err
	}
	defer server()
	for _, name := range []string{"one", "two"} {
		stop, err := worker(program, dir, name, url)
		if err != nil {
			return 0, 0, err
		}
		defer stop()
	}
	begin = time.Now()
	got, err := output(exec.Command(program, append(slices.Clone(args), "--nats", url)...))
	if err == nil && !bytes.Equal(got, want) {
		err = errors.New("the workers' answer is another than the process'")
	}
	return alone, time.Since(begin), err
}

func output(c *exec.Cmd) ([]byte, error) {
	var said bytes.Buffer
	c.Stderr = &said
	out, err := c.Output()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, said.String())
	}
	return out, err
}

// worker starts a worker of one core, and waits until it is ready.
func worker(program, dir, name, url string) (stop func(), err error) {
	c := exec.Command(program, "worker", "--slots", "1", "--name", name, "--cache", dir+"/data-"+name, "--nats", url)
	c.Env = append(os.Environ(), "GOMAXPROCS=1")
	stop, lines, err := begun(c, c.StderrPipe)
	if err != nil {
		return nil, err
	}
	for lines.Scan() {
		if strings.Contains(lines.Text(), ", at ") {
			go func() {
				for lines.Scan() { // so that it can go on saying things
				}
			}()
			return stop, nil
		}
	}
	stop()
	return nil, errors.New("a worker ended before it was ready")
}

// begun starts a process that is read by lines, and is asked to end by stop.
func begun(c *exec.Cmd, pipe func() (io.ReadCloser, error)) (stop func(), lines *bufio.Scanner, err error) {
	r, err := pipe()
	if err != nil {
		return nil, nil, err
	}
	if err := c.Start(); err != nil {
		return nil, nil, err
	}
	return func() {
		_ = c.Process.Signal(os.Interrupt)
		_ = c.Wait()
	}, bufio.NewScanner(r), nil
}
