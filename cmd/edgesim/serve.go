package main

import (
	"github.com/spf13/pflag"

	"edgesim/edge/policy"
	"edgesim/sim/scenario"
	"edgesim/sim/unit"
)

var serveCommand = command{
	name:     "serve",
	synopsis: "[--config FILE | --origin URL] [flags]",
	about:    "run the edge as a server in front of any HTTP origin",
	long: `With --origin alone every Host, path and method goes to that origin, and the
viewer's Host goes along. With --config everything comes from a YAML file, with
distributions and origins (each with a url) as scenarios have them; flags win
over it. docs/serve.example.yaml has every key. With --tls-listen viewers are
served over HTTPS too; without --tls-cert a certificate is made, kept and found
again at the next start.

SIGHUP takes over the file's distributions, origins and certificates without
dropping a connection or the cache, and begins the access log anew. A file that
is wrong changes nothing. SIGINT and SIGTERM let what is being served finish; a
second one ends at once.

--admin ADDR serves, to this machine only unless --admin-anyone is given:
  GET  /             the reports, live: ?from=2026-11-23&to=…&grain=hour|day
                     &distribution=ID; ?grain=minute: the last hour or two
  GET  /reports/     their tables, as /reports/cache_statistics.csv
  GET  /data.json    the page's data; GET /events sends them as they change
  GET  /health       200, or 503 while what is being served finishes
  GET  /metrics      for Prometheus
  GET  /cache        what is cached: ?distribution=ID&path=/images/*&limit=100
  GET  /flights      origin requests under way
  GET  /config       what is in force, and what is wrong with a newer file
  POST /reload       as SIGHUP
  POST /invalidate   {"distribution": "ID", "paths": ["/a.jpg", "/images/*"]}
  GET  /invalidate   what was invalidated so far
  GET  /debug/pprof/ Go's profiles
What is posted needs Content-Type: application/json.

Examples:
  python3 -m http.server 8000 & edgesim serve --origin http://127.0.0.1:8000
  curl -s -o /dev/null -D - http://127.0.0.1:8080/ | grep -i cache
  edgesim serve --config edge.yaml --listen :80 --tls-listen :443 --admin :9090
  edgesim serve --origin http://127.0.0.1:8000 --admin :9090 --store edge.db
  edgesim invalidate '/images/*'
`,
	prepare: func(f *pflag.FlagSet) action {
		o := serveOptions{capacity: 256 << 20}
		f.StringVar(&o.config, "config", "", "YAML file with edge, origins and distributions")
		f.StringVar(&o.origin, "origin", "", "URL of the one origin, as http://127.0.0.1:8000")
		f.StringVar(&o.originHost, "origin-host", "", "with --origin: send this Host instead of the viewer's")
		f.StringVar(&o.listen, "listen", "127.0.0.1:8080", "address to serve on")
		o.tls.flags(f)
		f.StringVar(&o.admin, "admin", "", "address of the admin listener, as :9090, which means this machine only (default none)")
		f.BoolVar(&o.adminAnyone, "admin-anyone", false, "let --admin be an address that other machines reach: whoever does can change the cache")
		f.StringVar(&o.mode, "mode", scenario.Standard, "standard (by the RFCs) or cloudfront (as CloudFront documents)")
		f.Var(&o.defaultTTL, "default-ttl", "lifetime of responses that give none (default 0s: as RFC 9111 allows)")
		f.Var(&o.capacity, "capacity", "bytes for objects and their bookkeeping")
		f.StringVar(&o.policy, "policy", "s3fifo", "order of leaving, as s3fifo, sieve, wtinylfu, and rules of admission, as lru+bloom")
		f.IntVar(&o.shards, "shards", 0, "partitions of the capacity (default 4 for every processor, but none below 64MiB)")
		f.Var(&o.wait, "collapse-wait", "with --origin: how long a request waits for another's response to begin before it asks the origin itself (default 0s: no limit)")
		f.StringVar(&o.accessLog, "access-log", "", "write CloudFront's standard log to that file, gzipped if it ends in .gz, or into that folder, as DIR/")
		f.StringVar(&o.store, "store", "", "keep what the reports come to, hour by hour for 60 days, in that file (default: in memory, for a day, with --admin)")
		f.Var(&o.grace, "grace", "at the end, how long what is being served may take (default 30s)")
		return o.run
	},
}

type serveOptions struct {
	config, origin, originHost string
	listen, mode, policy       string
	admin                      string
	adminAnyone                bool
	defaultTTL, wait, grace    unit.Duration
	capacity                   unit.Size
	shards                     int
	accessLog, store           string
	tls                        tlsOptions
}

func (o *serveOptions) run(e *env, args []string) error {
	if err := o.check(e, args); err != nil {
		return err
	}
	p, err := o.plan(e)
	if err != nil {
		return err
	}
	if o.adminAnyone && p.conf.Admin == "" {
		return usagef("--admin-anyone is about the admin listener, and there is none; right is --admin :9090 beside it")
	}
	s, err := newServer(e, o, p)
	if err != nil {
		return err
	}
	return s.run()
}

func (o *serveOptions) check(e *env, args []string) error {
	switch {
	case len(args) > 0:
		return usagef("unexpected %q; the origin is given as --origin URL", args[0])
	case (o.config == "") == (o.origin == ""):
		return usagef("give either --origin URL or --config FILE")
	case o.mode != scenario.Standard && o.mode != scenario.CloudFront:
		return usagef("--mode %q; right are standard and cloudfront", o.mode)
	case o.grace < 0:
		return usagef("--grace %v; right is 0s or more", o.grace)
	case o.config != "":
		for _, name := range []string{"origin-host", "default-ttl", "collapse-wait"} {
			if e.flags.Changed(name) {
				return usagef("--%s goes with --origin; in a --config file each behavior has its own", name)
			}
		}
	}
	return o.checkCache()
}

func (o *serveOptions) checkCache() error {
	if o.capacity < 64*unit.KiB {
		return usagef("--capacity %v: want at least 64KiB", o.capacity)
	}
	if o.shards < 0 || o.shards > 1024 {
		return usagef("--shards %d: want 1 to 1024, or 0 for the edge's choice", o.shards)
	}
	if _, _, err := policy.Parse(o.policy); err != nil {
		return usagef("--policy %s: %v", o.policy, err)
	}
	return nil
}
