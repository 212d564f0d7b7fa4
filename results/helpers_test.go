package results

import (
	"flag"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew")

var epoch = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; go test -update writes it anew. Got:\n%s", path, got)
	}
}

// anyRecord draws records of every kind, hostile ones included.
func anyRecord(distributions int) *rapid.Generator[Record] {
	size := rapid.Int64Range(0, 1<<20)
	return rapid.Custom(func(t *rapid.T) Record {
		total := rapid.Int64Range(0, 5e9).Draw(t, "total")
		result := rapid.Map(rapid.Uint8Range(0, uint8(Results)-1), func(n uint8) Result { return Result(n) })
		return Record{
			At:           rapid.Int64Range(0, 20e9).Draw(t, "at"),
			Total:        total,
			TTFB:         rapid.Int64Range(0, total).Draw(t, "ttfb"),
			Lag:          rapid.Int64Range(0, min(total, 1e6)).Draw(t, "lag"),
			Object:       rapid.Uint64Range(0, 20).Draw(t, "object"),
			Distribution: uint16(rapid.IntRange(0, distributions).Draw(t, "distribution")),
			Response:     result.Draw(t, "response"),
			Result:       result.Draw(t, "result"),
			Layer:        Layer(rapid.Uint8Range(0, uint8(Layers)-1).Draw(t, "layer")),
			Status:       rapid.SampledFrom([]uint16{0, 100, 200, 206, 304, 404, 503, 999}).Draw(t, "status"),
			Flags:        Flags(rapid.Uint16Range(0, 255).Draw(t, "flags")),
			BytesOut:     size.Draw(t, "out"), BytesIn: size.Draw(t, "in"), BodyBytes: size.Draw(t, "body"),
			OriginBytes: size.Draw(t, "origin"), OriginAsked: uint16(rapid.IntRange(0, 3).Draw(t, "asked")),
		}
	})
}
