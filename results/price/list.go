// Package price knows what a CDN's edge costs: price lists as data, by groups
// of edge locations, and the bill for traffic by CloudFront's rules. It knows
// no records and must never know what the traffic was.
package price

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed list.yaml
var defaults string

// Text is the default price list as YAML, for users to begin their own with.
func Text() string { return defaults }

// A List is a price list, as its YAML file has it. Money is in Currency.
type List struct {
	Date     string   `yaml:"date"`   // as of
	Source   string   `yaml:"source"` // where the figures come from
	Currency string   `yaml:"currency"`
	Recalled []string `yaml:"recalled"` // figures that nobody read again from a price list

	Gigabyte float64   `yaml:"gigabyte"` // bytes that are billed as a gigabyte
	Tiers    []float64 `yaml:"tiers"`    // widths of the transfer tiers, in terabytes of 1,024 gigabytes a month and group
	Groups   []Group   `yaml:"groups"`
	Unknown  string    `yaml:"unknown"` // the group that edges without a billing region are billed as
	Free     Free      `yaml:"free"`
	Origin   Origin    `yaml:"origin"`
}

// A Group is a set of edge locations that cost the same.
type Group struct {
	Name     string    `yaml:"name"`
	Title    string    `yaml:"title"`
	Regions  []string  `yaml:"regions"`   // billing regions: US, EU, ...
	Classes  []string  `yaml:"classes"`   // the price classes that include it
	Transfer []float64 `yaml:"transfer"`  // to viewers, a gigabyte, by tier; one more than there are Tiers
	ToOrigin float64   `yaml:"to_origin"` // uploads on to the origin, a gigabyte
	HTTP     float64   `yaml:"http"`      // 10,000 requests, of any method
	HTTPS    float64   `yaml:"https"`     // 10,000 requests, of any method
}

// Free is what a month's bill leaves out, over all groups.
type Free struct {
	Transfer float64 `yaml:"transfer"` // gigabytes to viewers
	Requests float64 `yaml:"requests"` // HTTP and HTTPS together
}

// Origin is what the origin's host charges.
type Origin struct {
	Direct  float64 `yaml:"direct"`  // a gigabyte to viewers, if there were no CDN
	ToEdge  float64 `yaml:"to_edge"` // a gigabyte to the edge
	Request float64 `yaml:"request"` // 1,000 requests that reach the origin
}

// Default is the list that comes with the program.
func Default() *List {
	l := &List{}
	if err := yaml.UnmarshalWithOptions([]byte(defaults), l, yaml.Strict()); err != nil {
		panic("price: the default list: " + err.Error())
	}
	if err := l.check(); err != nil {
		panic("price: the default list: " + err.Error())
	}
	return l
}

// Read is the default list with what the YAML file in r says in its place. A
// group takes the place of the one of its name as a whole, or is added; a key
// that the file does not have keeps its default. An error names the key, or
// line and column, and what would be right.
func Read(r io.Reader) (*List, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	l := Default()
	if empty(text) { // the decoder would clear the list
		return l, nil
	}
	groups := l.Groups
	l.Groups = nil
	if err := yaml.UnmarshalWithOptions(text, l, yaml.Strict()); err != nil {
		return nil, oneLine(err)
	}
	given := l.Groups
	l.Groups = groups
	for _, g := range given {
		at := slices.IndexFunc(l.Groups, func(o Group) bool { return o.Name == g.Name })
		if at < 0 {
			l.Groups = append(l.Groups, g)
			continue
		}
		l.Groups[at] = g
	}
	return l, l.check()
}

// oneLine is what a decoder says without the text that it says it of.
func oneLine(err error) error {
	var y yaml.Error
	if !errors.As(err, &y) || y.GetToken() == nil || y.GetToken().Position == nil {
		line, _, _ := strings.Cut(err.Error(), "\n")
		return errors.New(line)
	}
	at := y.GetToken().Position
	message, _, _ := strings.Cut(y.GetMessage(), "\n")
	return fmt.Errorf("%d:%d: %s", at.Line, at.Column, message)
}

// empty reports whether a YAML text says nothing, as one of comments alone.
func empty(text []byte) bool {
	var said any
	return yaml.Unmarshal(text, &said) == nil && said == nil
}

// check names the first thing in the list that cannot be billed by.
func (l *List) check() error {
	if !(l.Gigabyte >= 1) || math.IsInf(l.Gigabyte, 0) {
		return fmt.Errorf("gigabyte: %v bytes: want a number of at least 1, as 1073741824", l.Gigabyte)
	}
	for _, w := range l.Tiers {
		if !(w > 0) || math.IsInf(w, 0) {
			return fmt.Errorf("tiers: a tier of %v terabytes: want more than 0", w)
		}
	}
	if l.group(l.Unknown) < 0 {
		return fmt.Errorf("unknown: no group %q: want the name of one", l.Unknown)
	}
	region := map[string]string{}
	for _, g := range l.Groups {
		if err := l.checkGroup(g, region); err != nil {
			return fmt.Errorf("groups: %s: %w", g.Name, err)
		}
	}
	for _, class := range l.Classes() {
		if l.cheapest(class) < 0 {
			return fmt.Errorf("groups: no group is in price class %s", class)
		}
	}
	return notNegative("free and origin", l.Free.Transfer, l.Free.Requests, l.Origin.Direct, l.Origin.ToEdge, l.Origin.Request)
}

func (l *List) checkGroup(g Group, region map[string]string) error {
	if g.Name == "" {
		return errors.New("a group wants a name")
	}
	if want := len(l.Tiers) + 1; len(g.Transfer) != want {
		return fmt.Errorf("transfer: %d prices for %d tiers and what is beyond: want %d", len(g.Transfer), len(l.Tiers), want)
	}
	for _, r := range g.Regions {
		if region[r] != "" {
			return fmt.Errorf("regions: %s is in %s already", r, region[r])
		}
		region[r] = g.Name
	}
	for _, c := range g.Classes {
		if !slices.Contains(l.Classes(), c) {
			return fmt.Errorf("classes: %q: want %q", c, l.Classes())
		}
	}
	return notNegative("prices", append([]float64{g.ToOrigin, g.HTTP, g.HTTPS}, g.Transfer...)...)
}

func notNegative(what string, prices ...float64) error {
	for _, p := range prices {
		if !(p >= 0) || math.IsInf(p, 0) {
			return fmt.Errorf("%s: %v: want 0 or more", what, p)
		}
	}
	return nil
}

// Classes are the price classes, from the fewest edges to all.
func (l *List) Classes() []string { return []string{"100", "200", "All"} }

// group is the index of the group of that name; -1 when there is none.
func (l *List) group(name string) int {
	return slices.IndexFunc(l.Groups, func(g Group) bool { return g.Name == name })
}

// GroupOf is the index in Groups of the edges of a billing region; that of
// Unknown, and false, for a region that no group has.
func (l *List) GroupOf(region string) (int, bool) {
	at := slices.IndexFunc(l.Groups, func(g Group) bool { return slices.Contains(g.Regions, region) })
	if at < 0 {
		return l.group(l.Unknown), false
	}
	return at, true
}
