package edge

import (
	"fmt"
	"runtime"
	"strings"

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
	for _, p := range e.parts {
		w := &purge{p: p, id: id, paths: matcher}
		removed += w.run()
	}
	return removed, nil
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

// purge is one invalidation at work in one partition.
//
// First the flights under way are told that what they bring is void, then the
// objects are looked at. A flight that ends before it was told has stored its
// object by then, where it is found. One that begins after has a response from
// after, or renews an object that is still to be found, or finds it gone: then
// quietSince keeps the renewed object out.
type purge struct {
	p     *partition
	id    string
	paths *behavior.Paths
	text  []byte
}

func (w *purge) run() (removed int) {
	w.begin()
	for from, more := 0, true; more; from += purgeStep {
		var n int
		n, more = w.step(from)
		removed += n
		runtime.Gosched() // whoever waits for the partition has it now
	}
	w.end()
	return removed
}

// begin tells the flights under way.
func (w *purge) begin() {
	w.p.mu.Lock()
	w.p.purges++
	w.p.purging++
	flights := make([]*flight, 0, len(w.p.under))
	for f := range w.p.under {
		flights = append(flights, f)
	}
	w.p.mu.Unlock()
	for _, f := range flights {
		if w.meant(f.key) {
			w.p.mu.Lock()
			f.void = true
			f.unlist()
			w.p.mu.Unlock()
		}
	}
}

func (w *purge) end() {
	w.p.mu.Lock()
	w.p.purges++
	w.p.purging--
	w.p.mu.Unlock()
}

// purgeStep is how many slots are looked at while the partition is held: a
// quarter of a microsecond each, half of one for those removed.
const purgeStep = 512

func (w *purge) step(from int) (removed int, more bool) {
	w.p.mu.Lock()
	defer w.p.mu.Unlock()
	until := min(from+purgeStep, len(w.p.objects))
	for slot := from; slot < until; slot++ {
		o := w.p.objects[slot]
		if o == nil || !w.meant(o.key) {
			continue
		}
		w.p.shard.Remove(policy.Slot(slot))
		w.p.set(policy.Slot(slot), nil)
		if !o.marker && !o.isSlice() {
			removed++
		}
	}
	w.p.counts.invalidated += int64(removed)
	return removed, until < len(w.p.objects)
}

// meant reports whether a key is one of those to go.
func (w *purge) meant(key string) bool {
	id, target, ok := behavior.AppendTarget(w.text[:0], key)
	w.text = target
	return ok && id == w.id && w.paths.Match(target)
}
