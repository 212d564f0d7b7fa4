package report

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Whatever a file says that claims to be a report's, absorbing it gives an error
// or reports that can be written.
func FuzzAbsorbedCSVsMakeTables(f *testing.F) {
	files, err := filepath.Glob("testdata/*.csv")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	reader := NewCSVReader()
	f.Fuzz(func(t *testing.T, text string) {
		table, err := reader.Read("", strings.NewReader(text))
		if err != nil || len(table.Columns) > 100 {
			return
		}
		// Long buckets: a moment in another century would make 20,000 rows of hours.
		for _, o := range []Options{{Names: exampleNames()}, {Names: exampleNames(), States: true}} {
			o.Grain = 100_000 * time.Hour
			s := NewSet(o)
			if s.Absorb(table) != nil {
				continue
			}
			for _, k := range s.Kinds() {
				for _, again := range s.Tables(k.Name, "") {
					if err := WriteCSV(io.Discard, again); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	})
}
