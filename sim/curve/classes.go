package curve

import (
	"math"
	"math/bits"
)

// classes are objects by size: class c has the sizes of c bits, 2^(c−1) to 2^c−1.
const classes = 64

func classOf(size int64) int { return bits.Len64(uint64(size)) }

// chances is how likely an object of each class is to be in a sample, and how much
// one that is stands for.
//
// A curve over bytes is made of few large objects: a sample of the objects, each as
// likely as the other, has some of them by luck, and each stands for many. Here an
// object is the likelier to be in the sample the larger it is,
//
//	p = min(1, rate · max(1, s/mean)),    s its class' size,
//
// and stands for 1/p objects like it (Horvitz, Thompson, Journal of the American
// Statistical Association 47, 1952). An object larger than the mean weighs s/p =
// mean/rate however large it is, until it is so large that all are in the sample.
// The sample has at most twice as many objects as one without regard to size, as
// the sum of s/mean over the objects is their number.
type chances struct {
	rate   float64
	even   bool    // without regard to size
	mean   float64 // of the objects' sizes, as far as is known
	chance [classes]float64
	below  [classes]uint64 // in the sample: a hash below this
}

func newChances(rate, mean float64, even bool) chances {
	c := chances{rate: rate, mean: mean, even: even}
	c.set(rate)
	return c
}

// set gives all classes their chances at a rate.
func (c *chances) set(rate float64) {
	c.rate = rate
	for class := range c.chance {
		p := rate
		if size := math.Ldexp(0.75, class); !c.even {
			p *= max(1, size/c.mean)
		}
		c.chance[class] = min(1, p)
		c.below[class] = math.MaxUint64
		if p < 1 {
			c.below[class] = uint64(math.Ldexp(p, 64))
		}
	}
}

// certain tells whether all objects of a class are in the sample.
func (c *chances) certain(class int) bool { return c.chance[class] >= 1 }
