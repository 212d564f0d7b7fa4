package fit

import (
	"fmt"
	"slices"

	"edgesim/sim/nearest"
)

// Model is one way to make a scenario of a trace, as its file registers it.
type Model struct {
	Name  string
	Usage string // what it is, in one line
	order int    // that of sessions, which say most, first, then the simple ones: they are tried in this order
	pages bool   // sessions are what begins, and not requests
	// sections writes what follows workload's own keys. A model that has nothing to
	// say of the trace says why.
	sections func(d *document) error
}

var models []Model

func register(m Model) { models = append(models, m) }

// Models are all of them in their order.
func Models() []Model {
	list := slices.Clone(models)
	slices.SortFunc(list, func(a, b Model) int { return a.order - b.order })
	return list
}

// Auto stands for the first model that is near enough.
const Auto = "auto"

// ModelNames are what FindModels knows, Auto first.
func ModelNames() []string {
	names := []string{Auto}
	for _, m := range Models() {
		names = append(names, m.Name)
	}
	return names
}

// FindModels are the models that a name stands for.
func FindModels(name string) ([]Model, error) {
	all := Models()
	if name == Auto {
		return all, nil
	}
	at := slices.IndexFunc(all, func(m Model) bool { return m.Name == name })
	if at < 0 {
		return nil, fmt.Errorf("unknown model %q%s", name, nearest.DidYouMean(name, ModelNames()))
	}
	return all[at : at+1], nil
}

// write makes the model's scenario.
func (model Model) write(d *document) (string, error) {
	d.pages = model.pages
	d.head(model.Name)
	if err := model.sections(d); err != nil {
		return "", err
	}
	return d.b.String(), nil
}
