package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"edgesim/results"
	"edgesim/results/geo"
	"edgesim/results/logs"
	"edgesim/results/report"
	"edgesim/sim/scenario"
	"edgesim/workloads"
)

// sources are what reports are made from: logs to be read, and the tables of runs
// that left no log.
type sources struct {
	names  *results.Names
	files  []string
	tables []*report.Table
	grain  time.Duration // of the runs, where they agree; 0: none
	locate func(netip.Addr) (country [2]byte, state results.State)
	places *geo.Database // nil: none
}

// openSources sorts the arguments into runs and logs.
func openSources(args []string, database string) (*sources, error) {
	in := &sources{names: results.NewNames(time.Unix(0, 0).UTC())}
	if database != "" {
		var err error
		if in.places, err = geo.Open(database); err != nil {
			return nil, usagef("--geo: %v", err)
		}
		in.locate = in.places.Locate
	}
	for _, arg := range args {
		m, err := results.ReadManifest(arg)
		switch {
		case err == nil:
			err = in.addRun(arg, m)
		case errors.Is(err, fs.ErrNotExist) || isFile(arg):
			in.files, err = append(in.files, arg), nil
		}
		if err != nil {
			return nil, usageError{err}
		}
	}
	return in, nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// addRun takes a run's access log, or where it has none its reports.
func (in *sources) addRun(dir string, m *results.Manifest) error {
	for _, d := range m.Distributions {
		if _, err := in.names.PlaceDistribution(d); err != nil {
			return err
		}
	}
	for _, e := range m.Edges {
		if _, err := in.names.PlaceEdge(e); err != nil {
			return err
		}
	}
	if grain := time.Duration(m.Grain * float64(time.Second)); in.grain == 0 || grain > in.grain {
		in.grain = grain
	}
	log := filepath.Join(dir, results.AccessLogFile)
	if _, err := os.Stat(log); err == nil {
		in.files = append(in.files, log)
		return in.locateBy(m)
	}
	return in.addTables(dir)
}

// locateBy knows a simulated viewer's country as the run's scenario does.
func (in *sources) locateBy(m *results.Manifest) error {
	if m.Scenario == "" || in.places != nil {
		return nil
	}
	s, err := scenario.Parse("manifest.json", []byte(m.Scenario))
	if err != nil {
		return fmt.Errorf("the scenario in the run's manifest: %w", err)
	}
	viewers, err := workloads.NewViewers(s.ViewersConfig())
	if err != nil {
		return fmt.Errorf("the viewers in the run's manifest: %w", err)
	}
	before := in.locate
	in.locate = func(addr netip.Addr) ([2]byte, results.State) {
		if c := viewers.CountryOf(addr); c != ([2]byte{}) || before == nil {
			return c, results.NoState
		}
		return before(addr)
	}
	return nil
}

// addTables reads the reports that a run without a log has left.
func (in *sources) addTables(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, results.ReportsDir, "*.csv"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("run folder %s has neither %s nor reports: make it with edgesim run --access-log", dir, results.AccessLogFile)
	}
	for _, path := range files {
		t, err := readTable(path)
		if err != nil {
			return err
		}
		in.tables = append(in.tables, t)
	}
	return nil
}

func readTable(path string) (*report.Table, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t, err := report.ReadCSV(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

// read reads the logs into sink. An error of the arguments is the caller's.
func (in *sources) read(e *env, o *reportOptions, sink func([]results.Record)) (*logs.Doubts, error) {
	if len(in.files) == 0 {
		return nil, nil
	}
	bar := newReading(e.stderr)
	d, err := logs.Read(e.ctx, logs.Options{
		Files: in.files, Stdin: os.Stdin, Format: o.format, Names: in.names, Locate: in.locate, Query: o.query,
		Bounded: o.bounded > 0, Now: time.Now(), Workers: o.workers, Progress: bar.tell,
	}, sink)
	bar.done()
	if e.ctx.Err() != nil {
		return d, e.ctx.Err()
	}
	if err == nil {
		err = cmp.Or(o.anyOfFormat(d), in.distribution(o.distribution))
	}
	if err != nil {
		return d, usageError{err}
	}
	return d, nil
}

// anyOfFormat checks that logs of which the format was given had a line of it.
func (o *reportOptions) anyOfFormat(d *logs.Doubts) error {
	if o.format == "" || d.Records > 0 || d.Malformed == 0 {
		return nil
	}
	return fmt.Errorf("--format %s: not one of %d lines is of it, as %v; without --format it is told by the content", o.format, d.Malformed, d.First[0])
}

// distribution checks, once all is read, that there is one of that ID.
func (in *sources) distribution(id string) error {
	var ids []string
	for _, d := range in.names.EveryDistribution() {
		ids = append(ids, d.ID)
	}
	if id == "" || id == "ALL" || len(ids) == 0 || slices.Contains(ids, id) {
		return nil
	}
	return fmt.Errorf("--distribution %q: there is no such one here; right is ALL or one of %s", id, strings.Join(ids, ", "))
}
