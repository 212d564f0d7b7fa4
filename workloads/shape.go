package workloads

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"edgesim/sim/unit"
)

// Factor is one thing that changes the rate with time. Its value is 1 where the
// rate is as given, and it is told in pieces: Piece is the one that holds the
// moment at, from there to its end. It is asked in any order, by any number of
// goroutines.
type Factor interface {
	Piece(at time.Duration) Piece
}

// ShapeConfig is what a shape is made from.
type ShapeConfig struct {
	Viewers *Viewers      // who asks, and from where; nil: those of the zero ViewersConfig
	Stages  []unit.Stage  // of the rate itself; empty: it is steady
	Length  time.Duration // nothing comes from here on; 0: no such end
}

// ShapeKind is one way in which rates change, as its file registers it.
type ShapeKind = Kind[ShapeConfig, Factor]

var shapes = Kinds[ShapeConfig, Factor]{what: "shape"}

// ShapeKinds lists every kind of shape, by name.
func ShapeKinds() []ShapeKind { return shapes.All() }

// ShapeNames are the names of all kinds of shapes.
func ShapeNames() []string { return shapes.Names() }

// Shape is how the rate changes with time: by the product f of its factors. It does
// not change, and any number of streams may have the same.
//
// Arrivals of any kind take a shape by being asked in a time of their own,
// F(t) = ∫₀ᵗ f: what they put at u happens at F⁻¹(u). A Poisson process stays one,
// now with the rate R·f(t), exactly and without a draw thrown away (Çınlar,
// "Introduction to stochastic processes", 1975); evenly spaced requests are
// evenly spaced in what is asked; bursts pass faster where there is more of them.
type Shape struct {
	factors []Factor
	length  time.Duration // forever: no end
	regions *diurnal      // of the factors, the one that is not alike everywhere; nil: none
}

// NewShape makes the shape that has all of the kinds that specs name, as
// diurnal:peak=20:30, and the stages. Without any it is nil, which is a shape
// too: the rate is what it is.
func NewShape(cfg ShapeConfig, specs ...string) (*Shape, error) {
	if len(specs) == 0 && len(cfg.Stages) == 0 {
		return nil, nil
	}
	s := &Shape{length: forever}
	if cfg.Length > 0 {
		s.length = cfg.Length
	}
	if n := len(cfg.Stages); n > 0 {
		s.factors = append(s.factors, newStages(cfg.Stages))
		if cfg.Stages[n-1].To == 0 { // and stays there: nothing comes any more
			s.length = min(s.length, sumOf(cfg.Stages))
		}
	}
	for _, spec := range specs {
		factor, err := shapes.New(spec, cfg)
		if err != nil {
			return nil, err
		}
		s.factors = append(s.factors, factor)
		if d, ok := factor.(*diurnal); ok && d.viewers != nil {
			if s.regions != nil {
				return nil, fmt.Errorf("shape %q: another one is by region already: their product would be of no region", spec)
			}
			s.regions = d
		}
	}
	return s, nil
}

// CheckShape says what is wrong with a spec of a shape.
func CheckShape(spec string) error {
	_, err := NewShape(ShapeConfig{}, spec)
	return err
}

// At is the factor at a moment.
func (s *Shape) At(at time.Duration) float64 {
	if s == nil {
		return 1
	}
	p := s.piece(at)
	return p.A
}

// Mean is the factor's mean up to the moment until, which is above 0: the rate
// times it is how many requests come by then, on average.
func (s *Shape) Mean(until time.Duration) float64 {
	if s == nil {
		return 1
	}
	sum := 0.0
	s.each(until, func(p *Piece, length float64) { sum += p.area(length) / float64(until) })
	return sum
}

// Peak is the highest factor up to the moment until.
func (s *Shape) Peak(until time.Duration) float64 {
	if s == nil {
		return 1
	}
	peak := 0.0
	s.each(until, func(p *Piece, length float64) { peak = max(peak, p.most(length)) })
	return peak
}

// each tells the pieces up to a moment, and how long each lasts, in ns.
func (s *Shape) each(until time.Duration, tell func(p *Piece, length float64)) {
	for at := time.Duration(0); at < until; {
		p := s.piece(at)
		tell(&p, float64(min(p.End, until)-at))
		at = p.End
	}
}

// piece is the product's piece at a moment. Where all factors but one stay as they
// are it is that one's, scaled. The product of two straight lines is a parabola.
// Where it would be of a higher degree, a parabola goes through it over 10 s at
// most, whose integral, Simpson's, is right for a cubic product too.
func (s *Shape) piece(at time.Duration) Piece {
	product := Piece{End: forever, A: 1}
	for _, f := range s.factors {
		p := f.Piece(at)
		product = product.times(&p, at)
	}
	return product
}

// finest is how long a piece lasts at most where the product of factors is no
// parabola.
const finest = 10 * time.Second

// times is the product of two pieces that begin at a moment.
func (p *Piece) times(q *Piece, at time.Duration) Piece {
	end := min(p.End, q.End)
	switch {
	case q.flat():
		return Piece{end, p.A * q.A, p.B * q.A, p.C * q.A}
	case p.flat():
		return Piece{end, q.A * p.A, q.B * p.A, q.C * p.A}
	}
	if p.degree()+q.degree() > 2 {
		end = min(end, at+finest)
	}
	length := float64(end - at)
	value := func(x float64) float64 { return p.at(x) * q.at(x) }
	made := through(value(0), value(length/2), value(length), length)
	made.End = end
	return made
}

// Viewer draws who asks at a moment: any of the viewers alike, but where a factor
// is by region, as often as it is the time for in theirs.
func (s *Shape) Viewer(v *Viewers, at time.Duration, rng *rand.PCG) uint32 {
	if s == nil || s.regions == nil {
		return v.any(rng)
	}
	return s.regions.viewer(v, at, rng)
}

// any draws a viewer.
func (v *Viewers) any(rng *rand.PCG) uint32 { return uint32(below(rng.Uint64(), uint64(v.count))) }

// orDefault are the viewers, or those of the zero ViewersConfig.
func (cfg *ShapeConfig) orDefault() (*Viewers, error) {
	if cfg.Viewers != nil {
		return cfg.Viewers, nil
	}
	return NewViewers(ViewersConfig{})
}

var errNegative = errors.New("the rate would be below 0 at times")

// sumOf is how long stages last together.
func sumOf(stages []unit.Stage) (sum time.Duration) {
	for _, s := range stages {
		sum += min(s.For.Std(), forever-sum)
	}
	return sum
}
