package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Kind is a sort of piece that workers can run. They run no other.
type Kind struct {
	Name string
	// Once says that a piece acts on the world and cannot be run again: a worker that
	// has begun with it keeps it, does nothing else meanwhile, and has no successor.
	Once bool
	// Do runs a piece. It must give the same bytes for the same piece every time.
	Do func(ctx context.Context, r *Room, args []byte) ([]byte, error)
}

var kinds []Kind

// Register adds a kind; for use in init.
func Register(k Kind) { kinds = append(kinds, k) }

// Kinds are all that are registered, by name.
func Kinds() []Kind {
	return slices.SortedFunc(slices.Values(kinds), func(a, b Kind) int { return strings.Compare(a.Name, b.Name) })
}

func (w *Worker) kindOf(name string) (Kind, error) {
	list := w.Kinds
	if list == nil {
		list = kinds
	}
	for _, k := range list {
		if k.Name == name {
			return k, nil
		}
	}
	return Kind{}, fmt.Errorf("there is no kind of piece %q", name)
}

// Room is what a piece has of the world.
type Room struct {
	Worker string // who runs it
	Jobs   int    // processors that it may use
	shelf  *shelf
	needs  []string
	job    string
	worker *Worker

	mu    sync.Mutex
	leave []func() error // gives back what the piece reads
}

// File is the path of the i-th file that the piece needs: read it, change nothing.
// It stays until the piece is over.
func (r *Room) File(ctx context.Context, i int) (string, error) {
	if i < 0 || i >= len(r.needs) {
		return "", fmt.Errorf("the piece has %d files and asks for the one numbered %d", len(r.needs), i)
	}
	at, err := readRef(r.needs[i])
	if err != nil {
		return "", err
	}
	path, leave, err := r.shelf.take(ctx, at)
	if err != nil {
		return "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.leave = append(r.leave, leave)
	return path, nil
}

// close gives back what the piece read. The error says that a file was not what it
// was taken for.
func (r *Room) close() (err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, leave := range r.leave {
		err = errors.Join(err, leave())
	}
	r.leave = nil
	return err
}

// Files is how many files the piece has.
func (r *Room) Files() int { return len(r.needs) }

// KindOf makes a kind whose arguments and result are JSON of those types. Unknown
// fields are refused: they are another version's.
func KindOf[A, R any](name string, do func(ctx context.Context, r *Room, a A) (R, error)) Kind {
	return Kind{Name: name, Do: func(ctx context.Context, r *Room, text []byte) ([]byte, error) {
		a, err := argsOf[A](text)
		if err != nil {
			return nil, err
		}
		v, err := do(ctx, r, a)
		if err != nil {
			return nil, err
		}
		return json.Marshal(v)
	}}
}

// BytesOf makes a kind whose arguments are JSON, as KindOf's, and whose result are
// bytes.
func BytesOf[A any](name string, do func(ctx context.Context, r *Room, a A) ([]byte, error)) Kind {
	return Kind{Name: name, Do: func(ctx context.Context, r *Room, text []byte) ([]byte, error) {
		a, err := argsOf[A](text)
		if err != nil {
			return nil, err
		}
		return do(ctx, r, a)
	}}
}

func argsOf[A any](text []byte) (a A, err error) {
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(&a); err != nil {
		return a, fmt.Errorf("the piece's description: %w", err)
	}
	return a, nil
}

// PieceOf is a piece of a kind whose arguments are JSON.
func PieceOf(kind string, args any, data ...string) (Piece, error) {
	text, err := json.Marshal(args)
	return Piece{Kind: kind, Args: text, Data: data}, err
}

// Ask is Job.Do for a kind that KindOf made.
func Ask[R any](ctx context.Context, j *Job, kind string, args any, data ...string) (R, error) {
	var v R
	p, err := PieceOf(kind, args, data...)
	if err != nil {
		return v, err
	}
	got, err := j.Do(ctx, p)
	if err == nil {
		err = json.Unmarshal(got, &v)
	}
	return v, err
}
