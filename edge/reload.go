package edge

import (
	"errors"
	"slices"
	"weak"

	"edgesim/edge/behavior"
)

// Reload puts other distributions, origins and groups in the place of the present ones.
// Nothing is interrupted: requests and flights under way end by the settings
// they began with, viewers' connections stay open. What is cached stays valid
// where distribution, path and what the key is made of are the same. Origins
// whose settings have not changed keep their connections; those of others end
// with what they are doing.
//
// When something is wrong with the new settings they are not taken, and the old
// ones go on. Everything else of Config is for the Edge's life.
func (e *Edge) Reload(distributions []behavior.Distribution, origins []Origin, groups []OriginGroup) error {
	e.reloads.Lock()
	defer e.reloads.Unlock()
	before := e.site.Load()
	next, err := e.newSite(distributions, origins, groups, before)
	if err != nil {
		return err
	}
	if err := e.swap(before, next); err != nil {
		return err
	}
	for _, u := range before.ups {
		if !slices.Contains(next.ups, u) {
			u.retire()
		}
	}
	return nil
}

// swap makes next the site. An edge that shuts down has no use for another.
func (e *Edge) swap(before, next *site) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped {
		return errors.New("edge: shutting down")
	}
	for _, u := range before.ups {
		if !slices.Contains(next.ups, u) {
			e.retired = append(e.retired, weak.Make(u))
		}
	}
	e.site.Store(next)
	return nil
}

// upstreams are those of the site and those of earlier ones that requests still
// use. Nobody else holds on to the latter, so the collector tells which they are.
func (e *Edge) upstreams() []*upstream {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := slices.Clone(e.site.Load().ups)
	e.retired = slices.DeleteFunc(e.retired, func(w weak.Pointer[upstream]) bool {
		u := w.Value()
		if u != nil {
			list = append(list, u)
		}
		return u == nil
	})
	return list
}
