package scenario

import (
	"edgesim/sim/nearest"
	"fmt"
	"strconv"
	"strings"
)

// assign carries out "key.path=value" on a tree, as --set gives it. The value
// is YAML. Items of a list are named by their number from 0, or by their name,
// id, path or code: workload.sections.images.zipf=1.2.
func assign(root *node, setting string) *fault {
	at := place{set: "--set " + setting}
	path, value, ok := strings.Cut(setting, "=")
	if !ok || path == "" {
		return &fault{at: at, message: "want key.path=value, as edge.capacity=16MiB"}
	}
	return put(root, at, path, value)
}

// Flag is a command's flag that takes the place of what a file has at Key.
type Flag struct{ Name, Value, Key string }

// assign carries the flag out on a tree. What is wrong with it is said of the flag.
func (f Flag) assign(root *node) *fault {
	return put(root, place{set: "--" + f.Name + " " + f.Value}, f.Key, strconv.Quote(f.Value))
}

func put(root *node, at place, path, value string) *fault {
	tree, f := parseTree([]byte(value))
	if f != nil {
		return &fault{at: at, message: f.message}
	}
	tree.mark(at)
	n := root
	for step := range strings.SplitSeq(path, ".") {
		if n, f = n.step(step, at); f != nil {
			f.path = path
			return f
		}
	}
	*n = *tree
	return nil
}

// mark makes a place that of a whole tree.
func (n *node) mark(at place) {
	n.at = at
	for i := range n.keys {
		n.keys[i].at = at
	}
	for _, item := range n.items {
		item.mark(at)
	}
}

// step is the part of n that a step of a path names; a mapping's key is made
// where it is missing, and judged when the tree is decoded.
func (n *node) step(name string, at place) (*node, *fault) {
	switch n.kind {
	case nothing:
		n.kind = mapping
		fallthrough
	case mapping:
		if found := n.find(name); found != nil {
			return found, nil
		}
		made := &node{at: at}
		n.keys, n.items = append(n.keys, key{name, at}), append(n.items, made)
		return made, nil
	case list:
		return n.item(name, at)
	}
	return nil, &fault{at: at, message: fmt.Sprintf("%q cannot be looked for in a single value", name)}
}

func (n *node) item(name string, at place) (*node, *fault) {
	i, err := strconv.Atoi(name)
	if err == nil && i >= 0 && i < len(n.items) {
		return n.items[i], nil
	}
	var names []string
	for _, item := range n.items {
		if own := item.ownName(); own == name {
			return item, nil
		} else if own != "" {
			names = append(names, own)
		}
	}
	if err == nil {
		return nil, &fault{at: at, message: fmt.Sprintf("the list has no item %d, only %d items from 0", i, len(n.items))}
	}
	return nil, &fault{at: at, message: fmt.Sprintf("the list has no item %q%s", name, nearest.DidYouMean(name, names))}
}

// ownName is what a list's item calls itself.
func (n *node) ownName() string {
	for _, field := range []string{"name", "id", "path", "code"} {
		if v := n.find(field); v != nil && v.kind == scalar {
			return v.text
		}
	}
	return ""
}
