package behavior

import (
	"bytes"
	"fmt"
	"strings"
)

// Pattern is a compiled path pattern in CloudFront's syntax. "*" stands for any
// number of characters, slashes included, "?" for exactly one; everything else
// is itself, case and all. It matches the whole path, never the query. The
// leading slash may be left out; a pattern that begins with "*" may match from
// the path's own slash on.
//
// Matching does not backtrack: the text before the first star must begin the
// path, that behind the last must end it, and the pieces between are each taken
// where they first fit, which leaves most room for the next.
type Pattern struct {
	text   string
	head   piece   // before the first star; the whole pattern where there is none
	middle []piece // between stars, in order, none empty
	tail   piece   // behind the last star
	star   bool
}

// piece is text without stars.
type piece struct {
	text []byte
	any  bool // it has a "?"
}

// longestPattern is CloudFront's limit, in bytes.
const longestPattern = 255

// patternBytes are those that may stand in a pattern.
const patternBytes = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.*$/~\"'@:+&?"

// ParsePattern compiles a path pattern.
func ParsePattern(text string) (Pattern, error) {
	p := Pattern{text: text}
	if text == "" {
		return p, fmt.Errorf("the path pattern is empty: write one such as /images/* or *.jpg")
	}
	if len(text) > longestPattern {
		return p, fmt.Errorf("the path pattern has %d characters: at most %d are allowed", len(text), longestPattern)
	}
	for _, r := range text {
		if !strings.ContainsRune(patternBytes, r) {
			return p, fmt.Errorf("path pattern %q: %q cannot stand in one: letters, digits and _-.*$/~\"'@:+&? can", text, r)
		}
	}
	p.split(fromRoot(text))
	return p, nil
}

// fromRoot writes the leading slash where it was left out.
func fromRoot(text string) string {
	if strings.HasPrefix(text, "/") || strings.HasPrefix(text, "*") {
		return text
	}
	return "/" + text
}

func (p *Pattern) split(text string) {
	parts := strings.Split(text, "*")
	p.head = newPiece(parts[0])
	if len(parts) == 1 {
		return
	}
	p.star = true
	last := len(parts) - 1
	p.tail = newPiece(parts[last])
	for _, part := range parts[1:last] {
		if part != "" {
			p.middle = append(p.middle, newPiece(part))
		}
	}
}

func newPiece(text string) piece {
	return piece{text: []byte(text), any: strings.Contains(text, "?")}
}

// String is the pattern as it was written.
func (p *Pattern) String() string { return p.text }

// Match reports whether path, as the viewer sent it, matches.
func (p *Pattern) Match(path []byte) bool {
	if !p.star {
		return len(path) == len(p.head.text) && p.head.begins(path)
	}
	if len(path) < len(p.head.text)+len(p.tail.text) || !p.head.begins(path) {
		return false
	}
	path = path[len(p.head.text):]
	end := len(path) - len(p.tail.text)
	if !p.tail.begins(path[end:]) {
		return false
	}
	path = path[:end]
	for i := range p.middle {
		at := p.middle[i].find(path)
		if at < 0 {
			return false
		}
		path = path[at+len(p.middle[i].text):]
	}
	return true
}

// begins reports whether s, no shorter than the piece, begins with it.
func (p *piece) begins(s []byte) bool {
	s = s[:len(p.text)]
	if !p.any {
		return bytes.Equal(s, p.text)
	}
	for i, b := range p.text {
		if b != '?' && b != s[i] {
			return false
		}
	}
	return true
}

// find is where the piece first fits in s, or -1.
func (p *piece) find(s []byte) int {
	if !p.any {
		return bytes.Index(s, p.text)
	}
	for i := 0; i+len(p.text) <= len(s); i++ {
		if p.begins(s[i:]) {
			return i
		}
	}
	return -1
}
