package agent

import (
	"regexp/syntax"
	"slices"
	"strings"
)

// mostTexts is how many texts stand for an expression at most: the longest of
// ua-parser's lists of names has some 200.
const mostTexts = 512

// required are texts, in small letters, of which every match of the expression
// holds at least one; nil when there are no such texts. They are found as RE2's
// prefilter finds them: an alternation needs one of its branches' texts, a
// sequence any one of its parts'.
func required(r *syntax.Regexp) []string {
	switch r.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return required(r.Sub[0])
	case syntax.OpRepeat:
		if r.Min > 0 {
			return required(r.Sub[0])
		}
		return nil
	case syntax.OpConcat:
		return bestOf(r.Sub)
	case syntax.OpAlternate:
		return eachOf(r.Sub)
	}
	if texts, _ := begins(r); telling(texts) > 0 {
		return texts
	}
	return nil
}

// bestOf is the most telling of what the parts of a sequence begin with, behind
// the texts that the parts before it are, and of what each needs by itself.
func bestOf(parts []*syntax.Regexp) (best []string) {
	consider := func(texts []string) {
		if telling(texts) > telling(best) {
			best = texts
		}
	}
	run := []string{""}
	for _, part := range parts {
		texts, whole := begins(part)
		if run = joined(run, texts); run == nil {
			run, whole = []string{""}, false
		}
		consider(run)
		if !whole {
			run = []string{""}
		}
		consider(required(part))
	}
	return best
}

// eachOf joins those of the branches of which a match has one.
func eachOf(branches []*syntax.Regexp) (all []string) {
	for _, branch := range branches {
		texts := required(branch)
		if texts == nil {
			return nil
		}
		all = append(all, texts...)
	}
	return all
}

// begins are texts, in small letters, with one of which every match begins;
// whole says that the texts are the whole of every match.
func begins(r *syntax.Regexp) (texts []string, whole bool) {
	switch r.Op {
	case syntax.OpLiteral:
		return literal(r)
	case syntax.OpCharClass:
		return letters(r.Rune)
	case syntax.OpCapture:
		return begins(r.Sub[0])
	case syntax.OpConcat:
		return sequence(r.Sub)
	case syntax.OpAlternate:
		return branches(r.Sub)
	case syntax.OpQuest:
		texts, whole = begins(r.Sub[0])
		return append(slices.Clone(texts), ""), whole
	case syntax.OpPlus:
		texts, _ = begins(r.Sub[0])
		return texts, false
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return []string{""}, true
	}
	return []string{""}, false
}

// literal is a text as it stands. Letters that fold with one outside ASCII (k
// with the Kelvin sign, s with the long s) say nothing where they are folded.
func literal(r *syntax.Regexp) (texts []string, whole bool) {
	text := string(r.Rune)
	odd := func(c rune) bool { return c >= 0x80 || strings.ContainsRune("kKsS", c) }
	if r.Flags&syntax.FoldCase != 0 && strings.ContainsFunc(text, odd) {
		return []string{""}, false
	}
	return []string{lower(text)}, true
}

// letters are those of a small class; ranges are pairs of the first and last.
func letters(ranges []rune) (texts []string, whole bool) {
	for i := 0; i < len(ranges); i += 2 {
		for c := ranges[i]; c <= ranges[i+1]; c++ {
			if len(texts) == 4 {
				return []string{""}, false
			}
			texts = append(texts, lower(string(c)))
		}
	}
	return distinct(texts), true
}

func sequence(parts []*syntax.Regexp) (texts []string, whole bool) {
	texts = []string{""}
	for _, part := range parts {
		more, ended := begins(part)
		longer := joined(texts, more)
		if longer == nil {
			return texts, false
		}
		if texts = longer; !ended {
			return texts, false
		}
	}
	return texts, true
}

func branches(list []*syntax.Regexp) (texts []string, whole bool) {
	whole = true
	for _, branch := range list {
		some, ended := begins(branch)
		texts, whole = append(texts, some...), whole && ended
	}
	if texts = distinct(texts); len(texts) > mostTexts {
		return []string{""}, false
	}
	return texts, whole
}

// joined are all heads with all tails behind them; nil when they are too many.
func joined(heads, tails []string) []string {
	if len(heads)*len(tails) > mostTexts {
		return nil
	}
	var all []string
	for _, h := range heads {
		for _, t := range tails {
			all = append(all, h+t)
		}
	}
	return distinct(all)
}

func distinct(texts []string) []string {
	slices.Sort(texts)
	return slices.Compact(texts)
}

// common are words that most User-Agents hold, so that they tell little.
var common = []string{"mozilla/5.0", "applewebkit/", "(khtml, like gecko)", "version/", "chrome/", "mobile", "safari/", "android", "linux"}

// telling is how rarely one of the texts is there by chance: long texts, and
// few of them; 0 when they say nothing.
func telling(texts []string) int {
	least := 0
	for i, text := range texts {
		if n := weight(text); i == 0 || n < least {
			least = n
		}
	}
	if least == 0 {
		return 0
	}
	return max(1, 100*least-len(texts))
}

func weight(text string) int {
	for _, word := range common {
		if len(text) > 0 && strings.Contains(word, text) {
			return 1
		}
	}
	return min(len(text), 8)
}
