// Command beside makes reports from a generated CloudFront log with edgesim and,
// where it is installed, with GoAccess, in turns, and prints lines per second,
// lines per second of processor time and the ratio of the two. Figures of one
// call may be compared; those of two calls may not, since machines drift.
package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/spf13/pflag"

	"edgesim/results/logs/logtest"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "beside:", err)
		os.Exit(1)
	}
}

type options struct {
	program, file string
	lines, rounds int
	seed          uint64
	days          int
}

func run(args []string, out io.Writer) error {
	var o options
	f := pflag.NewFlagSet("beside", pflag.ContinueOnError)
	f.StringVar(&o.program, "edgesim", "bin/edgesim", "the program to time")
	f.StringVar(&o.file, "log", "", "a gzip log to read (default: one is generated and removed)")
	f.IntVar(&o.lines, "lines", 1_000_000, "lines of the generated log")
	f.IntVar(&o.days, "days", 1, "days that the generated log is of")
	f.Uint64Var(&o.seed, "seed", 1, "of the generated log")
	f.IntVar(&o.rounds, "rounds", 5, "rounds; medians are printed")
	if err := f.Parse(args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "edgesim-beside")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if o.file == "" {
		o.file = filepath.Join(dir, "access.log.gz")
		if err := generate(o); err != nil {
			return err
		}
	}
	return o.compare(dir, out)
}

func generate(o options) error {
	f, err := os.Create(o.file)
	if err != nil {
		return err
	}
	z := gzip.NewWriter(f)
	if err := logtest.Write(z, o.seed, o.lines, o.days); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return f.Close()
}

// contender is one way to make the reports.
type contender struct {
	name   string
	argv   []string
	env    []string
	wall   []float64 // s
	cpu    []float64 // s
	memory int64     // most resident, in KiB
}

func (o options) contenders(dir string) []*contender {
	one := []string{}
	if path, err := exec.LookPath("taskset"); err == nil {
		one = []string{path, "-c", "0"}
	}
	report := []string{o.program, "report", o.file}
	list := []*contender{
		{name: "edgesim, five reports, one core", argv: append(slices.Clone(one), report...), env: []string{"GOMAXPROCS=1"}},
		{name: "edgesim, five reports, all cores", argv: report},
		{name: "edgesim, every report, all cores", argv: append(slices.Clone(report), "--reports", "all")},
		{name: "edgesim, five reports, --bounded 10000", argv: append(slices.Clone(report), "--bounded", "10000")},
	}
	if path, err := exec.LookPath("goaccess"); err == nil {
		shell := fmt.Sprintf("zcat %q | %q - --log-format=CLOUDFRONT --no-global-config --no-progress -o %q", o.file, path, filepath.Join(dir, "goaccess.json"))
		list = append(list, &contender{name: "GoAccess, with zcat", argv: []string{"sh", "-c", shell}, env: []string{"LC_ALL=C"}})
	}
	return list
}

func (o options) compare(dir string, out io.Writer) error {
	lines, err := count(o.file)
	if err != nil {
		return err
	}
	list := o.contenders(dir)
	for range o.rounds {
		for _, c := range list {
			if err := c.time(); err != nil {
				return err
			}
		}
	}
	fmt.Fprintf(out, "%d lines, %d rounds, medians\n%-40s %12s %15s %10s\n", lines, o.rounds, "", "lines/s", "lines/CPU-s", "MiB")
	for _, c := range list {
		fmt.Fprintf(out, "%-40s %12.0f %15.0f %10d\n", c.name, float64(lines)/median(c.wall), float64(lines)/median(c.cpu), c.memory/1024)
	}
	if last := list[len(list)-1]; strings.HasPrefix(last.name, "GoAccess") {
		fmt.Fprintf(out, "edgesim on one core over GoAccess: %.1f times the lines per second, %.1f per second of processor time\n",
			median(ratios(last.wall, list[0].wall)), median(ratios(last.cpu, list[0].cpu)))
	}
	return nil
}

func (c *contender) time() error {
	cmd := exec.Command(c.argv[0], c.argv[1:]...)
	cmd.Env = append(os.Environ(), c.env...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", c.name, err, errs.String())
	}
	c.wall = append(c.wall, time.Since(began).Seconds())
	c.cpu = append(c.cpu, (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds())
	c.memory = max(c.memory, resident(cmd.ProcessState))
	return nil
}

func count(file string) (int, error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", file, err)
	}
	lines, buf := 0, make([]byte, 1<<20)
	for {
		n, err := z.Read(buf)
		lines += bytes.Count(buf[:n], []byte{'\n'})
		if err == io.EOF {
			return lines, nil
		} else if err != nil {
			return 0, err
		}
	}
}

func median(xs []float64) float64 {
	s := slices.Sorted(slices.Values(xs))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// ratios are a over b, round by round.
func ratios(a, b []float64) []float64 {
	var list []float64
	for i := range a {
		list = append(list, a[i]/cmp.Or(b[i], 1e-9))
	}
	return list
}
