package results

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/zeebo/xxh3"
	"pgregory.net/rapid"
)

// Two strings are the same Sym exactly when they are equal, and a Sym gives
// its string back.
func TestStringsAreAsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := NewStrings()
		known := map[string]Sym{"": 0}
		for _, text := range rapid.SliceOfN(rapid.StringN(0, 3, 8), 1, 300).Draw(t, "texts") {
			got := s.Of(text)
			if also := s.Bytes([]byte(text)); also != got {
				t.Fatalf("%q is %d as a string and %d as bytes", text, got, also)
			}
			if want, ok := known[text]; ok && want != got {
				t.Fatalf("%q was %d and is %d", text, want, got)
			}
			known[text] = got
		}
		syms := map[Sym]string{}
		for text, sym := range known {
			if s.Get(sym) != text {
				t.Fatalf("%d gives %q, want %q", sym, s.Get(sym), text)
			}
			if other, ok := syms[sym]; ok {
				t.Fatalf("%q and %q are both %d", text, other, sym)
			}
			syms[sym] = text
		}
		if want := len(known) + 1; s.Len() != want { // and "(other)"
			t.Fatalf("%d strings held, want %d", s.Len(), want)
		}
	})
}

// Many goroutines intern overlapping strings while the table grows many times
// over, and all agree.
func TestStringsConcurrently(t *testing.T) {
	const workers, texts = 8, 20_000
	s := NewStrings()
	got := make([][]Sym, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			got[w] = make([]Sym, texts)
			for n := range texts {
				i := (n*7919 + w*31) % texts // every worker in an order of its own
				text := fmt.Appendf(nil, "/object/%d", i)
				got[w][i] = s.Bytes(text)
				if back := s.Get(got[w][i]); back != string(text) {
					t.Errorf("%s came back as %s", text, back)
					return
				}
			}
		})
	}
	wg.Wait()
	for i := range texts {
		for w := range workers {
			if got[w][i] != got[0][i] {
				t.Fatalf("workers 0 and %d disagree about text %d: %d, %d", w, i, got[0][i], got[w][i])
			}
		}
	}
	if want := texts + 2; s.Len() != want {
		t.Errorf("%d strings held, want %d", s.Len(), want)
	}
}

// Two texts of one hash are still two texts.
func TestStringsCompareTexts(t *testing.T) {
	s := NewStrings()
	a := s.Of("a")
	hash := xxh3.HashString("a")
	if sym, ok := s.find(s.table.Load(), hash, "a"); !ok || sym != a {
		t.Errorf("a is found as %d, %v; want %d", sym, ok, a)
	}
	if sym, ok := s.find(s.table.Load(), hash, "b"); ok {
		t.Errorf("b, were it of a's hash, would be taken for %q", s.Get(sym))
	}
}

func TestStringsOverflow(t *testing.T) {
	for _, c := range []struct {
		name  string
		limit func(*Strings)
	}{
		{"by number", func(s *Strings) { s.most = 12 }},
		{"by bytes", func(s *Strings) { s.mostBytes = 10 * int64(len("text0")) }},
	} {
		s := NewStrings()
		c.limit(s)
		for i := range 10 {
			if sym := s.Of(fmt.Sprint("text", i)); sym == Overflow || sym == 0 {
				t.Fatalf("%s: text %d has no place among 10", c.name, i)
			}
		}
		if sym := s.Of("one more"); sym != Overflow {
			t.Errorf("%s: one too many is %d, want Overflow", c.name, sym)
		}
		if sym := s.Bytes([]byte("another")); sym != Overflow {
			t.Errorf("%s: two too many are %d, want Overflow", c.name, sym)
		}
		if s.Lost() != 2 || s.Get(Overflow) != "(other)" {
			t.Errorf("%s: %d lost as %q, want 2 as (other)", c.name, s.Lost(), s.Get(Overflow))
		}
		if sym := s.Of("text3"); s.Get(sym) != "text3" {
			t.Errorf("%s: a known text is no longer found", c.name)
		}
	}
}

func TestStringsOfKnownDoNotAllocate(t *testing.T) {
	s := NewStrings()
	text := []byte("/images/a.jpg")
	s.Bytes(text)
	if n := testing.AllocsPerRun(100, func() { s.Bytes(text) }); n != 0 {
		t.Errorf("Bytes allocates %v times for a known string", n)
	}
	if n := testing.AllocsPerRun(100, func() { s.Of("/images/a.jpg") }); n != 0 {
		t.Errorf("Of allocates %v times for a known string", n)
	}
}

func BenchmarkStringsKnown(b *testing.B) {
	s := NewStrings()
	var texts [][]byte
	for i := range 10_000 {
		texts = append(texts, fmt.Appendf(nil, "/images/photo-%06d.jpg", i))
		s.Bytes(texts[i])
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			s.Bytes(texts[i%len(texts)])
		}
	})
}

// Texts lie together, a few thousand to an allocation, and stay what they were whatever
// becomes of the room that they were read from.
func TestTextsLieTogether(t *testing.T) {
	s, room := NewStrings(), make([]byte, 0, 1<<14)
	syms, long := map[Sym]string{}, strings.Repeat("x", 9000)
	text := func(i int) []byte {
		if i%1000 == 0 {
			return append(strconv.AppendInt(room[:0], int64(i), 10), long...)
		}
		return append(strconv.AppendInt(room[:0], int64(i), 10), "/of/a/path"...)
	}
	for i := range 20_000 {
		syms[s.Bytes(text(i))] = string(text(i))
	}
	for sym, want := range syms {
		if got := s.Get(sym); got != want {
			t.Fatalf("text %d is %q, want %q", sym, got, want)
		}
	}
	n := 20_001
	if got := testing.AllocsPerRun(1, func() {
		for range 900 {
			s.Bytes(text(n))
			n++
		}
	}); len(syms) != 20_000 || got > 10 {
		t.Errorf("%d texts; %v allocations for 900 more", len(syms), got)
	}
}
