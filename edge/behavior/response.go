package behavior

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// ResponseHeaders is what a behavior changes in the fields that viewers get: a
// response headers policy in CloudFront's words. What is kept in the cache is
// not changed. First Remove, then Set and CORS. The zero ResponseHeaders
// changes nothing.
type ResponseHeaders struct {
	Remove []string // names of fields of the origin's
	Set    []SetHeader
	CORS   *CORS // nil: the origin's affair

	ServerTiming bool    // send Server-Timing with some responses, and to who asks with "Pragma: server-timing"
	Sampling     float64 // share of the responses that get it unasked, 0 to 1, to six decimals
}

// SetHeader is a field that viewers get.
type SetHeader struct {
	Name, Value string
	Override    bool // in place of the origin's; otherwise only where the origin sends none
}

// CORS is what requests from other origins (the Fetch standard) are told. It
// concerns requests with an Origin field that AllowOrigins has; others get
// nothing of it. AllowHeaders, AllowMethods and MaxAge go with responses to
// OPTIONS alone.
type CORS struct {
	AllowOrigins []string // "*" for all; or as https://example.com, example.com for either scheme, *.example.com for one label before it
	AllowHeaders []string // empty: no such field is sent; so for the next two
	AllowMethods []string // "ALL" alone for the seven that CloudFront knows

	ExposeHeaders    []string
	AllowCredentials bool
	MaxAge           time.Duration // in whole seconds; 0: no such field is sent
	Override         bool          // in place of the origin's; otherwise only where the origin sends no field of this kind
}

// unsettable are the fields of a response that belong to a connection or to the
// message's framing, or that tell how the edge came by it. None can be removed
// or set.
var unsettable = newNameSet([]string{
	"Connection", "Keep-Alive", "Proxy-*", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length", "Content-Encoding",
	"Content-Range", "Date", "Age", "Via", "X-Cache", "X-Amz-Cf-*", "X-Edge-*", "Cache-Status", "Host", "Expect",
})

func isSettable(name string) bool { return !unsettable.has([]byte(lowerName(name))) }

func (r *ResponseHeaders) check() string {
	for _, name := range r.Remove {
		switch {
		case !isFieldName(name):
			return fmt.Sprintf("header %q is no field name", name)
		case !isSettable(name):
			return fmt.Sprintf("header %q cannot be removed: it belongs to the connection or to the edge", name)
		}
	}
	for i, h := range r.Set {
		switch {
		case !isFieldName(h.Name):
			return fmt.Sprintf("header %q is no field name", h.Name)
		case !isSettable(h.Name) || lowerName(h.Name) == "server-timing":
			return fmt.Sprintf("header %q cannot be set: it belongs to the connection or to the edge", h.Name)
		case strings.HasPrefix(lowerName(h.Name), corsFields):
			return fmt.Sprintf("header %q is set by cors", h.Name)
		case !isFieldValue(h.Value):
			return fmt.Sprintf("header %q: its value %q has control characters, or blanks at an end", h.Name, h.Value)
		case slices.ContainsFunc(r.Set[:i], func(o SetHeader) bool { return strings.EqualFold(o.Name, h.Name) }):
			return fmt.Sprintf("header %q is set twice", h.Name)
		}
	}
	if problem := checkSampling(r.Sampling); problem != "" {
		return problem
	}
	if r.CORS == nil {
		return ""
	}
	return r.CORS.check()
}

// checkSampling holds the share to CloudFront's four decimals of a percentage.
func checkSampling(share float64) string {
	switch fine := share * 1e6; {
	case !(share >= 0 && share <= 1):
		return fmt.Sprintf("server timing: a sampling of %v is none from 0%% to 100%%", share)
	case math.Abs(fine-math.Round(fine)) > 1e-6:
		return fmt.Sprintf("server timing: a sampling of %.6g%% has more than four decimals", share*100)
	}
	return ""
}

// corsFields is how the fields of CORS begin, in lower case.
const corsFields = "access-control-"

func (c *CORS) check() string {
	if len(c.AllowOrigins) == 0 {
		return "cors: no origin is allowed: name some, or \"*\" for all"
	}
	for _, o := range c.AllowOrigins {
		if problem := checkOrigin(o); problem != "" {
			return fmt.Sprintf("cors: origin %q: %s", o, problem)
		}
	}
	for _, list := range [][]string{c.AllowHeaders, c.AllowMethods, c.ExposeHeaders} {
		for _, name := range list {
			if !isFieldName(name) {
				return fmt.Sprintf("cors: %q is no name", name)
			}
		}
	}
	switch {
	case c.AllowCredentials && slices.Contains(slices.Concat(c.AllowOrigins, c.AllowHeaders, c.AllowMethods, c.ExposeHeaders), "*"):
		return "cors: with credentials \"*\" does not mean all: name the origins, headers and methods"
	case c.MaxAge < 0:
		return fmt.Sprintf("cors: a maximum age of %v is negative", c.MaxAge)
	case c.MaxAge%time.Second != 0:
		return fmt.Sprintf("cors: a maximum age of %v is no number of whole seconds", c.MaxAge)
	}
	return ""
}

func checkOrigin(o string) string {
	if o == "*" {
		return ""
	}
	if scheme, rest, ok := strings.Cut(o, "://"); ok {
		if scheme != "http" && scheme != "https" {
			return "want http:// or https://"
		}
		o = rest
	}
	if i := strings.LastIndexByte(o, ':'); i >= 0 {
		port := o[i+1:]
		if port == "" || strings.Trim(port, "0123456789") != "" {
			return "the port is no number"
		}
		o = o[:i]
	}
	if o == "*" {
		return "write \"*\" alone for all"
	}
	return checkName(o)
}

// Allows reports whether an Origin field's value is among those allowed.
func (c *CORS) Allows(origin string) bool {
	for _, o := range c.AllowOrigins {
		if o == "*" || allowsOrigin(o, origin) {
			return true
		}
	}
	return false
}

// allowsOrigin compares an allowed origin with one that was sent. Browsers write
// scheme and host in lower case.
func allowsOrigin(allowed, origin string) bool {
	scheme, host, ok := strings.Cut(origin, "://")
	if !ok {
		return false
	}
	if wanted, rest, ok := strings.Cut(allowed, "://"); ok {
		if wanted != scheme {
			return false
		}
		allowed = rest
	} else if scheme != "http" && scheme != "https" {
		return false
	}
	below, ok := strings.CutPrefix(allowed, "*")
	if !ok {
		return host == allowed
	}
	label, ok := strings.CutSuffix(host, below)
	return ok && isLabel(label)
}

// Anyone reports whether all origins are allowed.
func (c *CORS) Anyone() bool { return slices.Contains(c.AllowOrigins, "*") }

// Methods is what Access-Control-Allow-Methods lists.
func (c *CORS) Methods() []string {
	if len(c.AllowMethods) == 1 && c.AllowMethods[0] == "ALL" {
		return WriteMethods.Names()
	}
	return c.AllowMethods
}

// ResponseHeadersPolicy is a named ResponseHeaders.
type ResponseHeadersPolicy struct {
	Name    string
	ID      string // CloudFront's, of a managed one; "" for others
	Headers ResponseHeaders
}

// Check is what is wrong with a policy of one's own.
func (p *ResponseHeadersPolicy) Check() (problem string) { return p.Headers.check() }

// ManagedResponseHeadersPolicies are those that CloudFront has ready.
func ManagedResponseHeadersPolicies() []ResponseHeadersPolicy {
	security := []SetHeader{
		{"Referrer-Policy", "strict-origin-when-cross-origin", false},
		{"Strict-Transport-Security", "max-age=31536000", false},
		{"X-Content-Type-Options", "nosniff", true},
		{"X-Frame-Options", "SAMEORIGIN", false},
		{"X-XSS-Protection", "1; mode=block", false},
	}
	simple := func() *CORS { return &CORS{AllowOrigins: []string{"*"}} }
	preflight := func() *CORS {
		return &CORS{AllowOrigins: []string{"*"}, AllowMethods: []string{"ALL"}, ExposeHeaders: []string{"*"}}
	}
	return []ResponseHeadersPolicy{
		{"SimpleCORS", "60669652-455b-4ae9-85a4-c4c02393f86c", ResponseHeaders{CORS: simple()}},
		{"CORS-With-Preflight", "5cc3b908-e619-4b99-88e5-2cf7f45965bd", ResponseHeaders{CORS: preflight()}},
		{"SecurityHeadersPolicy", "67f7725c-6f97-4210-82d7-5512b31e9d03", ResponseHeaders{Set: security}},
		{"CORS-and-SecurityHeadersPolicy", "e61eb60c-9c35-4d20-a928-2b84e02af89c", ResponseHeaders{Set: security, CORS: simple()}},
		{"CORS-with-preflight-and-SecurityHeadersPolicy", "eaab4381-ed33-4a86-88ca-d9558dc6cd63", ResponseHeaders{Set: security, CORS: preflight()}},
	}
}

// ManagedResponseHeadersPolicy is the managed response headers policy of that
// name or id.
func ManagedResponseHeadersPolicy(asked string) (ResponseHeadersPolicy, bool) {
	for _, p := range ManagedResponseHeadersPolicies() {
		if isManaged(asked, p.Name, p.ID) {
			return p, true
		}
	}
	return ResponseHeadersPolicy{}, false
}
