package report

import "edgesim/results"

// Filter tells which records Options cover: those that end in the range and are
// of the distribution. It is used by one goroutine.
type Filter struct {
	o        Options
	from, to int64  // ns since the epoch
	wanted   []int8 // by number of a distribution: 1 is wanted, -1 is not, 0 not known yet
}

// NewFilter is the filter of o.
func NewFilter(o Options) *Filter {
	f := &Filter{o: o}
	f.from, f.to = o.limits()
	return f
}

// Covers reports whether the record is covered.
func (f *Filter) Covers(r *results.Record) bool {
	end := r.End()
	return end >= f.from && end < f.to && (f.o.whole() || f.wants(r))
}

func (f *Filter) wants(r *results.Record) bool {
	d := int(r.Distribution)
	if d == results.NoDistribution {
		return false
	}
	for len(f.wanted) <= d {
		f.wanted = append(f.wanted, 0)
	}
	if f.wanted[d] == 0 {
		f.wanted[d] = -1
		if f.o.Names.DistributionOf(r).ID == f.o.Distribution {
			f.wanted[d] = 1
		}
	}
	return f.wanted[d] > 0
}
