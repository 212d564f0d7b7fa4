package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// share is the part of a schedule that a process plays: of are all, number is from
// 1. The zero share is the whole.
type share struct{ number, of int }

// mostShares is how many processes a schedule may be dealt to.
const mostShares = 10_000

// String is the share as it is written; nothing of the whole.
func (s *share) String() string {
	if s.of == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.number, s.of)
}

// Set reads a share, as a flag does.
func (s *share) Set(text string) error {
	number, of, _ := strings.Cut(text, "/")
	n, errN := strconv.Atoi(number)
	all, errAll := strconv.Atoi(of)
	if errN != nil || errAll != nil || n < 1 || all < n || all > mostShares {
		return fmt.Errorf("%q: right is the number of this share and of all, as 2/4, with up to %d", text, mostShares)
	}
	*s = share{n, all}
	return nil
}

// Type is the word for a share in the help.
func (*share) Type() string { return "I/N" }

// moment is a moment on the clock; zero: none is given.
type moment struct{ time.Time }

// String is the moment as it is written.
func (m *moment) String() string {
	if m.IsZero() {
		return ""
	}
	return m.Format(time.RFC3339Nano)
}

// Set reads a moment, as a flag does.
func (m *moment) Set(text string) error {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return fmt.Errorf("%q: right is a moment with its zone, as 2026-03-01T12:00:00Z", text)
	}
	m.Time = t.UTC()
	return nil
}

// Type is the word for a moment in the help.
func (*moment) Type() string { return "TIME" }
