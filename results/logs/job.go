package logs

import (
	"net/netip"

	"edgesim/results"
)

// job is what a worker's decoders share: what is kept of the strings, the names
// that were seen, and what stood in a log that we do not know.
type job struct {
	Options
	layout string // of the decoder that is being made
	number int    // of the worker
	epoch  int64  // of the records, in ns since 1970
	texts  texts
	placed placed
	known  known

	strange   []string // met in this block for the first time
	strangers map[string]bool
}

func newJob(o Options, number int) *job {
	return &job{Options: o, number: number, epoch: epochOf(o.Names),
		texts: texts{table: o.Names.Strings}, known: newKnown(), strangers: map[string]bool{}}
}

// epochOf is the moment that records count from; without one it is the start of
// 1970.
func epochOf(n *results.Names) int64 {
	if n.Epoch.IsZero() {
		return 0
	}
	return n.Epoch.UnixNano()
}

// strangersMost is how many different unknown words are told.
const strangersMost = 20

// stranger tells of a word that this program does not know, where a record is
// good without it.
func (j *job) stranger(column string, word []byte) {
	if len(j.strangers) >= strangersMost {
		return
	}
	said := column + " " + short(word)
	if !j.strangers[said] {
		j.strangers[said] = true
		j.strange = append(j.strange, said)
	}
}

// strange tells once of every word that is not known.
func (d *Doubts) strange(path string, words []string) {
	for _, w := range words {
		if d.strangers[w] || len(d.strangers) >= strangersMost {
			continue
		}
		if d.strangers == nil {
			d.strangers = map[string]bool{}
		}
		d.strangers[w] = true
		d.say("%s: this program does not know %s: it counts as unknown", path, w)
	}
}

// locate says where the viewer is, as far as the log has not.
func (j *job) locate(r *results.Record) {
	if j.Locate == nil || r.Addr == ([16]byte{}) {
		return
	}
	country, state := j.Locate(netip.AddrFrom16(r.Addr).Unmap())
	if r.Country == ([2]byte{}) {
		r.Country = country
	}
	if r.Country == country {
		r.State = state
	}
}
