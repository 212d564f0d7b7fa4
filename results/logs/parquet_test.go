package logs

import (
	"bytes"
	"slices"
	"testing"

	"edgesim/results/logs/logtest"
)

// FuzzDamagedParquetIsSaid: whatever the file holds, reading it ends, and every
// row is a record or counted.
func FuzzDamagedParquetIsSaid(f *testing.F) {
	var log bytes.Buffer
	if err := logtest.Write(&log, 1, 20, 1); err != nil {
		f.Fatal(err)
	}
	header, rows := lineFields(log.String())
	whole := asParquet(f, header[:9], rows, true)
	f.Add(whole, uint32(0), byte(0))
	f.Add(whole, uint32(100), byte(0xff))
	f.Add(whole, uint32(len(whole)-20), byte(1))
	f.Fuzz(func(t *testing.T, b []byte, at uint32, with byte) {
		if b = slices.Clone(b); len(b) > 0 {
			b[int(at)%len(b)] ^= with
		}
		recs, d, err := tryRead(Options{Format: "parquet", Workers: 1}, string(b))
		if err == nil && (d.Records != int64(len(recs)) || d.Lines != d.Records+d.Malformed) {
			t.Errorf("%d records, %+v", len(recs), d)
		}
	})
}
