package behavior

import (
	"fmt"
	"slices"
	"strings"
)

// Paths are what one invalidation is for, as CloudFront takes them: a path with,
// where the key has one, its query, exactly; or the beginning of some, ended by a
// star that stands for anything, slashes too. Case counts, and nothing is decoded.
type Paths struct {
	exact    map[string]struct{}
	prefixes []string // without their stars
}

// CloudFront's limits of an invalidation.
const (
	longestPath   = 4000 // characters
	mostPaths     = 3000 // without a star
	mostWildcards = 15
)

// ParsePaths checks a list of paths and makes it ready.
func ParsePaths(list []string) (*Paths, error) {
	if len(list) == 0 {
		return nil, fmt.Errorf("no path is given: write one such as /index.html, /images/* or /* for everything")
	}
	p := &Paths{exact: map[string]struct{}{}}
	for _, path := range list {
		if problem := checkInvalidated(path); problem != "" {
			return nil, fmt.Errorf("path %q: %s", shortened(path), problem)
		}
		if prefix, star := strings.CutSuffix(path, "*"); !star {
			p.exact[path] = struct{}{}
		} else if !slices.Contains(p.prefixes, prefix) {
			p.prefixes = append(p.prefixes, prefix)
		}
	}
	switch {
	case len(p.exact) > mostPaths:
		return nil, fmt.Errorf("%d paths: at most %d are taken at a time; one with a star at its end can stand for many", len(p.exact), mostPaths)
	case len(p.prefixes) > mostWildcards:
		return nil, fmt.Errorf("%d paths with a star: at most %d are taken at a time", len(p.prefixes), mostWildcards)
	}
	return p, nil
}

func checkInvalidated(path string) (problem string) {
	switch {
	case !strings.HasPrefix(path, "/"):
		return "it must begin with a slash"
	case len(path) > longestPath:
		return fmt.Sprintf("it has %d characters: at most %d are allowed", len(path), longestPath)
	case strings.Contains(path[:len(path)-1], "*"):
		return "a star can only be its last character"
	case strings.IndexFunc(path, func(r rune) bool { return r <= ' ' || r >= 127 }) >= 0:
		return "write spaces, control characters and all beyond ASCII percent-encoded, as they are in requests"
	}
	return ""
}

func shortened(path string) string {
	if len(path) > 80 {
		return path[:80] + "…"
	}
	return path
}

// Match reports whether a target, as AppendTarget gives it, is meant.
func (p *Paths) Match(target []byte) bool {
	if _, ok := p.exact[string(target)]; ok {
		return true
	}
	for _, prefix := range p.prefixes {
		if len(target) >= len(prefix) && string(target[:len(prefix)]) == prefix {
			return true
		}
	}
	return false
}
