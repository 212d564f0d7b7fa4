package trace

import "bytes"

// A format is told by the first lines of a file.

// sampleMost is how many lines are looked at.
const sampleMost = 1000

// sample are the first whole lines of a text, in columns; none where head is no
// text. Comments and empty lines are left out. A delimiter of 0 leaves lines whole.
func sample(head []byte, delimiter byte) (rows [][][]byte) {
	if isBinary(head) {
		return nil
	}
	for len(head) > 0 && len(rows) < sampleMost {
		line, n := firstLine(head, len(rows) == 0) // one line alone may lack its end
		if n == 0 {
			break
		}
		head = head[n:]
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		switch delimiter {
		case 0:
			rows = append(rows, [][]byte{line})
		case blank:
			rows = append(rows, bytes.Fields(line))
		default:
			rows = append(rows, bytes.Split(line, []byte{delimiter}))
		}
	}
	return rows
}

// isBinary reports whether there are bytes in head that no line of a text has.
func isBinary(head []byte) bool {
	for _, c := range head {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
			return true
		}
	}
	return false
}

// of reports whether there are rows, and each has from least to most columns.
func of(rows [][][]byte, least, most int) bool {
	for _, r := range rows {
		if len(r) < least || len(r) > most {
			return false
		}
	}
	return len(rows) > 0
}

// numbers reports whether the columns from first to last, from 1, are whole
// numbers in all rows.
func numbers(rows [][][]byte, first, last int) bool {
	for _, r := range rows {
		for _, text := range r[first-1 : last] {
			if _, end := digits(text, 0); end == 0 || end < len(text) || end > safeDigits {
				return false
			}
		}
	}
	return true
}

// rising reports whether a column is a time: amounts that do not get smaller.
func rising(rows [][][]byte, column int) bool {
	last := int64(0)
	for _, r := range rows {
		v, ok := amount(r[column-1], 1)
		if !ok || v < last {
			return false
		}
		last = v
	}
	return true
}

// every reports whether f holds for a column of all rows.
func every(rows [][][]byte, column int, f func(text []byte) bool) bool {
	for _, r := range rows {
		if !f(r[column-1]) {
			return false
		}
	}
	return true
}

func isZero(text []byte) bool { return string(text) == "0" }
