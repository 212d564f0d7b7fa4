package curve

import (
	"slices"

	"edgesim/workloads/trace"
)

// source is where batches come from. next fills b with at most most requests;
// io.EOF comes with the last of them or alone.
type source interface {
	next(b *batch, most int) error
	totals() Totals // of what came so far
}

// numberer makes batches of a trace's requests.
type numberer struct {
	config  Config
	r       Reader
	reqs    []trace.Request
	numbers *numbers
	names   []uint64 // nil unless asked for
	wants   wants
	sum     Totals
}

// wants is what lanes need beside numbers and sizes.
type wants struct{ next, names bool }

func newNumberer(r Reader, c Config, w wants) *numberer {
	return &numberer{config: c, r: r, reqs: make([]trace.Request, touchSize), numbers: newNumbers(), wants: w}
}

func (m *numberer) next(b *batch, most int) error {
	b.asks, b.next = b.asks[:0], b.next[:0]
	var err error
	for err == nil && len(b.asks) < most {
		n := 0
		n, err = m.r.Read(m.reqs[:min(len(m.reqs), most-len(b.asks))])
		m.add(b, m.reqs[:n])
	}
	b.objects, b.large, b.names = m.numbers.used, m.numbers.sizes.large, m.names
	return err
}

// add puts requests behind those of the batch.
func (m *numberer) add(b *batch, reqs []trace.Request) {
	n := m.numbers
	n.roomy(len(reqs))
	m.weigh(reqs)
	n.touch(reqs)
	from := len(b.asks)
	b.asks = slices.Grow(b.asks, len(reqs))[:from+len(reqs)]
	n.number(reqs, b.asks[from:])
	if m.wants.next {
		for i := range reqs {
			b.next = append(b.next, reqs[i].Next)
		}
	}
	if m.wants.names {
		m.name(b.asks[from:], reqs)
	}
}

// weigh gives requests the sizes and the names that count here, and counts them.
func (m *numberer) weigh(reqs []trace.Request) {
	largest, bytes, c := m.sum.Largest, int64(0), m.config
	for i := range reqs {
		r := &reqs[i]
		r.Size = c.sizeOf(r)
		largest = max(largest, r.Size)
		bytes += r.Size
	}
	if c.ResizedNew {
		for i := range reqs {
			reqs[i].ID = c.name(reqs[i].ID, reqs[i].Size)
		}
	}
	m.sum.Largest = largest
	m.sum.Bytes += bytes
	m.sum.Requests += int64(len(reqs))
}

// name keeps the names of new objects.
func (m *numberer) name(asks []ask, reqs []trace.Request) {
	for i, a := range asks {
		if int(a.object) == len(m.names) {
			m.names = append(m.names, reqs[i].ID)
		}
	}
}

// name is what an object is called: with ResizedNew id and size together.
func (c Config) name(id uint64, size int64) uint64 {
	if c.ResizedNew {
		return spread(id ^ spread(uint64(size)))
	}
	return id
}

func (m *numberer) totals() Totals {
	t := m.sum
	t.Objects, t.WorkingSet, t.Resized = int64(m.numbers.used), m.numbers.workingSet, m.numbers.resized
	return t
}
