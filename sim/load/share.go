package load

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Share is the part of a schedule that a process plays: Of are all, Number is from
// 1. The zero share is the whole.
type Share struct{ Number, Of int }

// MostShares is how many processes a schedule may be dealt to.
const MostShares = 10_000

// String is the share as it is written; nothing of the whole.
func (s *Share) String() string {
	if s.Of == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Number, s.Of)
}

// Set reads a share, as a flag does.
func (s *Share) Set(text string) error {
	number, of, _ := strings.Cut(text, "/")
	n, errN := strconv.Atoi(number)
	all, errAll := strconv.Atoi(of)
	if errN != nil || errAll != nil || n < 1 || all < n || all > MostShares {
		return fmt.Errorf("%q: right is the number of this share and of all, as 2/4, with up to %d", text, MostShares)
	}
	*s = Share{n, all}
	return nil
}

// Type is the word for a share in the help.
func (*Share) Type() string { return "I/N" }

// Moment is a moment on the clock; zero: none is given.
type Moment struct{ time.Time }

// String is the moment as it is written.
func (m *Moment) String() string {
	if m.IsZero() {
		return ""
	}
	return m.Format(time.RFC3339Nano)
}

// Set reads a moment, as a flag does.
func (m *Moment) Set(text string) error {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return fmt.Errorf("%q: right is a moment with its zone, as 2026-03-01T12:00:00Z", text)
	}
	m.Time = t.UTC()
	return nil
}

// Type is the word for a moment in the help.
func (*Moment) Type() string { return "TIME" }
