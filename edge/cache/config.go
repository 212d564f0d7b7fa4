package cache

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"edgesim/edge/policy"
)

// Config is what a Shard is made from.
type Config struct {
	// Capacity is what all residents together may cost, in bytes, or in objects
	// where every size is 1 and Overhead 0. At least 1; no default.
	Capacity int64
	// Policy is the order of leaving, as policy.Parse reads it: "s3fifo", or with
	// parameters "s3fifo:small=0.2,max=0.1". No default.
	Policy string
	// Overhead is added to the size of every object, in bytes: what its entry,
	// its headers and its place in the policy cost (see EntryBytes). 0: none.
	Overhead int64
	// MaxObject is the largest object admitted, in bytes with overhead. 0, or
	// more than Capacity: Capacity.
	MaxObject int64
	// Seed is of the policy's own chance, where it uses any, and of the index:
	// strangers who can choose keys should not know it. 0 is a seed as any other.
	Seed uint64
}

// New checks c and makes an empty Shard.
func New(c Config) (*Shard, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	order, err := policy.Make(c.Policy, policy.Config{Capacity: c.Capacity, Seed: c.Seed})
	if err != nil {
		return nil, fmt.Errorf("cache: Policy: %w", err)
	}
	s := &Shard{
		policy:   order,
		index:    policy.NewIndex(c.Seed),
		free:     policy.None,
		capacity: c.Capacity,
		overhead: c.Overhead,
		largest:  min(c.Capacity, math.MaxInt64-1), // less than what charge says of a size too large
	}
	s.admitter, _ = s.policy.(policy.Admitter)
	if c.MaxObject > 0 {
		s.largest = min(c.MaxObject, c.Capacity)
	}
	return s, nil
}

func (c Config) check() error {
	switch {
	case c.Capacity < 1:
		return fmt.Errorf("cache: Capacity is %d: it must be at least 1 byte", c.Capacity)
	case c.Policy == "":
		return errors.New("cache: Policy is empty: it must be one of " + strings.Join(policy.Names(), ", "))
	case c.Overhead < 0:
		return fmt.Errorf("cache: Overhead is %d: it must be 0 or a number of bytes", c.Overhead)
	case c.MaxObject < 0:
		return fmt.Errorf("cache: MaxObject is %d: it must be 0, for Capacity, or a number of bytes", c.MaxObject)
	}
	return nil
}
