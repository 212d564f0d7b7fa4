package recording

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"edgesim/results"
)

// fill puts a number of its own into every field, so that a field that is not kept
// is missed.
func fill(v reflect.Value, next func() uint64) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), next)
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), next)
		}
	case reflect.Int64:
		v.SetInt(int64(next()))
	default:
		v.SetUint(next() & (1<<(8*v.Type().Size()) - 1))
	}
}

// drawn is n records of any content that a writer may meet: strings are known, and
// kinds are such.
func drawn(rng *rand.Rand, names *results.Names, n int) []results.Record {
	recs := make([]results.Record, n)
	for i := range recs {
		r := &recs[i]
		fill(reflect.ValueOf(r).Elem(), rng.Uint64)
		for _, s := range []*results.Sym{&r.Host, &r.URL, &r.Query, &r.Referrer, &r.Agent, &r.Cookie, &r.Forwarded, &r.ContentType} {
			*s = names.Strings.Of(string(rune('a' + rng.IntN(26))))
		}
		r.Response, r.Result = results.Result(rng.IntN(int(results.Results))), results.Result(rng.IntN(int(results.Results)))
		r.Detail, r.Layer = results.Detail(rng.IntN(int(results.Details))), results.Layer(rng.IntN(int(results.Layers)))
		r.Method, r.Protocol = results.Method(rng.IntN(int(results.Methods))), results.Protocol(rng.IntN(int(results.Protocols)))
		r.Version, r.TTL = results.Version(rng.IntN(int(results.Versions))), results.TTLClass(rng.IntN(int(results.TTLClasses)))
		r.Vantage, r.State = results.Vantage(rng.IntN(int(results.Vantages))), results.State(rng.IntN(int(results.States)))
		r.Fault = results.Fault(rng.IntN(int(results.Faults)))
		r.Distribution, r.Class = uint16(rng.IntN(2)), uint8(rng.IntN(3))
	}
	return recs
}

var epoch = time.Date(2026, 3, 1, 12, 0, 0, 5, time.UTC)

func someNames() *results.Names {
	n := results.NewNames(epoch)
	n.Distributions = []results.Distribution{{ID: "E1", Domain: "a.net"}, {ID: "E2", Domain: "b.net"}}
	n.Classes = []string{"other", "image", "page"}
	return n
}

func written(t interface{ Fatal(...any) }, names *results.Names, recs []results.Record, batch int, h *results.Histogram) []byte {
	var file bytes.Buffer
	w, err := NewWriter(&file, names)
	if err != nil {
		t.Fatal(err)
	}
	for some := range slices.Chunk(recs, batch) {
		w.Add(some)
	}
	w.AddHistogram("lag", h)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// Every field of every record comes back, with its strings and names, into a table
// that numbers them otherwise.
func TestRecordsComeBackAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		names, h := someNames(), results.NewHistogram()
		recs := drawn(rng, names, rapid.IntRange(1, 60).Draw(t, "n"))
		for range rng.IntN(100) {
			h.Record(rng.Int64N(1e10))
		}
		file := written(t, names, recs, rapid.IntRange(1, 20).Draw(t, "batch"), h)

		into := results.NewNames(time.Time{})
		into.Strings.Of("something that was there before")
		into.Distributions = []results.Distribution{{ID: "E2"}}
		into.Classes = []string{"page"}
		r, err := NewReader(bytes.NewReader(file), into)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		var got []results.Record
		for {
			some, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, some...)
		}
		if len(got) != len(recs) || !r.Epoch().Equal(epoch) {
			t.Fatalf("%d records since %v; right are %d since %v", len(got), r.Epoch(), len(recs), epoch)
		}
		for i := range recs {
			a, b := recs[i], got[i]
			if names.Str(a.URL) != into.Str(b.URL) || names.Str(a.ContentType) != into.Str(b.ContentType) ||
				names.DistributionOf(&a).ID != into.DistributionOf(&b).ID || names.Classes[a.Class] != into.Classes[b.Class] {
				t.Fatalf("record %d: its names differ", i)
			}
			for _, r := range []*results.Record{&a, &b} {
				r.Host, r.URL, r.Query, r.Referrer, r.Agent, r.Cookie, r.Forwarded, r.ContentType = 0, 0, 0, 0, 0, 0, 0, 0
				r.Distribution, r.Class = 0, 0
			}
			if a != b {
				t.Fatalf("record %d is\n%+v\nright is\n%+v", i, b, a)
			}
		}
		if back := r.Histogram("lag"); back.Figures() != h.Figures() || back.Count() != h.Count() || h.Count() > 0 && back.Min() != h.Min() {
			t.Fatalf("histogram %+v; right is %+v", back.Figures(), h.Figures())
		}
	})
}

// A file that was cut short is told from a whole one, wherever it was cut.
func TestACutFileIsToldFromAWholeOne(t *testing.T) {
	names := someNames()
	file := written(t, names, drawn(rand.New(rand.NewPCG(1, 1)), names, 50), 10, results.NewHistogram())
	for n := range len(file) - 5 { // the last bytes are Zstandard's checksum
		r, err := NewReader(bytes.NewReader(file[:n]), results.NewNames(time.Time{}))
		for err == nil {
			_, err = r.Next()
		}
		if errors.Is(err, io.EOF) {
			t.Fatalf("%d of %d bytes count as a whole file", n, len(file))
		}
	}
}

// FuzzReaderTakesAnyBytes: whatever a file holds once it is unpacked, reading it ends,
// without a panic.
func FuzzReaderTakesAnyBytes(f *testing.F) {
	names := someNames()
	unpack, err := zstd.NewReader(bytes.NewReader(written(f, names, drawn(rand.New(rand.NewPCG(1, 1)), names, 20), 7, results.NewHistogram())))
	if err != nil {
		f.Fatal(err)
	}
	content, err := io.ReadAll(unpack)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(content)
	f.Add([]byte(Magic + "S\xff"))
	f.Fuzz(func(t *testing.T, content []byte) {
		r, err := newReader(bytes.NewReader(content), results.NewNames(time.Time{}))
		for err == nil {
			_, err = r.Next()
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	names := someNames()
	recs := drawn(rand.New(rand.NewPCG(1, 1)), names, 512)
	for i := range recs { // as a client's are
		r := &recs[i]
		*r = results.Record{At: int64(i) * 50_000, Lag: r.Lag & 0x3ffff, TTFB: 1 + r.TTFB&0x7ffff, Total: 2 + r.Total&0x7ffff,
			ID: uint64(i), Object: r.Object, BytesOut: r.BytesOut & 0xffff, Status: 200, URL: r.URL, Response: results.Hit, Result: results.Hit}
	}
	w, err := NewWriter(io.Discard, names)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		w.Add(recs)
		n += len(recs)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/record")
}

// Files of format 1, which lack the fault, are read as before.
func TestFormatOneIsRead(t *testing.T) {
	names := someNames()
	recs := drawn(rand.New(rand.NewPCG(1, 1)), names, 50)
	all := columns
	columns = columns[:len(columns)-1]
	file := written(t, names, recs, 20, results.NewHistogram())
	columns = all
	unpack, err := zstd.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer unpack.Close()
	blocks, err := io.ReadAll(unpack)
	if err != nil {
		t.Fatal(err)
	}
	r, err := newReader(bytes.NewReader(append([]byte(magic1), blocks[len(Magic):]...)), results.NewNames(time.Time{}))
	if err != nil {
		t.Fatal(err)
	}
	var got []results.Record
	for {
		some, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, some...)
	}
	if len(got) != len(recs) {
		t.Fatalf("%d records; right are %d", len(got), len(recs))
	}
	for i := range got {
		if got[i].Fault != results.NoFault || got[i].At != recs[i].At || got[i].State != recs[i].State {
			t.Fatalf("record %d: %+v; right is %+v without its fault", i, got[i], recs[i])
		}
	}
}
