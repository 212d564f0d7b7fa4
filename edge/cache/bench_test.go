package cache

import "testing"

// BenchmarkZipf plays lognormal sizes with Zipf 0.9 popularity over 200,000
// objects in a tenth of their bytes: hits, misses and evictions as they come. The
// hit ratio stands beside the speed.
func BenchmarkZipf(b *testing.B) {
	trace := zipfTrace(200_000, 1<<20, 0.9, true, 1)
	capacity := eightSizes(trace)[5]
	for _, spec := range specs() {
		b.Run(spec, func(b *testing.B) {
			s := newShard(b, Config{Capacity: capacity, Policy: spec, Overhead: EntryBytes})
			play(s, trace)
			b.ReportAllocs()
			hits := 0
			i := 0
			for b.Loop() {
				r := trace[i&(len(trace)-1)]
				i++
				if _, state := s.Lookup(r.key, 0); state == Absent {
					s.Store(r.key, r.size, Freshness{Expires: 1})
				} else {
					hits++
				}
			}
			b.ReportMetric(float64(hits)/float64(b.N), "hit-ratio")
		})
	}
}

// BenchmarkHit looks up residents in scattered order.
func BenchmarkHit(b *testing.B) {
	const objects = 1 << 16
	for _, spec := range specs() {
		b.Run(spec, func(b *testing.B) {
			s := newShard(b, Config{Capacity: objects, Policy: spec})
			for k := range uint64(objects) {
				s.Store(k, 1, Freshness{Expires: 1})
			}
			b.ReportAllocs()
			hits := 0
			k := uint64(0)
			for b.Loop() {
				k = (k + 40503) % objects
				if _, state := s.Lookup(k, 0); state == Fresh {
					hits++
				}
			}
			b.ReportMetric(float64(hits)/float64(b.N), "hit-ratio")
		})
	}
}

// BenchmarkMissStoreEvict looks up keys never seen before and stores each in a
// full cache: one eviction a time.
func BenchmarkMissStoreEvict(b *testing.B) {
	const objects = 1 << 16
	for _, spec := range specs() {
		b.Run(spec, func(b *testing.B) {
			s := newShard(b, Config{Capacity: objects, Policy: spec})
			k := uint64(0)
			for range 4 * objects {
				k++
				s.Store(k, 1, Freshness{Expires: 1})
			}
			b.ReportAllocs()
			evicted := 0
			for b.Loop() {
				k++
				s.Lookup(k, 0)
				s.Store(k, 1, Freshness{Expires: 1})
				evicted += len(s.Evicted())
			}
			b.ReportMetric(float64(evicted)/float64(b.N), "evictions/op")
		})
	}
}
