package network

import (
	"fmt"
	"strings"
)

// Doubts says, in a sentence each, what of the map is likely not meant: a matrix
// none of whose round trips are asked for, edges and origins that are nowhere
// while others are somewhere.
func (m *Map) Doubts() []string {
	var doubts []string
	if m.conf.Matrix != nil && m.Measured == 0 {
		doubts = append(doubts, "the matrix has no round trip between places of this scenario: it goes by codes, airports, AWS regions, origins' names and countries")
	}
	var lost []string
	somewhere := 0
	for _, list := range [][]Place{m.edges, m.conf.Origins} {
		for i := range list {
			if p := &list[i]; p.known {
				somewhere++
			} else {
				lost = append(lost, p.Name)
			}
		}
	}
	if len(lost) > 0 && somewhere > 1 {
		doubts = append(doubts, fmt.Sprintf("no place is known of %s: they are at no distance from anything", strings.Join(lost, ", ")))
	}
	return doubts
}
