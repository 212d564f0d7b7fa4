package main

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"edgesim/sim/origin"
	"edgesim/workloads"
	"edgesim/workloads/replay"
)

// originTrace are the flags of an origin that holds what stands in a trace or a log.
type originTrace struct {
	file, format, columns string
	skipBad, ownHosts     bool
}

func (o *originTrace) flags(f *pflag.FlagSet) {
	f.StringVar(&o.file, "trace", "", "hold the objects of this trace or access log, as loadgen --trace asks for them")
	f.StringVar(&o.format, "format", "", "of the trace, where it cannot be told: "+traceFormats())
	f.StringVar(&o.columns, "columns", "", "of the trace: which column is what")
	f.BoolVar(&o.skipBad, "skip-bad", false, "of the trace: pass over lines that are no request, and count them")
	f.BoolVar(&o.ownHosts, "own-hosts", false, "of the trace: tell the log's hosts apart, as loadgen --own-hosts does")
}

// open reads the trace.
func (o *originTrace) open(e *env) (listedCatalog, error) {
	if e.flags.Changed("objects") {
		return listedCatalog{}, errors.New("--objects goes without --trace: the file says what there is")
	}
	r, err := replay.Open(e.ctx, replay.Options{Files: []string{o.file}, Format: o.format, Columns: o.columns, SkipBad: o.skipBad,
		Place: func(host string) (replay.Place, error) {
			if !o.ownHosts || host == "" {
				return replay.OnePlace, nil
			}
			return replay.Place{Host: host, Site: host}, nil
		}})
	if err != nil {
		return listedCatalog{}, fmt.Errorf("--trace: %w", err)
	}
	for _, said := range r.Doubts() {
		fmt.Fprintf(e.stderr, "edgesim origin: %s\n", said)
	}
	fmt.Fprintf(e.stderr, "%d objects of %s\n", r.Catalog().Objects(), o.file)
	return listedCatalog{r.Catalog()}, nil
}

// check says what of the flags goes with a trace alone.
func (o *originTrace) check(e *env) error {
	for _, name := range []string{"format", "columns", "skip-bad", "own-hosts"} {
		if o.file == "" && e.flags.Changed(name) {
			return fmt.Errorf("--%s goes with --trace", name)
		}
	}
	return nil
}

// listedCatalog is an origin that holds everything that stands in a trace, by the host
// where it has that, else whatever the host.
type listedCatalog struct{ catalog *workloads.Catalog }

// Find implements live.Contents.
func (l listedCatalog) Find(host, path []byte) (origin.Object, bool) { return l.FindTarget(host, path) }

// FindTarget implements live.Targets.
func (l listedCatalog) FindTarget(host, target []byte) (origin.Object, bool) {
	id, ok := l.catalog.FindHost(host, target)
	for section := 0; !ok && section < len(l.catalog.Sections()); section++ {
		id, ok = l.catalog.Find(section, target)
	}
	if !ok {
		return origin.Object{}, false
	}
	o := l.catalog.Object(id)
	return origin.Object{Key: o.Key, Size: o.Size, ContentType: o.ContentType}, true
}
