package behavior

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// Error is a setting that cannot stand. Its text names the distribution, the
// behavior and the setting; Field names the setting alone, for a caller that
// knows where it was written.
type Error struct {
	Distribution int    // index among those given to Compile
	Behavior     int    // index among Behaviors; OfDefault, OfDistribution
	Field        string // as in the scenario file: "aliases", "ttl", "path"
	Item         int    // index in a list, where Field is one
	where        string
	problem      string
}

const (
	OfDefault      = -1 // Error.Behavior of the default behavior
	OfDistribution = -2 // and of a setting of the distribution
)

func (e *Error) Error() string { return e.where + ": " + e.problem }

// Problem is the text without the place.
func (e *Error) Problem() string { return e.problem }

// Compile checks distributions and makes them ready. The error is an *Error
// wherever one setting is to blame.
func Compile(list []Distribution) (*Table, error) {
	if len(list) == 0 {
		return nil, errors.New("no distributions: an edge needs at least one")
	}
	t := &Table{distributions: make([]Compiled, len(list))}
	t.hosts.exact, t.hosts.below = map[string]*Compiled{}, map[string]*Compiled{}
	ids := map[string]bool{}
	for i := range list {
		c := compiler{dist: &list[i], at: i}
		if err := c.distribution(&t.distributions[i]); err != nil {
			return nil, err
		}
		if ids[list[i].ID] {
			return nil, c.fail("id", 0, "another distribution has this id")
		}
		ids[list[i].ID] = true
		if err := c.names(&t.distributions[i], &t.hosts); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// compiler is the place in the settings that is being checked.
type compiler struct {
	dist *Distribution
	at   int
}

func (c *compiler) fail(field string, item int, format string, args ...any) error {
	return &Error{c.at, OfDistribution, field, item, c.where(), fmt.Sprintf(format, args...)}
}

func (c *compiler) where() string { return fmt.Sprintf("distribution %q", c.dist.ID) }

func (c *compiler) distribution(d *Compiled) error {
	d.Distribution, d.Index = *c.dist, c.at
	root := c.dist.DefaultRootObject
	switch {
	case c.dist.ID == "":
		return c.fail("id", 0, "the id is missing")
	case strings.HasPrefix(root, "/"):
		return c.fail("default_root_object", 0, "default root object %q begins with a slash: leave it out", root)
	case len(root) > longestPattern:
		return c.fail("default_root_object", 0, "the default root object has %d characters: at most %d are allowed", len(root), longestPattern)
	}
	if root != "" {
		d.root = append([]byte{'/'}, root...)
	}
	if problem := c.dist.Geo.check(); problem != "" {
		return c.fail("geo", 0, "%s", problem)
	}
	if err := cmp.Or(c.quotas(), c.errors()); err != nil {
		return err
	}
	d.rules = make([]Rule, len(c.dist.Behaviors)+1)
	for i := range c.dist.Behaviors {
		if err := c.rule(&d.rules[i], &c.dist.Behaviors[i], i, i); err != nil {
			return err
		}
	}
	return c.rule(&d.rules[len(c.dist.Behaviors)], &c.dist.Default, len(c.dist.Behaviors), OfDefault)
}

// CloudFront's quotas for a distribution.
const (
	mostBehaviors = 75
	mostAliases   = 100
	longestNote   = 128
)

// quotas holds a distribution to them, where its default behavior has quotas.
func (c *compiler) quotas() error {
	switch d := c.dist; {
	case !d.Default.Quotas:
	case len(d.Behaviors)+1 > mostBehaviors:
		return c.fail("behaviors", 0, "%d behaviors with the default: CloudFront's quota is %d (quotas: false of the default lifts it)", len(d.Behaviors)+1, mostBehaviors)
	case len(d.Aliases) > mostAliases:
		return c.fail("aliases", mostAliases, "%d aliases: CloudFront's quota is %d (quotas: false of the default lifts it)", len(d.Aliases), mostAliases)
	case len(d.Comment) > longestNote:
		return c.fail("comment", 0, "the comment has %d bytes: CloudFront's quota is %d (quotas: false of the default lifts it)", len(d.Comment), longestNote)
	}
	return nil
}

func (c *compiler) rule(r *Rule, b *Behavior, index, at int) error {
	path := b.Path
	if at == OfDefault && path == "" {
		path = "*"
	}
	field, problem := "path", c.checkPath(path, at)
	if problem == "" {
		field, problem = b.check()
	}
	if problem != "" {
		where := fmt.Sprintf("%s, behavior %q", c.where(), path)
		return &Error{c.at, at, field, 0, where, problem}
	}
	*r = Rule{Behavior: *b, Index: index, Name: c.dist.ID + " " + path}
	r.Path = path
	r.NoCollapse = b.collapsesNothing()
	r.pattern, _ = ParsePattern(path)
	r.key, r.normalises = newKeyMaker(c.dist.ID, b.Key, b.TidyCookies), b.Key.normalises()
	r.sieve = newSieve(b)
	r.ForwardHost = b.ForwardHost || b.Key.Host || r.Names("host")
	return nil
}

// checkPath also finds patterns that could never be reached.
func (c *compiler) checkPath(path string, at int) (problem string) {
	if at == OfDefault {
		if path != "*" {
			return "the default behavior's path is \"*\" and cannot be another"
		}
		return ""
	}
	if _, err := ParsePattern(path); err != nil {
		return err.Error()
	}
	if whole := strings.Trim(strings.TrimPrefix(path, "/"), "*"); whole == "" && path != "/" {
		return "the pattern matches every path: that is what the default behavior is for"
	}
	for i, earlier := range c.dist.Behaviors[:at] {
		if fromRoot(earlier.Path) == fromRoot(path) {
			return fmt.Sprintf("behavior %d has the same pattern, so that this one would never match", i+1)
		}
	}
	return ""
}

// names enters the distribution's names into the table.
func (c *compiler) names(d *Compiled, h *hosts) error {
	if problem := checkName(c.dist.Domain); problem != "" || strings.HasPrefix(c.dist.Domain, "*") {
		if problem == "" {
			problem = "a distribution's own domain cannot be a wildcard"
		}
		return c.fail("domain", 0, "domain %q: %s", c.dist.Domain, problem)
	}
	if other, ok := h.add(c.dist.Domain, d); !ok {
		return c.fail("domain", 0, "domain %q already belongs to distribution %q", c.dist.Domain, other.ID)
	}
	for i, alias := range c.dist.Aliases {
		if problem := checkName(alias); problem != "" {
			return c.fail("aliases", i, "alias %q: %s", alias, problem)
		}
		if other, ok := h.add(alias, d); !ok {
			return c.fail("aliases", i, "alias %q already belongs to distribution %q", alias, other.ID)
		}
	}
	return nil
}
