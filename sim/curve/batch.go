package curve

// batchSize is how many requests are handed on together: so many that a lane finds
// in its core's own cache what it has used a moment ago, however many other lanes
// have been played in between.
const batchSize = 1 << 14

// touchSize is how many requests are looked up together before they are played:
// enough for the processor to have many cache misses under way at once, few enough
// that what they bring is still there when it is used.
const touchSize = 1 << 10

// ask is a request as cells see it.
type ask struct {
	object uint32 // number of the object
	size   uint32 // as sizes codes it
}

// batch is requests in their order. Cells only read it.
type batch struct {
	asks    []ask
	next    []int64   // numbers of their objects' next requests; nil where nobody asks
	names   []uint64  // of objects, by number; nil where nobody asks
	stands  []float64 // of a sample: how many objects each stands for, by number; else nil
	owns    []int64   // of a sample by size: the objects' own sizes, by number; else nil
	even    bool      // of a sample: sizes are the objects' own
	objects int       // numbers given out so far, those of this batch included
	large   []int64   // of sizes, for codes up to this batch
	warm    bool      // the warm-up ends with this batch
	users   int32     // lanes' goroutines that have yet to play it
}

// sizeOf is the size with that code.
func (b *batch) sizeOf(code uint32) int64 {
	if code < largeSize {
		return int64(code)
	}
	return b.large[code-largeSize]
}

// bytesOf is the bytes that a request stands for, the object being played with that
// size: by size it is played with what it stands for.
func (b *batch) bytesOf(object uint32, size int64) float64 {
	if b.even {
		return b.stands[object] * float64(size)
	}
	return float64(size)
}

// chunks calls do with the batch's requests, touchSize at a time, the first being
// number from of the batch.
func (b *batch) chunks(do func(asks []ask, from int)) {
	for from := 0; from < len(b.asks); from += touchSize {
		do(b.asks[from:min(from+touchSize, len(b.asks))], from)
	}
}
