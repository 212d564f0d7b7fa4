package scenario

import "net/url"

// The protocols by which an origin is asked, in CloudFront's words.
const (
	HTTPOnly    = "http-only"
	HTTPSOnly   = "https-only"
	MatchViewer = "match-viewer"
)

// OriginTLS is how TLS is spoken with an origin.
type OriginTLS struct {
	CA       string `yaml:"ca"`       // PEM file with the authorities that are believed. Default: the system's
	Name     string `yaml:"name"`     // that the certificate must have. Default: the origin's host
	Insecure bool   `yaml:"insecure"` // believe any certificate. Default: false
}

func (o *Origin) checkProtocol(src *source, name string, u *url.URL) *fault {
	where := at{"origins", name}
	matches := o.Protocol == MatchViewer
	switch {
	case o.Protocol != "" && o.Protocol != HTTPOnly && o.Protocol != HTTPSOnly && !matches:
		return src.fault(where.then("protocol"), "unknown protocol %q: want %s, %s or %s", o.Protocol, HTTPOnly, HTTPSOnly, MatchViewer)
	case o.Protocol == HTTPOnly && u.Scheme != "http", o.Protocol == HTTPSOnly && u.Scheme != "https":
		return src.fault(where.then("protocol"), "%s does not go with %s", o.Protocol, o.URL)
	case matches && u.Scheme != "http":
		return src.fault(where.then("protocol"), "%s starts from an http:// url; https_port tells where TLS is spoken", MatchViewer)
	case o.HTTPSPort != 0 && !matches:
		return src.fault(where.then("https_port"), "goes with protocol: %s; else the url has the port", MatchViewer)
	case o.HTTPSPort < 0 || o.HTTPSPort > 65535:
		return src.fault(where.then("https_port"), "%d: want a port from 1 to 65535", o.HTTPSPort)
	case o.TLS != (OriginTLS{}) && !matches && u.Scheme != "https":
		return src.fault(where.then("tls"), "this origin is asked without TLS: write https:// in its url")
	case o.TLS.Insecure && (o.TLS.CA != "" || o.TLS.Name != ""):
		return src.fault(where.then("tls", "insecure"), "believes any certificate, whatever ca and name say: leave one of the two out")
	}
	return nil
}
