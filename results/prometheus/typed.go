package prometheus

import (
	"bytes"
	"io"
	"strings"
)

// ContentType is the format's.
const ContentType = "text/plain; version=0.0.4; charset=utf-8"

// Typed writes a page of samples in Prometheus's text format (version 0.0.4) with the
// samples of a metric together and what kind it is above them, as a scraper wants it: a
// histogram by its buckets' le, a summary by its quantile, a counter by a name that ends
// in _total; a gauge else. A summary's first sample has to come before its sum.
func Typed(w io.Writer, page []byte) error {
	var families []*family
	known := map[string]*family{}
	for line := range bytes.Lines(page) {
		if len(bytes.TrimSpace(line)) == 0 || line[0] == '#' {
			continue
		}
		name, kind := familyOf(string(line), known)
		f := known[name]
		if f == nil {
			f = &family{name: name, kind: kind}
			known[name], families = f, append(families, f)
		}
		f.samples = append(f.samples, line...)
	}
	var b bytes.Buffer
	for _, f := range families {
		b.WriteString("# TYPE " + f.name + " " + f.kind + "\n")
		b.Write(f.samples)
	}
	_, err := b.WriteTo(w)
	return err
}

// family is all samples of a metric.
type family struct {
	name, kind string
	samples    []byte
}

// familyOf is which metric a sample is of, and its kind where that is not known yet.
func familyOf(line string, known map[string]*family) (name, kind string) {
	name = line[:max(strings.IndexAny(line, "{ "), 0)]
	labels, _, _ := strings.Cut(line[len(name):], "} ")
	base, isBucket := strings.CutSuffix(name, "_bucket")
	switch {
	case isBucket && strings.Contains(labels, `le="`):
		return base, "histogram"
	case strings.Contains(labels, `quantile="`):
		return name, "summary"
	case strings.HasSuffix(name, "_total"):
		return name, "counter"
	}
	for _, part := range []string{"_sum", "_count"} {
		if base, ok := strings.CutSuffix(name, part); ok && known[base] != nil && known[base].kind != "gauge" {
			return base, known[base].kind
		}
	}
	return name, "gauge"
}
