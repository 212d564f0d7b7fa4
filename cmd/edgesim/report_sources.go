package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"edgesim/results"
	"edgesim/results/folder"
	"edgesim/results/geo"
	"edgesim/results/logs"
	"edgesim/results/report"
	"edgesim/sim/pieces"
	"edgesim/sim/scenario"
)

// sources are what reports are made from: logs to be read, and the tables of runs
// that left no log.
type sources struct {
	names  *results.Names
	files  []string
	bare   bool          // some file is of no run
	kept   []keptRun     // runs without a log
	said   []string      // what a reader must know of them
	grain  time.Duration // the shortest that every run's buckets fit into; 0: there are no runs
	locate pieces.Locate
	places *geo.Database // nil: none
	worlds []string      // scenarios that locate goes by
	shares []sharedRun   // runs that workers played together

	began, ended time.Time // of the measuring, of a run that is alone; zero: not known

	capacity int64 // of an edge's cache in every run; 0: not known, -1: they differ
}

// keptRun is a run that left no log: what it kept are its reports.
type keptRun struct {
	dir    string
	grain  time.Duration
	tables []*report.Table
}

// sharedRun is a run that workers played together, and what each of them did.
type sharedRun struct {
	dir    string
	shares []results.ShareFigures
}

// openSources sorts the arguments into runs and logs.
func openSources(args []string, o *reportOptions) (*sources, error) {
	in := &sources{names: results.NewNames(time.Unix(0, 0).UTC())}
	if o.geo != "" {
		var err error
		if in.places, err = geo.Open(o.geo); err != nil {
			return nil, usagef("--geo: %v", err)
		}
		in.locate = in.places.Locate
	}
	for _, arg := range args {
		m, err := results.ReadManifest(arg)
		switch {
		case err == nil:
			err = in.addRun(arg, m, o)
		case errors.Is(err, fs.ErrNotExist) || isFile(arg):
			in.files, in.bare, err = append(in.files, arg), true, nil
		}
		if err != nil {
			return nil, usageError{err}
		}
	}
	if len(args) > 1 {
		in.began, in.ended = time.Time{}, time.Time{}
	}
	return in, nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// addRun takes a run's access log, or where it has none its reports.
func (in *sources) addRun(dir string, m *results.Manifest, o *reportOptions) error {
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
	in.size(m)
	if s, err := results.ReadSummary(dir); err == nil {
		in.began = m.Started.Add(seconds(m.Warmup))
		in.ended = in.began.Add(seconds(s.Duration))
		if len(s.Shares) > 0 {
			in.shares = append(in.shares, sharedRun{dir, s.Shares})
		}
	}
	grain := time.Duration(m.Grain * float64(time.Second))
	in.grain = common(in.grain, grain)
	log := filepath.Join(dir, results.AccessLogFile)
	if _, err := os.Stat(log); err == nil {
		in.files = append(in.files, log)
		return in.locateBy(m)
	}
	tables, err := keptTables(dir, m, o)
	in.kept = append(in.kept, keptRun{dir, grain, tables})
	return err
}

func seconds(s float64) time.Duration { return time.Duration(math.Round(s * 1e9)) }

// size notes how large the run's caches were; a manifest without a scenario does
// not say.
func (in *sources) size(m *results.Manifest) {
	s, err := scenario.Parse("manifest.json", []byte(m.Scenario))
	switch {
	case err != nil || m.Scenario == "":
	case in.capacity == 0:
		in.capacity = int64(s.Edge.Capacity)
	case in.capacity != int64(s.Edge.Capacity):
		in.capacity = -1
	}
}

// common is the shortest width that buckets of both widths fit into; of one alone,
// that one's.
func common(a, b time.Duration) time.Duration {
	if a <= 0 || b <= 0 {
		return max(a, b)
	}
	least, rest := a, b
	for rest > 0 {
		least, rest = rest, least%rest
	}
	return a / least * b
}

// locateBy knows a simulated viewer's country as the run's scenario does.
func (in *sources) locateBy(m *results.Manifest) (err error) {
	if m.Scenario == "" || in.places != nil {
		return nil
	}
	in.worlds = append(in.worlds, m.Scenario)
	files, _, err := pieces.NamedIn(m.Scenario)
	if err == nil {
		in.locate, err = in.locate.Or(m.Scenario, files, "")
	}
	return err
}

// keptTables reads the reports that a run without a log has left: of several
// distributions those of the one that is asked for; for a folder, which shows each,
// each one's lists of names, since the list of all does not tell them apart.
func keptTables(dir string, m *results.Manifest, o *reportOptions) (tables []*report.Table, err error) {
	from := filepath.Join(dir, results.ReportsDir)
	if own := filepath.Join(from, folder.NameOf(o.distribution)); o.single() && len(m.Distributions) > 1 && isFolder(own) {
		from = own
	}
	files, err := filepath.Glob(filepath.Join(from, "*.csv"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("run folder %s has neither %s nor reports: make it with edgesim run --access-log", dir, results.AccessLogFile)
	}
	for _, path := range files {
		t, err := readTable(path)
		if err != nil {
			return nil, err
		}
		own, err := ownTables(path, m, o, t)
		if err != nil {
			return nil, err
		}
		tables = append(tables, own...)
	}
	return tables, nil
}

// ownTables are the tables of single distributions that are taken in the place of
// that of all, if there are such.
func ownTables(path string, m *results.Manifest, o *reportOptions, all *report.Table) (own []*report.Table, err error) {
	if len(m.Distributions) == 1 {
		all.Belong(m.Distributions[0])
	}
	if len(m.Distributions) < 2 || all.MomentColumn() >= 0 || o.out == "" || o.single() {
		return []*report.Table{all}, nil
	}
	for _, d := range m.Distributions {
		t, err := readTable(filepath.Join(filepath.Dir(path), folder.NameOf(d.ID), filepath.Base(path)))
		if errors.Is(err, fs.ErrNotExist) {
			return []*report.Table{all}, nil // the summary, which is of all; a run of very many distributions
		}
		if err != nil {
			return nil, err
		}
		t.Belong(d)
		own = append(own, t)
	}
	return own, nil
}

// fit refuses what reports without a log cannot be cut to, and passes over runs
// that are not of the range at all.
func (in *sources) fit(o report.Options) error {
	var kept []keptRun
	for _, run := range in.kept {
		if o.ViewerLocation != "" && o.ViewerLocation != "ALL" {
			return usagef("run folder %s left no log: its cache statistics are of all viewers, not of --viewer-location %s", run.dir, o.ViewerLocation)
		}
		if run.grain > 0 && o.Grain > 0 && o.Grain%run.grain != 0 {
			return usagef("run folder %s left no log, and its reports are by %v: they cannot be shown by %v", run.dir, run.grain, o.Grain)
		}
		outside, err := run.outside(o)
		if err != nil {
			return err
		}
		if outside != "" {
			in.said = append(in.said, "run folder "+run.dir+" is of "+outside+", which is not of the range asked for")
		} else {
			kept = append(kept, run)
		}
	}
	in.kept = kept
	return nil
}

// outside is the range of a run of which nothing is of the range asked for; else "".
// One that has only a part of it is an error.
func (run *keptRun) outside(o report.Options) (string, error) {
	for _, t := range run.tables {
		from, to, ok := t.Covered()
		if !ok {
			continue
		}
		its := from.Format(time.RFC3339) + " to " + to.Format(time.RFC3339)
		if !o.To.IsZero() && !from.Before(o.To) || !to.After(o.From) {
			return its, nil
		}
		if from.Before(o.From) || !o.To.IsZero() && to.After(o.To) {
			return "", usagef("run folder %s left no log: its reports are of %s, and --from and --to would cut them; "+
				"right is a range that has all of that, or nothing", run.dir, its)
		}
	}
	return "", nil
}

// able are the kinds that can be made of the sources: without any log, those that
// tables can be put together to. With some, the others are of the logs alone.
func (in *sources) able(kinds []report.Kind) ([]report.Kind, error) {
	if len(in.kept) == 0 {
		return kinds, nil
	}
	var able []report.Kind
	var others []string
	for _, k := range kinds {
		if k.Absorbs() {
			able = append(able, k)
		} else {
			others = append(others, k.Name)
		}
	}
	list := strings.Join(others, ", ")
	switch {
	case len(others) == 0:
		return kinds, nil
	case len(in.files) > 0:
		in.said = append(in.said, "of logs alone, without the runs that left none: "+list)
		return kinds, nil
	case len(able) == 0:
		return nil, usagef("--reports %s: not to be had of a run that left no log; make it with edgesim run --access-log", list)
	}
	in.said = append(in.said, "not to be had of a run that left no log: "+list)
	return able, nil
}

// absorb gives the tables of the runs without a log to those who take them.
func (in *sources) absorb(take func(*report.Table) error) error {
	for _, run := range in.kept {
		for _, t := range run.tables {
			if err := take(t); err != nil {
				return fmt.Errorf("run folder %s: %w", run.dir, err)
			}
		}
	}
	return nil
}

// summarize gives the folder the summary of the one run that it is made from, or
// says that the runs without a log are not in the one of the records.
func (in *sources) summarize(end *folder.End, o *reportOptions) (err error) {
	if len(in.shares) == 1 && len(in.kept)+len(in.files) == 1 {
		end.Shares = in.shares[0].shares
	}
	switch {
	case len(in.kept) == 1 && len(in.files) == 0 && !o.single():
		end.Summary, err = results.ReadSummary(in.kept[0].dir)
	case len(in.kept) > 0:
		end.Warnings = append(end.Warnings, "runs that left no log are in the reports, and not in the summary nor in figures beside them, which are of logs alone")
	}
	return err
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
	if name := strings.TrimSuffix(filepath.Base(path), ".csv"); t.Name == "" && printed(name) {
		return nil, fmt.Errorf("%s: line 1: not the report that its name says; right is its preamble, as Report,Cache Statistics", path)
	}
	return t, nil
}

// printed reports whether a report has a table of that name.
func printed(name string) bool {
	return slices.ContainsFunc(report.Kinds(), func(k report.Kind) bool { return slices.Contains(k.TableNames(), name) })
}

// taker takes what logs say.
type taker struct {
	records func([]results.Record)
	sums    *report.Set // which takes digests in their place; nil: records are needed
}

// read reads the logs into a taker. An error of the arguments is the caller's.
func (in *sources) read(e *env, o *reportOptions, to taker) (*logs.Doubts, error) {
	if len(in.files) == 0 {
		return nil, in.ofOneHere(o)
	}
	lo := logs.Options{
		Files: in.files, Stdin: os.Stdin, Format: o.format, Names: in.names, Locate: in.locate, Query: o.query,
		Bounded: o.bounded > 0, Now: time.Now(), Workers: o.workers,
	}
	read := readHere
	if o.nats.Asked() {
		read = in.byWorkers
	}
	d, err := read(e, o, lo, to)
	if e.ctx.Err() != nil {
		return d, e.ctx.Err()
	}
	if o.nats.Asked() && err != nil && !errors.Is(err, logs.ErrNothingKnown) {
		return d, err
	}
	if err == nil {
		err = o.anyOfFormat(d)
	}
	if err != nil {
		return d, usageError{err}
	}
	return d, in.ofOneHere(o)
}

// readHere reads the logs in this process.
func readHere(e *env, _ *reportOptions, lo logs.Options, to taker) (*logs.Doubts, error) {
	bar := newReading(e.stderr)
	defer bar.done()
	lo.Progress = bar.tell
	return logs.Read(e.ctx, lo, to.records)
}

// anyOfFormat checks that logs of which the format was given had a line of it.
func (o *reportOptions) anyOfFormat(d *logs.Doubts) error {
	if o.format == "" || d.Records > 0 || d.Malformed == 0 {
		return nil
	}
	return fmt.Errorf("--format %s: not one of %d lines is of it, as %v; without --format it is told by the content", o.format, d.Malformed, d.First[0])
}

// ofOneHere checks, once all is read, that the distribution asked for is there.
func (in *sources) ofOneHere(o *reportOptions) error {
	id := o.distribution
	var ids []string
	for _, d := range in.names.EveryDistribution() {
		ids = append(ids, d.ID)
	}
	if id == "" || id == "ALL" || len(ids) == 0 || slices.Contains(ids, id) {
		return nil
	}
	return usagef("--distribution %q: there is no such one here; right is ALL or one of %s", id, strings.Join(ids, ", "))
}
