package trace

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"edgesim/sim/unit"
)

// columns reads what --columns says on top of what a format is by itself:
//
//	time=1,id=2,size=3,header,delimiter=;,time-unit=ms,size-unit=1KiB
//
// A column is a number from 1 or, where the first line of head names them, a name.
// libCacheSim's words for the same are known, too.
func (l layout) columns(spec string, head []byte) (layout, error) {
	wrong := func(err error) (layout, error) { return l, fmt.Errorf("--columns %s: %w", spec, err) }
	parts := strings.Split(spec, ",")
	for _, part := range parts { // first what the others are read by
		if value, found := strings.CutPrefix(strings.TrimSpace(part), "delimiter="); found {
			var err error
			if l.delimiter, err = delimiter(value); err != nil {
				return wrong(err)
			}
		}
	}
	names := l.names(head)
	for _, part := range parts {
		if part == "" {
			continue // behind "delimiter=,"
		}
		key, value, given := strings.Cut(strings.TrimSpace(part), "=")
		if err := l.set(key, value, given, names); err != nil {
			return wrong(err)
		}
	}
	return l, l.check(spec)
}

// set takes one key of --columns. A column that is named makes the first line a
// header.
func (l *layout) set(key, value string, given bool, names []string) (err error) {
	switch words[key] {
	case "time":
		l.time, err = l.column(value, names)
	case "id":
		l.id, err = l.column(value, names)
	case "size":
		l.size, err = l.column(value, names)
	case "header":
		l.header, err = yes(value, given)
		return err
	case "time-unit":
		l.timeUnit, err = timeUnit(value)
		return err
	case "size-unit":
		l.sizeUnit, err = sizeUnit(value)
		return err
	case "delimiter", "id-is-number": // the one has been read, the other is told by the text
		return nil
	default:
		return fmt.Errorf("there is no %q; right are time, id, size, header, delimiter, time-unit, size-unit", key)
	}
	l.header = l.header || !number(value)
	return err
}

func (l layout) check(spec string) error {
	switch {
	case l.id == 0:
		return fmt.Errorf("--columns %s: nothing says which column is the object; right is as time=1,id=2,size=3", spec)
	case l.id == l.time || l.id == l.size || l.time == l.size && l.time > 0:
		return fmt.Errorf("--columns %s: one column is two things; right is as time=1,id=2,size=3", spec)
	}
	return nil
}

// words are the keys of --columns, and libCacheSim's for the same.
var words = map[string]string{
	"time": "time", "time-col": "time", "time_col": "time",
	"id": "id", "obj-id-col": "id", "obj_id_col": "id", "key": "id",
	"size": "size", "obj-size-col": "size", "obj_size_col": "size",
	"header": "header", "has-header": "header", "has_header": "header",
	"delimiter": "delimiter", "time-unit": "time-unit", "size-unit": "size-unit",
	"obj-id-is-num": "id-is-number", "obj_id_is_num": "id-is-number",
}

// mostColumns bounds a column's number.
const mostColumns = 1000

func (l *layout) column(value string, names []string) (int, error) {
	if n, err := strconv.Atoi(value); err == nil {
		if n < 1 || n > mostColumns {
			return 0, fmt.Errorf("column %d; right is a number from 1 to %d", n, mostColumns)
		}
		return n, nil
	}
	if at := slices.Index(names, value); at >= 0 {
		return at + 1, nil
	}
	return 0, fmt.Errorf("column %q; right is a number from 1, or one of the first line's %q", value, names)
}

// names are the words of the first line of head, as a header has them.
func (l layout) names(head []byte) []string {
	line, _ := firstLine(head, true)
	line = bytes.TrimLeft(line, "# ")
	var names []string
	if l.delimiter == blank {
		for _, f := range bytes.Fields(line) {
			names = append(names, string(f))
		}
		return names
	}
	for _, f := range bytes.Split(line, []byte{l.delimiter}) {
		names = append(names, strings.Trim(string(f), " \t\""))
	}
	return names
}

func number(text string) bool { _, err := strconv.ParseFloat(text, 64); return err == nil }

func yes(value string, given bool) (bool, error) {
	if !given {
		return true, nil
	}
	v, err := strconv.ParseBool(value)
	if err != nil {
		err = fmt.Errorf("header=%q; right is header, header=true or header=false", value)
	}
	return v, err
}

func delimiter(value string) (byte, error) {
	switch value {
	case "", "comma":
		return ',', nil // "delimiter=," has been cut at its comma
	case "tab", `\t`:
		return '\t', nil
	case "space", "blank":
		return blank, nil
	case "semicolon":
		return ';', nil
	case "pipe":
		return '|', nil
	}
	if len(value) != 1 || value[0] >= '0' && value[0] <= '9' || value == `"` || value == "." || value == "\n" {
		return 0, fmt.Errorf("delimiter=%q; right is one character, or comma, semicolon, pipe, tab or space", value)
	}
	return value[0], nil
}

func timeUnit(value string) (int64, error) {
	d, err := time.ParseDuration("1" + value)
	if value == "1" || err != nil || d < 1 || int64(d) > mostUnit {
		return 0, fmt.Errorf("time-unit=%q; right is ns, us, ms, s, m or h", value)
	}
	return int64(d), nil
}

func sizeUnit(value string) (int64, error) {
	text := value
	if text == "" || text[0] > '9' {
		text = "1" + text
	}
	s, err := unit.ParseSize(text)
	if err != nil || s < 1 || int64(s) > mostUnit {
		return 0, fmt.Errorf("size-unit=%q; right is a size, as B, KB, KiB or 4096", value)
	}
	return int64(s), nil
}
