package trace

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"edgesim/workloads"
)

// oracleBytes are n records over so many objects, without next accesses.
func oracleBytes(n, objects int) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, 0, n*oracleWidth)
	for i := range n {
		b = binary.LittleEndian.AppendUint32(b, uint32(i/1000))
		b = binary.LittleEndian.AppendUint64(b, rng.Uint64N(uint64(objects)))
		b = binary.LittleEndian.AppendUint32(b, 1+rng.Uint32N(1<<20))
		b = binary.LittleEndian.AppendUint64(b, 0)
	}
	return b
}

// textBytes are n lines of time, object and size.
func textBytes(n int, form string) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	var b []byte
	for i := range n {
		b = fmt.Appendf(b, form, i/1000, rng.Uint64N(1_000_000), 1+rng.Uint32N(1<<20))
	}
	return b
}

// BenchmarkReading reads files that the page cache holds; req/s is what counts.
func BenchmarkReading(b *testing.B) {
	const n = 2_000_000
	for _, c := range []struct {
		name string
		data func() []byte
	}{
		{"oraclegeneral", func() []byte { return oracleBytes(n, 1_000_000) }},
		{"cache2k", func() []byte { return oracleBytes(n, 1_000_000)[:n*keyWidth] }},
		{"webcachesim", func() []byte { return textBytes(n, "%d %d %d\n") }},
		{"csv", func() []byte { return append([]byte("time,id,size\n"), textBytes(n, "%d,%d,%d\n")...) }},
		{"wikimedia", func() []byte { return textBytes(n, "%d\t%d\tjpeg\t%d\t0.001\n") }},
		{"ids", func() []byte { return textBytes(n, "%[2]d\n") }},
		{"arc", func() []byte { return textBytes(n, "%[2]d 1 0 7\n") }},
	} {
		b.Run(c.name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "trace")
			if err := os.WriteFile(path, c.data(), 0o600); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			reqs := make([]Request, 1024)
			for b.Loop() {
				countAll(b, path, c.name, reqs, n)
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mreq/s")
		})
	}
}

func countAll(b *testing.B, path, format string, reqs []Request, want int) {
	trace, err := Open(Options{Files: []string{path}, Format: format})
	if err != nil {
		b.Fatal(err)
	}
	defer trace.Close()
	total := 0
	for {
		n, err := trace.Read(reqs)
		total += n
		if err == io.EOF {
			break
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	if total != want {
		b.Fatalf("%d requests, not %d", total, want)
	}
}

// BenchmarkWriting writes a million requests; oraclegeneral finds their next accesses.
func BenchmarkWriting(b *testing.B) {
	reqs := drawnByZipf(b, 1<<20)
	for _, f := range Writable() {
		b.Run(f.Name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "trace")
			b.ReportAllocs()
			for b.Loop() {
				writeTrace(b, Sink{Path: path, Format: f.Name, Tells: Tells{Times: true, Sizes: true}}, reqs, 4096)
			}
			b.ReportMetric(float64(len(reqs))*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mreq/s")
		})
	}
}

// drawnByZipf are n requests for up to a million objects.
func drawnByZipf(tb testing.TB, n int64) []Request {
	made, err := Generate(Generation{Objects: 1_000_000, Requests: n, Zipf: 0.8, Seed: 1, Rate: 1000, Size: &workloads.SizeModel{Median: 10_000, Sigma: 1}})
	if err != nil {
		tb.Fatal(err)
	}
	reqs, err := drain(made, 4096)
	if err != nil {
		tb.Fatal(err)
	}
	return reqs
}

func BenchmarkGenerating(b *testing.B) {
	const n = 1 << 20
	b.ReportAllocs()
	for b.Loop() {
		drawnByZipf(b, n)
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mreq/s")
}
