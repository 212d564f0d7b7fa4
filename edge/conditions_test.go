package edge

import (
	"regexp"
	"strings"
	"testing"
)

// oneTag is an entity tag (RFC 9110 §8.8.3) at the beginning of a text.
var oneTag = regexp.MustCompile(`^(W/)?"[^"]*"`)

// plainTags reads a list by cutting tag after tag off; what is none ends it.
func plainTags(list string) (tags []string) {
	for {
		list = strings.TrimLeft(list, " \t,")
		tag := oneTag.FindString(list)
		list = strings.TrimLeft(list[len(tag):], " \t")
		if tag == "" || list != "" && list[0] != ',' {
			return tags
		}
		tags = append(tags, tag)
	}
}

func plainHolds(list, etag string, strong bool) bool {
	switch trimmed := strings.Trim(list, " \t"); {
	case trimmed == "*":
		return true
	case etag == "" || strong && strings.HasPrefix(etag, "W/"):
		return false
	case trimmed == etag:
		return true
	}
	for _, tag := range plainTags(list) {
		if strong && tag == etag || !strong && strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(etag, "W/") {
			return true
		}
	}
	return false
}

func FuzzTagListEqualsCutting(f *testing.F) {
	f.Add(`"a", W/"b", "c,d"`, `"b"`)
	f.Add(`*`, `W/"x"`)
	f.Add(`"a" "b"`, `"b"`)
	f.Add(`W/W/"a",,"`, `W/"a"`)
	f.Fuzz(func(t *testing.T, list, etag string) {
		for _, strong := range []bool{false, true} {
			got, want := holdsTag([]byte(list), []byte(etag), strong), plainHolds(list, etag, strong)
			if got != want {
				t.Fatalf("%q holds %q (strong %v): %v, want %v", list, etag, strong, got, want)
			}
		}
	})
}
