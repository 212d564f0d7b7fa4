package folder

import (
	"bytes"
	"errors"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"edgesim/results"
	"edgesim/results/page"
	"edgesim/results/plot"
)

// wants reports whether the plot is drawn from records of part p.
func (d plotView) wants(p part) bool {
	if p&inWarmup != 0 && !d.kind.Whole {
		return false
	}
	switch d.kind.Subject {
	case plot.Traffic:
		return p&inTraffic != 0
	case plot.Latency:
		return p&inLatency != 0
	}
	panic("folder: plot " + d.kind.Name + " has no subject")
}

// inOrder puts plots in the order in which people read them: what happened over
// time, what viewers waited, the rest; by name among themselves.
func inOrder(plots []plotView) {
	rank := func(k plot.Kind) int {
		switch {
		case k.Whole:
			return 0
		case k.Subject == plot.Latency:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(plots, func(x, y plotView) int { return rank(x.kind) - rank(y.kind) })
}

// draw draws every plot in every format, several at a time, and writes the
// files. The order of what it returns is that of the plots.
func (b *Builder) draw() ([]page.Figure, error) {
	figures := make([]*plot.Figure, len(b.plots))
	for i, d := range b.plots {
		figures[i] = d.kind.Figure(d.view)
	}
	return drawAll(b.opt.Dir, figures, b.opt.Formats)
}

// drawAll writes every figure as JSON and in the formats.
func drawAll(dir string, figures []*plot.Figure, formats []string) ([]page.Figure, error) {
	drawn := make([]page.Figure, len(figures))
	errs := make([]error, len(figures))
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for i, f := range figures {
		all.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			drawn[i], errs[i] = writeFigure(dir, f, formats)
		})
	}
	all.Wait()
	return drawn, errors.Join(errs...)
}

func writeFigure(dir string, f *plot.Figure, formats []string) (page.Figure, error) {
	p := page.Figure{Figure: *f}
	path := results.PlotsDir + "/" + f.Name + "."
	if err := results.WriteJSON(filepath.Join(dir, path+"json"), f); err != nil {
		return p, err
	}
	for _, format := range formats {
		var out bytes.Buffer
		if err := plot.Render(&out, f, format, plot.Slide()); err != nil {
			return p, err
		}
		if format == "svg" {
			p.SVG = bytes.Clone(out.Bytes())
		}
		if err := results.WriteFile(filepath.Join(dir, path+format), copyOf(&out)); err != nil {
			return p, err
		}
		p.Files = append(p.Files, page.Link{Path: path + format, Label: upper(format)})
	}
	return p, nil
}

// chartFormats are those of formats that the charts of tables are drawn in: not
// as PNGs, of which there would be dozens at a quarter of a second each.
func chartFormats(formats []string) []string {
	return slices.DeleteFunc(slices.Clone(formats), func(f string) bool { return f == "png" })
}

// drawCharts draws the charts of the tabs' tables and has the tables link to
// the files. Of a tab's scopes the first is drawn: all distributions together.
func (b *Builder) drawCharts(tabs []page.Tab) error {
	var figures []*plot.Figure
	var linked []func([]page.Link)
	for _, tab := range tabs {
		for i := range tab.Scopes[0].Tables {
			table := &tab.Scopes[0].Tables[i]
			table.Charts = map[string][]page.Link{}
			for _, c := range table.Table.Charts {
				figures = append(figures, plot.FromTable(table.Table, c).Of(b.opt.Manifest.Name))
				linked = append(linked, func(files []page.Link) { table.Charts[c.Name] = files })
			}
		}
	}
	drawn, err := drawAll(b.opt.Dir, figures, chartFormats(b.opt.Formats))
	for i, f := range drawn {
		linked[i](f.Files)
	}
	return err
}
