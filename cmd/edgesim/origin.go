package main

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"edgesim/sim/origin"
	originlive "edgesim/sim/origin/live"
	"edgesim/sim/scenario"
	"edgesim/sim/unit"
	"edgesim/workloads"
)

var originCommand = command{
	name:     "origin",
	synopsis: "[flags]",
	about:    "run a simulated origin as a server",
	long: `Without --config it holds the objects that loadgen --zipf asks for, as a bucket
does: entity tags, ranges, conditional requests, XML errors. With --config it
is one of the origins of a scenario. Every body byte is a function of object,
version and offset, so that loadgen --verify can check it.

Examples:
  edgesim origin --listen 127.0.0.1:8001 --first-byte 40ms,200ms
  edgesim serve --origin http://127.0.0.1:8001 &
  loadgen http://127.0.0.1:8080 --zipf 0.9 --objects 10000 --verify
  edgesim origin --config quickstart --name assets
  edgesim origin --trace access.log.gz --first-byte 40ms
`,
	prepare: func(f *pflag.FlagSet) action {
		o := originOptions{objects: 100_000, seed: 1}
		f.StringVar(&o.listen, "listen", "127.0.0.1:8001", "address to serve on")
		f.StringVar(&o.config, "config", "", "scenario, a file or a built-in one's name, to take the origin from")
		f.StringVar(&o.name, "name", "", "with --config: which of its origins")
		f.StringVar(&o.kind, "kind", origin.Bucket, "bucket or server")
		f.Uint64Var(&o.objects, "objects", o.objects, "how many objects there are")
		f.Uint64Var(&o.seed, "seed", o.seed, "of objects and of everything left to chance; loadgen's must be the same")
		f.StringVar(&o.firstByte, "first-byte", "", "wait for the first byte, as 40ms, or MEDIAN,P99 as 40ms,200ms (default none)")
		f.Var(&o.bandwidth, "bandwidth", "bytes a second on each connection, as 50MB (default no limit)")
		o.trace.flags(f)
		f.StringVar(&o.cacheControl, "cache-control", "public, max-age=3600", "what every object is sent with")
		return o.run
	},
}

type originOptions struct {
	listen, config, name, kind string
	objects, seed              uint64
	firstByte, cacheControl    string
	bandwidth                  unit.Size
	trace                      originTrace
}

func (o *originOptions) run(e *env, args []string) error {
	if len(args) > 0 {
		return usagef("unexpected %q: it takes flags alone; right is as: edgesim origin --listen 127.0.0.1:8001", args[0])
	}
	conf, holds, err := o.origin(e)
	if err != nil {
		return usageError{err}
	}
	model, err := origin.New(conf)
	if err != nil {
		return usageError{err}
	}
	srv, err := originlive.New(originlive.Config{Model: model, Contents: holds})
	if err != nil {
		return usageError{err}
	}
	ln, err := net.Listen("tcp", o.listen)
	if err != nil {
		return usagef("--listen %s: %v", o.listen, err)
	}
	return serveOrigin(e, srv, ln)
}

func serveOrigin(e *env, srv *originlive.Server, ln net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	fmt.Fprintf(e.stderr, "origin on http://%s\n", ln.Addr())
	select {
	case err := <-failed:
		return err
	case <-e.ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := srv.Shutdown(ctx)
	s := srv.Stats()
	fmt.Fprintf(e.stderr, "answered %d requests, %d bytes\n", s.Requests, s.Bytes)
	return err
}

func (o *originOptions) origin(e *env) (origin.Config, originlive.Contents, error) {
	if err := o.trace.check(e); err != nil {
		return origin.Config{}, nil, err
	}
	if o.config != "" {
		return o.fromScenario(e)
	}
	if o.name != "" {
		return origin.Config{}, nil, fmt.Errorf("--name goes with --config")
	}
	if err := o.check(); err != nil {
		return origin.Config{}, nil, err
	}
	conf := origin.Config{
		Kind: o.kind, Seed: o.seed, Bandwidth: float64(o.bandwidth), CacheControl: o.cacheControl,
	}
	var err error
	if conf.FirstByte, err = parseDelay(o.firstByte); err != nil {
		return conf, nil, err
	}
	if o.trace.file != "" {
		holds, err := o.trace.open(e)
		return conf, holds, err
	}
	catalog, err := workloads.NewCatalog(workloads.CatalogConfig{
		Seed: o.seed, Sections: []workloads.Section{workloads.DefaultSection(o.objects, 0)},
	})
	return conf, wholeCatalog{catalog}, err
}

// check says in flags what the model would say in its own words.
func (o *originOptions) check() error {
	switch {
	case o.kind != origin.Bucket && o.kind != origin.Server:
		return fmt.Errorf("--kind %q: right is %s or %s", o.kind, origin.Bucket, origin.Server)
	case o.objects < 1 || o.objects > 1<<53:
		return fmt.Errorf("--objects %d: right are 1 to 2^53", o.objects)
	}
	return nil
}

func (o *originOptions) fromScenario(e *env) (conf origin.Config, holds originlive.Contents, err error) {
	for _, name := range []string{"kind", "objects", "seed", "first-byte", "bandwidth", "cache-control", "trace"} {
		if e.flags.Changed(name) {
			return conf, nil, fmt.Errorf("--%s goes without --config: the scenario says it", name)
		}
	}
	s, err := scenario.Load(o.config)
	if err != nil {
		return conf, nil, err
	}
	configs := s.OriginConfigs()
	var names []string
	for name := range configs {
		names = append(names, name)
	}
	slices.Sort(names)
	name := o.name
	if name == "" && len(names) == 1 {
		name = names[0]
	}
	conf, ok := configs[name]
	if !ok {
		return conf, nil, fmt.Errorf("--name %q: scenario %s has the simulated origins %s", o.name, s.Name, strings.Join(names, ", "))
	}
	catalog, err := s.Catalog()
	if err != nil {
		return conf, nil, err
	}
	return conf, s.Contents(catalog, name), nil
}

// wholeCatalog is an origin that holds everything there is, whatever the host.
type wholeCatalog struct{ catalog *workloads.Catalog }

func (w wholeCatalog) Find(_, path []byte) (origin.Object, bool) {
	id, ok := w.catalog.Find(0, path)
	if !ok {
		return origin.Object{}, false
	}
	o := w.catalog.Object(id)
	return origin.Object{Key: o.Key, Size: o.Size, ContentType: o.ContentType}, true
}

// parseDelay reads "40ms" or "40ms,200ms".
func parseDelay(text string) (origin.Delay, error) {
	if text == "" {
		return origin.Delay{}, nil
	}
	median, p99, two := strings.Cut(text, ",")
	m, err := unit.ParseDuration(median)
	if err != nil {
		return origin.Delay{}, fmt.Errorf("--first-byte: %w", err)
	}
	if !two {
		return origin.Delay{Kind: "constant", Constant: m.Std()}, nil
	}
	p, err := unit.ParseDuration(p99)
	if err != nil {
		return origin.Delay{}, fmt.Errorf("--first-byte: %w", err)
	}
	if m <= 0 || p < m {
		return origin.Delay{}, fmt.Errorf("--first-byte %s: right is a median above 0 and a p99 that is not below it, as 40ms,200ms", text)
	}
	return origin.Delay{Kind: "lognormal", Median: m.Std(), P99: p.Std()}, nil
}
