package results

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Registry holds the kinds of one thing, each registered by its own file when
// the program starts; lists, flags and help follow from it.
type Registry[K any] struct {
	What string         // "report", for messages
	Name func(K) string // by which a kind is found
	all  []K
}

// Add registers a kind.
func (r *Registry[K]) Add(k K) { r.all = append(r.all, k) }

// Kinds lists every kind, by name.
func (r *Registry[K]) Kinds() []K {
	all := slices.Clone(r.all)
	slices.SortFunc(all, func(a, b K) int { return cmp.Compare(r.Name(a), r.Name(b)) })
	return all
}

// Find is the kind of that name; the error lists those there are.
func (r *Registry[K]) Find(name string) (K, error) {
	var names []string
	for _, k := range r.Kinds() {
		if r.Name(k) == name {
			return k, nil
		}
		names = append(names, r.Name(k))
	}
	var none K
	return none, fmt.Errorf("unknown %s %q: there are %s", r.What, name, strings.Join(names, ", "))
}
