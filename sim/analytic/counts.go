package analytic

import "math"

// Counts gathers the objects of a trace into a population.
type Counts struct {
	cells   map[countCell]*counted
	objects int64
}

// countCell is a bucket of objects that are nearly alike.
type countCell struct{ times, size int }

// counted are sums over the objects of a cell.
type counted struct{ objects, requests, bytes float64 }

// Add adds an object that was asked for so many times, at least once, of that
// size in bytes.
func (c *Counts) Add(requests, size int64) {
	if c.cells == nil {
		c.cells = map[countCell]*counted{}
	}
	at := countCell{timesBucket(requests), sizeBucket(float64(size))}
	cell := c.cells[at]
	if cell == nil {
		cell = new(counted)
		c.cells[at] = cell
	}
	cell.objects++
	cell.requests += float64(requests)
	cell.bytes += float64(size)
	c.objects++
}

// exactTimes are numbers of requests that have cells of their own: there the
// share of first requests changes fast.
const exactTimes = 64

func timesBucket(n int64) int {
	if n <= exactTimes {
		return int(n)
	}
	return exactTimes + int(math.Log(float64(n)/exactTimes)/math.Log(1.05))
}

// Over is the population as the trace asked for it in so many seconds. The rate
// of an object is its number of requests over that time, and its first request is
// a miss whatever the cache: the line is that of the same requests in an order
// without memory. What the trace's real order does better is its locality in time.
func (c *Counts) Over(seconds float64) Population {
	p := make(Population, 0, len(c.cells))
	for _, cell := range c.cells {
		p = append(p, Class{
			Rate: cell.requests / cell.objects / seconds, Size: cell.bytes / cell.objects,
			Count: cell.objects, First: cell.objects / cell.requests,
		})
	}
	sortClasses(p)
	return p
}
