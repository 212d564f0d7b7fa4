package arena

import (
	"bytes"
	"fmt"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// Pieces that are out never overlap and keep what was written into them, in
// whatever order they are taken and given; what is in use is what is out; and
// when all are back, every block is free for every size.
func TestPiecesNeverOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := New()
		type held struct {
			piece []byte
			mark  byte
		}
		var out []held
		sum := int64(0)
		for i := range rapid.IntRange(1, 400).Draw(t, "steps") {
			if len(out) > 0 && rapid.Bool().Draw(t, "give") {
				at := rapid.IntRange(0, len(out)-1).Draw(t, "which")
				h := out[at]
				if want := bytes.Repeat([]byte{h.mark}, cap(h.piece)); !bytes.Equal(h.piece, want) {
					t.Fatalf("a piece of %d bytes was written over", cap(h.piece))
				}
				a.Give(h.piece)
				sum -= int64(cap(h.piece))
				out = append(out[:at], out[at+1:]...)
				continue
			}
			n := rapid.OneOf(rapid.IntRange(1, 3000), rapid.IntRange(1, 3*Block)).Draw(t, "n")
			p := a.Take(n)
			if len(p) != 0 || cap(p) == 0 || cap(p) > n+max(n/8, least) {
				t.Fatalf("for %d bytes there is a piece of %d", n, cap(p))
			}
			p = p[:cap(p)]
			for k := range p {
				p[k] = byte(i)
			}
			out, sum = append(out, held{p, byte(i)}), sum+int64(cap(p))
		}
		if a.InUse() != sum {
			t.Fatalf("%d bytes are in use, %d are out", a.InUse(), sum)
		}
		for _, h := range out {
			a.Give(h.piece)
		}
		free := 0
		for b := a.free; b != nil; b = b.next {
			free++
		}
		if a.InUse() != 0 || free != len(a.regions)*blocks {
			t.Fatalf("%d bytes in use, %d blocks free of %d, though all is back", a.InUse(), free, len(a.regions)*blocks)
		}
		a.Close()
		if a.Mapped() != 0 {
			t.Fatalf("%d bytes are still mapped after Close", a.Mapped())
		}
	})
}

// A body's pieces together are at most an eighth larger than it, or 64 bytes.
func TestAllPiecesOfABodyAreLittleMoreThanIt(t *testing.T) {
	for n := 1; n < 200<<10; n += 1 + n/100 {
		sum := 0
		for left := n; left > 0; {
			size := sizes[classFor(left)]
			sum += size
			left -= size
		}
		if sum > n+max(n/8, least) {
			t.Fatalf("%d bytes take pieces of %d", n, sum)
		}
	}
}

// What blocks of one size leave free serves another size: a new mixture of
// sizes needs no more memory than the old one.
func TestBlocksChangeTheirSize(t *testing.T) {
	a := New()
	defer a.Close()
	for round, size := range []int{100, 16 << 10, 1 << 10, 64 << 10, 5000} {
		var out [][]byte
		for a.InUse() < 8<<20-64<<10 {
			out = append(out, a.Take(size))
		}
		if most := int64(8<<20 + 2*regionSize); a.Mapped() > most {
			t.Errorf("round %d, pieces of %d bytes: %d bytes mapped, want at most %d", round, size, a.Mapped(), most)
		}
		for _, p := range out {
			a.Give(p)
		}
	}
}

func TestAPieceComesBackOnce(t *testing.T) {
	for name, again := range map[string]func(a *Arena, p []byte){
		"twice":       func(a *Arena, p []byte) { a.Give(p); a.Give(p) },
		"a part":      func(a *Arena, p []byte) { a.Give(p[:0:10]) },
		"from inside": func(a *Arena, p []byte) { a.Give(p[64:128]) },
	} {
		t.Run(name, func(t *testing.T) {
			a := New()
			p := a.Take(1000)
			a.Take(1000)
			defer func() {
				if recover() == nil {
					t.Error("nobody noticed")
				}
			}()
			again(a, p[:cap(p)])
		})
	}
}

// The last piece to come back after Close gives the memory back to the system,
// not Close itself.
func TestCloseWaitsForTheLastPiece(t *testing.T) {
	a := New()
	p, q := a.Take(100), a.Take(Block)
	a.Give(q)
	a.Close()
	if a.Mapped() == 0 {
		t.Fatal("memory was given back under a reader")
	}
	copy(p[:cap(p)], "still there")
	a.Give(p)
	if a.Mapped() != 0 {
		t.Fatal("the memory is still there")
	}
	if q := a.Take(10); cap(q) < 10 { // of Go's heap
		t.Fatalf("a piece of %d bytes", cap(q))
	}
}

func TestManyTakeAndGiveAtOnce(t *testing.T) {
	a := New()
	defer a.Close()
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 2000 {
				p := a.Take(1 + (g*2000+i)*37%70000)
				p = p[:1]
				p[0] = byte(g)
				if p[0] != byte(g) {
					t.Error("somebody else writes here")
				}
				a.Give(p)
			}
		})
	}
	wg.Wait()
	if a.InUse() != 0 {
		t.Errorf("%d bytes are in use", a.InUse())
	}
}

func BenchmarkTakeAndGive(b *testing.B) {
	for _, n := range []int{1 << 10, 16 << 10, 64 << 10} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			a := New()
			defer a.Close()
			a.Take(n) // so that the block does not come and go
			b.ReportAllocs()
			for b.Loop() {
				a.Give(a.Take(n))
			}
		})
	}
}
