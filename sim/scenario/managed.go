package scenario

import (
	"fmt"

	"github.com/goccy/go-yaml"

	"edgesim/edge/behavior"
	"edgesim/sim/unit"
)

// ManagedText is CloudFront's managed policies as a file would write them: what
// each of them decides, and something to start one's own from.
func ManagedText() string {
	text, err := yaml.MarshalWithOptions(map[string]Policies{"policies": managed()}, yaml.OmitZero(), yaml.IndentSequence(true))
	if err != nil {
		panic(fmt.Sprintf("scenario: the managed policies cannot be written: %v", err))
	}
	return "# CloudFront's managed policies. A behavior names one as cache_policy,\n" +
		"# origin_request_policy or response_headers_policy; for one of your own, copy it\n" +
		"# into a file's policies under another name.\n" + string(text)
}

func managed() Policies {
	p := Policies{Cache: map[string]CachePolicy{}, OriginRequest: map[string]Forward{}, ResponseHeaders: map[string]ResponseHeaders{}}
	for _, c := range behavior.ManagedCachePolicies() {
		p.Cache[c.Name] = CachePolicy{ttlOf(c.TTL), keyOf(c.Key)}
	}
	for _, o := range behavior.ManagedOriginRequestPolicies() {
		p.OriginRequest[o.Name] = Forward{
			Headers: string(o.Forward.Headers), HeaderNames: o.Forward.HeaderNames,
			Cookies: string(o.Forward.Cookies), CookieNames: o.Forward.CookieNames,
			Query: string(o.Forward.Query), QueryNames: o.Forward.QueryNames,
		}
	}
	for _, r := range behavior.ManagedResponseHeadersPolicies() {
		p.ResponseHeaders[r.Name] = responseHeadersOf(r.Headers)
	}
	return p
}

func ttlOf(t behavior.TTL) TTL {
	least, usual, most := unit.Duration(t.Min), unit.Duration(t.Default), unit.Duration(t.Max)
	return TTL{&least, &usual, &most}
}

func keyOf(k behavior.Key) *Key {
	return &Key{
		Query: string(k.Query), QueryNames: k.QueryNames, Cookies: string(k.Cookies), CookieNames: k.CookieNames,
		Headers: k.Headers, Host: k.Host, Scheme: &k.Scheme, Gzip: k.Gzip, Brotli: k.Brotli,
	}
}

func responseHeadersOf(r behavior.ResponseHeaders) ResponseHeaders {
	var made ResponseHeaders
	for _, h := range r.Set {
		made.Set = append(made.Set, SetHeader(h))
	}
	if c := r.CORS; c != nil {
		made.CORS = &CORS{
			Origins: c.AllowOrigins, Headers: c.AllowHeaders, Methods: c.AllowMethods, Expose: c.ExposeHeaders,
			Credentials: c.AllowCredentials, MaxAge: unit.Duration(c.MaxAge), Override: c.Override,
		}
	}
	return made
}
