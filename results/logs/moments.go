package logs

import (
	"bytes"
	"strings"
	"time"
)

// dates reads moments, of which the last stands again in most of the next lines.
type dates struct {
	last [40]byte
	n    int // of last
	unix int64
}

// at is a moment in seconds since 1970, as the layouts of package time write it.
func (d *dates) at(form string, v []byte) (int64, bool) {
	if len(v) == d.n && bytes.Equal(v, d.last[:d.n]) {
		return d.unix, true
	}
	t, err := time.Parse(form, text(v))
	if err != nil || t.Unix() <= 0 || t.Unix() >= epochMost {
		return 0, false
	}
	if len(v) <= len(d.last) {
		d.n, d.unix = copy(d.last[:], v), t.Unix()
	}
	return t.Unix(), true
}

// localTime is how nginx and Apache write a moment.
const localTime = "02/Jan/2006:15:04:05 -0700"

// moment is a reading of a time of day. begins: it is that of the request's
// beginning, as Apache has it; nginx's is of the end.
func moment(form string, begins bool) reading {
	return func(s *server, v []byte) bool {
		unix, ok := s.dates.at(form, v)
		s.said.at(unix*1e9, begins)
		return ok
	}
}

// momentOf is a reading of a number of units of so many nanoseconds since 1970;
// seconds may have decimals.
func momentOf(unit int64, begins bool) reading {
	return func(s *server, v []byte) bool {
		if unit == 1e9 {
			ns, ok := parseEpoch(v)
			s.said.at(ns, begins)
			return ok
		}
		n, ok := parseInt(v)
		if !ok || n <= 0 || n >= epochMost*1e9/unit {
			return false
		}
		s.said.at(n*unit, begins)
		return true
	}
}

// at takes a moment; one that was said more finely stays.
func (d *said) at(ns int64, begins bool) {
	if d.hasMoment && d.moment%1e9 != 0 {
		return
	}
	d.moment, d.hasMoment, d.begins = ns, true, begins
}

// strftime are the letters of strftime(3) that make a moment, in the words of
// package time.
var strftime = map[byte]string{
	'Y': "2006", 'm': "01", 'd': "02", 'e': "_2", 'H': "15", 'M': "04", 'S': "05", 'z': "-0700",
	'b': "Jan", 'h': "Jan", 'B': "January", 'a': "Mon", 'A': "Monday", 'y': "06", 'I': "03", 'p': "PM",
	'F': "2006-01-02", 'T': "15:04:05", 'R': "15:04", 'D': "01/02/06", '%': "%", 'n': "\n", 't': "\t",
}

// strftimeForm is such a format for package time; the letter that it does not know.
func strftimeForm(format string) (form string, unknown string) {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		word, ok := strftime[format[i]]
		if !ok {
			return "", "%" + string(format[i])
		}
		b.WriteString(word)
	}
	return b.String(), ""
}
