package trace

import (
	"bytes"
	"errors"
)

// A list of objects, one on a line: numbers or words.
func init() {
	register(Format{
		Name:   "ids",
		About:  "text, an object on a line: a number, or a word that is hashed",
		names:  []string{"ids"},
		detect: detectIDs,
		write:  func(Tells) encoder { return &textWriter{columns: []role{asID}} },
		new: func(p *parameters) (decoder, error) {
			return &lines{path: p.path, faults: p.faults, parse: parseID, swift: swiftID}, nil
		},
	})
	register(Format{
		Name:   "lirs",
		About:  "text, a block number on a line, with lines of * between parts: the LIRS paper's traces",
		names:  []string{"lirs"},
		detect: detectLIRS,
		new: func(p *parameters) (decoder, error) {
			return &lines{path: p.path, faults: p.faults, parse: parseBlock, swift: swiftID}, nil
		},
	})
}

// swiftID reads a line that is a whole number, and leaves any other to the parser.
func swiftID(data []byte, r *Request) int {
	v, end := digits(data, 0)
	if end == 0 || end > safeDigits || end == len(data) || data[end] != '\n' || data[0] == '0' && end > 1 {
		return 0
	}
	*r = Request{ID: v, Size: 1, Next: Unknown}
	return end + 1
}

func parseID(line []byte, r *Request) error {
	v, end := digits(line, 0)
	if end != len(line) || end > safeDigits || line[0] == '0' {
		v = nameOf(line)
	}
	*r = Request{ID: v, Size: 1, Next: Unknown}
	return nil
}

var errNoBlock = errors.New("no block number; right is a whole number, or * between the parts of a trace")

func parseBlock(line []byte, r *Request) error {
	if len(line) == 1 && line[0] == '*' {
		return errNothing
	}
	if !isWhole(line) || len(line) > safeDigits {
		return errNoBlock
	}
	return parseID(line, r)
}

// detectIDs takes lines without anything that other formats have between columns.
func detectIDs(head []byte) sureness {
	rows := sample(head, blank)
	return maybe.when(of(rows, 1, 1) && every(rows, 1, func(text []byte) bool {
		return !bytes.ContainsAny(text, ",;") && string(text) != "*"
	}))
}

// detectLIRS takes block numbers with a line of * among them. Without one such a
// trace is a list of ids, and the same requests.
func detectLIRS(head []byte) sureness {
	rows := sample(head, blank)
	stars := 0
	return surely.when(of(rows, 1, 1) && every(rows, 1, func(text []byte) bool {
		if string(text) == "*" {
			stars++
			return true
		}
		return isWhole(text)
	}) && stars > 0)
}
