package origin

import (
	"bytes"
	"fmt"
	"math/bits"
	"testing"

	"pgregory.net/rapid"
)

// wholeOf is the content's definition, word by word and byte by byte.
func wholeOf(key, version uint64, n int) []byte {
	b := make([]byte, n)
	t := streamOf(key, version)
	for i := range b {
		b[i] = byte(t.word(uint64(i/8)) >> (8 * (i % 8)))
	}
	return b
}

func TestFillHasRandomAccess(t *testing.T) {
	whole := wholeOf(7, 3, 4096)
	for off := range 40 {
		for n := range 90 {
			got := make([]byte, n)
			Fill(got, 7, 3, int64(off))
			if !bytes.Equal(got, whole[off:off+n]) {
				t.Fatalf("Fill of %d bytes at %d differs from the definition", n, off)
			}
			if w := Check(got, 7, 3, int64(off)); w != -1 {
				t.Fatalf("Check of %d bytes at %d finds byte %d wrong", n, off, w)
			}
		}
	}
}

func TestCheckFindsTheFirstWrongByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key, version := rapid.Uint64().Draw(t, "key"), rapid.Uint64().Draw(t, "version")
		off := rapid.Int64Range(0, 1<<50).Draw(t, "off")
		b := make([]byte, rapid.IntRange(1, 300).Draw(t, "n"))
		Fill(b, key, version, off)
		if w := Check(b, key, version, off); w != -1 {
			t.Fatalf("byte %d of untouched content is called wrong", w)
		}
		first := rapid.IntRange(0, len(b)-1).Draw(t, "first")
		later := rapid.IntRange(first, len(b)-1).Draw(t, "later")
		b[later] ^= 0x80
		if later != first {
			b[first] ^= 1
		}
		if w := Check(b, key, version, off); w != first {
			t.Fatalf("byte %d is wrong, Check says %d", first, w)
		}
	})
}

// A difference in key, version or offset, however small, must change about
// half of all bits: a client that got another object's bytes must notice.
func TestContentDependsOnEverything(t *testing.T) {
	const n = 1 << 14
	base := make([]byte, n)
	Fill(base, 100, 5, 0)
	for _, other := range []struct {
		key, version uint64
		off          int64
	}{{101, 5, 0}, {100, 6, 0}, {5, 100, 0}, {100, 5, 1}, {100, 5, 8}, {100, 5, 1 << 32}, {100 + 1<<63, 5, 0}, {0, 0, 0}} {
		b := make([]byte, n)
		Fill(b, other.key, other.version, other.off)
		differ := 0
		for i := range b {
			differ += bits.OnesCount8(b[i] ^ base[i])
		}
		if share := float64(differ) / (8 * n); share < 0.48 || share > 0.52 {
			t.Errorf("%+v: %.3f of the bits differ, want about a half", other, share)
		}
	}
}

func TestContentStaysTheSameBetweenVersionsOfThisProgram(t *testing.T) {
	b := make([]byte, 12)
	Fill(b, 1, 2, 3)
	if got := fmt.Sprintf("%x", b); got != contentGolden {
		t.Errorf("bytes 3 to 14 of key 1, version 2 are %s, were %s: stored traces would no longer verify", got, contentGolden)
	}
}

const contentGolden = "b493ff62c50e592fcd042806"

func FuzzCheckAcceptsWhatFillWrote(f *testing.F) {
	f.Add(uint64(1), uint64(2), int64(3), uint16(100))
	f.Fuzz(func(t *testing.T, key, version uint64, off int64, n uint16) {
		if off < 0 {
			t.Skip("offsets are not negative")
		}
		b := make([]byte, n)
		Fill(b, key, version, off)
		if w := Check(b, key, version, off); w != -1 {
			t.Errorf("byte %d is called wrong", w)
		}
		cut := int(n) / 3
		Fill(b[cut:], key, version, off+int64(cut))
		if w := Check(b, key, version, off); w != -1 {
			t.Errorf("written in two parts, byte %d is wrong", w)
		}
	})
}

func BenchmarkFill(b *testing.B) {
	for _, n := range []int{1 << 10, 64 << 10} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			buf := make([]byte, n)
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				Fill(buf, 1, 2, int64(i))
			}
		})
	}
}

func BenchmarkCheck(b *testing.B) {
	for _, n := range []int{1 << 10, 64 << 10} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			buf := make([]byte, n)
			Fill(buf, 1, 2, 3)
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				if Check(buf, 1, 2, 3) != -1 {
					b.Fatal("wrong bytes")
				}
			}
		})
	}
}
