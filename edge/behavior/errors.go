package behavior

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// ErrorRule says what a distribution does about responses of one error status,
// its own origin's or made by the edge.
type ErrorRule struct {
	Code int // of PagedStatuses

	// KeepTTL says that such a response is kept for TTL at least, whatever the
	// behavior's ErrorCaching and ErrorTTL are; with TTL 0 only as long as the
	// origin says. False: by the behavior.
	KeepTTL bool
	TTL     time.Duration

	// Page is the path of what viewers get in its place. It is routed through
	// the behaviors and cached like any other request. "": no page.
	Page         string
	ResponseCode int // status that viewers get with the page; 200 or one of PagedStatuses; 0: Code
}

// PagedStatuses are those that an ErrorRule may be for, as CloudFront lists
// them.
var PagedStatuses = []int{400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504}

// longestPage is how long an error page's path may be, in bytes.
const longestPage = 4096

// Error is the rule for a status; nil: there is none.
func (d *Distribution) Error(status int) *ErrorRule {
	for i := range d.Errors {
		if d.Errors[i].Code == status {
			return &d.Errors[i]
		}
	}
	return nil
}

// errors finds what cannot stand among the distribution's error rules.
func (c *compiler) errors() error {
	for i := range c.dist.Errors {
		r := &c.dist.Errors[i]
		if problem := r.check(); problem != "" {
			return c.fail("errors", i, "%s", problem)
		}
		if c.dist.Error(r.Code) != r {
			return c.fail("errors", i, "status %d has a rule already", r.Code)
		}
	}
	return nil
}

func (r *ErrorRule) check() string {
	switch {
	case !slices.Contains(PagedStatuses, r.Code):
		return fmt.Sprintf("no rule can be for status %d: for %v one can", r.Code, PagedStatuses)
	case r.TTL < 0:
		return fmt.Sprintf("TTL %v is negative", r.TTL)
	case r.Page == "" && r.ResponseCode != 0:
		return "a response code goes with a page"
	case r.Page != "" && !isPagePath(r.Page):
		return fmt.Sprintf("page %q: want a path that begins with a slash, of printable characters, without a query", r.Page)
	case r.ResponseCode != 0 && r.ResponseCode != 200 && !slices.Contains(PagedStatuses, r.ResponseCode):
		return fmt.Sprintf("response code %d cannot stand in for an error: 200 or one of %v can", r.ResponseCode, PagedStatuses)
	case !r.KeepTTL && r.Page == "":
		return fmt.Sprintf("the rule for %d says nothing: give a ttl, or a page", r.Code)
	}
	return ""
}

func isPagePath(s string) bool {
	ok := func(b byte) bool { return b > ' ' && b < 0x7f && b != '?' && b != '#' }
	for i := range len(s) {
		if !ok(s[i]) {
			return false
		}
	}
	return strings.HasPrefix(s, "/") && len(s) <= longestPage
}
