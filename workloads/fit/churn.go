package fit

import (
	"errors"
	"fmt"
)

func init() {
	register(Model{
		Name:  "churn",
		Usage: "Zipf's law over objects of which others become the popular ones as time goes",
		order: 4,
		sections: func(d *document) error {
			c := d.p.Churn
			if !c.Seen() {
				return errors.New("what is popular does not change, or the trace is too short to tell")
			}
			return d.byLaw(func(p *Part) (section, error) {
				s := d.part(p, p.law, &p.all)
				g := p.inOneEpoch(d.m)
				if l, z := lawOf(g.counts); z != nil {
					s = d.part(p, l, &g)
					s.share, s.objects = p.Share, max(s.objects, uint64(p.all.objects))
				}
				s.popularity = orZipf(s.popularity) + c.spec()
				return s, nil
			})
		},
	})
}

// spec is the change, in steps that are an eighth of an epoch.
func (c *Churn) spec() string {
	const steps = 8
	return fmt.Sprintf("+churn:every=%s,part=%.4g", span(c.Every/steps), c.Part.Value/steps)
}

// inOneEpoch is what the part's objects have in the middle one of the epochs: over the
// whole trace an object that was popular for a while is one of many that never were.
func (p *Part) inOneEpoch(m *Measured) (g group) {
	middle := m.whole() / 2
	var list []*object
	for _, o := range p.members {
		if n := o.epochs.at(m.level)[middle]; n > 0 {
			list = append(list, &object{requests: int64(n)})
		}
	}
	return groupOf(list, 1/m.Rate())
}
