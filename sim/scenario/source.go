package scenario

import "fmt"

// source remembers where settings were written, so that what contradicts
// something else can be traced to a line.
type source struct {
	root *node

	file string // of a scenario, its text, and the settings that were carried out on it
	text []byte
	sets []string

	files Files // that the scenario names; nil: where their names say
}

// at leads to a setting: keys of mappings as strings, numbers of items as
// ints.
type at []any

// fault is something wrong with the setting that steps lead to. Its place is
// that of the setting or, where it was left out, of what should hold it.
func (s *source) fault(steps at, format string, args ...any) *fault {
	n, path := s.root, ""
	for _, step := range steps {
		if name, ok := step.(string); ok {
			path = join(path, name)
		} else {
			path += fmt.Sprintf("[%d]", step)
		}
		n = n.child(step)
	}
	return n.fault(path, format, args...)
}

// Wrong is an error of the setting that steps lead to, with its place in the file.
func (s *Scenario) Wrong(err error, steps ...any) error {
	return s.source.fault(steps, "%v", err).in(s.source.file)
}

// child is the value behind a step, or n itself where there is none.
func (n *node) child(step any) *node {
	switch step := step.(type) {
	case string:
		if found := n.find(step); found != nil {
			return found
		}
	case int:
		if n.kind == list && step >= 0 && step < len(n.items) {
			return n.items[step]
		}
	}
	return n
}

// then is a longer way.
func (a at) then(steps ...any) at { return append(a[:len(a):len(a)], steps...) }
