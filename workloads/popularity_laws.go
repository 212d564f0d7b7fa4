package workloads

import "math"

func init() {
	popularities.register(PopularityKind{
		Name:  "mandelbrot",
		Usage: "by rank, as 1/(rank+q)^zipf: a head of which all is about as popular",
		Params: []Param{
			{Name: "q", Usage: "ranks that the head is wide", Default: 20, High: 1e12},
		},
		New: func(c PopularityConfig, p Params) (Popularity, error) {
			if c.Zipf == 0 {
				return nil, wrong("zipf", c.Zipf, "an exponent above 0")
			}
			return still{newBinned(c.Objects, mandelbrot(c.Zipf, p["q"]), c.RNG)}, nil
		},
	})
	popularities.register(PopularityKind{
		Name:  "weibull",
		Usage: "by rank, a Weibull distribution cut off at the section's objects, as of videos",
		Params: []Param{
			{Name: "shape", Usage: "the smaller, the longer the tail", Default: 0.513, Low: 0.05, High: 1},
			{Name: "scale", Usage: "the rank that 63 of 100 requests are for or for one before it", Default: 6010, Low: 1, High: 1e15},
		},
		New: func(c PopularityConfig, p Params) (Popularity, error) {
			return still{newBinned(c.Objects, weibull(p["shape"], p["scale"]), c.RNG)}, nil
		},
	})
}

// weibull is the discrete Weibull law (Nakagawa and Osaki, IEEE Transactions on
// Reliability 1975) of ranks from 0: the share beyond rank k is
//
//	S(k) = e^−(k/scale)^shape
//
// which falls with rank for shapes up to 1. The defaults are ProWGen's for videos.
func weibull(shape, scale float64) law {
	hazard := func(k float64) float64 { return math.Pow(k/scale, shape) }
	mass := func(a, b float64) float64 {
		if a == 0 {
			return -math.Expm1(-hazard(b))
		}
		grown := hazard(a) * math.Expm1(shape*math.Log1p((b-a)/a)) // the hazards' difference, with all its digits
		return -math.Exp(-hazard(a)) * math.Expm1(-grown)
	}
	return law{weight: func(k float64) float64 { return mass(k, k+1) }, mass: mass}
}
