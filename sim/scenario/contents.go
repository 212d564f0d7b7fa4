package scenario

import (
	"bytes"
	"slices"
	"strings"

	"edgesim/edge/behavior"
	"edgesim/sim/origin"
	"edgesim/workloads"
)

// Contents is what one simulated origin holds: the objects of every section
// whose distributions send their paths to it. It does not change; any number of
// goroutines may ask it.
type Contents struct {
	names    map[string]bool // by which behaviors send requests here: its own and its groups'
	table    *behavior.Table
	catalog  *workloads.Catalog
	sections []held
}

// held is a section that may send requests to the origin.
type held struct {
	number        int
	types         []origin.Object // what is the same for all objects of a type
	missing       []bool          // by type: its objects are not there
	distributions []*behavior.Compiled
}

// Contents is what the origin of that name holds. The catalog is the one that
// CatalogConfig describes.
func (s *Scenario) Contents(c *workloads.Catalog, originName string) *Contents {
	made := &Contents{names: s.leadingTo(originName), table: s.table, catalog: c}
	for i, section := range s.Workload.Sections {
		h := held{number: i, types: s.fixed(i), missing: make([]bool, len(s.types(i)))}
		for j, t := range section.Types {
			h.missing[j] = t.Missing
		}
		for _, host := range section.Hosts {
			d, ok := s.table.Host([]byte(host))
			if ok && !slices.Contains(h.distributions, d) && made.reaches(d) {
				h.distributions = append(h.distributions, d)
			}
		}
		if len(h.distributions) > 0 {
			made.sections = append(made.sections, h)
		}
	}
	return made
}

// leadingTo are the names by which behaviors send requests to an origin.
func (s *Scenario) leadingTo(originName string) map[string]bool {
	names := map[string]bool{originName: true}
	for name := range s.OriginGroups {
		if slices.Contains(members(s.OriginGroups, name), originName) {
			names[name] = true
		}
	}
	return names
}

func (c *Contents) reaches(d *behavior.Compiled) bool {
	return slices.ContainsFunc(d.Rules(), func(r behavior.Rule) bool { return c.names[r.Origin] })
}

func (s *Scenario) fixed(section int) []origin.Object {
	list := make([]origin.Object, len(s.types(section)))
	for i, t := range s.Workload.Sections[section].Types {
		list[i] = origin.Object{CacheControl: t.CacheControl, ChangeEvery: t.ChangeEvery.Std()}
	}
	return list
}

// Find is the object that a request for path is about. An origin mostly sees
// its own name as host, which tells nothing; where a behavior forwards the
// viewer's Host, only that host's distribution is looked at.
func (c *Contents) Find(host, path []byte) (origin.Object, bool) {
	_, o, found := c.find(host, path, path)
	return o, found
}

// FindTarget is Find by a path with its query, which tells the objects of a replay.
func (c *Contents) FindTarget(host, target []byte) (origin.Object, bool) {
	_, o, found := c.FindNumber(host, target)
	return o, found
}

// FindNumber is FindTarget that also tells which object of the catalog it is, whose
// contents no other has.
func (c *Contents) FindNumber(host, target []byte) (id uint64, o origin.Object, found bool) {
	path, _, _ := bytes.Cut(target, []byte{'?'})
	if !c.catalog.Listed() {
		target = path
	}
	return c.find(host, path, target)
}

func (c *Contents) find(host, path, target []byte) (id uint64, o origin.Object, found bool) {
	asked, ok := c.table.Host(host)
	if ok && !asked.Route(path).ForwardHost {
		asked = nil
	}
	for i := range c.sections {
		h := &c.sections[i]
		if !c.sends(h, asked, path) {
			continue
		}
		if id, ok := c.catalog.Find(h.number, target); ok {
			found := c.catalog.Object(id)
			if h.missing[found.Type] {
				return 0, origin.Object{}, false
			}
			o := h.types[found.Type]
			o.Key, o.Size, o.ContentType = found.Key, found.Size, found.ContentType
			return c.catalog.SameAs(id), o, true
		}
	}
	return 0, origin.Object{}, false
}

// sends reports whether a distribution of the section sends the path here.
func (c *Contents) sends(h *held, asked *behavior.Compiled, path []byte) bool {
	for _, d := range h.distributions {
		if (asked == nil || asked == d) && c.names[d.Route(path).Origin] {
			return true
		}
	}
	return false
}

// Own reports whether a path of a section, asked for here, is always the
// section's own object: no other section that leads here has paths that begin
// alike, and all of its objects are there.
func (c *Contents) Own(section int) bool {
	at := slices.IndexFunc(c.sections, func(h held) bool { return h.number == section })
	if at < 0 || slices.Contains(c.sections[at].missing, true) {
		return false
	}
	all := c.catalog.Sections()
	for i := range c.sections {
		if i != at && alike(all[section].Types, all[c.sections[i].number].Types) {
			return false
		}
	}
	return true
}

func alike(a, b []workloads.Type) bool {
	for _, t := range a {
		for _, u := range b {
			if strings.HasPrefix(t.Prefix, u.Prefix) || strings.HasPrefix(u.Prefix, t.Prefix) {
				return true
			}
		}
	}
	return false
}

// Object is what Find finds under the path of an object of such a section, with
// the type's place in the section.
func (c *Contents) Object(id uint64) (o origin.Object, kind int) {
	found := c.catalog.Object(id)
	for i := range c.sections {
		if h := &c.sections[i]; h.number == found.Section {
			o = h.types[found.Type]
		}
	}
	o.Key, o.Size, o.ContentType = found.Key, found.Size, found.ContentType
	return o, found.Type
}
