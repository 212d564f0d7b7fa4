package trace

import (
	"fmt"
	"slices"
	"strings"
)

// format is the one that the options name, or that a file which begins with head
// is of.
func (o Options) format(path string, head []byte) (Format, error) {
	if o.Format != "" {
		name, layout, has := strings.Cut(o.Format, ":")
		f, err := registry.Find(name)
		if err == nil && has && (f.open == nil || layout == "") {
			err = fmt.Errorf("trace: --format %s: right is %s alone", o.Format, name)
		}
		return f, err
	}
	if o.Columns != "" {
		return registry.Find("csv") // only there do columns have a meaning
	}
	may := surest(head)
	if len(may) == 1 {
		return may[0], nil
	}
	named := slices.DeleteFunc(slices.Clone(orAll(may)), func(f Format) bool { return !f.named(path) })
	if len(named) == 1 {
		return named[0], nil
	}
	if len(head) == 0 {
		return Format{}, fmt.Errorf("trace: %s is empty; right is a file with requests, or --format", path)
	}
	if len(may) > 1 {
		return Format{}, fmt.Errorf("trace: %s may be of more than one format: say which with --format %s", path, list(may, " or --format "))
	}
	return Format{}, fmt.Errorf("trace: %s is of no format that can be told by its content; say which with --format: %s", path, list(Formats(), ", "))
}

// surest are the formats that are surest of head, if any.
func surest(head []byte) (may []Format) {
	most := maybe
	for _, f := range Formats() {
		if f.detect == nil {
			continue
		}
		sure := f.detect(head)
		if sure > most {
			may, most = nil, sure
		}
		if sure == most {
			may = append(may, f)
		}
	}
	return may
}

// orAll are the formats that may be, all where nothing tells.
func orAll(may []Format) []Format {
	if len(may) == 0 {
		return slices.DeleteFunc(Formats(), func(f Format) bool { return f.detect != nil })
	}
	return may
}

// named reports whether a file's name tells the format.
func (f Format) named(path string) bool {
	name := bare(path)
	return slices.ContainsFunc(f.names, func(part string) bool { return strings.Contains(name, part) })
}

func list(formats []Format, between string) string {
	var names []string
	for _, f := range formats {
		names = append(names, f.Name)
	}
	return strings.Join(names, between)
}
