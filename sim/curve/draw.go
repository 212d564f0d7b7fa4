package curve

import "fmt"

// draw is a sample as a whole and in parts, all with the same cells.
type draw struct {
	cells []int // places in the list of all
	whole *sampler
	parts []*sampler
}

// mostRate is less than 1: a part of a sample of all objects is not all of them.
const mostRate = 1 - 1e-9

func newDraw(c chances, limit int, all []Cell, which []int, config Config) *draw {
	var cells []Cell
	for _, i := range which {
		cells = append(cells, all[i])
	}
	d := &draw{cells: which, whole: newSampler(c, whole, limit)}
	d.whole.lay(cells, config)
	for part := range groups {
		p := newChances(min(c.rate, mostRate), c.mean, c.even)
		s := newSampler(p, part, (limit+groups-1)/groups)
		s.lay(cells, config)
		d.parts = append(d.parts, s)
	}
	return d
}

// ask gives a request to the samples that it is in: the whole, and one part, or
// all of them where its class is certain. It reports whether a rate was lowered.
func (d *draw) ask(r *drawn) bool {
	before := d.whole.rate
	if d.whole.has(r.hash, r.class) {
		d.whole.ask(r)
	}
	changed := d.whole.rate != before
	part := partOfHash(r.hash)
	for i, p := range d.parts {
		before = p.rate
		if p.certain(r.class) || i == part && r.hash < p.below[r.class] {
			p.ask(r)
		}
		changed = changed || p.rate != before
	}
	return changed
}

func (d *draw) clear() {
	d.whole.clear()
	for _, p := range d.parts {
		p.clear()
	}
}

// check is what cannot be sampled.
func (d *drawing) check() error {
	for _, c := range d.cells {
		if err := drawable(c); err != nil {
			return err
		}
		if d.sampling.Objects > 0 && c.Policy != "lru" {
			return fmt.Errorf("%s cannot be sampled to a fixed size: only lru can; right is a rate", c.Policy)
		}
	}
	return nil
}

// Drawable is why cells cannot be played on a part of the objects; nil of those that
// can.
func Drawable(cells []Cell) error {
	for _, c := range cells {
		if err := drawable(c); err != nil {
			return err
		}
	}
	_, err := lay(cells, Config{})
	return err
}

func drawable(c Cell) error {
	if _, is := bound(c.Policy); is || Foresees([]string{c.Policy}) {
		return fmt.Errorf("%s knows the whole trace, and none of a sample", c.Policy)
	}
	return nil
}
