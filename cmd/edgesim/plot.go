package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/pflag"

	"edgesim/results"
	"edgesim/results/plot"
)

var plotCommand = command{
	name:     "plot",
	synopsis: "RUN... [flags]",
	about:    "draw a run's plots for slides and paper, or several runs in one",
	long: `RUN is a run folder. Each of its plots is drawn, or with --view one or a
few; with several RUNs each is one picture of them all, a series in the same
colour for every run, the first solid, the others dashed.

FORMAT is svg, png or pdf. SIZE is 16x9 or 4x3 (slides), square, page (half a
page of A4 or Letter), landscape (a whole one), or a width and a height in mm,
cm, in, pt or px. Letters are as large as the size wants.

Files go into the run folder's plots, with several RUNs into this directory, or
into --out: a folder, or with one view a file, whose name then says the format.

Examples:
  edgesim plot --list
  edgesim plot results/runs/quickstart-20261126-101500 --list
  edgesim plot RUN --view hit_ratio --format pdf --size 16x9
  edgesim plot with-lru with-sieve --view latency_spectrum --out latency.png
  edgesim plot RUN --format pdf --size 160mmx90mm --out figures
`,
	prepare: func(f *pflag.FlagSet) action {
		var o plotOptions
		f.BoolVar(&o.list, "list", false, "list plots: a run's with RUN, else those that every run has")
		f.StringSliceVar(&o.views, "view", nil, "`NAME` of a plot; may be repeated; without it all are drawn")
		f.StringVar(&o.format, "format", "svg", "`FORMAT`: "+strings.Join(plot.Formats(), ", "))
		f.StringVar(&o.size, "size", plot.SizeNames()[0], "`SIZE`: "+strings.Join(plot.SizeNames(), ", ")+", or as 160mmx90mm")
		f.StringVar(&o.out, "out", "", "`PATH` of a folder, or of a file")
		f.BoolVar(&o.json, "json", false, "with --list: print the list as JSON")
		return o.run
	},
}

type plotOptions struct {
	list, json        bool
	views             []string
	format, size, out string
}

func (o *plotOptions) run(e *env, args []string) error {
	if o.list && len(args) == 0 {
		return o.print(e, everyRunsPlots())
	}
	if len(args) == 0 {
		return usagef("no run given; right is a run folder, as: edgesim plot results/runs/quickstart-20261126-101500")
	}
	runs, err := openRuns(args)
	if err != nil {
		return err
	}
	if o.list {
		return o.print(e, runs[0].listed())
	}
	p, err := o.plan(e, runs)
	if err != nil {
		return err
	}
	return p.write(e)
}

// listed is a plot as --list prints it.
type listedPlot struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	About string `json:"about"`
}

// everyRunsPlots are the plots that are made of records.
func everyRunsPlots() []listedPlot {
	var all []listedPlot
	for _, k := range plot.Kinds() {
		all = append(all, listedPlot{k.Name, k.Title, k.About})
	}
	return all
}

func (o *plotOptions) print(e *env, list []listedPlot) error {
	if o.json {
		return results.EncodeJSON(e.stdout, list)
	}
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	for _, p := range list {
		fmt.Fprintf(w, "%s\t%s\n", p.Name, p.Title)
	}
	return w.Flush()
}

// drawnRun is a run folder's figures.
type drawnRun struct {
	dir   string
	name  string // what an overlay calls it
	names []string
}

// openRuns finds out which plots the run folders hold.
func openRuns(dirs []string) ([]drawnRun, error) {
	var runs []drawnRun
	for _, dir := range dirs {
		m, err := results.ReadManifest(dir)
		switch {
		case results.NoRun(err):
			return nil, usagef("%s is not a run folder: it has no %s", dir, results.ManifestFile)
		case err != nil:
			return nil, usageError{err}
		}
		paths, err := filepath.Glob(filepath.Join(escaped(dir), results.PlotsDir, "*.json"))
		if err != nil {
			return nil, err
		}
		if len(paths) == 0 {
			return nil, usagef("%s has no plots/*.json to draw from: it was made without plots, or by an older edgesim (%s); run it again",
				dir, m.Program.Version)
		}
		r := drawnRun{dir: dir, name: filepath.Base(filepath.Clean(dir))}
		for _, path := range paths {
			r.names = append(r.names, strings.TrimSuffix(filepath.Base(path), ".json"))
		}
		runs = append(runs, r)
	}
	return runs, nil
}

// escaped is a path without wildcards.
func escaped(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

func (r drawnRun) figure(name string) (*plot.Figure, error) {
	path := filepath.Join(r.dir, results.PlotsDir, name+".json")
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f := new(plot.Figure)
	if err := json.Unmarshal(b, f); err != nil {
		return nil, usagef("%s is no figure: %v", path, err)
	}
	f.Name = name // it becomes the name of a file
	return f, nil
}

func (r drawnRun) listed() []listedPlot {
	var all []listedPlot
	for _, name := range r.names {
		p := listedPlot{Name: name, Title: "(cannot be read)"}
		if f, err := r.figure(name); err == nil {
			p.Title, p.About = f.Title, f.About
		}
		all = append(all, p)
	}
	return all
}

// plotPlan is what is to be drawn, and where to.
type plotPlan struct {
	runs   []drawnRun
	views  []string
	format string
	size   plot.Size
	paths  []string // of the views' files
	all    bool     // every view: those that cannot be compared are left out
}

// plan checks everything before anything is drawn.
func (o *plotOptions) plan(e *env, runs []drawnRun) (*plotPlan, error) {
	p := &plotPlan{runs: runs, format: o.format, all: len(o.views) == 0}
	var err error
	if p.size, err = plot.ParseSize(o.size); err != nil {
		return nil, usagef("--size: %v", err)
	}
	if p.views, err = o.chosen(runs); err != nil {
		return nil, err
	}
	file, err := o.file(e, p)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(plot.Formats(), p.format) {
		return nil, usagef("--format %q is unknown; right is one of %s", p.format, strings.Join(plot.Formats(), ", "))
	}
	dir := o.out
	switch {
	case file:
		p.paths = []string{o.out}
		return p, nil
	case dir == "" && len(runs) == 1:
		dir = filepath.Join(runs[0].dir, results.PlotsDir)
	}
	for _, view := range p.views {
		p.paths = append(p.paths, filepath.Join(dir, view+"."+p.format))
	}
	return p, nil
}

// chosen are the views to draw: those asked for, which every run must have, or
// all that every run has.
func (o *plotOptions) chosen(runs []drawnRun) ([]string, error) {
	for _, view := range o.views {
		for _, r := range runs {
			if !slices.Contains(r.names, view) {
				return nil, usagef("--view %q: %s has no such plot; it has %s", view, r.dir, strings.Join(r.names, ", "))
			}
		}
	}
	if len(o.views) > 0 {
		return o.views, nil
	}
	common := slices.DeleteFunc(slices.Clone(runs[0].names), func(name string) bool {
		return slices.ContainsFunc(runs[1:], func(r drawnRun) bool { return !slices.Contains(r.names, name) })
	})
	if len(common) == 0 {
		return nil, usagef("the runs have no plot in common")
	}
	return common, nil
}

// otherPictures are what files of pictures are called that are not drawn here: who
// writes one of them does not mean a folder.
var otherPictures = []string{"gif", "jpg", "jpeg", "webp", "tif", "tiff", "bmp", "eps", "ps"}

// file reports whether --out names one file, which takes one view and says the
// format.
func (o *plotOptions) file(e *env, p *plotPlan) (bool, error) {
	extension := strings.TrimPrefix(filepath.Ext(o.out), ".")
	if info, err := os.Stat(o.out); err == nil && info.IsDir() {
		return false, nil
	}
	if slices.Contains(otherPictures, strings.ToLower(extension)) {
		return false, usagef("--out %s: no %s is drawn here; right is one of %s, or a folder", o.out, extension, strings.Join(plot.Formats(), ", "))
	}
	if !slices.Contains(plot.Formats(), extension) {
		return false, nil
	}
	if len(p.views) != 1 {
		return false, usagef("--out %s is one file, and there are %d plots; right is a folder, or one --view", o.out, len(p.views))
	}
	if e.flags.Changed("format") && extension != p.format {
		return false, usagef("--out %s is no %s; right is one of them alone", o.out, p.format)
	}
	p.format = extension
	return true, nil
}

// write draws the views and says where they went.
func (p *plotPlan) write(e *env) error {
	drawn := 0
	for i, view := range p.views {
		if err := e.ctx.Err(); err != nil {
			return errors.New("interrupted; the plots until then are whole")
		}
		f, err := p.figure(view)
		if different := (*unlikeError)(nil); p.all && errors.As(err, &different) {
			fmt.Fprintf(e.stderr, "edgesim plot: left out: %v\n", err)
			continue
		}
		if err != nil {
			return usageError{err}
		}
		if err := p.draw(f, p.paths[i]); err != nil {
			return err
		}
		drawn++
		fmt.Fprintln(e.stdout, p.paths[i])
	}
	if drawn == 0 {
		return errors.New("the runs' plots cannot be laid over each other")
	}
	return nil
}

// unlikeError is of figures that do not go together.
type unlikeError struct{ error }

func (u *unlikeError) Unwrap() error { return u.error }

// figure is the view of the one run, or of all over each other.
func (p *plotPlan) figure(view string) (*plot.Figure, error) {
	var figs []*plot.Figure
	for _, r := range p.runs {
		f, err := r.figure(view)
		if err != nil {
			return nil, err
		}
		figs = append(figs, f)
	}
	if len(figs) == 1 {
		return figs[0], nil
	}
	f, err := plot.Overlay(figs, told(p.runs))
	if err != nil {
		return nil, &unlikeError{err}
	}
	return f, nil
}

// told are names that tell runs apart: those of their folders, or where two are
// called the same, their paths.
func told(runs []drawnRun) []string {
	var names, paths []string
	for _, r := range runs {
		names, paths = append(names, r.name), append(paths, filepath.Clean(r.dir))
	}
	if len(slices.Compact(slices.Sorted(slices.Values(names)))) < len(names) {
		return paths
	}
	return names
}

func (p *plotPlan) draw(f *plot.Figure, path string) error {
	var out bytes.Buffer
	if err := plot.Render(&out, f, p.format, p.size); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	return results.WriteFile(path, func(w io.Writer) error {
		_, err := out.WriteTo(w)
		return err
	})
}
