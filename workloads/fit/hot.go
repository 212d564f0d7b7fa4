package fit

import (
	"errors"
	"fmt"
	"strings"
)

func init() {
	register(Model{
		Name:  "head",
		Usage: "the most popular objects one by one, with their sizes, and the others by Zipf's law",
		order: 3,
		sections: func(d *document) error {
			if err := d.known(); err != nil {
				return err
			}
			hot := 0
			for i := range d.p.Parts {
				hot += len(d.p.Parts[i].Hot)
			}
			if hot == 0 {
				return errors.New("no object has a share of the requests or bytes that counts by itself")
			}
			d.line("  sections:")
			for i := range d.p.Parts {
				d.headOf(&d.p.Parts[i])
			}
			d.beside()
			return nil
		},
	})
}

// headOf are the sections of a part: its hot objects, and the others.
func (d *document) headOf(p *Part) {
	for i, h := range p.Hot {
		size := fmt.Sprintf("{median: %d}", h.Size)
		if p.Sizes == nil {
			size = p.Sizes.model()
		}
		d.begin(fmt.Sprintf("%s-hot-%d", p.Name, i+1))
		d.line("      hosts: [%s]", strings.Join(d.hosts(p), ", "))
		d.line("      share: %s", share(h.Share))
		d.line("      objects: 1")
		d.line("      types:")
		d.oneType(p, fmt.Sprintf("/hot/%s/%d/", p.Name, i+1), 1, size, d.lifetime(p))
	}
	if p.cold.objects > 0 {
		d.section(d.part(p, p.rest, &p.cold))
	}
}
