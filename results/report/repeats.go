package report

import (
	"encoding/binary"
	"fmt"

	"edgesim/results"
	"edgesim/results/sketch"
)

// repeatBytes is the memory for who has had what: 6.3 million pairs of viewer
// and object exactly, more by a filter.
const repeatBytes = 64 << 20

// download says what a record was to its viewer: bit 0, a download; bit 1, one of
// what the viewer has had.
type download uint8

const (
	noDownload     download = 0
	firstDownload  download = 1
	repeatDownload download = 3
)

// repeats tells the downloads of viewers who have had the object.
//
// A viewer is an address and a User-Agent. A download is a GET, or a request whose
// method the log does not say, that ended as it should with 200, 206 or 304: a 304 says that the viewer has the object. One that
// broke off, an error or a redirect gives the viewer nothing, and neither is a
// repeat of anything nor makes a later one. Ranges that begin at different bytes
// are different things to have, so that a player that fetches a film in pieces
// does not repeat itself. Of all downloads of a thing by a viewer one is the first
// and all others are repeats, whatever their order: records out of order, or two
// logs read the other way round, give the same counts.
type repeats struct {
	seen    *sketch.Seen
	pairs   []uint64 // hashes of viewer and thing, of those records of a batch that are downloads
	at      []int32  // their places in the batch
	had     []bool
	unknown int64 // downloads of viewers without an address: the log does not say
	known   int64
}

func newRepeats() *repeats { return &repeats{seen: sketch.NewSeen(repeatBytes)} }

// of says of each record what it was, into out, as long. things are what objects
// are called within their distributions, agent tells a User-Agent's name.
func (p *repeats) of(recs []results.Record, things []uint64, agent func(results.Sym) uint64, out []download) {
	p.collect(recs, things, agent, out)
	for i, at := range p.at {
		p.pairs[i] = within(p.pairs[i], recs[at].Distribution)
	}
	p.known += int64(len(p.pairs))
	p.seen.Add(p.pairs, p.had)
	for i, at := range p.at {
		if p.had[i] {
			out[at] = repeatDownload
		}
	}
}

// collect finds the downloads, and the pairs of those whose viewer is known.
func (p *repeats) collect(recs []results.Record, things []uint64, agent func(results.Sym) uint64, out []download) {
	p.pairs, p.at = p.pairs[:0], p.at[:0]
	for i := range recs {
		r := &recs[i]
		out[i] = noDownload
		if !downloaded(r) {
			continue
		}
		out[i] = firstDownload
		if r.Addr == ([16]byte{}) {
			p.unknown++
			continue
		}
		p.pairs = append(p.pairs, pair(r, things[i], agent(r.Agent)))
		p.at = append(p.at, int32(i))
	}
	for len(p.had) < len(p.pairs) {
		p.had = append(p.had, false)
	}
}

func downloaded(r *results.Record) bool {
	return (r.Status == 200 || r.Status == 206 || r.Status == 304) &&
		(r.Method == results.GET || r.Method == results.OtherMethod) &&
		r.Result != results.Error && r.Flags&(results.Aborted|results.Truncated|results.NoResponse) == 0
}

// pair names a viewer and what it downloaded of a distribution. It follows from
// texts and not from who numbered them in which order, so that a filter's mistakes
// are the same whoever reads.
func pair(r *results.Record, thing, agent uint64) uint64 {
	viewer := sketch.Mix(binary.LittleEndian.Uint64(r.Addr[:8])^agent, binary.LittleEndian.Uint64(r.Addr[8:]))
	return sketch.Mix(viewer, thing^uint64(max(r.RangeStart, 0))*0x9E3779B97F4A7C15)
}

// within is the pair's name among those of all distributions.
func within(pair uint64, distribution uint16) uint64 { return sketch.Mix(pair, uint64(distribution)) }

// notes say how sure the repeats are; nothing while they are exact.
func (p *repeats) notes() (list []string) {
	if p.unknown > 0 {
		list = append(list, fmt.Sprintf("%s downloads have no viewer's address in the log: whether they are repeats is not known, and they count as none.",
			grouped(p.unknown)))
	}
	if !p.seen.Exact() {
		list = append(list, fmt.Sprintf("Repeats are exact for the first %s downloads; of the later ones that were first of their viewer "+
			"%.2g %% or fewer count as repeats (a Bloom filter of %s).",
			grouped(p.seen.Since()), 100*p.seen.Rate(), binaryBytes(repeatBytes)))
	}
	return list
}
