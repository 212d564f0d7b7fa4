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
	drawn := make([]page.Figure, len(b.plots))
	errs := make([]error, len(b.plots))
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for i, d := range b.plots {
		all.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			drawn[i], errs[i] = d.write(b.opt.Dir, b.opt.Formats)
		})
	}
	all.Wait()
	return drawn, errors.Join(errs...)
}

func (d plotView) write(dir string, formats []string) (page.Figure, error) {
	p := page.Figure{Figure: plot.Figure{Name: d.kind.Name, Title: d.kind.Title, About: d.kind.About}}
	for _, format := range formats {
		var out bytes.Buffer
		if err := plot.Render(d.kind, d.view, &out, format); err != nil {
			return p, err
		}
		if format == "svg" {
			p.SVG = bytes.Clone(out.Bytes())
		}
		path := results.PlotsDir + "/" + d.kind.Name + "." + format
		if err := results.WriteFile(filepath.Join(dir, path), copyOf(&out)); err != nil {
			return p, err
		}
		p.Files = append(p.Files, page.Link{Path: path, Label: upper(format)})
	}
	return p, nil
}
