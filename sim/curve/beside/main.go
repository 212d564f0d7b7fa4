// Command beside measures edgesim mrc on one core, from a trace's file to the
// printed answer, with the hit ratio beside the speed; and libCacheSim's cachesim on
// the same file, where CACHESIM names it. It knows commands and their output, and no
// package of the simulator.
//
//	go run ./sim/curve/beside --edgesim bin/edgesim
//	CACHESIM=~/libCacheSim/_build/bin/cachesim go run ./sim/curve/beside --edgesim bin/edgesim
//
// Speeds are requests for each second of the processor's time, user and system, the
// best of some rounds: on a machine that does other things, too, that is what
// carries over, and even so only as ratios.
package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "beside: %v\n", err)
		os.Exit(1)
	}
}

// bench is the flags.
type bench struct {
	edgesim, cachesim string
	requests, objects int
	rounds            int
	policies          []string
	dir               string
}

func run() error {
	b := bench{cachesim: os.Getenv("CACHESIM")}
	pflag.StringVar(&b.edgesim, "edgesim", "bin/edgesim", "the program")
	pflag.IntVar(&b.requests, "requests", 10_000_000, "of each trace")
	pflag.IntVar(&b.objects, "objects", 1_000_000, "in each trace's catalog")
	pflag.IntVar(&b.rounds, "rounds", 3, "of which the best counts")
	pflag.StringSliceVar(&b.policies, "policy", []string{"lru", "fifo", "clock", "sieve", "arc", "s3fifo", "wtinylfu", "lhd", "gdsf"}, "to measure")
	pflag.Parse()
	dir, err := os.MkdirTemp("", "edgesim-bench-sim-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b.dir = dir
	fmt.Printf("%d requests for %d objects, one core; million requests per second of processor time\n", b.requests, b.objects)
	for _, alpha := range []float64{1.0, 0.8} {
		path := filepath.Join(dir, fmt.Sprintf("zipf%.1f.oracleGeneral.bin", alpha))
		if err := generate(path, b.objects, b.requests, alpha); err != nil {
			return err
		}
		for _, unit := range []bool{false, true} {
			if err := b.trace(path, alpha, unit); err != nil {
				return err
			}
		}
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}

// trace measures one trace, with the sizes of objects or without.
func (b bench) trace(path string, alpha float64, unit bool) error {
	what, capacity, more := "4 GiB, lognormal sizes", "4GiB", []string{}
	if unit {
		what, capacity, more = "100,000 objects, unit sizes", "100000", []string{"--ignore-size"}
	}
	fmt.Printf("\nZipf %.1f, %s\n%-12s %8s %8s %8s %14s %10s\n", alpha, what, "policy", "one", "twelve", "ratio", "miss ratio", "cachesim")
	twelve := twelveOf(unit)
	for _, policy := range b.policies {
		one, ratio, err := b.measure(append([]string{"mrc", path, "--policy", policy, "--capacity", capacity}, more...))
		if err != nil {
			return err
		}
		dozen, _, err := b.measure(append([]string{"mrc", path, "--policy", policy, "--capacity", twelve}, more...))
		if err != nil {
			return err
		}
		peer, err := b.peer(path, policy, capacity, unit)
		if err != nil {
			return err
		}
		fmt.Printf("%-12s %8.1f %8.1f %8.1f %14s %10s\n", policy, one, dozen, one/dozen, ratio, peer)
	}
	return b.others(path, capacity, more)
}

// twelveOf are twelve capacities with the one measured alone in their middle.
func twelveOf(unit bool) string {
	var list []string
	for i := range 12 {
		if unit {
			list = append(list, fmt.Sprint(800_000>>i+1))
		} else {
			list = append(list, fmt.Sprint(int64(32<<30)>>i))
		}
	}
	return strings.Join(list, ",")
}

// others are curves that are no cells: LRU at every size, and samples.
func (b bench) others(path, capacity string, more []string) error {
	vast := "1TiB" // always hit, which costs next to nothing beside the stack
	if len(more) > 0 {
		vast = "1000000000"
	}
	for _, o := range []struct {
		name string
		args []string
	}{
		{"lru-stack", []string{"--all-sizes", "--policy", "fifo", "--capacity", vast}},
		{"lru, 1 %", []string{"--sample", "1%", "--capacity", capacity}},
		{"lru, 10 %", []string{"--sample", "10%", "--capacity", capacity}},
	} {
		speed, ratio, err := b.measure(append(append([]string{"mrc", path}, o.args...), more...))
		if err != nil {
			return err
		}
		if o.name == "lru-stack" {
			ratio = ""
		}
		fmt.Printf("%-12s %8.1f %8s %8s %14s\n", o.name, speed, "", "", ratio)
	}
	return nil
}

// measure runs edgesim and returns the best speed, in million requests per second
// of processor time, and the first miss ratio that it printed.
func (b bench) measure(args []string) (best float64, ratio string, err error) {
	for range b.rounds {
		out, seconds, err := timed(b.edgesim, append(args, "--jobs", "1", "--csv", "-", "--format", "oraclegeneral")...)
		if err != nil {
			return 0, "", err
		}
		best = max(best, float64(b.requests)/1e6/seconds)
		if lines := strings.Split(out, "\n"); len(lines) > 1 {
			if fields := strings.Split(lines[1], ","); len(fields) > 4 {
				ratio = fields[4]
			}
		}
	}
	return best, ratio, nil
}

// peer is cachesim's speed and miss ratio; "" where it is not named.
func (b bench) peer(path, policy, capacity string, unit bool) (string, error) {
	if b.cachesim == "" {
		return "", nil
	}
	args := []string{path, "oracleGeneral", policy, strings.ReplaceAll(capacity, "GiB", "GB"), "--num-thread", "1"}
	if unit {
		args = append(args, "--ignore-obj-size", "1")
	}
	best, said := 0.0, ""
	for range b.rounds {
		out, seconds, err := timed(b.cachesim, args...)
		if err != nil {
			return "", err
		}
		best = max(best, float64(b.requests)/1e6/seconds)
		if _, after, ok := strings.Cut(out, "miss ratio "); ok {
			said, _, _ = strings.Cut(after, ",")
		}
	}
	return fmt.Sprintf("%.1f (%s)", best, cmp.Or(said, "?")), nil
}
