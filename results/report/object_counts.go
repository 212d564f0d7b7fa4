package report

import "edgesim/results"

// objectSums is what popular objects know of one object.
type objectSums struct {
	tallies
	distribution int // index into Names.Distributions

	downloads int64 // see download
	repeats   int64 // downloads by viewers who had had the object
	wrong     int64 // how far requests may be from the truth; in which direction the table's notes say
}

func (s *objectSums) add(r *results.Record, d download) {
	one := results.One(r)
	s.tallies.add(&one)
	s.downloads += int64(d & 1)
	s.repeats += int64(d >> 1)
}

func (s *objectSums) merge(o *objectSums) {
	s.tallies.merge(&o.tallies)
	s.downloads += o.downloads
	s.repeats += o.repeats
	s.wrong += o.wrong
}

// objectCounts is the same in 56 bytes, which with its name make one line of
// cache. Counters of 32 bits are enough because no other is above requests: an
// object with 2^31 of them hands its counts over to an objectSums and begins
// anew, once in two milliards of records.
type objectCounts struct {
	bytes, missBytes             int64
	requests, hits, misses       uint32
	incomplete                   uint32
	status                       [4]uint32
	downloads, downloadsRepeated uint32
}

const spillAt = 1 << 31

func (c *objectCounts) add(r *results.Record, d download) {
	c.requests++
	switch r.ResultType() {
	case results.Hit:
		c.hits++
	case results.Miss:
		c.misses++
	}
	if r.Status == 200 && r.Result == results.Error {
		c.incomplete++
	}
	if class := r.Status/100 - 2; class < 4 {
		c.status[class]++
	}
	c.bytes += r.BytesOut
	if r.Result == results.Miss {
		c.missBytes += r.BytesOut
	}
	c.downloads += uint32(d & 1)
	c.downloadsRepeated += uint32(d >> 1)
}

func (c *objectCounts) merge(o *objectCounts) {
	c.requests += o.requests
	c.hits += o.hits
	c.misses += o.misses
	c.incomplete += o.incomplete
	for i, n := range o.status {
		c.status[i] += n
	}
	c.bytes += o.bytes
	c.missBytes += o.missBytes
	c.downloads += o.downloads
	c.downloadsRepeated += o.downloadsRepeated
}

func (c *objectCounts) sums() objectSums {
	s := objectSums{downloads: int64(c.downloads), repeats: int64(c.downloadsRepeated)}
	s.requests, s.hits, s.misses = int64(c.requests), int64(c.hits), int64(c.misses)
	s.incomplete, s.bytes, s.missBytes = int64(c.incomplete), c.bytes, c.missBytes
	for i, n := range c.status {
		s.status[i] = int64(n)
	}
	return s
}
