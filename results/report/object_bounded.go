package report

import (
	"iter"

	"edgesim/results"
	"edgesim/results/sketch"
)

// boundedObjects keeps Options.Bounded counters for each distribution, by
// Space-Saving: about 250 bytes each, and the text of the URL that it is for. What
// it says of an object is what came since the object took its counter, and so
// never too much.
type boundedObjects struct {
	hashed
	sketches map[int]*sketch.SpaceSaving[namedSums] // by distribution
	length   int                                    // of all URLs; nobody wants to know, see fetchNames
}

// namedSums is an object that has to bring its name along.
type namedSums struct {
	objectSums
	objectName
}

func (s *namedSums) count() int64 { return s.requests }

func (s *namedSums) merge(o *namedSums) {
	s.objectSums.merge(&o.objectSums)
	s.objectName = o.objectName
}

func newBoundedObjects(o Options) *boundedObjects {
	return &boundedObjects{hashed: newHashed(o), sketches: map[int]*sketch.SpaceSaving[namedSums]{}}
}

func (b *boundedObjects) add(recs []results.Record, keys []uint64, downloads []download) {
	var s *sketch.SpaceSaving[namedSums]
	b.fetchNames(recs)
	for i := range recs {
		r := &recs[i]
		if s == nil || r.Distribution != recs[i-1].Distribution {
			s = b.of(int(r.Distribution))
		}
		v, fresh := s.At(keys[i])
		if fresh {
			*v = namedSums{objectName: b.nameOf(r)}
		}
		v.add(r, downloads[i])
	}
}

// fetchNames reads where the URLs are, all at once, since each that is new to a
// counter will be asked for.
func (b *boundedObjects) fetchNames(recs []results.Record) {
	for i := range recs {
		b.length += len(b.o.Names.Str(recs[i].URL))
	}
}

func (b *boundedObjects) of(distribution int) *sketch.SpaceSaving[namedSums] {
	s := b.sketches[distribution]
	if s == nil {
		s = sketch.NewSpaceSaving[namedSums](b.o.Bounded)
		b.sketches[distribution] = s
	}
	return s
}

func (b *boundedObjects) all() iter.Seq2[uint64, *objectSums] {
	return func(yield func(uint64, *objectSums) bool) {
		for d, s := range b.sketches {
			for c := range s.All() {
				sums := c.Value.objectSums
				sums.distribution = d
				if sums.wrong = int64(c.Error); !yield(c.Key, &sums) {
					return
				}
			}
		}
	}
}

func (b *boundedObjects) name(key uint64) objectName {
	for _, s := range b.sketches {
		if c, ok := s.Count(key); ok {
			return c.Value.objectName
		}
	}
	return objectName{}
}

func (b *boundedObjects) beyond() map[int]int64 {
	most := map[int]int64{}
	for d, s := range b.sketches {
		most[d] = int64(s.Beyond())
	}
	return most
}

func (b *boundedObjects) lost() int64 { return 0 }
