// Package nearest finds the word that somebody meant. It knows letters, and nothing
// of what the words are for.
package nearest

import (
	"fmt"
	"strings"
)

// DidYouMean offers the nearest of the right words, or all of them where none
// is near and they are few.
func DidYouMean(wrong string, right []string) string {
	best, least := "", 1+max(1, len(wrong)/2)
	for _, word := range right {
		if d := distance(strings.ToLower(wrong), strings.ToLower(word)); d < least {
			best, least = word, d
		}
	}
	switch {
	case best != "":
		return fmt.Sprintf("; did you mean %q?", best)
	case len(right) == 0 || len(right) > 80:
		return ""
	}
	return "; there is " + strings.Join(right, ", ")
}

// distance is the number of letters to insert, delete, exchange or swap with
// their neighbour that make b out of a (optimal string alignment). Words so
// long that nobody mistyped them are as far apart as they can be.
func distance(a, b string) int {
	const longest = 64
	if len(a) > longest || len(b) > longest {
		return longest
	}
	var rows [3][longest + 1]int
	for j := range len(b) + 1 {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		row, above, twoAbove := &rows[i%3], &rows[(i+2)%3], &rows[(i+1)%3]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], twoAbove[j-2]+1)
			}
		}
	}
	return rows[len(a)%3][len(b)]
}
