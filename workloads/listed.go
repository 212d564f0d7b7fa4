package workloads

import (
	"fmt"
	"math"
)

// Listed is a section whose objects are those of a List. Of the Section only Name,
// Hosts, Types and Seed count, and of a type only Name, Ext and ContentType.
type Listed struct {
	Section
	List *List // settled, and not touched again; its kinds are places in Types
}

// NewListedCatalog is a catalog of objects that were met one by one, section after
// section, and in each in the order of their first appearance. Beside what a List
// takes for each of its objects nothing is stored.
func NewListedCatalog(sections []Listed) (*Catalog, error) {
	if len(sections) == 0 {
		return nil, fmt.Errorf("catalog: %w", wrong("Sections", "[]", "at least one"))
	}
	c := &Catalog{byHost: map[string][]int{}}
	for i, l := range sections {
		if err := c.addListed(l); err != nil {
			return nil, fmt.Errorf("catalog: section %d %q: %w", i, l.Name, err)
		}
	}
	if len(c.hosts) > math.MaxUint16 {
		return nil, fmt.Errorf("catalog: %w", wrong("number of Hosts", len(c.hosts), "at most 65,535"))
	}
	return c, nil
}

func (c *Catalog) addListed(l Listed) error {
	switch {
	case l.List == nil || l.List.Len() == 0:
		return wrong("List", "none", "at least one object")
	case len(l.Hosts) == 0:
		return wrong("Hosts", "[]", "at least one name")
	case len(l.Types) == 0 || len(l.Types) > math.MaxUint8+1:
		return wrong("number of Types", len(l.Types), "1 to 256")
	}
	s := &section{Section: l.Section, first: c.objects, list: l.List}
	s.Objects = l.List.Len()
	s.count = s.Objects
	c.objects += s.Objects
	for _, t := range l.Types {
		if t.ContentType == "" {
			t.ContentType = "application/octet-stream"
		}
		s.types = append(s.types, objectType{Type: t, class: indexIn(&c.classes, t.Name)})
	}
	for _, h := range l.Hosts {
		if len(c.byHost[h]) > 0 {
			return wrong("Hosts", fmt.Sprintf("%q", h), "names that no other section has")
		}
		s.hosts = append(s.hosts, indexIn(&c.hosts, h))
		c.byHost[h] = append(c.byHost[h], len(c.sections))
	}
	c.sections = append(c.sections, s)
	return nil
}

// Listed reports whether the objects were met one by one: paths may then have
// queries, and know no law of popularity.
func (c *Catalog) Listed() bool { return c.sections[0].list != nil }

// SameAs is the object whose contents an object has, by which an origin knows it: the
// same for all that share a Key.
func (c *Catalog) SameAs(id uint64) uint64 {
	if s := c.sections[c.sectionOf(id)]; s.list != nil {
		return s.first + s.list.sameAs(id-s.first)
	}
	return id
}

// listed is an object of a section with a list.
func (s *section) listed(id uint64, at int) Object {
	key, size, kind := s.list.content(id - s.first)
	t := &s.types[kind]
	return Object{ID: id, Key: key, Size: size, Section: at, Type: kind, Class: t.class, ContentType: t.ContentType}
}
