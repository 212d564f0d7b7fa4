package fit

import "errors"

func init() {
	register(Model{
		Name:  "zipf",
		Usage: "objects by Zipf's law, each request by itself, and a share of requests for what is asked for once",
		order: 1,
		sections: func(d *document) error {
			if err := d.known(); err != nil {
				return err
			}
			return d.byLaw(func(p *Part) (section, error) { return d.part(p, p.law, &p.all), nil })
		},
	})
	register(Model{
		Name:  "mandelbrot",
		Usage: "the same by the law of Zipf and Mandelbrot, where the head is flatter than Zipf's",
		order: 2,
		sections: func(d *document) error {
			flat := false
			for i := range d.p.Parts {
				flat = flat || d.p.Parts[i].Popularity.Mandelbrot != nil
			}
			if !flat {
				return errors.New("no head is flatter than Zipf's law has it")
			}
			return d.byLaw(func(p *Part) (section, error) { return d.part(p, p.flat(), &p.all), nil })
		},
	})
}

// known says of a trace that there is a law.
func (d *document) known() error {
	for i := range d.p.Parts {
		if p := &d.p.Parts[i]; p.Popularity.Zipf != nil {
			return nil
		}
	}
	return errors.New("too few objects are known to be asked for again for an exponent")
}

// flat is the part's law with the flat head that it has, if any.
func (p *Part) flat() law {
	if m := p.Popularity.Mandelbrot; m != nil {
		return law{m.Alpha.Value, rounded(m.Q.Value, 4)}
	}
	return p.law
}
