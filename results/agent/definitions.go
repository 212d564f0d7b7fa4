package agent

import (
	"regexp"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
	"github.com/ua-parser/uap-go/uaparser"
)

// definitions are ua-parser's rules for browsers and systems, in their order:
// the first that matches says the name. The library compiles all 1,200 of its
// expressions before the first answer and tries one after the other, a third of
// a millisecond for each new User-Agent; here an expression is compiled when it
// is first tried, and tried when a text it cannot do without is there (needs).
// The answers are the library's.
type definitions struct {
	browsers []*rule[uaparser.UserAgent]
	systems  []*rule[uaparser.Os]
}

// shared holds the definitions once for all: they never change.
var shared = sync.OnceValue(load)

// rule is one of the library's with its expression.
type rule[T any] struct {
	needs   needs
	compile func()
	once    sync.Once
	match   func(line string, into *T)
}

func load() *definitions {
	var all uaparser.RegexDefinitions
	if err := yaml.Unmarshal(uaparser.DefinitionYaml, &all); err != nil {
		panic("agent: ua-parser's definitions do not read: " + err.Error())
	}
	d := &definitions{}
	for _, p := range all.UA {
		defaults(&p.FamilyReplacement, &p.V1Replacement, &p.V2Replacement, &p.V3Replacement)
		d.browsers = append(d.browsers, &rule[uaparser.UserAgent]{
			needs: needsOf(flagged(p.Flags, p.Expr)), match: p.Match,
			compile: func() { p.Reg = regexp.MustCompile(flagged(p.Flags, p.Expr)) },
		})
	}
	for _, p := range all.OS {
		defaults(&p.OSReplacement, &p.V1Replacement, &p.V2Replacement, &p.V3Replacement, &p.V4Replacement)
		d.systems = append(d.systems, &rule[uaparser.Os]{
			needs: needsOf(flagged(p.Flags, p.Expr)), match: p.Match,
			compile: func() { p.Reg = regexp.MustCompile(flagged(p.Flags, p.Expr)) },
		})
	}
	return d
}

// defaults fills in what a definition leaves out: the n-th thing it says is its
// expression's n-th group.
func defaults(replacements ...*string) {
	for i, r := range replacements {
		if *r == "" {
			*r = "$" + string(rune('1'+i))
		}
	}
}

func flagged(flags, expr string) string {
	if flags == "" {
		return expr
	}
	return "(?" + flags + ")" + expr
}

func (d *definitions) browser(l *line) Product {
	ua := first(d.browsers, l, func(ua *uaparser.UserAgent) bool { return ua.Family != "" })
	return product(ua.Family, ua.Major)
}

// system corrects one definition, which takes a Roku for a Mac.
func (d *definitions) system(l *line) Product {
	if strings.HasPrefix(l.text, "Roku/DVP-") {
		major, minor := numbersAfter(l.text, "Roku/DVP-")
		return product("Roku", major, minor)
	}
	os := first(d.systems, l, func(os *uaparser.Os) bool { return os.Family != "" })
	return product(os.Family, os.Major, os.Minor)
}

// first is what the first rule says that has something to say.
func first[T any](rules []*rule[T], l *line, said func(*T) bool) T {
	var out, none T
	for _, r := range rules {
		if len(r.needs) > 0 && !l.has(r.needs) {
			continue
		}
		r.once.Do(r.compile)
		if r.match(l.text, &out); said(&out) {
			return out
		}
	}
	return none
}
