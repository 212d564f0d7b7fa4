package logs

import (
	"cmp"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/zeebo/xxh3"

	"edgesim/results"
	"edgesim/results/places"
)

// Workers number distributions, edges and behaviors each for itself, in the
// order in which it meets them. The numbers that records leave with are given
// where batches come by in the order of the log, so that they are the same
// however many workers there are.

// placed are a worker's names by its numbers. They only grow.
type placed struct {
	distributions []distribution
	edges         []string
	behaviors     []string
}

// distribution is what a log says of one.
type distribution struct {
	id     string // as the file's name tells it; "" when it does not
	domain string // cs(Host); "" when there is no such column
}

// known finds a worker's numbers.
type known struct {
	distributions map[distribution]uint16
	edges         map[string]uint16
	behaviors     map[string]uint16

	seeds []uint64 // of the names of a distribution's objects

	file *file             // whose domains these are
	of   map[string]uint16 // its distributions by their domain
}

func newKnown() known {
	return known{distributions: map[distribution]uint16{}, edges: map[string]uint16{}, behaviors: map[string]uint16{},
		of: map[string]uint16{}}
}

// number is the number of a key; Unnamed when there are too many.
func number[K comparable](of map[K]uint16, list *[]K, key K) uint16 {
	n, ok := of[key]
	if ok {
		return n
	}
	if len(*list) >= results.Unnamed {
		return results.Unnamed
	}
	n = uint16(len(*list))
	of[key] = n
	*list = append(*list, key)
	return n
}

// distribution is the worker's number for the distribution of that domain in
// the file. domain is plain text; nil where a log does not say it, and then the
// file's name alone tells.
func (j *job) distribution(f *file, domain []byte) uint16 {
	k := &j.known
	if k.file != f {
		k.file = f
		clear(k.of)
	}
	n, ok := k.of[string(domain)]
	if ok {
		return n
	}
	key := distribution{f.distribution, string(domain)}
	n = results.NoDistribution
	if key != (distribution{}) {
		n = number(k.distributions, &j.placed.distributions, key)
	}
	if len(k.seeds) < len(j.placed.distributions) {
		k.seeds = append(k.seeds, xxh3.HashString(key.domain))
	}
	if len(k.of) < results.Unnamed {
		k.of[key.domain] = n
	}
	return n
}

// seed tells the objects of a worker's distribution from those of others.
func (k *known) seed(distribution uint16) uint64 {
	if int(distribution) < len(k.seeds) {
		return k.seeds[distribution]
	}
	return 0
}

// edge is the worker's number for an edge location.
func (j *job) edge(code []byte) uint16 {
	if n, ok := j.known.edges[string(code)]; ok {
		return n
	}
	return number(j.known.edges, &j.placed.edges, string(code))
}

// behavior is the worker's number for a path pattern.
func (j *job) behavior(pattern []byte) uint16 {
	if n, ok := j.known.behaviors[string(pattern)]; ok {
		return n
	}
	return number(j.known.behaviors, &j.placed.behaviors, string(pattern))
}

// numbering gives the records of batches, in the order of the log, their numbers.
type numbering interface {
	name(*batch)
	forget() // the table of strings was emptied
}

// placer gives records the numbers of Names.
type placer struct {
	names   *results.Names
	workers []numbers
	friends map[uint16]results.Sym // by distribution without a friendly name: the host it was last asked for
}

// numbers are those of Names by a worker's.
type numbers struct{ distributions, edges, behaviors []uint16 }

func newPlacer(names *results.Names, workers int) *placer {
	return &placer{names: names, workers: make([]numbers, workers), friends: map[uint16]results.Sym{}}
}

// name gives the records of a batch their numbers.
func (p *placer) name(b *batch) {
	n := &p.workers[b.worker]
	for i := range b.recs {
		r := &b.recs[i]
		r.Distribution = lookUp(&n.distributions, b.placed.distributions, r.Distribution, p.distribution)
		r.Edge = lookUp(&n.edges, b.placed.edges, r.Edge, p.edge)
		r.Behavior = lookUp(&n.behaviors, b.placed.behaviors, r.Behavior, p.behavior)
		if len(p.friends) > 0 {
			p.befriend(r)
		}
	}
}

// notYet is the number of what has come by in no record so far.
const notYet = results.Unnamed - 1

func lookUp[K any](known *[]uint16, list []K, of uint16, place func(K) uint16) uint16 {
	if int(of) >= len(list) {
		return of // nothing
	}
	for len(*known) <= int(of) {
		*known = append(*known, notYet)
	}
	n := &(*known)[of]
	if *n == notYet {
		*n = place(list[of])
	}
	return *n
}

// distribution is the number of the distribution that a log speaks of: one of
// that domain that was placed before; else one with the ID in the file's name;
// else one of which the domain is all that is known.
func (p *placer) distribution(d distribution) uint16 {
	for i := range p.names.Distributions {
		o := &p.names.Distributions[i]
		if d.domain != "" && o.Domain == d.domain || d.domain == "" && o.ID == d.id {
			p.unfriended(uint16(i))
			return uint16(i)
		}
	}
	id := d.id
	if id == "" || p.taken(id) {
		id = d.domain
	}
	n, err := p.names.PlaceDistribution(results.Distribution{ID: id, Domain: d.domain})
	if err != nil {
		return results.NoDistribution
	}
	p.unfriended(n)
	return n
}

// taken reports whether a distribution of another domain has the ID.
func (p *placer) taken(id string) bool {
	for i := range p.names.Distributions {
		if o := &p.names.Distributions[i]; o.ID == id && o.Domain != "" {
			return true
		}
	}
	return false
}

func (p *placer) unfriended(n uint16) {
	if p.names.Distributions[n].Friendly == "" {
		p.friends[n] = 0
	}
}

// befriend calls a distribution by the first host that it was asked for by
// another name than its domain (x-host-header): CloudFront answers to none but
// a distribution's own names.
func (p *placer) befriend(r *results.Record) {
	last, wanted := p.friends[r.Distribution]
	if !wanted || r.Host == 0 || r.Host == last {
		return
	}
	p.friends[r.Distribution] = r.Host
	d := p.names.DistributionOf(r)
	host := p.names.Str(r.Host)
	if strings.EqualFold(host, d.Domain) {
		return
	}
	d.Friendly = host
	if _, err := p.names.PlaceDistribution(d); err == nil {
		delete(p.friends, r.Distribution)
	}
}

// forget is called when the table of strings was emptied.
func (p *placer) forget() {
	for n := range p.friends {
		p.friends[n] = 0
	}
}

func (p *placer) edge(code string) uint16 {
	for i, e := range p.names.EveryEdge() {
		if e.Code == code {
			return uint16(i)
		}
	}
	e := results.Edge{Code: code}
	e.City, e.Country, e.BillingRegion = places.Edge(code)
	n, err := p.names.PlaceEdge(e)
	if err != nil {
		return results.Unnamed
	}
	return n
}

func (p *placer) behavior(pattern string) uint16 {
	n, err := p.names.PlaceBehavior(pattern)
	if err != nil {
		return results.Unnamed
	}
	return n
}

// logName is the form of a standard log's name, [prefix]ID.YYYY-MM-DD-HH.unique,
// packed or not; the prefix ends at a slash or a hyphen.
var logName = regexp.MustCompile(`^(?:.*-)?([A-Za-z0-9_]+)\.\d{4}-\d\d-\d\d-\d\d\.[A-Za-z0-9_-]+(\.|$)`)

// distributionOf is the ID that a log's name tells, or the folders it lies in, as
// standard logging v2 makes them (§3.2): AWSLogs/…/DistributionId=ID/year=…, or
// …/CloudFront/ID/…; "" when they tell none.
func distributionOf(name string) string {
	name = filepath.ToSlash(name)
	if m := logName.FindStringSubmatch(path.Base(name)); m != nil {
		return m[1]
	}
	folders := strings.Split(path.Dir(name), "/")
	for i := len(folders) - 1; i >= 0; i-- {
		key, id, has := strings.Cut(folders[i], "=")
		if has && strings.EqualFold(key, "distributionid") || !has && i > 0 && folders[i-1] == "CloudFront" {
			return cmp.Or(id, folderID.FindString(folders[i]))
		}
	}
	return ""
}

// folderID is the form of a distribution's ID where nothing says that it is one.
var folderID = regexp.MustCompile(`^E[A-Z0-9]{8,}$`)
