package workloads

import (
	"math"
	"math/rand/v2"
	"time"
)

// Downloads are files of which some are fetched whole and others in parts, as
// installers and package managers do: byte ranges side by side on several
// connections, one after the other on each. All parts together are the file, once.
//
// How large the parts of a download are, and how many connections it has, is drawn
// evenly over the logarithm between two bounds: 8 to 16 MiB on 4 to 16 connections.
// A connection carries so many bytes a second, and asks for its next part when the
// last has had its time.
//
// ranges is the share of the requests, not of the downloads, that are for parts: a
// file of 300 MiB is thirty requests in the one way and one in the other.
func init() {
	traffic.register(TrafficKind{
		Name:  "downloads",
		Usage: "files, whole or in ranges side by side",
		Params: []Param{
			{Name: "ranges", Usage: "of the requests, for parts of files", Unit: Share, Default: 0.45, Low: 0, High: 1},
			{Name: "part", Usage: "the smallest parts", Unit: Bytes, Default: 8 << 20, Low: 1, High: 1 << 40},
			{Name: "part_most", Usage: "the largest parts; less than part: as part", Unit: Bytes, Default: 16 << 20, Low: 0, High: 1 << 40},
			{Name: "connections", Usage: "of a download, at least", Unit: Whole, Default: 4, Low: 1, High: 1000},
			{Name: "connections_most", Usage: "of a download, at most; less than connections: as many", Unit: Whole, Default: 16, Low: 0, High: 1000},
			{Name: "bandwidth", Usage: "that a connection carries in a second", Unit: Bytes, Default: 5e6, Low: 1, High: 1e12},
		},
		New: newDownloads,
	})
}

// downloads is the course of downloads.
type downloads struct {
	catalog     *Catalog
	parts       []part
	choice      alias // of parts
	rng         *rand.PCG
	parted      float64 // share of the downloads that are in parts
	bandwidth   float64 // bytes per second
	least, most struct{ part, connections float64 }
}

// download is a session of one file.
type download struct {
	visitor
	host        uint16
	object      uint64
	size, part  int64 // bytes; part 0: the file is fetched whole
	next        int64 // the next part, from 0
	connections int64
}

func newDownloads(c TrafficConfig, p Params) (Source, error) {
	if err := c.checkTraffic(); err != nil {
		return nil, err
	}
	d := &downloads{catalog: c.Catalog, rng: rand.NewPCG(c.Seed, streamCourse), bandwidth: p["bandwidth"]}
	d.least.part, d.least.connections = p["part"], p["connections"]
	d.most.part, d.most.connections = max(p["part_most"], p["part"]), max(p["connections_most"], p["connections"])
	parts, longest, err := d.pilot(&c)
	if err != nil {
		return nil, err
	}
	d.parted = partedFor(p["ranges"], parts)
	requests := d.parted*parts + 1 - d.parted
	if err := d.open(&c, c.Rate/requests); err != nil {
		return nil, err
	}
	return newSessions(c, plan{requests, longest}, d)
}

// partedFor is the share r of downloads in parts, of so many parts on average, of
// which the requests for parts are a share s: s = r·parts / (r·parts + 1 − r).
func partedFor(s, parts float64) float64 { return s / (parts - s*parts + s) }

func (d *downloads) open(c *TrafficConfig, rate float64) error {
	var shares []float64
	d.parts = d.parts[:0]
	for _, i := range c.Sections {
		p := newPart(c.Catalog.sections[i], i, c.Seed)
		if err := p.addPopularity(i, c.Seed, rate); err != nil {
			return err
		}
		d.parts, shares = append(d.parts, p), append(shares, p.section.Share)
	}
	d.choice = newAlias(evenIfZero(shares))
	return nil
}

// pilot looks at so many downloads to tell how many parts one has on average, and
// how long the longest takes: both depend on the few files that most viewers want.
func (d *downloads) pilot(c *TrafficConfig) (parts float64, longest time.Duration, err error) {
	const looked = 1 << 14
	again := *d
	cfg := *c
	cfg.Seed, again.parts, again.rng = hash(c.Seed, streamPilot), nil, rand.NewPCG(c.Seed, streamPilot)
	again.parted = 1
	if err := again.open(&cfg, c.Rate); err != nil {
		return 0, 0, err
	}
	sum := 0.0
	for range looked {
		var one download
		again.begin(&one, visitor{}, 0)
		n := one.count()
		sum += float64(n)
		longest = max(longest, again.due(&one, n))
	}
	return sum / looked, longest, nil
}

// begin implements course.
func (d *downloads) begin(s *download, who visitor, at time.Duration) (time.Duration, bool) {
	section := 0
	if len(d.parts) > 1 {
		section = int(d.choice.draw(d.rng.Uint64()))
	}
	p := &d.parts[section]
	*s = download{visitor: who, object: p.first + p.popular.Draw(max(at, 0)), host: p.host()}
	s.size = d.catalog.Object(s.object).Size
	parted := unit64(d.rng.Uint64()) < d.parted
	part, connections := d.between(d.least.part, d.most.part), d.between(d.least.connections, d.most.connections)
	if parted && s.size > part {
		s.part, s.connections = part, connections
	}
	n := s.count()
	for at < 0 && s.next < n && d.due(s, s.next) < -at {
		s.next += max(s.connections, 1) // parts of a round are asked for together
	}
	return at + d.due(s, s.next), s.next < n
}

// between is a number evenly over the logarithm from least to most.
func (d *downloads) between(least, most float64) int64 {
	return int64(math.Round(least * math.Pow(most/least, unit64(d.rng.Uint64()))))
}

// count is how many requests the download is.
func (s *download) count() int64 {
	if s.part == 0 {
		return 1
	}
	return (s.size + s.part - 1) / s.part
}

// due is how long after the first a part is asked for.
func (d *downloads) due(s *download, part int64) time.Duration {
	if s.part == 0 {
		return 0
	}
	return nanoseconds(float64(part/s.connections) * float64(s.part) / d.bandwidth * 1e9)
}

// step implements course.
func (d *downloads) step(s *download, _ time.Duration, r *Request) (wait time.Duration, more bool) {
	r.Viewer, r.Referrer, r.Host, r.Object = s.viewer, s.referrer, s.host, s.object
	if s.part == 0 {
		return 0, false
	}
	from := s.next * s.part
	r.Range = Range{First: from, Length: min(s.part, s.size-from)}
	s.next++
	return d.due(s, s.next) - d.due(s, s.next-1), s.next < s.count()
}
