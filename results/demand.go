package results

// Demand counts how often each object was asked for, and with how many bytes, by
// its 64-bit name and by distribution, exactly: 40 bytes for each and 11 to 21 of
// an index, and 4 for each string. It is for several views of the same records to
// share, so that an object is looked up once and not once in each.
//
// Most often an URL is that of one object. Where the Sym of a record's URL leads
// to an object that has the record's name, it need not be looked up at all.
type Demand struct {
	objects Tally[asked]
	byURL   []uint32            // by Sym: number of the object that had it last, plus 1
	more    map[objectIn]*asked // of objects in distributions other than their first
	numbers [demandBatch]uint32
}

// asked is the demand for an object in a distribution.
type asked struct {
	requests, bytes int64
	distribution    uint16
}

type objectIn struct {
	object       uint64
	distribution uint16
}

// demandBatch is how many records are looked at together.
const demandBatch = 256

// Add counts the records. All that a batch needs of memory is read before the
// first is counted, so that the processor waits for it together.
func (d *Demand) Add(recs []Record) {
	for len(recs) > 0 {
		n := min(len(recs), demandBatch)
		d.fetch(recs[:n])
		for i := range n {
			d.add(&recs[i], d.numbers[i])
		}
		recs = recs[n:]
	}
}

func (d *Demand) fetch(recs []Record) {
	for i := range recs {
		d.numbers[i] = 0
		if url := int(recs[i].URL); url < len(d.byURL) {
			d.numbers[i] = d.byURL[url]
		}
	}
	var sum uint64
	for _, n := range d.numbers[:len(recs)] {
		if n > 0 {
			sum += d.objects.entry(n - 1).key
		}
	}
	fetched(sum)
}

func (d *Demand) add(r *Record, number uint32) {
	var a *asked
	if e := d.entry(number); e != nil && e.key == r.Object {
		a = &e.val
	} else {
		a = d.look(r)
	}
	if a.requests > 0 && a.distribution != r.Distribution {
		a = d.elsewhere(r)
	}
	a.distribution = r.Distribution
	a.requests++
	a.bytes += max(r.BytesOut, 0)
}

func (d *Demand) entry(number uint32) *tallied[asked] {
	if number == 0 {
		return nil
	}
	return d.objects.entry(number - 1)
}

// look is the object's, by its name, and remembers it under its URL.
func (d *Demand) look(r *Record) *asked {
	n := d.objects.Number(r.Object)
	if grown := int(r.URL) + 1 - len(d.byURL); grown > 0 {
		d.byURL = append(d.byURL, make([]uint32, grown)...)
	}
	d.byURL[r.URL] = uint32(n) + 1
	_, a := d.objects.Entry(n)
	return a
}

func (d *Demand) elsewhere(r *Record) *asked {
	if d.more == nil {
		d.more = map[objectIn]*asked{}
	}
	in := objectIn{r.Object, r.Distribution}
	if d.more[in] == nil {
		d.more[in] = &asked{}
	}
	return d.more[in]
}

// Len is the number of objects.
func (d *Demand) Len() int { return d.objects.Len() }

// Objects calls f with the requests for every object, in all distributions
// together.
func (d *Demand) Objects(f func(requests int64)) {
	elsewhere := map[uint64]int64{}
	for in, a := range d.more {
		elsewhere[in.object] += a.requests
	}
	for object, a := range d.objects.All() {
		f(a.requests + elsewhere[object])
	}
}

// Each calls f with the demand for every object in every distribution in which it
// was asked for, in any order.
func (d *Demand) Each(f func(distribution uint16, requests, bytes int64)) {
	for _, a := range d.objects.All() {
		f(a.distribution, a.requests, a.bytes)
	}
	for _, a := range d.more {
		f(a.distribution, a.requests, a.bytes)
	}
}
