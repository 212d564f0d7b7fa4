package scenario

import (
	"edgesim/sim/nearest"
	"encoding"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
)

// decode reads a tree into a struct by its yaml tags. It is strict: keys the
// struct does not have, values of another kind, values without their unit are
// faults at their place.
func decode(n *node, into any) *fault {
	return decodeValue(n, reflect.ValueOf(into).Elem(), "")
}

func decodeValue(n *node, v reflect.Value, path string) *fault {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		return decodeValue(n, v.Elem(), path)
	}
	if text, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return decodeText(n, text, path)
	}
	switch v.Kind() {
	case reflect.Struct:
		return decodeStruct(n, v, path)
	case reflect.Map:
		return decodeMap(n, v, path)
	case reflect.Slice:
		return decodeList(n, v, path)
	}
	return decodeScalar(n, v, path)
}

func decodeStruct(n *node, v reflect.Value, path string) *fault {
	if n.kind == nothing {
		return nil
	}
	if n.kind != mapping {
		return n.fault(path, "want keys and values, not %v", n.kind)
	}
	fields := fieldsOf(v.Type())
	for i, k := range n.keys {
		at := slices.IndexFunc(fields, func(f field) bool { return f.name == k.name })
		if at < 0 {
			return &fault{at: k.at, path: join(path, k.name), message: "unknown key" + nearest.DidYouMean(k.name, names(fields))}
		}
		if f := decodeValue(n.items[i], v.Field(fields[at].index), join(path, k.name)); f != nil {
			return f
		}
	}
	return nil
}

// field is a struct's field that the file can name.
type field struct {
	name  string
	index int
}

func fieldsOf(t reflect.Type) []field {
	var fields []field
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("yaml"); name != "" {
			fields = append(fields, field{name, i})
		}
	}
	return fields
}

func names(fields []field) []string {
	list := make([]string, len(fields))
	for i, f := range fields {
		list[i] = f.name
	}
	return list
}

func decodeMap(n *node, v reflect.Value, path string) *fault {
	if n.kind == nothing {
		return nil
	}
	if n.kind != mapping {
		return n.fault(path, "want names, each with keys and values, not %v", n.kind)
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(n.keys)))
	for i, k := range n.keys {
		item := reflect.New(v.Type().Elem()).Elem()
		if f := decodeValue(n.items[i], item, join(path, k.name)); f != nil {
			return f
		}
		v.SetMapIndex(reflect.ValueOf(k.name), item)
	}
	return nil
}

func decodeList(n *node, v reflect.Value, path string) *fault {
	if n.kind == nothing {
		return nil
	}
	if n.kind != list {
		return n.fault(path, "want a list, as [a, b], not %v", n.kind)
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.items), len(n.items)))
	for i, item := range n.items {
		if f := decodeValue(item, v.Index(i), fmt.Sprintf("%s[%d]", path, i)); f != nil {
			return f
		}
	}
	return nil
}

func decodeText(n *node, into encoding.TextUnmarshaler, path string) *fault {
	if n.kind != scalar {
		return n.fault(path, "want a single value, not %v", n.kind)
	}
	if err := into.UnmarshalText([]byte(n.text)); err != nil {
		return n.fault(path, "%v", err)
	}
	return nil
}

func decodeScalar(n *node, v reflect.Value, path string) *fault {
	if n.kind != scalar {
		return n.fault(path, "want a single value, not %v", n.kind)
	}
	var err error
	want := ""
	switch v.Kind() {
	case reflect.String:
		v.SetString(n.text)
	case reflect.Bool:
		want = "true or false"
		v.SetBool(n.text == "true")
		if n.quoted || n.text != "true" && n.text != "false" {
			err = strconv.ErrSyntax
		}
	case reflect.Int:
		want = "a whole number"
		var i int64
		i, err = strconv.ParseInt(n.text, 10, 32)
		v.SetInt(i)
	case reflect.Uint64:
		want = "a whole number of at least 0"
		var u uint64
		u, err = strconv.ParseUint(n.text, 10, 64)
		v.SetUint(u)
	case reflect.Float64:
		want = "a number"
		var x float64
		if x, err = strconv.ParseFloat(n.text, 64); err == nil && (math.IsNaN(x) || math.IsInf(x, 0)) {
			err = strconv.ErrRange
		}
		v.SetFloat(x)
	default:
		panic("scenario: the schema has a field of type " + v.Type().String())
	}
	if err != nil {
		return n.fault(path, "%q: want %s", n.text, want)
	}
	return nil
}

func (n *node) fault(path, format string, args ...any) *fault {
	return &fault{at: n.at, path: path, message: fmt.Sprintf(format, args...)}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
