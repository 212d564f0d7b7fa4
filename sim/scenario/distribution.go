package scenario

import (
	"edgesim/sim/nearest"
	"slices"

	"edgesim/edge/behavior"
)

// convert makes the edge's own description of a distribution.
func (d *Distribution) convert(src *source, where at, in *scope) (behavior.Distribution, *fault) {
	made := behavior.Distribution{
		ID: d.ID, Domain: d.Domain, Aliases: d.Aliases, Comment: d.Comment,
		Disabled: d.Disabled, DefaultRootObject: d.DefaultRootObject, DecodePaths: d.DecodePaths,
		Geo: behavior.Geo(d.Geo),
	}
	for _, r := range d.Errors {
		made.Errors = append(made.Errors, r.convert())
	}
	for i := range d.Behaviors {
		b, f := d.Behaviors[i].convert(src, where.then("behaviors", i), in)
		if f != nil {
			return made, f
		}
		made.Behaviors = append(made.Behaviors, b)
	}
	var f *fault
	made.Default, f = d.Default.convert(src, where.then("default"), in)
	return made, f
}

// convert starts from the mode's preset and changes what is given.
func (b *Behavior) convert(src *source, where at, in *scope) (behavior.Behavior, *fault) {
	made := in.preset()
	if b.Origin != "" && !slices.Contains(in.origins, b.Origin) {
		return made, src.fault(where.then("origin"), "no origin has the name %q%s", b.Origin, nearest.DidYouMean(b.Origin, in.origins))
	}
	made.Path, made.Origin = b.Path, b.Origin
	made.TTL = b.TTL.over(made.TTL, in.mode)
	if b.Key != nil {
		made.Key = b.Key.convert(made.Key.Scheme)
	}
	made.Compress = b.Compress
	made.ViewerProtocol = behavior.ViewerProtocol(b.ViewerProtocol)
	b.headers(&made)
	made.ForwardHost, made.CollapseWait = b.ForwardHost, b.CollapseWait.Std()
	made.NoCollapse = b.Collapse != nil && !*b.Collapse
	b.switches(&made)
	if f := b.usePolicies(&made, src, where, in); f != nil {
		return made, f
	}
	return made, b.methods(&made, src, where, in.mode)
}

// headers is what happens to fields, either way.
func (b *Behavior) headers(made *behavior.Behavior) {
	if b.Forward != nil {
		made.Forward = b.Forward.convert()
	}
	if b.ResponseHeaders != nil {
		made.ResponseHeaders = b.ResponseHeaders.convert()
	}
	if b.DropHeaders != nil {
		made.Request.Drop = b.DropHeaders
	}
	if b.UntrustedHeaders != nil {
		made.Request.Untrusted = b.UntrustedHeaders
	}
	if b.UserAgent != nil {
		made.Request.Agent = *b.UserAgent
	}
}

func (b *Behavior) switches(made *behavior.Behavior) {
	for _, s := range []struct {
		given *bool
		into  *bool
	}{
		{b.AscendingRanges, &made.AscendingRanges},
		{b.Heuristic, &made.Heuristic},
		{b.RequestDirectives, &made.RequestDirectives},
		{b.MinBeatsDirectives, &made.MinBeatsDirectives},
		{b.DefaultAnyStatus, &made.DefaultAnyStatus},
		{b.IgnoreVary, &made.IgnoreVary},
		{b.ErrorCaching, &made.ErrorCaching},
		{b.StaleDespiteShared, &made.StaleDespiteShared},
		{b.CachePosts, &made.CachePosts},
		{b.CDNCacheControl, &made.CDNCacheControl},
		{b.FieldForms, &made.FieldForms},
		{b.NormalizeVary, &made.NormalizeVary},
		{b.ForwardInterim, &made.ForwardInterim},
		{b.NoAuthorization, &made.NoAuthorization},
		{b.KeepAliveHeader, &made.Request.KeepAlive},
		{b.ForwardRequestID, &made.Request.ID},
		{b.CookieRules, &made.CookieRules},
		{b.TidyCookies, &made.TidyCookies},
		{b.FilterVary, &made.FilterVary},
		{b.RefuseGetBody, &made.RefuseGetBody},
		{b.Quotas, &made.Quotas},
	} {
		if s.given != nil {
			*s.into = *s.given
		}
	}
	if b.Slice != nil {
		made.Slice = int64(*b.Slice)
	}
	if b.MaxRanges != nil {
		made.MaxRanges = *b.MaxRanges
	}
	if b.ErrorTTL != nil {
		made.ErrorTTL = b.ErrorTTL.Std()
	}
	if b.MaxVariants != nil {
		made.MaxVariants = *b.MaxVariants
	}
	if b.StaleOnError != nil {
		made.StaleOnError = b.StaleOnError.Std()
	}
}

func (b *Behavior) methods(made *behavior.Behavior, src *source, where at, mode string) *fault {
	sets := []struct {
		field string
		names []string
		into  *behavior.Methods
	}{{"methods", b.Methods, &made.AllowedMethods}, {"cached_methods", b.CachedMethods, &made.CachedMethods}}
	for _, s := range sets {
		if s.names == nil {
			continue
		}
		var err error
		if *s.into, err = behavior.ParseMethods(s.names); err != nil {
			return src.fault(where.then(s.field), "%v", err)
		}
	}
	switch made.AllowedMethods {
	case behavior.ReadMethods, behavior.ReadOptions, behavior.WriteMethods:
		return nil
	}
	if mode == CloudFront {
		return src.fault(where.then("methods"), "CloudFront allows %v, or %v, or %v, and no other set",
			behavior.ReadMethods, behavior.ReadOptions, behavior.WriteMethods)
	}
	return nil
}

// over changes a preset. A bound that was left out gives way to one that was
// given, as CloudFront documents: a minimum raises the default and the maximum,
// a maximum lowers the default.
func (t TTL) over(preset behavior.TTL, mode string) behavior.TTL {
	ttl := preset
	if t.Min != nil {
		ttl.Min = t.Min.Std()
	}
	if t.Max != nil {
		ttl.Max = t.Max.Std()
	}
	switch {
	case t.Default != nil:
		ttl.Default = t.Default.Std()
	case mode == CloudFront && t.Max != nil:
		ttl.Default = min(max(ttl.Default, ttl.Min), ttl.Max)
	case mode == CloudFront:
		ttl.Default = max(ttl.Default, ttl.Min)
	}
	if t.Max == nil {
		ttl.Max = max(ttl.Max, ttl.Default, ttl.Min)
	}
	return ttl
}

// convert makes the edge's own key. scheme is the mode's choice.
func (k *Key) convert(scheme bool) behavior.Key {
	if k.Scheme != nil {
		scheme = *k.Scheme
	}
	return behavior.Key{
		Scheme: scheme, Gzip: k.Gzip, Brotli: k.Brotli,
		Query: behavior.Pick(k.Query), QueryNames: k.QueryNames,
		Cookies: behavior.Pick(k.Cookies), CookieNames: k.CookieNames,
		Headers: k.Headers, Host: k.Host,
	}
}
