package behavior

import (
	"fmt"
	"strings"
)

// check finds what cannot stand in a behavior; its path is checked apart.
func (b *Behavior) check() (field, problem string) {
	switch {
	case b.Origin == "":
		return "origin", "the origin is missing: name one"
	case !b.ViewerProtocol.known():
		return "viewer_protocol", fmt.Sprintf("unknown viewer protocol %q: write %s, %s or %s", b.ViewerProtocol, AllowAll, RedirectToHTTPS, HTTPSOnly)
	case b.AllowedMethods == 0:
		return "methods", "no method is allowed: GET and HEAD at least should be"
	case b.CachedMethods&^ReadOptions != 0:
		return "cached_methods", fmt.Sprintf("%s cannot be cached: of GET, HEAD and OPTIONS any can", b.CachedMethods&^ReadOptions)
	case b.CachedMethods&^b.AllowedMethods != 0:
		return "cached_methods", fmt.Sprintf("%s is cached but not allowed", b.CachedMethods&^b.AllowedMethods)
	case b.Compress && !b.Key.normalises():
		return "compress", "nothing would be compressed: the key must have gzip or brotli, and not list Accept-Encoding"
	case b.CollapseWait < 0:
		return "collapse_wait", fmt.Sprintf("collapse wait %v is negative", b.CollapseWait)
	case b.Slice != 0 && b.Slice < leastSlice:
		return "slice", fmt.Sprintf("slices of %d bytes: want at least %d, or 0 for none", b.Slice, leastSlice)
	case b.MaxRanges < 1 || b.MaxRanges > mostRanges:
		return "max_ranges", fmt.Sprintf("%d ranges: want 1 to %d", b.MaxRanges, mostRanges)
	case b.ErrorTTL < 0:
		return "error_ttl", fmt.Sprintf("error TTL %v is negative", b.ErrorTTL)
	case b.MaxVariants < 0:
		return "max_variants", fmt.Sprintf("max variants %d is negative", b.MaxVariants)
	case b.StaleOnError < 0:
		return "stale_on_error", fmt.Sprintf("stale on error %v is negative", b.StaleOnError)
	}
	if problem := b.TTL.check(); problem != "" {
		return "ttl", problem
	}
	if problem := b.Key.check(b.Quotas); problem != "" {
		return "key", problem
	}
	if problem := b.Forward.check(b.Quotas); problem != "" {
		return "forward", problem
	}
	if problem := b.ResponseHeaders.check(); problem != "" {
		return "response_headers", problem
	}
	return b.Request.check()
}

// leastSlice is the smallest slice, in bytes: smaller ones cost more requests
// than they save. mostRanges is how many ranges an edge can look at.
const (
	leastSlice = 64 << 10
	mostRanges = 64
)

func (t TTL) check() string {
	switch {
	case t.Min < 0:
		return fmt.Sprintf("minimum TTL %v is negative", t.Min)
	case t.Min > t.Max:
		return fmt.Sprintf("minimum TTL %v is above the maximum, %v", t.Min, t.Max)
	case t.Default != 0 && t.Default < t.Min:
		return fmt.Sprintf("default TTL %v is below the minimum, %v", t.Default, t.Min)
	case t.Default > t.Max:
		return fmt.Sprintf("default TTL %v is above the maximum, %v", t.Default, t.Max)
	}
	return ""
}

// isFieldName reports whether s is a token (RFC 9110 §5.1).
func isFieldName(s string) bool {
	const others = "!#$%&'*+-.^_`|~"
	for _, r := range s {
		if !isAlnum(r) && !strings.ContainsRune(others, r) {
			return false
		}
	}
	return s != ""
}

// checkName is what is wrong with a host name, as CloudFront wants them: lower
// case, wildcards as the whole of the leftmost label only.
func checkName(name string) string {
	if name == "*" {
		return ""
	}
	rest := strings.TrimPrefix(name, "*.")
	switch {
	case name == "":
		return "the name is empty"
	case len(name) > 253:
		return fmt.Sprintf("the name has %d characters: at most 253 are allowed", len(name))
	case name != strings.ToLower(name):
		return "write names in lower case: " + strings.ToLower(name)
	case strings.Contains(rest, "*"):
		return "a wildcard can only be the whole leftmost label, as in *.example.com"
	case strings.Contains(rest, ":"):
		return "leave the port out"
	}
	for label := range strings.SplitSeq(rest, ".") {
		if !isLabel(label) {
			return fmt.Sprintf("%q is no label of a host name", label)
		}
	}
	return ""
}

// isLabel allows the underscore, which real names have.
func isLabel(s string) bool {
	for _, r := range s {
		if !isAlnum(r) && r != '-' && r != '_' {
			return false
		}
	}
	return s != "" && len(s) <= 63 && s[0] != '-' && s[len(s)-1] != '-'
}

func isAlnum(r rune) bool {
	return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}
