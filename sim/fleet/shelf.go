package fleet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"edgesim/sim/unit"
)

// CacheRoom is how large a worker's cache may be where nothing else is said.
const CacheRoom = 20 << 30

// shelf keeps files on a worker's disk, by the hash of their content, once for all
// its pieces; those that were not used for the longest time leave for others.
//
// Workers may share a folder. What one of them reads has a shared lock on it, and
// what is on its way an exclusive one; only what nobody has locked is removed. A
// lock on the folder's own file is held while names come and go, so that what is
// locked is what has the name.
type shelf struct {
	dir    string
	most   int64 // bytes; what is in use at one time may be more
	conn   *Conn
	shared Places

	mu   sync.Mutex
	busy map[string]*sync.Mutex // by hash: it comes once
	seen map[string]seenFile    // by path, of files that were read where they lie
}

func newShelf(w *Worker) *shelf {
	return &shelf{dir: w.Cache, most: cmp.Or(w.Room, CacheRoom), conn: w.Conn, shared: w.Shared, busy: map[string]*sync.Mutex{}, seen: map[string]seenFile{}}
}

// take is where a file lies, fetched if it does not yet. It stays there until leave
// is called, whose error says that it did not.
func (s *shelf) take(ctx context.Context, r ref) (path string, leave func() error, err error) {
	if r.place != "" && !isURL(r.place) {
		return s.lying(ctx, r)
	}
	if r.place != "" {
		if err := s.shared.check(r.place); err != nil {
			return "", nil, err
		}
	}
	lock := s.lock(r.hash)
	lock.Lock()
	defer lock.Unlock()
	path = filepath.Join(s.dir, r.hash)
	for range 10 { // what has just come may be thrown out by another worker that needs the room
		held, err := s.hold(path)
		if err == nil {
			return path, held.Close, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", nil, err
		}
		if err := s.bring(ctx, r, path); err != nil {
			return "", nil, err
		}
	}
	return "", nil, fmt.Errorf("%s is thrown out of the cache as soon as it comes: right is a larger --cache-size", r.hash)
}

func (s *shelf) lock(hash string) *sync.Mutex {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy[hash] == nil {
		s.busy[hash] = new(sync.Mutex)
	}
	return s.busy[hash]
}

// alone does what changes names in the folder.
func (s *shelf) alone(do func() error) error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	l := flock.New(filepath.Join(s.dir, "lock"))
	if err := l.Lock(); err != nil {
		return fmt.Errorf("the cache: %w", err)
	}
	return errors.Join(do(), l.Close())
}

// hold keeps a file from being removed.
func (s *shelf) hold(path string) (l *flock.Flock, err error) {
	err = s.alone(func() error {
		if _, err := os.Stat(path); err != nil {
			return err
		}
		l = flock.New(path, flock.SetFlag(os.O_RDONLY))
		if err := l.RLock(); err != nil {
			return err
		}
		now := time.Now()
		_ = os.Chtimes(path, now, now) // of another user's file it stays as it was
		return nil
	})
	return l, err
}

const coming = "coming-"

// bring fetches a file into the folder.
func (s *shelf) bring(ctx context.Context, r ref, path string) error {
	size, err := s.sizeOf(ctx, r)
	if err != nil {
		return err
	}
	if size > s.most {
		return fmt.Errorf("a file of %v does not fit a cache of %v: right is a larger --cache-size", unit.Size(size), unit.Size(s.most))
	}
	f, l, err := s.place(size)
	if err != nil {
		return err
	}
	err = errors.Join(s.fetch(ctx, r, f), f.Close())
	return errors.Join(err, s.alone(func() error {
		// Another worker may have brought the same meanwhile, and someone reads it there.
		if _, there := os.Stat(path); err == nil && there != nil {
			err = os.Rename(f.Name(), path)
		} else {
			_ = os.Remove(f.Name())
		}
		return errors.Join(err, l.Close())
	}))
}

// place makes a locked file that a new one comes into, as large as that will be.
func (s *shelf) place(size int64) (f *os.File, l *flock.Flock, err error) {
	err = s.alone(func() error {
		if err := s.makeRoom(size); err != nil {
			return err
		}
		if f, err = os.CreateTemp(s.dir, coming+"*"); err != nil {
			return err
		}
		l = flock.New(f.Name())
		return errors.Join(l.Lock(), f.Truncate(size))
	})
	return f, l, err
}

// makeRoom removes files that nobody uses, the longest unused first, until so many
// bytes more are within the bound, or all are in use.
func (s *shelf) makeRoom(size int64) error {
	list, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	var files []fs.FileInfo
	sum := size
	for _, e := range list {
		info, err := e.Info()
		if err == nil && (isHash(e.Name()) || strings.HasPrefix(e.Name(), coming)) {
			files = append(files, info)
			sum += info.Size()
		}
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, f := range files {
		abandoned := strings.HasPrefix(f.Name(), coming) // unless it is locked
		if (sum > s.most || abandoned) && remove(filepath.Join(s.dir, f.Name())) {
			sum -= f.Size()
		}
	}
	return nil
}

// remove removes a file that nobody has locked.
func remove(path string) bool {
	l := flock.New(path, flock.SetFlag(os.O_RDONLY))
	if free, err := l.TryLock(); err != nil || !free {
		return false
	}
	defer func() { _ = l.Close() }()
	return os.Remove(path) == nil
}
