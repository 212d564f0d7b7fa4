package report

import (
	"fmt"
	"math"

	"edgesim/results"
)

func init() {
	register(Kind{
		Name:  "what_if",
		Title: "What if the cache were larger",
		About: "Hit and byte hit ratio by the size of each edge location's cache, from how far apart requests for the same " +
			"object are in these very records; LRU, and nothing expires.",
		Group: Beyond, Place: 4,
		New: func(o Options) Report { return newWhatIf(o) },
	})
}

// whatIf shows the curve of a Reuse.
type whatIf struct {
	o        Options
	reuse    *Reuse
	absorbed bool
}

func newWhatIf(o Options) *whatIf {
	w := &whatIf{o: o, reuse: o.Reuse}
	if w.reuse == nil {
		w.reuse = &Reuse{}
	}
	return w
}

func (w *whatIf) Add(recs []results.Record) {
	if w.o.Reuse == nil {
		w.reuse.Add(recs)
	}
}

func whatIfColumns() []Column {
	return scopeColumns(
		Column{Name: "CacheSize", Label: "Cache size", Unit: Text},
		Column{Name: "CacheBytes", Label: "In bytes", Unit: Bytes, Merge: Apart, Wide: true},
		Column{Name: "RequestCount", Label: "Requests", Unit: Count, Wide: true},
		Column{Name: "HitCount", Label: "Hits", Unit: Count},
		Column{Name: "HitPct", Label: "Hit %", Unit: Percent, Of: "HitCount", Over: "RequestCount"},
		Column{Name: "HitPctError", Label: "±", Unit: Percent, Merge: Apart},
		Column{Name: "BodyBytes", Label: "Body bytes", Unit: Bytes, Wide: true},
		Column{Name: "HitBytes", Label: "Bytes of hits", Unit: Bytes, Wide: true},
		Column{Name: "ByteHitPct", Label: "Byte %", Unit: Percent, Of: "HitBytes", Over: "BodyBytes"},
		Column{Name: "ByteHitPctError", Label: "±", Unit: Percent, Merge: Apart},
	)
}

// todays is what the row of the size that there is has behind its size.
const todays = " (today)"

// Tables is the curve, with the size that there is where that is known.
func (w *whatIf) Tables(distribution string) []*Table {
	scope := w.o.scope(distribution)
	t := &Table{Name: "what_if", Title: "Hit ratio by cache size", Columns: whatIfColumns()}
	t.Preamble = w.o.preamble("What If", scope)
	sum := w.reuse.scope(w.o, scope)
	for _, p := range w.reuse.Points(w.o, distribution, w.o.CacheSize) {
		size := binaryBytes(p.Size)
		if p.Today {
			size += todays
		}
		off := func(share float64) Cell {
			if w.absorbed {
				return noNumber
			}
			return num(100 * share)
		}
		hits, bytes := math.Round(p.Hits*float64(sum.requests)), math.Round(p.Bytes*float64(sum.bytes))
		t.Rows = append(t.Rows, append(w.o.scopeCells(scope), text(size), num(p.Size), num(sum.requests), num(hits),
			part(int64(hits), sum.requests), off(p.HitsOff), num(sum.bytes), num(bytes), part(int64(bytes), sum.bytes), off(p.BytesOff)))
	}
	t.Notes = w.notes(sum)
	return []*Table{t}
}

func (w *whatIf) notes(sum *reuseScope) []string {
	if sum.requests == 0 {
		return nil
	}
	notes := []string{fmt.Sprintf("Of %s requests with GET or HEAD and status 200, 206 or 304. Each edge location has an LRU cache of that size, "+
		"nothing expires, and an object takes what the largest answer for it did.", grouped(sum.requests))}
	switch {
	case sum.sampled && !w.absorbed:
		notes = append(notes, fmt.Sprintf("Estimated from %s objects at most of each edge location; ± is one standard error, in percentage points.",
			grouped(reuseObjects)))
	case !sum.sampled:
		notes = append(notes, "Every object is in it: the curve is exact.")
	}
	if w.absorbed {
		notes = append(notes, "Put together from parts of the time: what came again in another part is not among the hits.")
	}
	return notes
}

// Absorb adds up the curves of parts of the time, at the sizes that all have.
func (w *whatIf) Absorb(t *Table) error {
	r, err := read(t, whatIfColumns())
	if err != nil {
		return err
	}
	w.absorbed = true
	before := map[int]volume{}
	for _, row := range r.ownRows() {
		d, err := r.distribution(w.o, row)
		if err != nil {
			return err
		}
		size := r.count(row, "CacheBytes")
		if m, _ := math.Frexp(float64(size)); size < 2 || m != 0.5 && m != 0.75 {
			continue // the size that there was
		}
		c := placeOf(&w.reuse.curves, uint16(d))
		now, had := volume{r.count(row, "HitCount"), r.count(row, "HitBytes")}, before[d]
		if _, begun := before[d]; !begun {
			c.requests += r.count(row, "RequestCount")
			c.bytes += r.count(row, "BodyBytes")
			c.all[0].merge(volume{r.count(row, "RequestCount"), r.count(row, "BodyBytes")})
		}
		c.put(size, 0, max(now.requests-had.requests, 0), max(now.bytes-had.bytes, 0))
		w.reuse.sampled = w.reuse.sampled || r.number(row, "HitPctError") > 0
		before[d] = volume{max(now.requests, had.requests), max(now.bytes, had.bytes)}
	}
	return nil
}
