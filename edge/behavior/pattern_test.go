package behavior

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func mustPattern(t testing.TB, text string) Pattern {
	t.Helper()
	p, err := ParsePattern(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The rows are CloudFront's documented rules for path patterns and examples of
// our own for each of them.
func TestPatternMatchesAsDocumented(t *testing.T) {
	for _, row := range []struct {
		rule, pattern string
		yes, no       []string
	}{
		{"a star crosses slashes", "images/*.jpg", []string{"/images/a.jpg", "/images/product1/a.jpg", "/images/.jpg"}, []string{"/images/a.gif", "/x/images/a.jpg", "/images.jpg"}},
		{"the leading slash means nothing", "/images/*.jpg", []string{"/images/a.jpg"}, []string{"/imagesa.jpg"}},
		{"a leading star begins anywhere", "*.jpg", []string{"/a.jpg", "/b/c/a.jpg", "/.jpg"}, []string{"/a.jpeg", "/a.jpg/", "/a.jpgx"}},
		{"the same behind a slash", "/*.jpg", []string{"/a.jpg", "/b/a.jpg"}, []string{"/a.png"}},
		{"case counts", "*.jpg", nil, []string{"/LOGO.JPG", "/logo.Jpg"}},
		{"a question mark is one character", "a??.jpg", []string{"/abc.jpg", "/a??.jpg"}, []string{"/a.jpg", "/ab.jpg", "/abcd.jpg"}},
		{"a slash is a character too", "a?b", []string{"/a/b", "/axb"}, []string{"/ab"}},
		{"a star may be nothing", "*.doc*", []string{"/a.doc", "/a.docx", "/a.docm"}, []string{"/a.do"}},
		{"a question mark may not", "*.doc?", []string{"/a.docx"}, []string{"/a.doc", "/a.docxy"}},
		{"the whole path is matched", "images/*", []string{"/images/", "/images/a/b"}, []string{"/images", "/my/images/a"}},
		{"no star, no more", "/index.html", []string{"/index.html"}, []string{"/index.htm", "/index.html/", "/a/index.html"}},
		{"head and tail do not overlap", "/aba*ba", []string{"/ababa", "/abaXba"}, []string{"/aba"}},
		{"pieces between", "/a*b?c*d", []string{"/ab1cd", "/aXbYbZcWd"}, []string{"/abcd", "/ab1c"}},
		{"stars beside each other", "/a**b", []string{"/ab", "/axb"}, []string{"/a"}},
		{"a leading star takes the slash", "*/foo", []string{"/foo", "/a/foo"}, []string{"/afoo"}},
		{"the root alone", "/", []string{"/"}, []string{"/a", ""}},
		{"bytes beyond ASCII", "*.jpg", []string{"/\xc3\xa4.jpg", "/%C3%A4.jpg"}, nil},
	} {
		p := mustPattern(t, row.pattern)
		for _, path := range row.yes {
			if !p.Match([]byte(path)) {
				t.Errorf("%s: %q does not match %q", row.rule, row.pattern, path)
			}
		}
		for _, path := range row.no {
			if p.Match([]byte(path)) {
				t.Errorf("%s: %q matches %q", row.rule, row.pattern, path)
			}
		}
	}
}

func TestPatternRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "empty",
		"/ä":                     `'ä' cannot stand`,
		"/a b":                   `' ' cannot stand`,
		"/a%20b":                 `'%' cannot stand`,
		strings.Repeat("a", 256): "256 characters",
	} {
		if _, err := ParsePattern(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParsePattern(%q) = %v, want an error with %q", text, err, want)
		}
	}
	mustPattern(t, strings.Repeat("a", 255))
}

// plainMatch is the definition, without any cleverness.
func plainMatch(pattern, path string) bool {
	if pattern == "" {
		return path == ""
	}
	if pattern[0] == '*' {
		return plainMatch(pattern[1:], path) || path != "" && plainMatch(pattern, path[1:])
	}
	return path != "" && (pattern[0] == '?' || pattern[0] == path[0]) && plainMatch(pattern[1:], path[1:])
}

func comparePattern(t interface{ Fatalf(string, ...any) }, pattern, path string) {
	p, err := ParsePattern(pattern)
	if err != nil {
		return
	}
	if got, want := p.Match([]byte(path)), plainMatch(fromRoot(pattern), path); got != want {
		t.Fatalf("pattern %q, path %q: %v, want %v", pattern, path, got, want)
	}
}

func TestPatternEqualsItsDefinition(t *testing.T) {
	pattern := rapid.StringMatching(`[ab/?*]{1,12}`)
	path := rapid.StringMatching(`/[ab/]{0,14}`)
	rapid.Check(t, func(rt *rapid.T) {
		comparePattern(rt, pattern.Draw(rt, "pattern"), path.Draw(rt, "path"))
	})
}

func FuzzPatternEqualsItsDefinition(f *testing.F) {
	f.Add("images/*.jpg", "/images/a/b.jpg")
	f.Add("*a*?b*", "/aaab")
	f.Fuzz(func(t *testing.T, pattern, path string) {
		// The definition is exponential in stars.
		if strings.Count(pattern, "*") > 4 || len(path) > 60 {
			return
		}
		comparePattern(t, pattern, path)
	})
}
