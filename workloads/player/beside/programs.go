//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

// A program is a load generator as its users run it. Its arguments are for the
// base URL of the server and the options.
type program struct {
	name   string
	module string // what it is built from where it is not installed; empty: it has to be
	hint   string // where it is from otherwise
	path   string

	closed   func(url string, o *options) []string // nil: it has no closed loop
	constant func(url string, rate int, o *options) []string
	poisson  func(url string, rate int, o *options) []string
}

// everyProgram is the generators, with the versions that are built.
func everyProgram(o *options) []program {
	seconds := strconv.Itoa(int(o.round.Seconds()))
	conns := strconv.Itoa(o.conns)
	loadgen := func(more ...string) []string {
		return append(more, "--connections", conns, "--duration", seconds+"s", "--json")
	}
	return []program{
		{name: "loadgen", path: o.loadgen,
			closed: func(url string, _ *options) []string { return loadgen(url, "--closed") },
			constant: func(url string, rate int, _ *options) []string {
				return loadgen(url, "--rate", strconv.Itoa(rate), "--arrivals", "constant")
			},
			poisson: func(url string, rate int, _ *options) []string { return loadgen(url, "--rate", strconv.Itoa(rate)) }},
		{name: "wrk", hint: "Debian: wrk",
			closed: func(url string, _ *options) []string { return []string{"-t1", "-c" + conns, "-d" + seconds + "s", url} }},
		{name: "wrk2", hint: "to be built from its sources, as wrk2",
			constant: func(url string, rate int, _ *options) []string {
				return []string{"-t1", "-c" + conns, "-d" + seconds + "s", "-R" + strconv.Itoa(rate), url}
			}},
		{name: "h2load", hint: "Debian: nghttp2-client",
			closed: func(url string, _ *options) []string {
				return []string{"--h1", "-t1", "-c" + conns, "-D" + seconds, url}
			},
			constant: func(url string, rate int, o *options) []string {
				return []string{"--h1", "-t1", "-c" + conns, "-D" + seconds, "--rps=" + strconv.FormatFloat(float64(rate)/float64(o.conns), 'f', -1, 64), url}
			}},
		{name: "fortio", module: "fortio.org/fortio@v1.66.0",
			closed: func(url string, _ *options) []string {
				return []string{"load", "-qps", "0", "-c", conns, "-t", seconds + "s", url}
			},
			constant: func(url string, rate int, _ *options) []string {
				return []string{"load", "-qps", strconv.Itoa(rate), "-c", conns, "-t", seconds + "s", url}
			}},
		{name: "bombardier", module: "github.com/codesenberg/bombardier@v1.2.6",
			closed: func(url string, _ *options) []string { return []string{"-c", conns, "-d", seconds + "s", url} },
			constant: func(url string, rate int, _ *options) []string {
				return []string{"-c", conns, "-d", seconds + "s", "-r", strconv.Itoa(rate), url}
			}},
		{name: "hey", module: "github.com/rakyll/hey@v0.1.4",
			closed: func(url string, _ *options) []string { return []string{"-c", conns, "-z", seconds + "s", url} },
			constant: func(url string, rate int, o *options) []string {
				return []string{"-c", conns, "-z", seconds + "s", "-q", strconv.FormatFloat(float64(rate)/float64(o.conns), 'f', -1, 64), url}
			}},
		{name: "vegeta", module: "github.com/tsenart/vegeta/v12@v12.12.0",
			constant: func(url string, rate int, _ *options) []string {
				// Its targets come from a file, which find makes.
				return []string{"attack", "-format", "http", "-rate", strconv.Itoa(rate), "-duration", seconds + "s",
					"-connections", conns, "-max-connections", conns, "-targets", "/dev/stdin", "-output", "/dev/null"}
			}},
	}
}

// programs are those that can be had; a word is said of the others.
func (o *options) programs(ctx context.Context, stderr io.Writer) (list []program, err error) {
	all := everyProgram(o)
	for _, name := range o.only {
		if !slices.ContainsFunc(all, func(p program) bool { return p.name == name }) {
			return nil, fmt.Errorf("--only %s: there is no such generator here", name)
		}
	}
	for _, p := range all {
		if len(o.only) > 0 && !slices.Contains(o.only, p.name) {
			continue
		}
		if err := p.find(ctx, o); err != nil {
			fmt.Fprintf(stderr, "beside: left out %s: %v\n", p.name, err)
			continue
		}
		list = append(list, p)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("none of the generators is there")
	}
	return list, nil
}

// find finds the program, or builds it.
func (p *program) find(ctx context.Context, o *options) (err error) {
	switch {
	case p.path != "":
		_, err = os.Stat(p.path)
		return err
	case p.module == "":
		if p.path, err = exec.LookPath(p.name); err != nil {
			return fmt.Errorf("it is not installed (%s)", p.hint)
		}
		return nil
	}
	if p.path, err = exec.LookPath(p.name); err == nil {
		return nil
	}
	p.path = filepath.Join(o.tools, p.name)
	if _, err = os.Stat(p.path); err == nil {
		return nil
	}
	cmd := exec.CommandContext(ctx, "go", "install", p.module)
	cmd.Env = append(os.Environ(), "GOBIN="+o.tools, "GOFLAGS=-mod=mod", "GOWORK=off")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go install %s: %w\n%.400s", p.module, err, text)
	}
	return nil
}
