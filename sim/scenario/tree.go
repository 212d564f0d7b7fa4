package scenario

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// A file is read in three steps: YAML text into a tree of nodes that know
// their places, --set assignments into the same tree, the tree into structs.
// So a setting is checked in the same way wherever it came from, and what is
// found wrong later can still be traced to a line.

// node is a value of the file.
type node struct {
	kind   kind
	at     place
	text   string // of a scalar
	quoted bool   // the scalar was written in quotation marks, or as a block
	keys   []key  // of a mapping, in the file's order
	items  []*node
}

type kind uint8

const (
	nothing kind = iota // null, or no value at all
	scalar
	list
	mapping
)

func (k kind) String() string {
	return [...]string{"nothing", "a single value", "a list", "a mapping"}[k]
}

type key struct {
	name string
	at   place
}

// place is where something was written: in a file, or on the command line.
type place struct {
	line, column int
	set          string // "--set edge.shards=2", or a flag of its own: "--shards 2"
}

// find is the value of a key.
func (n *node) find(name string) *node {
	for i, k := range n.keys {
		if k.name == name {
			return n.items[i]
		}
	}
	return nil
}

// fault is something wrong at a place. Its message begins with the path of
// keys that led there, where there is one.
type fault struct {
	at      place
	path    string
	message string
}

// in writes the fault as a user should see it, on one line.
func (f *fault) in(file string) error {
	message := strings.ReplaceAll(f.message, "\n", " ")
	if f.path != "" {
		message = f.path + ": " + message
	}
	switch {
	case f.at.set != "":
		return fmt.Errorf("%s: %s", f.at.set, message)
	case f.at.line > 0:
		return fmt.Errorf("%s:%d:%d: %s", file, f.at.line, f.at.column, message)
	}
	return fmt.Errorf("%s: %s", file, message)
}

// parseTree reads YAML text.
func parseTree(text []byte) (n *node, f *fault) {
	// The parser has panicked on malformed text before; for a user that is a
	// file that is no YAML.
	defer func() {
		if p := recover(); p != nil {
			n, f = nil, &fault{message: fmt.Sprintf("not YAML: %v", p)}
		}
	}()
	file, err := parser.ParseBytes(text, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, syntaxFault(err)
	}
	g := grower{anchors: map[string]*node{}, budget: maxNodes}
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		made, f := g.grow(doc.Body)
		switch {
		case f != nil:
			return nil, f
		case n != nil:
			return nil, &fault{at: made.at, message: "a second document begins: one file has one"}
		}
		n = made
	}
	if n == nil {
		n = &node{}
	}
	return n, nil
}

func syntaxFault(err error) *fault {
	var y yaml.Error
	if errors.As(err, &y) {
		return &fault{at: placeOf(y.GetToken()), message: "not YAML: " + y.GetMessage()}
	}
	return &fault{message: "not YAML: " + err.Error()}
}

func placeOf(t *token.Token) place {
	if t == nil || t.Position == nil {
		return place{}
	}
	return place{line: t.Position.Line, column: t.Position.Column}
}

// maxNodes bounds what aliases of aliases can blow a small file up to.
const maxNodes = 1 << 20

// grower turns the parser's tree into ours.
type grower struct {
	anchors map[string]*node
	budget  int
}

func (g *grower) grow(a ast.Node) (*node, *fault) {
	n := &node{at: placeOf(a.GetToken())}
	if g.budget--; g.budget < 0 {
		return nil, &fault{at: n.at, message: "the file is too large"}
	}
	switch a := a.(type) {
	case *ast.NullNode:
	case *ast.MappingNode:
		return g.growPairs(n, a.Values)
	case *ast.MappingValueNode:
		return g.growPairs(n, []*ast.MappingValueNode{a})
	case *ast.SequenceNode:
		return g.growItems(n, a.Values)
	case *ast.AnchorNode:
		return g.growAnchor(a)
	case *ast.AliasNode:
		return g.growAlias(n, a)
	case *ast.StringNode:
		n.kind, n.text, n.quoted = scalar, a.Value, isQuoted(a.Token)
	case *ast.LiteralNode:
		n.kind, n.text, n.quoted = scalar, a.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		n.kind, n.text = scalar, a.GetToken().Value
	default:
		return nil, &fault{at: n.at, message: fmt.Sprintf("%s is YAML that has no place here", a.Type())}
	}
	return n, nil
}

func isQuoted(t *token.Token) bool {
	return t != nil && (t.Type == token.DoubleQuoteType || t.Type == token.SingleQuoteType)
}

func (g *grower) growPairs(n *node, pairs []*ast.MappingValueNode) (*node, *fault) {
	n.kind = mapping
	if len(pairs) > 0 {
		n.at = placeOf(pairs[0].Key.GetToken())
	}
	for _, pair := range pairs {
		k := key{name: pair.Key.GetToken().Value, at: placeOf(pair.Key.GetToken())}
		if n.find(k.name) != nil {
			return nil, &fault{at: k.at, message: fmt.Sprintf("key %q is given twice", k.name)}
		}
		value, f := g.grow(pair.Value)
		if f != nil {
			return nil, f
		}
		n.keys, n.items = append(n.keys, k), append(n.items, value)
	}
	return n, nil
}

func (g *grower) growItems(n *node, values []ast.Node) (*node, *fault) {
	n.kind = list
	for _, v := range values {
		item, f := g.grow(v)
		if f != nil {
			return nil, f
		}
		n.items = append(n.items, item)
	}
	return n, nil
}

func (g *grower) growAnchor(a *ast.AnchorNode) (*node, *fault) {
	n, f := g.grow(a.Value)
	if f == nil {
		g.anchors[a.Name.GetToken().Value] = n
	}
	return n, f
}

// growAlias copies what the anchor names: an assignment to one of the two must
// not change the other.
func (g *grower) growAlias(n *node, a *ast.AliasNode) (*node, *fault) {
	name := a.Value.GetToken().Value
	named, ok := g.anchors[name]
	if !ok {
		return nil, &fault{at: n.at, message: fmt.Sprintf("alias *%s: no anchor &%s comes before it", name, name)}
	}
	copied, ok := named.clone(&g.budget)
	if !ok {
		return nil, &fault{at: n.at, message: "the file is too large"}
	}
	return copied, nil
}

func (n *node) clone(budget *int) (*node, bool) {
	if *budget--; *budget < 0 {
		return nil, false
	}
	c := *n
	c.keys = append([]key(nil), n.keys...)
	c.items = make([]*node, len(n.items))
	for i, item := range n.items {
		var ok bool
		if c.items[i], ok = item.clone(budget); !ok {
			return nil, false
		}
	}
	return &c, true
}
