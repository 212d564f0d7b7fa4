package edge

import (
	"bytes"
	"fmt"
	"testing"
)

func TestRangeFields(t *testing.T) {
	for _, x := range []struct {
		field string
		size  int64
		want  string // spans; "-" when it is not looked at
	}{
		{"bytes=0-4", 10, "[{0 5}]"},
		{"BYTES=0-4", 10, "[{0 5}]"},
		{"bytes=5-", 10, "[{5 10}]"},
		{"bytes=-3", 10, "[{7 10}]"},
		{"bytes=-30", 10, "[{0 10}]"},
		{"bytes=-0", 10, "[]"},
		{"bytes=10-", 10, "[]"},
		{"bytes=4-3", 10, "-"},
		{"bytes=", 10, "-"},
		{"bytes=,", 10, "-"},
		{"bytes=-", 10, "-"},
		{"bytes=a-b", 10, "-"},
		{"bytes=+1-2", 10, "-"},
		{"bytes=1 - 2", 10, "-"},
		{"bytes 0-4", 10, "-"},
		{"lines=0-4", 10, "-"},
		{"bytes= 0-0 ,\t2-3, ,4-", 10, "[{0 1} {2 4} {4 10}]"},
		{"bytes=0-0,20-30", 10, "[{0 1}]"},
		{"bytes=0-0,4-3", 10, "-"},
		{"bytes=0-99999999999999999999999999", 10, "[{0 10}]"},
		{"bytes=99999999999999999999999999-", 10, "[]"},
		{"bytes=-99999999999999999999999999", 10, "[{0 10}]"},
		{"bytes=0-0,2-2,4-4,6-6,8-8", 10, "-"}, // one more than allowed here
	} {
		var s rangeSet
		got := "-"
		if s.parse([]byte(x.field), 4) {
			got = fmt.Sprint(s.resolve(x.size, []span{}))
		}
		if got != x.want {
			t.Errorf("%s of %d bytes: %s, want %s", x.field, x.size, got, x.want)
		}
	}
}

// FuzzRange holds what is made of a Range field against what must be so of any:
// spans lie within the representation, and what goes out after coalescing is
// disjoint and has every byte asked for and few others.
func FuzzRange(f *testing.F) {
	f.Add("bytes=0-4,2-9,-3", int64(10))
	f.Add("bytes=5-,0-0,99999999999999999999-", int64(1<<40))
	f.Add("bytes=-0, ,1-", int64(0))
	f.Fuzz(func(t *testing.T, field string, size int64) {
		size = max(0, size)
		var s rangeSet
		if !s.parse([]byte(field), mostSpecs) {
			return
		}
		asked := s.resolve(size, nil)
		sent := coalesce(append([]span(nil), asked...))
		for i, x := range sent {
			if x.from < 0 || x.from >= x.to || x.to > size {
				t.Fatalf("%q of %d bytes: %v", field, size, x)
			}
			for _, y := range sent[i+1:] {
				if x.from < y.to+partOverhead && y.from < x.to+partOverhead {
					t.Fatalf("%q of %d bytes: %v and %v touch", field, size, x, y)
				}
			}
		}
		for _, x := range asked {
			within := false
			for _, y := range sent {
				within = within || y.has(x)
			}
			if !within {
				t.Fatalf("%q of %d bytes: %v is not in %v", field, size, x, sent)
			}
		}
	})
}

// FuzzContentRange holds that what is believed of an origin's Content-Range is
// what it would be written as.
func FuzzContentRange(f *testing.F) {
	f.Add("bytes 0-4/10")
	f.Add("bytes 0-4/*")
	f.Add("bytes */10")
	f.Fuzz(func(t *testing.T, field string) {
		c, ok := parseContentRange([]byte(field))
		if !ok {
			return
		}
		if c.from < 0 || c.from >= c.to || c.total >= 0 && c.to > c.total {
			t.Fatalf("%q: %+v", field, c)
		}
		if c.total < 0 {
			return
		}
		again, ok := parseContentRange(appendContentRange(nil, c.span, c.total))
		if !ok || again != c {
			t.Fatalf("%q: %+v, written and read again %+v", field, c, again)
		}
	})
}

// FuzzRangeCondition holds that without dates only the very entity tag lets a
// range count (RFC 9110 §13.1.5).
func FuzzRangeCondition(f *testing.F) {
	f.Add(`"a", W/"b"`, `"a"`)
	f.Fuzz(func(t *testing.T, ifRange, etag string) {
		a := &ask{ifRange: []byte(ifRange)}
		o := &object{etag: []byte(etag)}
		if a.rangeHolds(o) && len(ifRange) > 0 && !bytes.Equal([]byte(ifRange), o.etag) {
			t.Fatalf("If-Range %q holds for %q", ifRange, etag)
		}
	})
}
