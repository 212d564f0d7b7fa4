package workloads

import (
	"fmt"
	"math"
	"slices"
)

// CatalogConfig describes a population of objects.
type CatalogConfig struct {
	Seed     uint64 // of sizes, types, names and contents of the sections that have no seed of their own
	Sections []Section
}

// Object is what the catalog knows of one object.
type Object struct {
	ID          uint64
	Key         uint64 // content key: all that the bytes depend on
	Size        int64  // bytes
	Section     int    // index into the catalog's sections
	Type        int    // index into the section's types
	Class       int    // index into Classes
	ContentType string
}

// Catalog is a population of objects, numbered from 0: section after section,
// and in each by popularity, the most popular first. Nothing is stored for an
// object; what it is follows from the seed and its number, so that a billion
// objects take no more memory than one. (Of objects that were met one by one,
// NewListedCatalog makes a catalog that has a List of them.) A Catalog does not
// change; any number of goroutines may ask it.
type Catalog struct {
	sections []*section
	objects  uint64
	hosts    []string
	classes  []string
	byHost   map[string][]int // the sections that a host serves
}

// NewCatalog makes a catalog, or says which field of which section is wrong.
func NewCatalog(cfg CatalogConfig) (*Catalog, error) {
	if len(cfg.Sections) == 0 {
		return nil, fmt.Errorf("catalog: %w", wrong("Sections", "[]", "at least one"))
	}
	c := &Catalog{byHost: map[string][]int{}}
	var shares []float64
	for i, s := range cfg.Sections {
		seed := s.Seed
		if seed == 0 {
			seed = derive(cfg.Seed, s.Name)
		}
		if err := c.add(s, seed); err != nil {
			return nil, fmt.Errorf("catalog: section %d %q: %w", i, s.Name, err)
		}
		shares = append(shares, s.Share)
	}
	if err := checkWeights("Share", shares); err != nil {
		return nil, fmt.Errorf("catalog: sections: %w", err)
	}
	return c, c.checkHosts()
}

func (c *Catalog) add(s Section, seed uint64) error {
	if err := s.check(); err != nil {
		return err
	}
	if s.numbers() > math.MaxInt64-c.objects {
		return wrong("Objects", s.Objects, "fewer: all sections together have at most 2^63-1")
	}
	made, err := newSection(s, seed)
	if err != nil {
		return err
	}
	for _, other := range c.sections {
		if other.Name == s.Name {
			return wrong("Name", fmt.Sprintf("%q", s.Name), "one that no other section has")
		}
	}
	made.first = c.objects
	c.objects += s.numbers()
	for i := range made.types {
		made.types[i].class = indexIn(&c.classes, made.types[i].Name)
	}
	for _, h := range s.Hosts {
		made.hosts = append(made.hosts, indexIn(&c.hosts, h))
		c.byHost[h] = append(c.byHost[h], len(c.sections))
	}
	c.sections = append(c.sections, made)
	return nil
}

// indexIn is the place of name in names, where it is added if missing.
func indexIn(names *[]string, name string) int {
	if i := slices.Index(*names, name); i >= 0 {
		return i
	}
	*names = append(*names, name)
	return len(*names) - 1
}

// checkHosts: two sections may share a host only where no path could be of
// both, and there are no more hosts than Request.Host can number.
func (c *Catalog) checkHosts() error {
	if len(c.hosts) > math.MaxUint16 {
		return fmt.Errorf("catalog: %w", wrong("number of Hosts", len(c.hosts), "at most 65,535"))
	}
	for _, host := range c.hosts {
		shared := c.byHost[host]
		for i, at := range shared {
			for _, other := range shared[:i] {
				if t, u, ok := c.sections[at].clash(c.sections[other]); ok {
					return fmt.Errorf("catalog: sections %q and %q share the host %s, and a path could be of type %q or of type %q: change a Prefix or an Ext",
						c.sections[at].Name, c.sections[other].Name, host, t.Name, u.Name)
				}
			}
		}
	}
	return nil
}

func (s *section) clash(other *section) (t, u Type, ok bool) {
	for _, t := range s.Types {
		for _, u := range other.Types {
			if clash(t, s.digits, u, other.digits) {
				return t, u, true
			}
		}
	}
	return t, u, false
}

// Objects is how many there are; ids are below it.
func (c *Catalog) Objects() uint64 { return c.objects }

// Hosts are the host names of all sections; Request.Host is an index into them.
func (c *Catalog) Hosts() []string { return c.hosts }

// Classes are the names of all content types; Object.Class is an index into
// them. Types of the same name in different sections are one class.
func (c *Catalog) Classes() []string { return c.classes }

// Sections are the sections as they were given.
func (c *Catalog) Sections() []Section {
	given := make([]Section, len(c.sections))
	for i, s := range c.sections {
		given[i] = s.Section
	}
	return given
}

// SectionIDs are the ids of a section's objects: from first on, before end. Its own
// come first, then those that its popularity has beyond them.
func (c *Catalog) SectionIDs(section int) (first, end uint64) {
	s := c.sections[section]
	return s.first, s.first + s.count
}

// sectionOf is the section that holds the object: the last that begins at or
// before it.
func (c *Catalog) sectionOf(id uint64) int {
	if id >= c.objects {
		panic(fmt.Sprintf("workloads: object %d of a catalog of %d", id, c.objects))
	}
	lo, hi := 0, len(c.sections)
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; c.sections[mid].first <= id {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// Object looks an object up. The id is below Objects.
func (c *Catalog) Object(id uint64) Object {
	at := c.sectionOf(id)
	s := c.sections[at]
	if s.list != nil {
		return s.listed(id, at)
	}
	rank := id - s.first
	kind, size := s.look(rank)
	t := &s.types[kind]
	return Object{
		ID: id, Key: hash(s.keySeed, rank), Size: size,
		Section: at, Type: kind, Class: t.class, ContentType: t.ContentType,
	}
}

// AppendPath appends the object's path, as "/images/0c3f9a.jpg". Those of a listed
// catalog may have a query.
func (c *Catalog) AppendPath(dst []byte, id uint64) []byte {
	s := c.sections[c.sectionOf(id)]
	rank := id - s.first
	if s.list != nil {
		return s.list.appendPath(dst, rank)
	}
	t := &s.types[s.typeOf(rank)]
	dst = append(dst, t.Prefix...)
	dst = s.appendName(dst, rank)
	return append(dst, t.Ext...)
}

// HostFor is the host under which an object is known to who asks under another's:
// that host, where the object's section has it too, else the section's first.
func (c *Catalog) HostFor(id uint64, asked uint16) uint16 {
	hosts := c.sections[c.sectionOf(id)].hosts
	if slices.Contains(hosts, int(asked)) {
		return asked
	}
	return uint16(hosts[0])
}

// AppendReferer appends the URL of the page that led to the request, whose From is
// not 0, as "http://www.example.com/pages/0c3f9a.html".
func (c *Catalog) AppendReferer(dst []byte, scheme string, req *Request) []byte {
	dst = append(append(dst, scheme...), "://"...)
	dst = append(dst, c.hosts[c.HostFor(req.From-1, req.Host)]...)
	return c.AppendPath(dst, req.From-1)
}

// Find is the object that has the path in the section: the inverse of
// AppendPath. It knows only the exact spelling, without a query; in a listed catalog
// with it, and where none has it, the object of the path alone.
func (c *Catalog) Find(section int, path []byte) (id uint64, ok bool) {
	s := c.sections[section]
	var rank uint64
	if s.list != nil {
		rank, ok = s.list.find(s.Seed, path)
	} else {
		rank, ok = s.find(path)
	}
	if !ok {
		return 0, false
	}
	return s.first + rank, true
}

// FindHost is the object that has the path at the host, whose name is in lower
// case and without a port.
func (c *Catalog) FindHost(host, path []byte) (id uint64, ok bool) {
	for _, at := range c.byHost[string(host)] {
		if id, ok = c.Find(at, path); ok {
			return id, true
		}
	}
	return 0, false
}
