package trace

import (
	"fmt"
	"slices"
	"strings"
)

// Text in columns that a header or --columns names: libCacheSim's csv, and most of
// what people make themselves.
func init() {
	register(laidOut(Format{
		Name:   "csv",
		About:  "text in columns, which its first line names or --columns does: time=1,id=2,size=3,header,delimiter=;",
		names:  []string{".csv", ".tsv"},
		detect: detectCSV,
		write:  writeCSV,
	}, csvLayout))
}

// writeCSV leaves out the columns of what is not known.
func writeCSV(known Tells) encoder {
	w := &textWriter{delimiter: ',', tells: known}
	header := ""
	for _, c := range []struct {
		as    role
		known bool
		name  string
	}{{asTime, known.Times, "time,"}, {asID, true, "id,"}, {asSize, known.Sizes, "size,"}} {
		if c.known {
			w.columns = append(w.columns, c.as)
			header += c.name
		}
	}
	w.header = strings.TrimSuffix(header, ",") + "\n"
	return w
}

// plainCSV is a csv of which nothing is known yet.
func plainCSV(delimiter byte) layout {
	return layout{delimiter: delimiter, timeUnit: second, sizeUnit: 1, quotes: true}
}

func csvLayout(p *parameters) (layout, error) {
	l := plainCSV(',')
	named, known := headed(p.head)
	if known {
		l = named
	}
	if p.columns != "" {
		if !strings.Contains(p.columns, "=") {
			return l, fmt.Errorf("--columns %s: nothing says which column is the object; right is as time=1,id=2,size=3", p.columns)
		}
		if !known {
			l.delimiter = likelyDelimiter(p.head)
		}
		return l.columns(p.columns, p.head)
	}
	if !known {
		line, _ := firstLine(p.head, true)
		return l, fmt.Errorf("%s:1: %s names no columns; right is a first line as time,id,size, or --columns time=1,id=2,size=3 (time and size may be left out)", p.path, short(line))
	}
	return named, nil
}

// The names that headers have for the three columns, in lower case.
var headings = map[role][]string{
	asTime: {"time", "timestamp", "ts", "real_time", "clock_time", "relative_unix"},
	asID:   {"id", "obj_id", "object", "object_id", "obj", "key", "obj-id", "objid"},
	asSize: {"size", "obj_size", "bytes", "object_size", "obj-size", "response_size", "objsize"},
}

// headed is the layout that the first line of head names, if it does.
func headed(head []byte) (layout, bool) {
	for _, c := range []byte(",;\t|") {
		l := plainCSV(c)
		l.header = true
		names := l.names(head)
		for i, name := range names {
			name = strings.ToLower(name)
			for as, known := range headings {
				if slices.Contains(known, name) {
					l.place(as, i+1)
				}
			}
		}
		if l.id > 0 && (l.time > 0 || l.size > 0 || len(names) == 1) {
			return l, true
		}
	}
	return layout{}, false
}

// place gives a column its role; the first that has the name counts.
func (l *layout) place(as role, column int) {
	at := map[role]*int{asTime: &l.time, asID: &l.id, asSize: &l.size}[as]
	if *at == 0 {
		*at = column
	}
}

// likelyDelimiter is what stands most often in the first line.
func likelyDelimiter(head []byte) byte {
	line, _ := firstLine(head, true)
	best, most := byte(','), 0
	for _, c := range []byte(",;\t|") {
		if n := strings.Count(string(line), string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}

func detectCSV(head []byte) sureness {
	if isBinary(head) {
		return no
	}
	if _, named := headed(head); named {
		return surely
	}
	rows := sample(head, ',')
	return maybe.when(of(rows, 2, mostColumns) && of(rows, len(rows[0]), len(rows[0])))
}
