package edge

import (
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"

	"edgesim/edge/behavior"
	"edgesim/edge/policy"
)

// Invalidate removes from the cache what a distribution has under the given
// paths, as CloudFront does: a path with its query, where the key has one, or the
// beginning of some with a star behind it. All variants by header and cookie go,
// errors too. The next request for any of it is a miss; what flights bring that
// began before is not kept. It returns how many objects it removed.
//
// An empty id means the only distribution. The error is the caller's: an id or a
// path that cannot stand.
//
// It looks at every object there is, in steps so short that no request waits
// noticeably for it.
func (e *Edge) Invalidate(distribution string, paths []string) (removed int, err error) {
	id, err := e.distribution(distribution)
	if err != nil {
		return 0, err
	}
	matcher, err := behavior.ParsePaths(paths)
	if err != nil {
		return 0, err
	}
	w := &purge{e: e, id: id, paths: matcher}
	return w.run(), nil
}

// distribution is the id of a distribution that is served.
func (e *Edge) distribution(id string) (string, error) {
	var ids []string
	all := e.site.Load().table.Distributions()
	for i := range all {
		if all[i].ID == id {
			return id, nil
		}
		ids = append(ids, all[i].ID)
	}
	switch {
	case id == "" && len(ids) == 1:
		return ids[0], nil
	case id == "":
		return "", fmt.Errorf("say which distribution: %s", strings.Join(ids, ", "))
	}
	return "", fmt.Errorf("there is no distribution %q: there is %s", id, strings.Join(ids, ", "))
}

// purges are the invalidations of an edge.
type purges struct {
	begun atomic.Int64 // and those that have ended: each counts twice
	under atomic.Int64 // those at work
}

// purge is one invalidation at work.
//
// First the flights under way are told that what they bring is void, in all
// partitions, for a flight may store in another than its own. Then the objects
// are looked at. A flight that stores before it is told has its object found
// there; one that does not, keeps nothing. One that begins after has a response
// from after, or renews an object that is still to be found, or finds it gone:
// then quiet keeps the renewed object out.
type purge struct {
	e     *Edge
	id    string
	paths *behavior.Paths
	text  []byte
}

func (w *purge) run() (removed int) {
	w.begin()
	for _, p := range w.e.parts {
		for from, more := 0, true; more; from += purgeStep {
			var n int
			n, more = w.step(p, from)
			removed += n
			runtime.Gosched() // whoever waits for the partition has it now
		}
	}
	w.end()
	return removed
}

func (w *purge) begin() {
	w.e.purges.under.Add(1)
	w.e.purges.begun.Add(1)
	for _, p := range w.e.parts {
		w.tell(p)
	}
}

// tell tells the flights of a partition. It holds the lock for one at a time.
func (w *purge) tell(p *partition) {
	p.mu.Lock()
	flights := make([]*flight, 0, len(p.under))
	for f := range p.under {
		flights = append(flights, f)
	}
	p.mu.Unlock()
	for _, f := range flights {
		if w.meant(f.key) {
			f.void.Store(true)
			p.mu.Lock()
			f.unlist()
			p.mu.Unlock()
		}
	}
}

func (w *purge) end() {
	w.e.purges.begun.Add(1)
	w.e.purges.under.Add(-1)
}

// quiet reports whether an object that a flight renews can only have left for
// want of room: no invalidation has been at work since the flight began.
func (f *flight) quiet() bool {
	return f.e.purges.under.Load() == 0 && f.e.purges.begun.Load() == f.purges
}

// purgeStep is how many slots are looked at while the partition is held: a
// quarter of a microsecond each, half of one for those removed.
const purgeStep = 512

func (w *purge) step(p *partition, from int) (removed int, more bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	until := min(from+purgeStep, len(p.objects))
	for slot := from; slot < until; slot++ {
		o := p.objects[slot]
		if o == nil || !w.meant(o.key) {
			continue
		}
		p.shard.Remove(policy.Slot(slot))
		p.set(policy.Slot(slot), nil)
		if !o.marker && !o.isSlice() {
			removed++
		}
	}
	p.counts.invalidated += int64(removed)
	return removed, until < len(p.objects)
}

// meant reports whether a key is one of those to go.
func (w *purge) meant(key string) bool {
	id, target, ok := behavior.AppendTarget(w.text[:0], key)
	w.text = target
	return ok && id == w.id && w.paths.Match(target)
}
