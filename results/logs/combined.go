package logs

import (
	"bytes"
	"regexp"
)

// nginx's and Apache's logs say nowhere what they are. Where all the first lines are
// of the combined layout, what stands behind it tells the two apart: nginx's
// $request_time has decimals and stands before another time, Apache's %D is a whole
// number and stands before a host. Where nothing or only a cache's word stands there,
// both layouts give the same records, and nginx's name stands for both.
//
// The rules are narrower than the layouts: what a user names may have host names for
// addresses, other text in the place of the identity, and any word for a cache's.

// combinedHead is the combined layout, and then what stands behind it.
var combinedHead = regexp.MustCompile(`^([0-9A-Fa-f.:]+) - (?:[^\[\]"]+|"") \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [-+]\d{4}\] ` +
	`"(?:[^"\\]|\\.)*" \d{3} (?:\d+|-) "(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*"(.*)$`)

var (
	nginxTail  = regexp.MustCompile(`^(?: "?([A-Z]+|-)"?(?: "?\d+\.\d{3}"?(?: "?(?:-|\d+\.\d{3})(?:(?:, | : )(?:-|\d+\.\d{3}))*"?(?: \S+)?)?)?)?$`)
	apacheTail = regexp.MustCompile(`^(?: ("(?:[^"\\]|\\.)*"|[^" ]+)(?: \d+(?: \S+)?)?)?$`)
)

// combinedLooked is how many lines are looked at.
const combinedLooked = 50

func detectNginx(head []byte) bool { return combined(head, nginxTail) }

func detectApache(head []byte) bool { return !detectNginx(head) && combined(head, apacheTail) }

// combined reports whether all the first lines are combined ones with such an end.
func combined(head []byte, tail *regexp.Regexp) bool {
	seen := 0
	for line := range bytes.Lines(head) {
		whole := line[len(line)-1] == '\n' || len(head) < headLen
		if line = bytes.TrimRight(line, "\r\n"); !whole && seen > 0 || seen == combinedLooked {
			break
		}
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		m := combinedHead.FindSubmatch(line)
		if m == nil {
			return false
		}
		if _, ok := parseAddr(m[1]); !ok {
			return false
		}
		t := tail.FindSubmatch(m[2])
		if t == nil || !cacheWord(unquoted(t[1])) {
			return false
		}
		seen++
	}
	return seen > 0
}

// cacheWord reports whether what stands in the place of a cache's word is one.
func cacheWord(word []byte) bool {
	if isNothing(word) {
		return true
	}
	_, _, known := cacheResult(word)
	return known
}
