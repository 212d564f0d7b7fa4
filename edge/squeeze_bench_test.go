package edge

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// FuzzCompressionLosesNothing writes bodies in pieces of any size, with the
// pauses of an origin between them, through encoders that were used before.
// Bodies are drawn from a seed: given as bytes, most of the time would go into
// making them shorter.
func FuzzCompressionLosesNothing(f *testing.F) {
	f.Add(uint64(1), uint32(3000), byte(200), uint16(100), true)
	f.Add(uint64(2), uint32(0), byte(0), uint16(0), false)
	f.Add(uint64(3), uint32(70_000), byte(0), uint16(9999), true)
	f.Add(uint64(4), uint32(400_000), byte(255), uint16(32<<10-1), false)
	q := squeezers{limit: 1}
	f.Fuzz(func(t *testing.T, seed uint64, size uint32, chance byte, piece uint16, pauses bool) {
		body := drawn(seed, int(size%(1<<19)), chance)
		for _, as := range []coding{gzipped, brotlied} {
			var out bytes.Buffer
			s := q.take(as)
			s.Reset(&out)
			for rest := body; len(rest) > 0; {
				n := min(max(int(piece), len(body)/50)+1, len(rest))
				if _, err := s.Write(rest[:n]); err != nil {
					t.Fatal(err)
				}
				if rest = rest[n:]; !pauses {
					continue
				}
				if err := s.Flush(); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			q.give(s)
			got, err := io.ReadAll(decoder(codingNames[as], &out))
			if err != nil || !bytes.Equal(got, body) {
				t.Errorf("%s: %d bytes come back of %d, %v", codingNames[as], len(got), len(body), err)
			}
		}
	})
}

// drawn is a body of pseudo-random bytes and copies of what came before; chance
// of 256 of its steps are a copy.
func drawn(seed uint64, size int, chance byte) []byte {
	rng := rand.New(rand.NewPCG(seed, 0))
	body := make([]byte, 0, size+256)
	for len(body) < size {
		if n := len(body); n > 0 && rng.UintN(256) < uint(chance) {
			from := rng.IntN(n)
			body = append(body, body[from:min(n, from+rng.IntN(256))]...)
		}
		body = append(body, byte(rng.UintN(256)))
	}
	return body[:size]
}

// BenchmarkCompress is an object's compression; the ratio is of what came to
// what is kept.
func BenchmarkCompress(b *testing.B) {
	q := squeezers{limit: 1}
	for _, as := range []coding{gzipped, brotlied} {
		for _, size := range []int{2_000, 30_000, 1_000_000} {
			b.Run(fmt.Sprintf("coding=%s/size=%d", codingNames[as], size), func(b *testing.B) {
				text := []byte(prose(size))
				var out counter
				b.SetBytes(int64(size))
				b.ReportAllocs()
				for b.Loop() {
					out = 0
					s := q.take(as)
					s.Reset(&out)
					s.Write(text)
					s.Close()
					q.give(s)
				}
				b.ReportMetric(float64(size)/float64(out), "ratio")
			})
		}
	}
}

type counter int

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

// BenchmarkCompressedHit is a hit on a compressed object, its key made with
// Accept-Encoding.
func BenchmarkCompressedHit(b *testing.B) {
	text := prose(20_000)
	addr, _ := onSocketWith(b, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Cache-Control", "max-age=3600")
		w.Header().Set("Content-Length", strconv.Itoa(len(text)))
		io.WriteString(w, text)
	}, squeezing)
	first, err := http.DefaultTransport.RoundTrip(askFor(b, addr, "br"))
	if err != nil {
		b.Fatal(err)
	}
	kept, err := io.ReadAll(first.Body)
	first.Body.Close()
	if err != nil || first.Header.Get("Content-Encoding") != "br" {
		b.Fatalf("%v, %v", first.Header, err)
	}
	c := newRawClient(b, addr, "/a", len(kept))
	c.ask = []byte(strings.Replace(string(c.ask), "Accept: */*", "Accept-Encoding: gzip;q=0, deflate, br", 1))
	b.SetBytes(int64(len(kept)))
	b.ReportAllocs()
	for b.Loop() {
		if err := c.get(); err != nil {
			b.Fatal(err)
		}
	}
}

func askFor(b *testing.B, addr, accept string) *http.Request {
	r, err := http.NewRequest("GET", "http://"+addr+"/a", nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Host = "example.com"
	r.Header.Set("Accept-Encoding", accept)
	return r
}
