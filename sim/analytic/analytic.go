// Package analytic answers by formula what a simulator answers by counting: hit
// ratios, origin load and waiting of caches under independent requests, in
// milliseconds and for catalogs of any size.
//
// It knows populations of objects, capacities and times as numbers. It must never
// know a request, a trace's format or a server. Rates are per second and times in
// seconds; where a population's rates sum to 1, a second is a request.
//
// Everything here assumes the independent reference model: requests for an object
// come as a Poisson process, whatever else is asked for. docs/models.md has the
// formulas by name, and how near they come.
package analytic

import (
	"fmt"
	"math"
)

// Class is a number of objects that are alike.
type Class struct {
	Rate  float64 // requests per second for each of them
	Size  float64 // bytes of each; 1 where objects are counted
	Count float64 // objects; need not be whole
	// Weight is the bytes that one takes in a cache, where they are not its Size: an
	// edge keeps a key and a header beside a body. 0: its Size.
	Weight float64
	// First is the share of their requests that come before any other for the same
	// object, and so find nothing: 1/n in a trace that asks for each n times, 0
	// where requests never end.
	First float64
	Conduct
}

// Conduct is what the origin does with an object, beside its size.
type Conduct struct {
	// TTL is how long it is fresh after a fetch, in seconds; 0: for ever. Expired
	// objects stay until they are evicted and are asked for with a condition, as an
	// edge does.
	TTL float64
	// ChangeEvery is the mean time between changes, in seconds; 0: it never
	// changes. It says which refreshes bring the body anew.
	ChangeEvery float64
	// Fetch is how long a fetch takes, in seconds; requests for the object in that
	// time ride it (delayed hits). 0: none do.
	Fetch float64
	// Barred objects may not be stored: every request but those that ride a fetch is
	// a miss.
	Barred bool
	// Origin is the number of the origin that has it, from 0.
	Origin int
}

// Population is what is asked for.
type Population []Class

// Rate is requests per second for all objects.
func (p Population) Rate() (sum float64) {
	for _, c := range p {
		sum += c.Count * c.Rate
	}
	return sum
}

// weightRate is what is asked for each second, weighed.
func (p Population) weightRate() (sum float64) {
	for _, c := range p {
		sum += c.Count * c.Rate * c.weight()
	}
	return sum
}

// Objects is how many there are.
func (p Population) Objects() (sum float64) {
	for _, c := range p {
		sum += c.Count
	}
	return sum
}

// Bytes is the size of all objects together.
func (p Population) Bytes() (sum float64) {
	for _, c := range p {
		sum += c.Count * c.Size
	}
	return sum
}

// Scaled is the population asked for factor times as often.
func (p Population) Scaled(factor float64) Population {
	scaled := make(Population, len(p))
	for i, c := range p {
		c.Rate *= factor
		scaled[i] = c
	}
	return scaled
}

// Weighs is the capacity that holds all objects.
func (p Population) Weighs() (sum float64) {
	for _, c := range p {
		sum += c.Count * c.weight()
	}
	return sum
}

func (c Class) weight() float64 {
	if c.Weight > 0 {
		return c.Weight
	}
	return c.Size
}

// check refuses what no formula can be asked about.
func (p Population) check() error {
	for i, c := range p {
		switch {
		case !(c.Rate >= 0) || math.IsInf(c.Rate, 1):
			return fmt.Errorf("class %d of the population: rate %v; right is a number of requests per second from 0", i, c.Rate)
		case !(c.Size > 0) || math.IsInf(c.Size, 1):
			return fmt.Errorf("class %d of the population: size %v; right is a number of bytes above 0", i, c.Size)
		case !(c.Weight >= 0) || math.IsInf(c.Weight, 1):
			return fmt.Errorf("class %d of the population: weight %v; right is a number of bytes from 0", i, c.Weight)
		case !(c.Count >= 0) || math.IsInf(c.Count, 1):
			return fmt.Errorf("class %d of the population: %v objects; right is a number from 0", i, c.Count)
		case !(c.First >= 0 && c.First <= 1):
			return fmt.Errorf("class %d of the population: share of first requests %v; right is 0 to 1", i, c.First)
		}
		if err := c.Conduct.check(); err != nil {
			return fmt.Errorf("class %d of the population: %w", i, err)
		}
	}
	if !(p.Rate() > 0) {
		return fmt.Errorf("a population of %g objects without requests: right is one that is asked for", p.Objects())
	}
	return nil
}

func (c Conduct) check() error {
	for _, f := range []struct {
		name  string
		value float64
	}{{"TTL", c.TTL}, {"time between changes", c.ChangeEvery}, {"time of a fetch", c.Fetch}} {
		if !(f.value >= 0) || math.IsInf(f.value, 1) {
			return fmt.Errorf("%s %v; right is a number of seconds from 0", f.name, f.value)
		}
	}
	return nil
}

// With is the population with an origin that treats all objects alike.
func (p Population) With(c Conduct) Population {
	all := make(Population, len(p))
	for i, class := range p {
		class.Conduct = c
		all[i] = class
	}
	return all
}

// share is a mean over requests of what of says of a class, and over bytes asked
// for.
func (p Population) share(of func(i int) float64) (requests, bytes float64) {
	rate, byteRate := 0.0, 0.0
	for i, c := range p {
		r := c.Count * c.Rate
		f := r * of(i)
		requests += f
		bytes += f * c.Size
		rate += r
		byteRate += r * c.Size
	}
	return requests / rate, bytes / byteRate
}
