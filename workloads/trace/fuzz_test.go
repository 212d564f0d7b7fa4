package trace

import (
	"bytes"
	"io"
	"testing"
)

// decodeAll reads data as one file of the format, passing over what is bad.
func decodeAll(t *testing.T, f Format, columns string, data []byte, batch int) (all []Request, faults *Faults, ok bool) {
	faults = &Faults{skip: true}
	p := &parameters{columns: columns, head: data[:min(len(data), headLen)], path: "fuzzed", faults: faults}
	d, err := f.new(p)
	if err != nil {
		return nil, nil, false // a csv that nobody can read
	}
	file := &file{path: "fuzzed", text: io.NopCloser(bytes.NewReader(data)), buf: make([]byte, 64), decode: d}
	reqs := make([]Request, batch)
	for {
		n, err := file.read(reqs)
		all = append(all, reqs[:n]...)
		if len(all) > 1<<16 {
			return all, faults, false // a long run
		}
		if err == io.EOF {
			return all, faults, true
		}
		if err != nil {
			t.Fatalf("%s: %v, though what is bad is passed over", f.Name, err)
		}
	}
}

// countLines is how many lines of data are to be a request or a fault.
func countLines(f Format, data []byte, header bool) (n int) {
	for i, line := range bytes.Split(data, []byte{'\n'}) {
		if f.Name == "lirs" && string(bytes.TrimSuffix(line, []byte{'\r'})) == "*" {
			continue
		}
		line = bytes.TrimSuffix(line, []byte{'\r'})
		if len(line) > 0 && line[0] != '#' && !(header && i == 0) {
			n++
		}
	}
	return n
}

// FuzzEveryLineIsARequestOrAFault reads anything as every format, in batches of any
// length: no line is lost, and no request is one that a cache could not take.
func FuzzEveryLineIsARequestOrAFault(f *testing.F) {
	for _, c := range forms {
		f.Add([]byte(c.text), c.columns, byte(3))
	}
	f.Add([]byte("1 2 x\n\n#\n1 2 18446744073709551616\n0.5 07 1e3\r\n*\n"), "", byte(1))
	f.Add([]byte("\"a\"\"b\",1\n\"a,2\n,,\n"), "id=1,size=2", byte(7))
	f.Fuzz(func(t *testing.T, data []byte, columns string, batch byte) {
		for _, format := range Formats() {
			if format.new == nil {
				continue
			}
			format.detectNothingPanics(data)
			all, faults, whole := decodeAll(t, format, columns, data, int(batch)+1)
			for _, r := range all {
				if r.Size < 1 || r.At < 0 || r.Next < Unknown {
					t.Fatalf("%s: %q gives %+v", format.Name, data, r)
				}
			}
			if !whole {
				continue
			}
			got := int64(len(all)) + faults.Bad
			switch {
			case format.width > 0:
				if want := (len(data) + format.width - 1) / format.width; got != int64(want) {
					t.Fatalf("%s: %d bytes are %d records and %d faults; want %d", format.Name, len(data), len(all), faults.Bad, want)
				}
			case format.Name != "arc":
				if want := countLines(format, data, headerOf(format, columns, data)); got != int64(want) {
					t.Fatalf("%s: %q has %d requests and %d faults; want %d", format.Name, data, len(all), faults.Bad, want)
				}
			}
		}
	})
}

func (f Format) detectNothingPanics(head []byte) {
	if f.detect != nil {
		f.detect(head)
	}
}

// headerOf reports whether the format takes the first line for a header.
func headerOf(f Format, columns string, data []byte) bool {
	d, err := f.new(&parameters{columns: columns, head: data[:min(len(data), headLen)], faults: &Faults{}})
	if err != nil {
		return false
	}
	l, ok := d.(*lines)
	return ok && l.header
}

// FuzzColumnsAreALayoutOrAnError reads anything as --columns.
func FuzzColumnsAreALayoutOrAnError(f *testing.F) {
	for _, c := range forms {
		f.Add(c.columns, []byte(c.text))
	}
	f.Fuzz(func(t *testing.T, spec string, head []byte) {
		l, err := plainCSV(',').columns(spec, head)
		if err != nil {
			return
		}
		for _, c := range []int{l.time, l.id, l.size} {
			if c < 0 || c > mostColumns {
				t.Fatalf("%q gives column %d", spec, c)
			}
		}
		if l.id == 0 || l.timeUnit < 1 || l.sizeUnit < 1 || l.timeUnit > mostUnit || l.sizeUnit > mostUnit {
			t.Fatalf("%q gives %+v", spec, l)
		}
	})
}

// TestReadingAllocatesNothingForARequest is of every format that has an example.
func TestReadingAllocatesNothingForARequest(t *testing.T) {
	for _, c := range forms {
		f, err := registry.Find(c.told)
		if err != nil || f.new == nil {
			continue
		}
		p := &parameters{columns: c.columns, head: []byte(c.text), faults: &Faults{}}
		d, err := f.new(p)
		if err != nil {
			t.Fatal(err)
		}
		data, reqs := []byte(c.text), make([]Request, 100)
		if n := testing.AllocsPerRun(100, func() {
			if _, _, err := d.decode(data, true, reqs); err != nil {
				t.Error(err)
			}
			if l, ok := d.(*lines); ok {
				l.done = 0
			}
		}); n > 0 {
			t.Errorf("%s: %v allocations for %d requests", c.name, n, len(c.want))
		}
	}
}
