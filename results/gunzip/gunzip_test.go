package gunzip

import (
	"bytes"
	stdgzip "compress/gzip"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
)

// packed is data as a member, at a level of klauspost's gzip.
func packed(t testing.TB, level int, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, level)
	if err == nil {
		_, err = w.Write(data)
	}
	if err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func unpacked(from io.Reader) ([]byte, error) {
	z, err := NewReader(from)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// samples are data that make blocks of every kind, and matches of every distance.
func samples() map[string][]byte {
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 300_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	var log bytes.Buffer
	for i := range 8000 {
		fmt.Fprintf(&log, "2026-11-27\t%02d:%02d\t/images/%d.jpg\t%x\n", i/60%24, i%60, r.IntN(900), r.Uint64())
	}
	var few bytes.Buffer // letters of very different frequency: codes longer than a table's root
	for few.Len() < 300_000 {
		n := 0
		for n < 200 && r.IntN(10) < 7 {
			n++
		}
		few.WriteByte(byte(n))
	}
	return map[string][]byte{"nothing": nil, "a byte": {7}, "zeros": make([]byte, 1<<20), "noise": noise, "log": log.Bytes(),
		"few": few.Bytes(), "far": append(append(bytes.Clone(noise[:32768]), noise[:32768]...), noise[:40000]...)}
}

func TestUnpacksWhatWasPacked(t *testing.T) {
	for name, data := range samples() {
		for _, level := range []int{gzip.HuffmanOnly, gzip.NoCompression, 1, 6, 9} {
			p := packed(t, level, data)
			for how, from := range map[string]io.Reader{"whole": bytes.NewReader(p), "by bytes": iotest.OneByteReader(bytes.NewReader(p)),
				"by halves": iotest.HalfReader(bytes.NewReader(p)), "end beside data": iotest.DataErrReader(bytes.NewReader(p))} {
				got, err := unpacked(from)
				if err != nil || !bytes.Equal(got, data) {
					t.Errorf("%s at level %d, %s: %d bytes of %d, %v", name, level, how, len(got), len(data), err)
				}
			}
		}
	}
}

// RFC 1952, section 2.2: a file is a series of members.
func TestMembersFollowEachOther(t *testing.T) {
	s := samples()
	all := bytes.Join([][]byte{packed(t, 6, s["log"]), packed(t, 0, s["noise"]), packed(t, 9, nil), packed(t, 1, s["few"])}, nil)
	got, err := unpacked(bytes.NewReader(all))
	if want := bytes.Join([][]byte{s["log"], s["noise"], s["few"]}, nil); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes of %d, %v", len(got), len(want), err)
	}
	// A match never reaches into the member before: here one with the fixed codes (RFC
	// 1951, section 3.2.6), of 3 bytes and distance 5, after one literal.
	fixed := bitsOf("1", "10", "10010001", "0000001", "00100", "0", "0000000")
	back := append([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff}, append(fixed, make([]byte, 32)...)...)
	if _, err := unpacked(bytes.NewReader(append(packed(t, 6, s["log"]), back...))); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a match before the member's start: %v", err)
	}
	if _, err := unpacked(bytes.NewReader(append(packed(t, 6, s["log"]), back[:14]...))); !errors.Is(err, ErrCorrupt) {
		t.Errorf("the same at the file's end: %v", err)
	}
}

// bitsOf are bytes of bits in the order in which they are read.
func bitsOf(parts ...string) (b []byte) {
	for i, bit := range strings.Join(parts, "") {
		if i%8 == 0 {
			b = append(b, 0)
		}
		b[i/8] |= byte(bit-'0') << (i % 8)
	}
	return b
}

// RFC 1952, section 2.3: what a header may hold.
func TestHeaders(t *testing.T) {
	body := packed(t, 6, []byte("body"))[10:]
	whole := func(flags byte, rest ...byte) []byte {
		return append([]byte{0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 3}, rest...)
	}
	sum := whole(flagCRC|flagName, 'n', 0)
	c := crc32.ChecksumIEEE(sum)
	for _, h := range []struct {
		name string
		head []byte
		err  error
	}{
		{"bare", whole(0), nil},
		{"extra", whole(flagExtra, 3, 0, 'a', 'b', 'c'), nil},
		{"name and comment", whole(flagName|flagComment, 'n', 0, 'c', 'd', 0), nil},
		{"checksum", append(bytes.Clone(sum), byte(c), byte(c>>8)), nil},
		{"wrong checksum", append(bytes.Clone(sum), byte(c), byte(c>>8)^1), ErrHeader},
		{"another method", []byte{0x1f, 0x8b, 7, 0, 0, 0, 0, 0, 0, 0}, ErrHeader},
		{"no gzip", []byte("no gzip at all"), ErrHeader},
	} {
		got, err := unpacked(bytes.NewReader(append(h.head, body...)))
		if !errors.Is(err, h.err) || err == nil && string(got) != "body" {
			t.Errorf("%s: %q, %v; want %v", h.name, got, err, h.err)
		}
	}
	if _, err := unpacked(bytes.NewReader(append(packed(t, 6, nil), "rubbish"...))); !errors.Is(err, ErrHeader) {
		t.Errorf("rubbish behind a member: %v", err)
	}
	wrong := packed(t, 6, []byte("body"))
	wrong[len(wrong)-1]++
	if got, err := unpacked(bytes.NewReader(wrong)); !errors.Is(err, ErrChecksum) || string(got) != "body" {
		t.Errorf("wrong length: %q, %v", got, err)
	}
}

// What was whole before a file breaks off is handed on, and nothing else.
func TestTruncated(t *testing.T) {
	data := samples()["log"][:20_000]
	for _, level := range []int{0, 1, 6} {
		p := packed(t, level, data)
		before := 0
		for n := 1; n < len(p); n += 1 + n/200 {
			got, err := unpacked(bytes.NewReader(p[:n]))
			if err != io.ErrUnexpectedEOF || !bytes.HasPrefix(data, got) || len(got) < before {
				t.Fatalf("level %d, %d bytes of %d: %d bytes after %d, %v", level, n, len(p), len(got), before, err)
			}
			before = len(got)
		}
		if before < len(data)-300 {
			t.Errorf("level %d: of a file without its last byte there are %d bytes of %d", level, before, len(data))
		}
	}
	broken := errors.New("broken")
	_, err := unpacked(io.MultiReader(bytes.NewReader(packed(t, 6, data)[:900]), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) {
		t.Errorf("reading broke: %v", err)
	}
}

// What has come is handed on before more is waited for: a log may come by a pipe.
func TestHandsOnBeforeItWaits(t *testing.T) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	for part := range 3 {
		if _, err := fmt.Fprintf(w, "part %d of what comes by a pipe\n", part); err != nil || w.Flush() != nil {
			t.Fatal(err)
		}
	}
	waited := errors.New("waited")
	z, err := NewReader(io.MultiReader(bytes.NewReader(b.Bytes()), iotest.ErrReader(waited)))
	if err != nil {
		t.Fatal(err)
	}
	got := 0
	for {
		n, err := z.Read(make([]byte, 1000))
		if got += n; err != nil {
			break
		}
	}
	if want := 3 * len("part 0 of what comes by a pipe\n"); got != want {
		t.Errorf("%d bytes of %d before the end of a stream that was flushed", got, want)
	}
}

// FuzzSameAsStandard: whatever comes in, this package and Go's own find the same data,
// and agree on whether it was whole.
func FuzzSameAsStandard(f *testing.F) {
	for _, data := range samples() {
		data = data[:min(len(data), 3000)]
		f.Add(packed(f, 6, data))
		f.Add(packed(f, gzip.HuffmanOnly, data))
		f.Add(append(packed(f, 0, data), packed(f, 9, data)...))
	}
	f.Fuzz(sameAsStandard)
}

func sameAsStandard(t *testing.T, p []byte) {
	ours, err := unpacked(bytes.NewReader(p))
	var theirs []byte
	z, theirErr := stdgzip.NewReader(bytes.NewReader(p))
	if theirErr == nil {
		theirs, theirErr = io.ReadAll(io.LimitReader(z, 64<<20))
	}
	if len(theirs) == 64<<20 {
		t.Skip("a bomb")
	}
	if (err == nil) != (theirErr == nil) {
		t.Fatalf("ours %v, theirs %v", err, theirErr)
	}
	if err == nil && !bytes.Equal(ours, theirs) {
		t.Fatalf("%d bytes, and theirs are %d others", len(ours), len(theirs))
	}
	byBytes, errBytes := unpacked(iotest.OneByteReader(bytes.NewReader(p)))
	if (err == nil) != (errBytes == nil) || err == nil && !bytes.Equal(ours, byBytes) {
		t.Fatalf("byte by byte: %d bytes, %v; at once %d, %v", len(byBytes), errBytes, len(ours), err)
	}
}

// The same of data of which a few bits were turned, or a piece was left out.
func TestSameAsStandardOfWhatIsBroken(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for name, data := range samples() {
		data = data[:min(len(data), 5000)]
		for range 40 {
			p := packed(t, []int{gzip.HuffmanOnly, 0, 1, 6}[r.IntN(4)], data)
			for range r.IntN(4) {
				p[r.IntN(len(p))] ^= 1 << r.IntN(8)
			}
			if from := r.IntN(len(p)); r.IntN(4) == 0 {
				p = append(p[:from], p[min(len(p), from+r.IntN(9)):]...)
			}
			if sameAsStandard(t, p); t.Failed() {
				t.Fatalf("%s", name)
			}
		}
	}
}

func TestReadingAllocatesNothing(t *testing.T) {
	p := packed(t, 6, bytes.Repeat(samples()["log"], 20))
	z, err := NewReader(bytes.NewReader(p))
	if err != nil {
		t.Fatal(err)
	}
	room := make([]byte, 64<<10)
	if n := testing.AllocsPerRun(50, func() { _, err = z.Read(room) }); n > 0 || err != nil {
		t.Errorf("%v allocations, %v", n, err)
	}
}

// BenchmarkUnpack is a generated log, beside klauspost's gzip; the ratio counts.
func BenchmarkUnpack(b *testing.B) {
	data := bytes.Repeat(samples()["log"], 8)
	p := packed(b, 6, data)
	for _, c := range []struct {
		name string
		open func(io.Reader) (io.Reader, error)
	}{
		{"ours", func(r io.Reader) (io.Reader, error) { return NewReader(r) }},
		{"klauspost", func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
		{"standard", func(r io.Reader) (io.Reader, error) { return stdgzip.NewReader(r) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			room := make([]byte, 256<<10)
			for b.Loop() {
				z, err := c.open(bytes.NewReader(p))
				for err == nil {
					_, err = z.Read(room)
				}
				if err != io.EOF {
					b.Fatal(err)
				}
			}
		})
	}
}
