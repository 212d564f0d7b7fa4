package fit

import (
	"fmt"
	"math"
	"slices"

	"edgesim/sim/nearest"
	"edgesim/sim/unit"
)

// Model is one way to make a scenario of a trace, as its file registers it.
type Model struct {
	Name  string
	Usage string // what it is, in one line
	order int    // the simple ones first: they are tried in this order
	// sections writes what follows workload's own keys. A model that has nothing to
	// say of the trace says why.
	sections func(d *document, m *Measured, p *Parameters) error
}

var models []Model

func register(m Model) { models = append(models, m) }

// Models are all of them, the simple ones first.
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

// Scenario is the model's scenario of the trace, as YAML.
func (model Model) Scenario(m *Measured, p *Parameters) (string, error) {
	d := &document{}
	d.head(m, p, model.Name)
	if err := model.sections(d, m, p); err != nil {
		return "", err
	}
	return d.b.String(), nil
}

func init() {
	register(Model{
		Name:  "zipf",
		Usage: "objects by Zipf's law, each request by itself, and a share of requests for what is asked for once",
		order: 1,
		sections: func(d *document, m *Measured, p *Parameters) error {
			z := p.Popularity.Zipf
			if z == nil {
				return fmt.Errorf("too few objects are known to be asked for again for an exponent")
			}
			d.line("  sections:")
			once := p.Popularity.OneHits.Value
			d.section("objects", share(1-once), p.Popularity.Population)
			d.line("      zipf: %.4g # %.3f to %.3f", z.Alpha, z.Low, z.High)
			d.types(p, "/")
			if once < 1e-6 {
				return nil
			}
			d.section("once", share(once), 1e12)
			d.line("      popularity: recency # whose objects never come again")
			d.line("      recency: {types: [{within: {0: 0%%}}]}")
			d.types(p, "/once/")
			return nil
		},
	})
	register(Model{
		Name:  "recency",
		Usage: "how soon objects come again, by size: LRU's curve by construction",
		order: 9,
		sections: func(d *document, m *Measured, p *Parameters) error {
			list := m.classes()
			m.distances(list)
			d.recency(m, list)
			return nil
		},
	})
}

func (d *document) section(name, share string, objects uint64) {
	d.line("    - name: %s", name)
	d.line("      hosts: [d1fitted.cloudfront.net]")
	d.line("      share: %s", share)
	d.line("      objects: %d", objects)
}

// share is a share to nine decimals.
func share(v float64) string { return unit.Share(math.Round(max(v, 1e-9)*1e9) / 1e9).String() }

// types are one, of all sizes.
func (d *document) types(p *Parameters, prefix string) {
	d.line("      types:")
	d.line("        - name: object")
	d.line("          prefix: %s", prefix)
	d.line("          size: %s", p.Sizes.model())
}

// model is the sizes as a scenario has them.
func (s *Sizes) model() string {
	if s == nil {
		return fmt.Sprintf("{median: %d}", noSize)
	}
	text := fmt.Sprintf("{median: %d", s.Median)
	if s.Sigma.Value > 0 {
		text += fmt.Sprintf(", sigma: %.4g", s.Sigma.Value)
	}
	if t := s.Tail; t != nil {
		text += fmt.Sprintf(", tail: {share: %s, from: %d, index: %.4g}", unit.Share(rounded(t.Share, 5)), t.From, t.Index.Value)
	}
	return text + fmt.Sprintf(", min: %d, max: %d}", s.Least, s.Most)
}
