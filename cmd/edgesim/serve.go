package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"edgesim/edge"
	"edgesim/edge/behavior"
	"edgesim/results"
	"edgesim/results/accesslog"
	"edgesim/sim/live"
	"edgesim/sim/scenario"
	"edgesim/sim/unit"
)

var serveCommand = command{
	name:     "serve",
	synopsis: "[--config FILE | --origin URL] [flags]",
	about:    "run the edge as a server in front of any HTTP origin",
	long: `With --origin alone every Host, path and method goes to that origin, and the
viewer's Host goes along. With --config distributions, behaviors and origins
come from a YAML file of the scenarios' schema (edge, origins with a url,
distributions). With --tls-listen viewers are served over HTTPS too; without
--tls-cert a certificate is made, kept and found again at the next start. SIGINT
and SIGTERM let what is being served finish.

Examples:
  python3 -m http.server 8000 & edgesim serve --origin http://127.0.0.1:8000
  curl -s -o /dev/null -D - http://127.0.0.1:8080/ | grep -i cache
  edgesim serve --config edge.yaml --listen :80 --tls-listen :443
`,
	prepare: func(f *pflag.FlagSet) action {
		o := serveOptions{capacity: 256 << 20}
		f.StringVar(&o.config, "config", "", "YAML file with edge, origins and distributions")
		f.StringVar(&o.origin, "origin", "", "URL of the one origin, as http://127.0.0.1:8000")
		f.StringVar(&o.originHost, "origin-host", "", "with --origin: send this Host instead of the viewer's")
		f.StringVar(&o.listen, "listen", "127.0.0.1:8080", "address to serve on")
		o.tls.flags(f)
		f.StringVar(&o.mode, "mode", scenario.Standard, "standard (by the RFCs) or cloudfront (as CloudFront documents)")
		f.Var(&o.defaultTTL, "default-ttl", "lifetime of responses that give none (default 0s: as RFC 9111 allows)")
		f.Var(&o.capacity, "capacity", "bytes for objects and their bookkeeping")
		f.StringVar(&o.policy, "policy", "s3fifo", "order of leaving, as s3fifo, sieve, lru, fifo")
		f.IntVar(&o.shards, "shards", 0, "partitions of the capacity (default 4 for every processor, but none below 64MiB)")
		f.Var(&o.wait, "collapse-wait", "with --origin: how long a request waits for another's response to begin before it asks the origin itself (default 0s: no limit)")
		f.StringVar(&o.accessLog, "access-log", "", "write CloudFront's standard log there, gzipped if it ends in .gz")
		f.Var(&o.grace, "grace", "at the end, how long what is being served may take (default 30s)")
		return o.run
	},
}

type serveOptions struct {
	config, origin, originHost string
	listen, mode, policy       string
	defaultTTL, wait, grace    unit.Duration
	capacity                   unit.Size
	shards                     int
	accessLog                  string
	tls                        tlsOptions
}

func (o *serveOptions) run(e *env, args []string) error {
	if err := o.check(e, args); err != nil {
		return err
	}
	conf, err := o.edgeConfig(e)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", o.listen)
	if err != nil {
		return usagef("--listen %s: %v", o.listen, err)
	}
	defer ln.Close()
	door, err := o.tls.open(&conf)
	if err != nil {
		return err
	}
	if door != nil {
		defer door.ln.Close()
	}
	names := results.NewNames(time.Now().UTC())
	conf.Names, conf.Epoch, conf.Seed = names, time.Now(), rand.Uint64()
	log, stop, err := o.openLog(&conf, names)
	if err != nil {
		return err
	}
	ed, err := edge.New(conf)
	if err != nil {
		err = usageError{err}
	} else {
		err = o.serve(e, ed, ln, door)
	}
	stop()
	if log != nil {
		if cerr := log.Close(); err == nil && cerr != nil {
			err = fmt.Errorf("--access-log %s: %w", o.accessLog, cerr)
		}
	}
	return err
}

func (o *serveOptions) check(e *env, args []string) error {
	switch {
	case len(args) > 0:
		return usagef("unexpected %q; the origin is given as --origin URL", args[0])
	case (o.config == "") == (o.origin == ""):
		return usagef("give either --origin URL or --config FILE")
	case o.mode != scenario.Standard && o.mode != scenario.CloudFront:
		return usagef("--mode %q; right are standard and cloudfront", o.mode)
	case o.config != "":
		for _, name := range []string{"origin-host", "default-ttl", "collapse-wait"} {
			if e.flags.Changed(name) {
				return usagef("--%s goes with --origin; in a --config file each behavior has its own", name)
			}
		}
	}
	return nil
}

// edgeConfig is the edge that the flags or the file describe. Flags that are
// given beside a file win over it.
func (o *serveOptions) edgeConfig(e *env) (edge.Config, error) {
	if o.origin != "" {
		return o.singleOrigin()
	}
	c, err := scenario.LoadConfig(o.config, o.overrides(e)...)
	if err != nil {
		return edge.Config{}, usageError{err}
	}
	o.tls.fill(&c.TLS)
	conf := live.EdgeConfig(&c.Edge)
	conf.Distributions = c.BehaviorDistributions()
	if conf.Origins, err = live.Origins(c.Origins, c.Edge.Mode); err != nil {
		return conf, usageError{err}
	}
	conf.Groups = live.Groups(c.OriginGroups, c.Edge.Mode)
	return conf, nil
}

func (o *serveOptions) overrides(e *env) []string {
	var sets []string
	for flag, key := range map[string]string{"mode": "mode", "capacity": "capacity", "policy": "policy", "shards": "shards"} {
		if f := e.flags.Lookup(flag); f.Changed {
			sets = append(sets, "edge."+key+"="+f.Value.String())
		}
	}
	return sets
}

// singleOrigin is one distribution that has every name, and one origin.
func (o *serveOptions) singleOrigin() (edge.Config, error) {
	origin, err := edge.ParseOrigin("origin", o.origin)
	if err != nil {
		return edge.Config{}, usagef("--%v", err)
	}
	b := behavior.Standard()
	if o.mode == scenario.CloudFront {
		b = behavior.CloudFront()
		b.AllowedMethods = behavior.AnyMethod
	}
	b.Origin, b.ForwardHost, b.Key.Host = origin.Name, true, true
	if o.originHost != "" {
		origin.Host, b.ForwardHost, b.Key.Host = o.originHost, false, false
	}
	b.TTL.Default, b.CollapseWait = max(b.TTL.Default, o.defaultTTL.Std()), o.wait.Std()
	conf := edge.Config{
		Distributions: []behavior.Distribution{{ID: "EDGE", Domain: "edge.internal", Aliases: []string{"*"}, Default: b}},
		Origins:       []edge.Origin{origin},
		Capacity:      int64(o.capacity), Policy: o.policy, Shards: o.shards,
	}
	live.Mode(&conf, o.mode)
	return conf, nil
}

// openLog begins the access log, if there is to be one. stop ends its taker.
func (o *serveOptions) openLog(conf *edge.Config, names *results.Names) (log *accesslog.Writer, stop func(), err error) {
	if o.accessLog == "" {
		return nil, func() {}, nil
	}
	log, err = accesslog.Create(o.accessLog, names)
	if err != nil {
		return nil, nil, usagef("--access-log: %v", err)
	}
	rec := results.NewRecorder(0)
	conf.Recorder = rec
	over := make(chan struct{})
	var takers sync.WaitGroup
	takers.Go(func() {
		rec.Take(func(recs []results.Record) {
			log.Add(recs)
			if !strings.HasSuffix(o.accessLog, ".gz") {
				_ = log.Flush() // Close tells
			}
		})
	})
	takers.Go(func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		rec.FlushEvery(tick.C, over)
	})
	return log, func() {
		close(over)
		rec.Close()
		takers.Wait()
	}, nil
}

// serve answers until a signal comes, then finishes what is under way.
func (o *serveOptions) serve(e *env, ed *edge.Edge, ln net.Listener, door *secureDoor) error {
	failed := make(chan error, 2)
	go func() { failed <- ed.Serve(ln) }()
	fmt.Fprintf(e.stderr, "serving on http://%s\n", ln.Addr())
	if door != nil {
		go func() { failed <- door.serve(e, ed) }()
	}
	select {
	case err := <-failed:
		return fmt.Errorf("serving on %s: %w", ln.Addr(), err)
	case <-e.ctx.Done():
	}
	grace := o.grace.Std()
	if grace == 0 {
		grace = 30 * time.Second
	}
	fmt.Fprintf(e.stderr, "finishing what is being served; another signal ends at once\n")
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	if err := ed.Shutdown(ctx); err != nil {
		fmt.Fprintf(e.stderr, "edgesim serve: some responses were broken off: %v\n", err)
	}
	return nil
}
