package report

import (
	"time"

	"edgesim/results"
	"edgesim/results/sketch"
)

// digestRecords is how many records a digest is of at the most, so that whoever makes
// it, and whoever takes it, needs no more than some 60 MB.
const digestRecords = 1 << 20

// Digester makes digests of records. It is used by one goroutine.
type Digester struct {
	o      Options
	filter *Filter

	d         digest
	n         int // records in d
	crowds    *results.Crowds
	exact     *exactObjects
	repeats   *repeats
	seen      *sketch.Seen
	passed    int64                    // records since the last row of agents
	agents    results.Tally[digestRow] // by distribution, hour and User-Agent
	places    results.Tally[digestRow] // by distribution, hour, country and state
	referrers results.Tally[digestRow] // by distribution and Referer
	hours     map[int64]uint64         // numbers of hours, in the order in which they came
	recent    struct{ hour, number int64 }
	numbers   map[results.Sym]uint32 // of texts

	keys, things, pairs [addAtOnce]uint64
	downloads           [addAtOnce]download
	had                 [addAtOnce]bool
}

// digestRow is a row's number, plus 1; 0 is none.
type digestRow uint32

// NewDigester makes digests of those records that the range of Options has, for sets
// of any distribution. Names count from 1970.
func NewDigester(o Options) *Digester {
	o.Distribution = ""
	g := &Digester{o: o, filter: NewFilter(o)}
	g.begin()
	return g
}

func (g *Digester) begin() {
	*g = Digester{o: g.o, filter: g.filter, exact: newExactObjects(g.o), repeats: newRepeats(), seen: sketch.NewSeen(16 * 2 * digestRecords),
		hours: map[int64]uint64{}, numbers: map[results.Sym]uint32{0: 0, results.Overflow: 1}}
	g.recent.hour = -1 << 62
	g.crowds = results.NewCrowds(g.o.Names.Epoch, time.Hour, func(c *results.Crowd) {
		g.d.crowds = append(g.d.crowds, digestCrowd{*c, *c.Record})
	})
}

// Add adds records.
func (g *Digester) Add(recs []results.Record) {
	for len(recs) > 0 {
		n := 0
		for n < min(len(recs), addAtOnce) && g.filter.Covers(&recs[n]) {
			n++
		}
		if n > 0 {
			g.add(recs[:n])
		}
		if n < len(recs) && n < addAtOnce {
			g.d.left++
			n++
		}
		recs = recs[n:]
	}
}

// Full reports whether it is time to Cut.
func (g *Digester) Full() bool { return g.n >= digestRecords }

func (g *Digester) add(recs []results.Record) {
	g.n += len(recs)
	g.crowds.Add(recs)
	for i := range recs {
		g.addViewer(&recs[i])
	}
	g.addObjects(recs)
}

func (g *Digester) addViewer(r *results.Record) {
	end := r.End()
	of := g.scope(r.Distribution)
	if of.records == 0 {
		of.first, of.last = end, end
	}
	of.records++
	of.first, of.last = min(of.first, end), max(of.last, end)

	hour := g.hour(floorDiv(end, int64(time.Hour)))
	key := uint64(r.Distribution)<<48 | hour<<24
	row := g.agents.At(key | uint64(r.Agent))
	if *row == 0 {
		g.d.agents = append(g.d.agents, digestAgent{after: g.passed, distribution: r.Distribution, hour: g.recent.hour, agent: g.text(r.Agent)})
		*row = digestRow(len(g.d.agents))
		g.passed = -1
	}
	g.passed++
	g.d.agents[*row-1].n++

	row = g.places.At(key | uint64(r.Country[0])<<16 | uint64(r.Country[1])<<8 | uint64(r.State))
	if *row == 0 {
		g.d.places = append(g.d.places, digestPlace{distribution: r.Distribution, hour: g.recent.hour, country: r.Country, state: r.State})
		*row = digestRow(len(g.d.places))
	}
	p := &g.d.places[*row-1]
	p.n++
	p.bytes += r.BytesOut

	row = g.referrers.At(uint64(r.Distribution)<<symBits | uint64(r.Referrer))
	if *row == 0 {
		g.d.referrers = append(g.d.referrers, digestReferrer{distribution: r.Distribution, referrer: g.text(r.Referrer)})
		*row = digestRow(len(g.d.referrers))
	}
	g.d.referrers[*row-1].n++
}

// scope is the row of a distribution, of which a log has few.
func (g *Digester) scope(distribution uint16) *digestScope {
	for i := range g.d.scopes {
		if g.d.scopes[i].distribution == distribution {
			return &g.d.scopes[i]
		}
	}
	g.d.scopes = append(g.d.scopes, digestScope{distribution: distribution})
	return &g.d.scopes[len(g.d.scopes)-1]
}

// hour is the hour's number here.
func (g *Digester) hour(hour int64) uint64 {
	if hour == g.recent.hour {
		return uint64(g.recent.number)
	}
	n, known := g.hours[hour]
	if !known {
		n = uint64(len(g.hours))
		g.hours[hour] = n
	}
	g.recent.hour, g.recent.number = hour, int64(n)
	return n
}

// text is the number of a text.
func (g *Digester) text(sym results.Sym) uint32 {
	n, known := g.numbers[sym]
	if !known {
		n = uint32(len(g.numbers))
		g.numbers[sym] = n
		g.d.texts = append(g.d.texts, sym)
	}
	return n
}

// addObjects counts objects as a report does, and puts the pairs that are new.
func (g *Digester) addObjects(recs []results.Record) {
	n := len(recs)
	keys, things, downloads := g.keys[:n], g.things[:n], g.downloads[:n]
	g.exact.keys(recs, keys)
	g.exact.things(recs, things)
	g.repeats.collect(recs, things, g.exact.agent, downloads)
	at, pairs := g.repeats.at, g.pairs[:len(g.repeats.at)]
	for i := range pairs {
		pairs[i] = within(g.repeats.pairs[i], recs[at[i]].Distribution)
	}
	g.seen.Add(pairs, g.had[:len(pairs)])
	for i := range pairs {
		if g.had[i] {
			downloads[at[i]] = repeatDownload
		}
	}
	g.exact.add(recs, keys, downloads)
	for i := range pairs {
		if g.had[i] {
			g.d.again++
			continue
		}
		g.d.pairs = append(g.d.pairs, digestPair{pair: g.repeats.pairs[i], object: g.exact.row(recs[at[i]].URL, keys[at[i]]), again: g.d.again})
		g.d.again = 0
	}
	for i := range recs {
		if downloads[i] == firstDownload && recs[i].Addr == ([16]byte{}) {
			g.scope(recs[i].Distribution).unknown++
		}
	}
}

// Cut is the digest of what was added since the last one, which is nil where nothing
// was.
func (g *Digester) Cut() []byte {
	if g.n == 0 && g.d.left == 0 {
		return nil
	}
	g.crowds.HandOn()
	for key, c := range g.exact.objects.All() {
		g.d.objects = append(g.d.objects, digestObject{objectCounts: *c, distribution: uint16(key >> (2 * symBits)),
			path: g.text(results.Sym(key & (1<<symBits - 1))), query: g.text(results.Sym(key >> symBits & (1<<symBits - 1)))})
	}
	packed := g.d.pack(g.o.Names.Strings)
	g.begin()
	return packed
}
