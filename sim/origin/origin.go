// Package origin says what an origin does: when its first byte comes, how fast
// the body follows, what fails and when, and what the bytes are. All of it is
// a pure function of object, attempt, seed and time since the epoch, so that
// the simulator evaluates the very origin that is acted out over HTTP beside
// it. The package must never know a clock, a socket, a header's syntax beyond
// the entity tag, or who is asking.
package origin

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
)

// Config describes one origin.
type Config struct {
	Name string // in messages and statistics; may be empty
	Kind string // "bucket": answers as an S3 bucket does; "server": dynamic. Needed.
	Seed uint64 // of everything that is left to chance

	FirstByte   Delay         // from the start of service to the first byte; zero: none
	Bandwidth   float64       // of the body on each connection, in bytes per second; 0 unlimited
	Piece       int           // bytes written at a time; 0: 16 KiB, less where Bandwidth is small
	Every       time.Duration // from piece to piece, the first leaving at once; 0: Bandwidth decides
	Concurrency int           // requests served at once, the rest wait in order of arrival; 0 unlimited
	QueueLimit  int           // how many may wait, the next is answered 503; 0 unlimited

	Errors    float64  // share of requests answered with an error: a bucket says 503, a server 500 or 503; 0 none
	Resets    float64  // share of requests whose connection is reset before the response; 0 none
	Truncates float64  // share of responses whose body breaks off at a random point; 0 none
	Outages   []Outage // times at which nothing is well; none by default

	CacheControl string  // of objects without their own, as "public, max-age=86400"; empty: none is sent
	Uncacheable  float64 // server: share of objects answered with no-store; 0 none
	Missing      int     // status for a key that is not there: 404, or 403 as a bucket answers those who may not list it; 0: 404
	Chunked      bool    // server: the body without Content-Length, in chunks
	WeakETag     bool    // server: weak entity tags
}

// Outage is a time in which every request meets the same fate.
type Outage struct {
	From, For time.Duration // begin, since the epoch, and length above 0
	Kind      string        // "refuse": no connection; "hang": no answer until it is over; "error": 503
}

// Model is an origin, ready to be asked. It is safe for concurrent use.
type Model struct {
	config    Config
	firstByte sampler
}

// The kinds of origin.
const (
	Bucket = "bucket"
	Server = "server"
)

// New checks c and returns its model.
func New(c Config) (*Model, error) {
	if c.Missing == 0 {
		c.Missing = 404
	}
	if c.Piece == 0 {
		c.Piece = piece(c)
	}
	c.Outages = slices.Clone(c.Outages)
	c.FirstByte.Quantiles = slices.Clone(c.FirstByte.Quantiles)
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("origin %q: %w", c.Name, err)
	}
	return &Model{config: c, firstByte: newSampler(c.FirstByte)}, nil
}

// piece is what a link sends in ten milliseconds, between 1 and 16 KiB: small
// enough to be smooth at a low bandwidth, large enough to be cheap at a high one.
func piece(c Config) int {
	const least, most = 1 << 10, 16 << 10
	if c.Every > 0 || !(c.Bandwidth > 0) || c.Bandwidth/100 > most {
		return most
	}
	return max(least, int(c.Bandwidth/100))
}

// Config is what the model was made from, defaults filled in.
func (m *Model) Config() Config {
	c := m.config
	c.Outages = slices.Clone(c.Outages)
	c.FirstByte.Quantiles = slices.Clone(c.FirstByte.Quantiles)
	return c
}

func (c *Config) check() error {
	for _, err := range []error{c.checkKind(), c.FirstByte.check("FirstByte"), c.checkFlow(), c.checkChance(), c.checkOutages()} {
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *Config) checkKind() error {
	switch {
	case c.Kind != Bucket && c.Kind != Server:
		return wrong("Kind", strconv.Quote(c.Kind), "bucket or server")
	case c.Kind == Bucket && c.Uncacheable != 0:
		return wrong("Uncacheable", c.Uncacheable, "0 for a bucket, only a server has uncacheable objects")
	case c.Kind == Bucket && c.Chunked:
		return wrong("Chunked", c.Chunked, "false for a bucket, which always sends Content-Length")
	case c.Kind == Bucket && c.WeakETag:
		return wrong("WeakETag", c.WeakETag, "false for a bucket, whose entity tags are strong")
	case c.Missing != 403 && c.Missing != 404:
		return wrong("Missing", c.Missing, "404 or 403")
	}
	return nil
}

func (c *Config) checkFlow() error {
	switch {
	case !(c.Bandwidth >= 0) || math.IsInf(c.Bandwidth, 1):
		return wrong("Bandwidth", c.Bandwidth, "a number of bytes per second, or 0 for unlimited")
	case c.Piece < 1:
		return wrong("Piece", c.Piece, "at least 1 byte, or 0 for the default")
	case c.Every < 0:
		return wrong("Every", c.Every, "above 0, or 0 to let Bandwidth decide")
	case c.Every > 0 && c.Bandwidth > 0:
		return wrong("Every", c.Every, fmt.Sprintf("0 beside Bandwidth %v, for they say the same in two ways", c.Bandwidth))
	case c.Concurrency < 0:
		return wrong("Concurrency", c.Concurrency, "at least 1, or 0 for unlimited")
	case c.QueueLimit < 0:
		return wrong("QueueLimit", c.QueueLimit, "at least 1, or 0 for unlimited")
	case c.QueueLimit > 0 && c.Concurrency == 0:
		return wrong("QueueLimit", c.QueueLimit, "0 without Concurrency, for nobody waits where all are served at once")
	}
	return nil
}

func (c *Config) checkChance() error {
	for _, share := range []struct {
		field string
		value float64
	}{{"Errors", c.Errors}, {"Resets", c.Resets}, {"Truncates", c.Truncates}, {"Uncacheable", c.Uncacheable}} {
		if !(share.value >= 0 && share.value <= 1) {
			return wrong(share.field, share.value, "a share of 0 to 1")
		}
	}
	return nil
}

func (c *Config) checkOutages() error {
	for i, o := range c.Outages {
		if _, ok := outageFaults[o.Kind]; !ok {
			return wrong(fmt.Sprintf("Outages[%d].Kind", i), strconv.Quote(o.Kind), "refuse, hang or error")
		}
		if o.From < 0 || o.For <= 0 {
			return wrong(fmt.Sprintf("Outages[%d]", i), fmt.Sprintf("from %v for %v", o.From, o.For), "from 0 or later, for longer than 0")
		}
	}
	return nil
}

// wrong is an error that names a field, says what it is and what would be right.
func wrong(field string, value any, right string) error {
	return fmt.Errorf("%s is %v: it must be %s", field, value, right)
}
