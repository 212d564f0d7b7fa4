package fit

import (
	"fmt"
	"math"
	"strings"

	"edgesim/sim/unit"
)

// section is one of a workload's.
type section struct {
	name       string
	hosts      []string
	share      float64 // beside the others'
	objects    uint64
	zipf       float64
	popularity string // "": zipf
	types      func()
}

func (d *document) section(s section) {
	d.begin(s.name)
	d.line("      hosts: [%s]", strings.Join(s.hosts, ", "))
	d.line("      share: %s", share(s.share))
	d.line("      objects: %d", s.objects)
	d.line("      zipf: %.4g", s.zipf)
	if s.popularity != "" {
		d.line("      popularity: %s", s.popularity)
	}
	d.line("      types:")
	s.types()
}

// begin begins a section.
func (d *document) begin(name string) {
	d.line("    - name: %s", name)
	d.names = append(d.names, name)
}

// share is a share to nine decimals.
func share(v float64) string { return unit.Share(math.Round(min(max(v, 1e-9), 1)*1e9) / 1e9).String() }

// hosts are the names under which a part is asked for.
func (d *document) hosts(p *Part) []string { return d.sites()[p.Site].Hosts }

// byLaw are the sections of a model in which each request is by itself: one for each
// part, as the model has it, or none where it has nothing to say of it, and what every
// scenario of a log has beside them.
func (d *document) byLaw(of func(p *Part) (section, error)) error {
	d.line("  sections:")
	for i := range d.p.Parts {
		p := &d.p.Parts[i]
		s, err := of(p)
		if err != nil {
			return err
		}
		d.section(s)
	}
	d.beside()
	return nil
}

// part is the section of a part's objects by a law, the hot ones of them apart or not.
func (d *document) part(p *Part, l law, g *group) section {
	ranks := l.ladder()
	n, once := ranks.population(g.asked, g.objects, g.once)
	s := section{name: p.Name, hosts: d.hosts(p), share: p.Share * g.asked / p.all.asked, objects: n, zipf: l.alpha,
		types: func() { d.types(p, "") }}
	s.popularity = l.spec()
	if once.Value > 1e-4 {
		s.popularity = orZipf(s.popularity) + fmt.Sprintf("+onehits:share=%s", unit.Share(rounded(once.Value, 4)))
	}
	return s
}

func orZipf(spec string) string {
	if spec == "" {
		return "zipf"
	}
	return spec
}

// spec is the law as a section's popularity; empty: Zipf's.
func (l law) spec() string {
	if l.q == 0 || l.alpha == 0 {
		return ""
	}
	return fmt.Sprintf("mandelbrot:q=%.4g", l.q)
}

// types are the part's, of all sizes: what may be kept, and what may not.
func (d *document) types(p *Part, under string) {
	never := rounded(p.Uncacheable, 3)
	d.oneType(p, under+"/"+p.Class+"/", 1-never, p.Sizes.model(), d.lifetime(p))
	if never > 0 {
		d.oneType(p, under+"/"+p.Class+"/private/", never, p.Sizes.model(), "no-store")
	}
}

func (d *document) oneType(p *Part, prefix string, of float64, size, cacheControl string) {
	d.line("        - name: %s", p.Class)
	d.line("          prefix: %s", prefix)
	if p.Ending != "" {
		d.line("          ext: .%s", p.Ending)
	}
	if kind, ok := contentTypes[p.Ending]; ok && p.Class != "object" {
		d.line("          content_type: %s", kind)
	}
	if of < 1 {
		d.line("          share: %s", share(of))
	}
	d.line("          size: %s", size)
	if cacheControl != "" {
		d.line("          cache_control: %s", cacheControl)
	}
}

// lifetime is how long what a part's origin sends is good, as it says it; empty: as
// long as the origin's.
func (d *document) lifetime(p *Part) string {
	if p.Lifetime == 0 {
		return ""
	}
	return fmt.Sprintf("public, max-age=%.0f", max(1, math.Round(p.Lifetime)))
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
