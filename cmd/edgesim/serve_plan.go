package main

import (
	"os"
	"strings"

	"edgesim/edge"
	"edgesim/edge/behavior"
	"edgesim/sim/live"
	"edgesim/sim/scenario"
)

// servicePlan is what flags and, where there is one, the file ask for.
type servicePlan struct {
	conf scenario.Config // with --origin only what flags say
	edge edge.Config
	tls  tlsOptions
}

// plan reads the file. It is called at the start, and again for a reload.
func (o *serveOptions) plan(e *env) (*servicePlan, error) {
	p := &servicePlan{tls: o.tls}
	if o.origin != "" {
		return p, o.singleOrigin(e, p)
	}
	c, err := scenario.LoadConfig(o.config, o.overrides(e)...)
	if err != nil {
		return nil, usageError{err}
	}
	p.conf = *c
	p.tls.fill(&c.TLS)
	p.edge = live.EdgeConfig(&c.Edge)
	limit(&p.edge, c)
	p.edge.Distributions = c.BehaviorDistributions()
	if p.edge.Origins, err = live.Origins(c.Origins, c.Edge.Mode); err != nil {
		return nil, usageError{err}
	}
	p.edge.Groups = live.Groups(c.OriginGroups, c.Edge.Mode)
	return p, nil
}

// limit takes over what a server's file says of the edge beside its edge section.
func limit(made *edge.Config, c *scenario.Config) {
	l := &c.Limits
	made.MaxHeader, made.MaxUpload = int(l.Header), int(l.Body)
	made.MaxTarget, made.MaxFields, made.MaxPerAddress = int(l.URL), l.Fields, l.PerAddress
	made.HeaderTimeout, made.BodyTimeout, made.MinRate = l.HeaderTime.Std(), l.BodyTime.Std(), int(l.MinRate)
	made.HandshakeTimeout = l.Handshake.Std()
	made.IdleTimeout, made.WriteTimeout = l.Idle.Std(), l.Write.Std()
	made.MaxConns, made.RecordCookies = l.Conns, c.AccessLog.Cookies
}

// overrides are the flags that win over the file.
func (o *serveOptions) overrides(e *env) []scenario.Flag {
	var flags []scenario.Flag
	for _, x := range []struct{ flag, key string }{
		{"mode", "edge.mode"}, {"capacity", "edge.capacity"}, {"policy", "edge.policy"}, {"shards", "edge.shards"},
		{"listen", "listen"}, {"admin", "admin"}, {"store", "store"}, {"grace", "grace"},
	} {
		if f := e.flags.Lookup(x.flag); f.Changed {
			flags = append(flags, scenario.Flag{Name: x.flag, Value: f.Value.String(), Key: x.key})
		}
	}
	if o.accessLog == "" {
		return flags
	}
	file, dir := o.logPlace()
	at := func(key, value string) {
		flags = append(flags, scenario.Flag{Name: "access-log", Value: value, Key: "access_log." + key})
	}
	at("file", file)
	at("dir", dir)
	if file != "" { // one file is not cut: what the configuration says of a folder's goes
		at("prefix", "")
		at("every", "0s")
		at("max_size", "0B")
	}
	return flags
}

// logPlace tells whether --access-log names a file or a folder.
func (o *serveOptions) logPlace() (file, dir string) {
	info, err := os.Stat(o.accessLog)
	if strings.HasSuffix(o.accessLog, "/") || err == nil && info.IsDir() {
		return "", o.accessLog
	}
	return o.accessLog, ""
}

// singleOrigin is one distribution that has every name, and one origin.
func (o *serveOptions) singleOrigin(e *env, p *servicePlan) error {
	origin, err := edge.ParseOrigin("origin", o.origin)
	if err != nil {
		return usagef("--%v", err)
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
	p.edge = edge.Config{
		Distributions: []behavior.Distribution{{ID: "EDGE", Domain: "edge.internal", Aliases: []string{"*"}, Default: b}},
		Origins:       []edge.Origin{origin},
		Capacity:      int64(o.capacity), Policy: o.policy, Shards: o.shards,
	}
	live.Mode(&p.edge, o.mode)
	c := &p.conf
	c.Listen, c.Admin, c.Grace, c.Store = o.listen, o.admin, o.grace, o.store
	if !e.flags.Changed("grace") {
		c.Grace = defaultGrace
	}
	if o.accessLog != "" {
		c.AccessLog.File, c.AccessLog.Dir = o.logPlace()
	}
	return nil
}
