package curve

import "context"

// Curve is a miss-ratio curve of LRU for all capacities. It is exact at every
// capacity that is an end of its buckets, of which there are 128 in a doubling;
// between two of them the truth lies between theirs.
//
// It is that of the stack: in bytes it differs from a cell of LRU where objects
// are larger than the capacity, which the stack lets push others out and a cell
// does not admit, and where sizes of objects change.
type Curve struct {
	Requests, Bytes float64 // counted
	hits            distances
}

// At is the miss ratios at a capacity, of requests and of bytes.
func (c *Curve) At(capacity int64) (requests, bytes float64) {
	r, b := c.hits.within(capacity)
	return 1 - r/c.Requests, 1 - b/c.Bytes
}

// Point is a place on a curve.
type Point struct {
	Capacity          int64
	MissRatio         float64
	ByteMissRatio     float64
	Misses, MissBytes int64
}

// Points are the curve's, one or more for a doubling of the capacity, at the ends
// of buckets, where they are exact; 128 at most.
func (c *Curve) Points(perDoubling int) []Point {
	every := max(1, 1<<bucketBits/max(1, perDoubling))
	var points []Point
	var requests, bytes float64
	end := c.hits.end()
	for b := range end {
		requests += c.hits.requests[b]
		bytes += c.hits.bytes[b]
		if (b+1)%every == 0 || b == end-1 {
			points = append(points, Point{
				upperOf(b), 1 - requests/c.Requests, 1 - bytes/c.Bytes,
				int64(c.Requests - requests + 0.5), int64(c.Bytes - bytes + 0.5),
			})
		}
	}
	return points
}

// stackLane is LRU at all capacities.
type stackLane struct {
	stack *stack
	curve *Curve
}

func newStackLane(c *Curve) *stackLane { return &stackLane{stack: newStack(), curve: c} }

func (l *stackLane) clear()          { *l.curve = Curve{} }
func (l *stackLane) counts() []count { return nil }

func (l *stackLane) play(b *batch) {
	l.stack.place = lengthened(l.stack.place, b.objects)
	b.chunks(func(asks []ask, _ int) {
		l.stack.touch(asks)
		sum := int64(0)
		for _, a := range asks {
			size := b.sizeOf(a.size)
			sum += size
			if ahead, own := l.stack.ask(a.object, size); own != 0 {
				l.curve.hits.add(ahead+own, 1, float64(size))
			}
		}
		l.curve.Bytes += float64(sum)
		l.curve.Requests += float64(len(asks))
	})
}

// Exact reads a trace once and gives LRU's curve.
func Exact(ctx context.Context, r Reader, c Config) (*Curve, Totals, error) {
	c.Curve = &Curve{}
	_, totals, err := Play(ctx, r, nil, c)
	return c.Curve, totals, err
}
