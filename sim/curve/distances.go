package curve

import "math/bits"

// distances is a histogram of stack distances. A bucket is a 1/128 of a doubling
// of the distance, and distances to 128 have one each. A capacity that is a
// bucket's upper end has exactly the requests of it and those below as hits.
type distances struct {
	requests []float64
	bytes    []float64
}

const bucketBits = 7

// bucketOf is the bucket of a distance of at least 1.
func bucketOf(distance int64) int {
	d := uint64(distance - 1)
	if d < 1<<bucketBits {
		return int(d)
	}
	shift := bits.Len64(d) - bucketBits - 1
	return shift<<bucketBits + int(d>>shift)
}

// upperOf is the largest distance of a bucket.
func upperOf(bucket int) int64 {
	if bucket < 1<<bucketBits {
		return int64(bucket) + 1
	}
	shift := bucket>>bucketBits - 1
	return int64(uint64(bucket-shift<<bucketBits+1) << shift)
}

func (d *distances) add(distance int64, requests, bytes float64) {
	b := bucketOf(distance)
	if b >= len(d.requests) {
		d.requests, d.bytes = lengthened(d.requests, b+1), lengthened(d.bytes, b+1)
	}
	d.requests[b] += requests
	d.bytes[b] += bytes
}

// end is behind the last bucket that has any.
func (d *distances) end() int {
	end := len(d.requests)
	for end > 0 && d.requests[end-1] == 0 {
		end--
	}
	return end
}

// within is the requests and bytes of distances up to a capacity; where that lies
// within a bucket, the part of the bucket that it would be if all were evenly
// spread, and what may be wrong about it.
func (d *distances) within(capacity int64) (requests, bytes float64) {
	for b := range d.requests {
		upper := upperOf(b)
		if upper <= capacity {
			requests += d.requests[b]
			bytes += d.bytes[b]
			continue
		}
		lower := int64(0)
		if b > 0 {
			lower = upperOf(b - 1)
		}
		part := float64(capacity-lower) / float64(upper-lower)
		return requests + part*d.requests[b], bytes + part*d.bytes[b]
	}
	return requests, bytes
}
