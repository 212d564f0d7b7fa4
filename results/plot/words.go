package plot

import (
	"sort"
	"strings"
	"unicode"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// nameChars is how much of a run's name a subtitle has room for.
const nameChars = 40

// parting stands between the parts of a subtitle.
const parting = "  ·  "

// subtitle is the run's name and what else a plot says under its title, without
// what is empty.
func subtitle(name string, parts ...string) string {
	s := clean(name)
	for _, p := range parts {
		if p == "" {
			continue
		}
		if s != "" {
			s += parting
		}
		s += p
	}
	return s
}

// clean is a name that can be printed, shortened.
func clean(name string) string {
	runes := []rune(printable(name))
	if len(runes) > nameChars {
		runes = append(runes[:nameChars-1], '…')
	}
	return string(runes)
}

// printable takes out of a text what XML and terminals do not bear.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, s)
}

// cutMiddle is s where it is no wider than wide, else its beginning and its
// end: names of objects and hosts differ there.
func cutMiddle(s string, style draw.TextStyle, wide vg.Length) string {
	if style.Width(s) <= wide {
		return s
	}
	runes := []rune(s)
	kept := func(n int) string {
		return string(runes[:n-n/2]) + "…" + string(runes[len(runes)-n/2:])
	}
	n := sort.Search(len(runes), func(n int) bool { return style.Width(kept(n)) > wide })
	return kept(max(n-1, 0))
}

// wrap breaks s at sep into lines no wider than wide; a piece that is wider by
// itself is cut. An empty s has no lines.
func wrap(s, sep string, style draw.TextStyle, wide vg.Length) []string {
	if s == "" {
		return nil
	}
	var lines []string
	for _, piece := range strings.Split(s, sep) {
		piece = cutMiddle(piece, style, wide)
		last := len(lines) - 1
		if last >= 0 && style.Width(lines[last]+sep+piece) <= wide {
			lines[last] += sep + piece
			continue
		}
		lines = append(lines, piece)
	}
	return lines
}
