package policy

import (
	"math"
	"math/rand/v2"
)

// learningRate is Cacheus's. It begins at √(2·ln 2 / N), N the number of residents
// when the cache is first full, and is looked at after every N requests: if the hit
// ratio and the rate moved the same way since, the rate grows by its own last
// change times itself, if they moved apart it shrinks. If the rate was the same and
// the hit ratio fell, it goes up or down by a quarter at random; after ten periods
// that only got worse, or brought no hit, it begins anew. From 0.001 to 1; ratios
// and rates are compared in thousandths, as the authors' program does.
type learningRate struct {
	now, current, previous float64 // now, in this period and in the one before
	first                  float64
	ratio                  float64 // hit ratio of the period before
	period                 int     // in requests; 0: not begun
	passed, hits           int     // of the period
	worse, still           int     // periods that got worse, and without hits
}

const (
	leastRate = 0.001
	mostRate  = 1
	patience  = 10 // periods
)

// begin sets the rate, once.
func (l *learningRate) begin(residents int) {
	if l.period > 0 {
		return
	}
	l.period = residents
	l.now = math.Sqrt(2 * math.Ln2 / float64(residents))
	l.current = l.now
	l.first = min(max(l.now, leastRate), mostRate)
	l.passed, l.hits = 0, 0
}

// tick counts a request. The hit, if it is one, is of the period that it begins.
func (l *learningRate) tick(residents int, rng *rand.PCG) {
	l.passed++
	if l.period == 0 || l.passed < l.period {
		return
	}
	l.learn(rng)
	l.period = max(1, residents)
	l.passed, l.hits = 0, 0
}

func (l *learningRate) learn(rng *rand.PCG) {
	ratio := thousandths(float64(l.hits) / float64(l.period))
	change := thousandths(ratio - l.ratio)
	moved := thousandths(l.current) - thousandths(l.previous)
	leap := math.Abs(l.now * moved)
	switch {
	case moved*change > 0:
		l.now = min(l.now+leap, mostRate)
		l.worse, l.still = 0, 0
	case moved*change < 0:
		l.now = max(l.now-leap, leastRate)
		l.worse, l.still = 0, 0
	case change < 0 || change == 0 && ratio == 0:
		l.stray(change < 0, rng)
	}
	l.previous, l.current, l.ratio = l.current, l.now, ratio
}

// stray looks elsewhere when the rate has stood still.
func (l *learningRate) stray(worse bool, rng *rand.PCG) {
	l.still++
	if worse {
		l.worse++
	}
	switch {
	case l.still >= patience:
		l.now, l.still = l.first, 0
	case !worse:
	case l.worse >= patience:
		l.now, l.worse = l.first, 0
	case l.now >= mostRate:
		l.now = 0.9
	case l.now <= leastRate:
		l.now = 0.005
	case below(rng, 0.5):
		l.now = min(l.now*1.25, mostRate)
	default:
		l.now = max(l.now*0.75, leastRate)
	}
}

func thousandths(x float64) float64 { return math.Round(x*1000) / 1000 }
