package network

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"time"
)

// Matrix holds measured round trips between places by their names. It does not
// change.
type Matrix struct{ trips map[[2]string]time.Duration }

// aws-2017.csv has the averages of round trips between ten AWS regions as they
// were measured in 2017 (acomputerscientistlearnsaws). Routes have become
// shorter since: those between Singapore and Europe went by America.
//
//go:embed aws-2017.csv
var aws2017 string

// AWS2017 is the name of the matrix that comes with the program.
const AWS2017 = "aws-2017"

// OpenMatrix reads a matrix from a file, or the program's own by its name.
func OpenMatrix(file string) (*Matrix, error) {
	if file == AWS2017 {
		return ParseMatrix(file, strings.NewReader(aws2017))
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("reading a matrix of round trips: %w", err)
	}
	defer f.Close()
	return ParseMatrix(file, f)
}

// longest is the longest round trip in ms that a matrix may have: a minute.
const longest = 60_000

// ParseMatrix reads lines of from,to,ms: two names, each an edge location's
// code or airport, an AWS region, an origin's name or, for viewers, a country's
// two letters; and the round trip in milliseconds. Lines that begin with # and a
// first line of the words from,to,ms are left out. Errors begin with file and
// line.
func ParseMatrix(file string, r io.Reader) (*Matrix, error) {
	in := csv.NewReader(r)
	in.Comment, in.FieldsPerRecord, in.TrimLeadingSpace, in.ReuseRecord = '#', -1, true, true
	m, lines := &Matrix{map[[2]string]time.Duration{}}, map[[2]string]int{}
	for first := true; ; first = false {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return m, nil
		}
		if err != nil {
			return nil, matrixError(file, err)
		}
		if first && strings.EqualFold(strings.Join(row, ","), "from,to,ms") {
			continue
		}
		line, _ := in.FieldPos(0)
		pair, trip, err := parseTrip(row)
		if err == nil && lines[pair] > 0 {
			err = fmt.Errorf("%s to %s is on line %d already", pair[0], pair[1], lines[pair])
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, line, err)
		}
		m.trips[pair], lines[pair] = trip, line
	}
}

func matrixError(file string, err error) error {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return fmt.Errorf("%s:%d: no CSV: %w", file, parse.Line, parse.Err)
	}
	return fmt.Errorf("%s: %w", file, err)
}

func parseTrip(row []string) (pair [2]string, trip time.Duration, err error) {
	if len(row) != 3 {
		return pair, 0, fmt.Errorf("%d cells: want from,to,ms, as FRA,eu-west-1,20", len(row))
	}
	pair = [2]string{strings.TrimSpace(row[0]), strings.TrimSpace(row[1])}
	if pair[0] == "" || pair[1] == "" {
		return pair, 0, errors.New("a name is missing: want from,to,ms, as FRA,eu-west-1,20")
	}
	ms, err := strconv.ParseFloat(strings.TrimSpace(row[2]), 64)
	if err != nil || !(ms >= 0 && ms <= longest) {
		return pair, 0, fmt.Errorf("%q: want a round trip in milliseconds, 0 to %d", row[2], longest)
	}
	return pair, time.Duration(math.Round(ms * float64(time.Millisecond))), nil
}

// between is the round trip between two places by any of their names, the more
// exact names first; where only the way back was measured, that.
func (m *Matrix) between(a, b []string) (time.Duration, bool) {
	if m == nil {
		return 0, false
	}
	for _, from := range a {
		for _, to := range b {
			if trip, ok := m.trips[[2]string{from, to}]; ok {
				return trip, true
			}
			if trip, ok := m.trips[[2]string{to, from}]; ok {
				return trip, true
			}
		}
	}
	return 0, false
}
