package workloads

import (
	"fmt"
	"math"
	"path"
	"strings"
)

// wrong is the error of a configuration's field.
func wrong(field string, value any, want string) error {
	return fmt.Errorf("%s %v: want %s", field, value, want)
}

func (s Section) check() error {
	switch {
	case s.Name == "":
		return wrong("Name", `""`, "a name for the section")
	case s.Objects < 1 || s.Objects > MaxObjects:
		return wrong("Objects", s.Objects, "1 to 2^53")
	case !finite(s.Share):
		return wrong("Share", s.Share, "a number of at least 0")
	case !(s.Zipf >= 0 && s.Zipf <= steepest):
		return wrong("Zipf", s.Zipf, "an exponent of 0 to 20")
	}
	if s.Popularity != "" {
		if err := CheckPopularity(s.Popularity); err != nil {
			return fmt.Errorf("Popularity: %w", err)
		}
	}
	if err := s.checkHosts(); err != nil {
		return err
	}
	if err := s.checkTypes(); err != nil {
		return err
	}
	return s.checkRecency()
}

func (s Section) checkRecency() error {
	kind, _, _ := strings.Cut(layers(s.Popularity)[0], ":")
	switch {
	case s.Recency == nil && kind == "recency":
		return wrong("Popularity", kind, "distances beside it, as recency has them")
	case s.Recency == nil:
		return nil
	case kind != "recency":
		return fmt.Errorf("Recency: %w", wrong("Popularity", fmt.Sprintf("%q", s.Popularity), "recency, which alone has distances"))
	}
	if err := s.Recency.check(s.Types); err != nil {
		return fmt.Errorf("Recency: %w", err)
	}
	return nil
}

func (s Section) checkHosts() error {
	if len(s.Hosts) == 0 {
		return wrong("Hosts", "[]", "at least one host name")
	}
	for i, h := range s.Hosts {
		if h == "" || strings.ToLower(h) != h || strings.ContainsAny(h, " /?#@") {
			return wrong("Hosts", fmt.Sprintf("%q", h), "a host name in lower case")
		}
		for _, other := range s.Hosts[:i] {
			if h == other {
				return wrong("Hosts", fmt.Sprintf("%q twice", h), "every name once; HostWeights say how often each is asked")
			}
		}
	}
	if n := len(s.HostWeights); n != 0 && n != len(s.Hosts) {
		return wrong("HostWeights", s.HostWeights, fmt.Sprintf("one for each of the %d hosts, or none", len(s.Hosts)))
	}
	return checkWeights("HostWeights", s.HostWeights)
}

func (s Section) checkTypes() error {
	if len(s.Types) == 0 {
		return wrong("Types", "[]", "at least one content type")
	}
	var shares []float64
	for i, t := range s.Types {
		if err := t.check(); err != nil {
			return fmt.Errorf("type %q: %w", t.Name, err)
		}
		for _, other := range s.Types[:i] {
			if t.Prefix == other.Prefix && t.Ext == other.Ext {
				continue // their objects have different names
			}
			if digits := nameDigits(s.numbers()); clash(t, digits, other, digits) {
				return fmt.Errorf("types %q and %q: a path could be of either; change a Prefix or an Ext", other.Name, t.Name)
			}
		}
		shares = append(shares, t.Share)
	}
	return checkWeights("Share", shares)
}

// pathBytes are what a path may have without escaping (RFC 3986 §3.3).
const pathBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@/"

func (t Type) check() error {
	switch {
	case t.Name == "":
		return wrong("Name", `""`, "a name for the content type")
	case !strings.HasPrefix(t.Prefix, "/"):
		return wrong("Prefix", fmt.Sprintf("%q", t.Prefix), "one that begins with a slash, such as /images/")
	case strings.Trim(t.Prefix+t.Ext, pathBytes) != "":
		return wrong("Prefix and Ext", fmt.Sprintf("%q", t.Prefix+t.Ext), "only characters that a path has unescaped")
	case !normal(t.Prefix, t.Ext):
		return wrong("Prefix and Ext", fmt.Sprintf("%q and %q", t.Prefix, t.Ext), "no empty segment and none of . or .., which servers take out of a path")
	case strings.ContainsAny(t.ContentType, "\r\n"):
		return wrong("ContentType", fmt.Sprintf("%q", t.ContentType), "a single line")
	}
	if _, err := t.Size.check(); err != nil {
		return fmt.Errorf("size: %w", err)
	}
	return nil
}

// normal reports whether paths with that prefix and extension stay as they are
// when a server removes empty and dot segments. A slash at the end is no empty
// segment.
func normal(prefix, ext string) bool {
	whole := prefix + "name" + strings.TrimSuffix(ext, "/") + "/end"
	return path.Clean(whole) == whole
}

// clash reports whether some path could be of both types, whose names have so
// many hexadecimal digits: whether the two patterns agree at every position.
func clash(a Type, aDigits int, b Type, bDigits int) bool {
	p, q := pattern(a, aDigits), pattern(b, bDigits)
	if len(p) != len(q) {
		return false
	}
	for i := range len(p) {
		x, y := p[i], q[i]
		if x != y && !(x == anyDigit && isHex(y)) && !(y == anyDigit && isHex(x)) {
			return false
		}
	}
	return true
}

const anyDigit = '?' // never in a path

func pattern(t Type, digits int) string {
	return t.Prefix + strings.Repeat(string(anyDigit), digits) + t.Ext
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' }

// checkWeights: relative weights are finite, at least 0, and have a finite sum.
func checkWeights(field string, weights []float64) error {
	sum := 0.0
	for _, w := range weights {
		if sum += w; !finite(w) {
			return wrong(field, w, "a number of at least 0")
		}
	}
	if !finite(sum) {
		return wrong(field, weights, "numbers with a finite sum")
	}
	return nil
}

// finite reports whether f is a number from 0 on.
func finite(f float64) bool { return f >= 0 && !math.IsInf(f, 1) }

// evenIfZero are the weights, or ones where every weight is 0.
func evenIfZero(weights []float64) []float64 {
	for _, w := range weights {
		if w > 0 {
			return weights
		}
	}
	even := make([]float64, len(weights))
	for i := range even {
		even[i] = 1
	}
	return even
}
