package scenario

import (
	"reflect"
	"strconv"
	"strings"
	"unicode"
)

// blame turns an error of another package's configuration into a fault of the
// setting it speaks of. Such errors begin with the name of a field, as in
// `size: Median 0: want at least 1 byte`, and the schema's structs have fields
// of the same names: t is the struct that the setting at where was decoded
// into.
func (s *source) blame(where at, t reflect.Type, err error) *fault {
	text := err.Error()
	for t.Kind() == reflect.Struct {
		name := leadingName(text)
		field, ok := t.FieldByName(fieldName(name, text))
		key := field.Tag.Get("yaml")
		if !ok || key == "" {
			break
		}
		where, t = where.then(key), field.Type
		text = strings.TrimLeft(text[len(name):], ": ")
		where, t, text = ofItem(where, t, text)
	}
	return s.fault(where, "%s", text)
}

// ofItem is the item of a list that text names by its number, as "[2].Kind is".
func ofItem(where at, t reflect.Type, text string) (at, reflect.Type, string) {
	number, rest, found := strings.Cut(text, "]")
	i, err := strconv.Atoi(strings.TrimPrefix(number, "["))
	if t.Kind() != reflect.Slice || !found || err != nil || number[0] != '[' {
		return where, t, text
	}
	return where.then(i), t.Elem(), strings.TrimLeft(rest, ". :")
}

// fieldName is the field that a name stands for: an error string may begin in
// lower case where a colon follows.
func fieldName(name, text string) string {
	if name != "" && strings.HasPrefix(text[len(name):], ":") {
		return strings.ToUpper(name[:1]) + name[1:]
	}
	return name
}

// leadingName is the identifier that text begins with.
func leadingName(text string) string {
	end := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if end < 0 {
		return text
	}
	return text[:end]
}
