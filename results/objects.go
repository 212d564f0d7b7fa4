package results

// objects counts requests by object: of every one or, where there are more than
// most, of a sample: those whose mixed name begins with level zero bits, one in
// 2^level whatever the demand for it (Waldspurger et al., SHARDS, FAST 2015). What
// it says then is right to about 1/√n of the n objects that are in the sample.
type objects struct {
	most  int // 0: any number
	level uint
	kept  Tally[uint64]
}

func (o *objects) add(object, requests uint64) {
	if !o.samples(object) {
		return
	}
	*o.kept.At(object) += requests
	for o.most > 0 && o.kept.Len() > o.most {
		o.thin(o.level + 1)
	}
}

func (o *objects) samples(object uint64) bool {
	return o.level == 0 || spread(^spread(object))>>(64-o.level) == 0
}

// thin makes the sample one in 2^level.
func (o *objects) thin(level uint) {
	before := o.kept
	o.level, o.kept = level, Tally[uint64]{}
	for object, requests := range before.All() {
		if o.samples(object) {
			*o.kept.At(object) = *requests
		}
	}
}

func (o *objects) merge(p *objects) {
	if p.level > o.level {
		o.thin(p.level)
	}
	for object, requests := range p.kept.All() {
		o.add(object, *requests)
	}
}

// counts are the numbers of objects and of those that were asked for once.
func (o *objects) counts() (distinct, wonders int64) {
	for _, requests := range o.kept.All() {
		if *requests == 1 {
			wonders++
		}
	}
	return int64(o.kept.Len()) << o.level, wonders << o.level
}
