package fleet

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ref is a file as a piece names it: the hash of its content, and where it is not in
// the object store its size and the place where it lies, as "HASH SIZE PLACE".
type ref struct {
	hash  string
	size  int64
	place string // an absolute path, or a URL; "": the store
}

func (r ref) String() string {
	if r.place == "" {
		return r.hash
	}
	return fmt.Sprintf("%s %d %s", r.hash, r.size, r.place)
}

// ContentOf is the hash of a file's content, from what Lay gave.
func ContentOf(file string) string {
	hash, _, _ := strings.Cut(file, " ")
	return hash
}

func readRef(text string) (r ref, err error) {
	parts := strings.SplitN(text, " ", 3)
	if r.hash = parts[0]; !isHash(r.hash) {
		return r, fmt.Errorf("%q is no name of a blob", r.hash)
	}
	if len(parts) == 1 {
		return r, nil
	}
	if len(parts) == 3 {
		r.place = parts[2]
		r.size, err = strconv.ParseInt(parts[1], 10, 64)
	}
	if err != nil || r.size < 0 || r.place == "" {
		return r, fmt.Errorf("%q is no file: right is its hash, size and place", text)
	}
	return r, nil
}

func isURL(place string) bool {
	return strings.HasPrefix(place, "http://") || strings.HasPrefix(place, "https://")
}

// Share is a folder whose files workers can read where they lie.
type Share struct {
	Dir   string // here, absolute
	Place string // where workers find it: an absolute folder or an http(s) URL
}

// Shares are those that a coordinator knows.
type Shares []Share

// ParseShares reads a list of DIR or DIR=PLACE.
func ParseShares(list []string) (s Shares, err error) {
	for _, text := range list {
		dir, place, other := strings.Cut(text, "=")
		if dir, err = realDir(dir); err != nil {
			return nil, fmt.Errorf("--shared %s: %w; right is a folder, or DIR=PLACE where workers find it elsewhere", text, err)
		}
		if !other {
			place = dir
		}
		if place, err = parsePlace(place); err != nil {
			return nil, fmt.Errorf("--shared %s: %w", text, err)
		}
		s = append(s, Share{dir, place})
	}
	return s, nil
}

// realDir is a folder's path without links.
func realDir(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		return "", err
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return "", errors.Join(err, fmt.Errorf("%s is no folder", dir))
	}
	return dir, nil
}

// placeOf is where workers find a file; "": nowhere.
func (s Shares) placeOf(file string) string {
	file, err := filepath.Abs(file)
	if err == nil {
		file, err = filepath.EvalSymlinks(file)
	}
	if err != nil {
		return ""
	}
	for _, share := range s {
		inside, err := filepath.Rel(share.Dir, file)
		if err != nil || !filepath.IsLocal(inside) {
			continue
		}
		if isURL(share.Place) {
			return share.Place + "/" + (&url.URL{Path: filepath.ToSlash(inside)}).EscapedPath()
		}
		return filepath.Join(share.Place, inside)
	}
	return ""
}

// Has reports whether workers can read a file where it lies.
func (s Shares) Has(file string) bool { return s.placeOf(file) != "" }

// Lay makes a file's content known to workers: by where it lies if it is shared, and
// through the object store otherwise. It gives what a piece's Data says of it.
func (c *Conn) Lay(ctx context.Context, file string, s Shares) (string, error) {
	place := s.placeOf(file)
	if place == "" {
		return c.Put(ctx, file)
	}
	hash, info, err := hashOf(ctx, file)
	if err != nil {
		return "", err
	}
	return ref{hash, info.Size(), place}.String(), nil
}

// Places are folders and URLs at which a worker reads files where they lie.
type Places []string

// ParsePlaces reads a list of folders and URLs.
func ParsePlaces(list []string) (p Places, err error) {
	for _, text := range list {
		place, err := parsePlace(text)
		if err == nil && !isURL(place) {
			place, err = realDir(place)
		}
		if err != nil {
			return nil, fmt.Errorf("--shared %s: %w", text, err)
		}
		p = append(p, place)
	}
	return p, nil
}

// parsePlace reads an absolute folder, or a URL without query and user.
func parsePlace(text string) (string, error) {
	if !isURL(text) {
		if !filepath.IsAbs(text) {
			return "", errors.New("right is an absolute folder, as /data/traces, or a URL, as http://files.example/traces")
		}
		return filepath.Clean(text), nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("right is a URL as http://files.example/traces, without user, query and fragment")
	}
	return strings.TrimSuffix(text, "/"), nil
}

// check refuses a place that the worker does not share.
func (p Places) check(place string) error {
	for _, allowed := range p {
		if isURL(allowed) == isURL(place) && inside(allowed, place) {
			return nil
		}
	}
	return fmt.Errorf("%s is not shared with this worker: right is --shared with its folder or URL for the worker, or none for the command", place)
}

// inside reports whether a clean path or URL is below another.
func inside(allowed, place string) bool {
	if !isURL(place) {
		rel, err := filepath.Rel(allowed, place)
		return err == nil && filepath.IsLocal(rel)
	}
	u, err := url.Parse(place)
	if err != nil || u.User != nil || u.RawQuery != "" || u.Path != "" && path.Clean(u.Path) != u.Path {
		return false
	}
	a, err := url.Parse(allowed)
	return err == nil && a.Scheme == u.Scheme && a.Host == u.Host && strings.HasPrefix(u.Path, strings.TrimSuffix(a.Path, "/")+"/")
}

// seenFile is a file as it was when its content was looked at.
type seenFile struct {
	hash string
	size int64
	at   time.Time // when it was changed
}

func (f seenFile) is(info os.FileInfo) bool {
	return f.size == info.Size() && f.at.Equal(info.ModTime())
}

// lying is the path of a file that is read where it lies, once it is known to be what
// the piece means.
func (s *shelf) lying(ctx context.Context, r ref) (string, func() error, error) {
	file, err := s.follow(r.place)
	if err != nil {
		return "", nil, err
	}
	lock := s.lock(file)
	lock.Lock()
	defer lock.Unlock()
	seen, err := s.look(ctx, file)
	switch {
	case err != nil:
		return "", nil, err
	case seen.size != r.size || seen.hash != r.hash:
		return "", nil, fmt.Errorf("%s has another content here than where the command was given", r.place)
	}
	return file, func() error {
		if info, err := os.Stat(file); err != nil || !seen.is(info) {
			return errors.Join(err, fmt.Errorf("%s was changed while it was read", r.place))
		}
		return nil
	}, nil
}

// follow is a place without links, which must not lead out of what is shared; of
// what is outside nothing is told.
func (s *shelf) follow(place string) (string, error) {
	file, err := filepath.EvalSymlinks(place)
	if err != nil {
		return "", cmp.Or(s.shared.check(filepath.Clean(place)), err)
	}
	return file, s.shared.check(file)
}

// look is what a file is now. Its content is read once, and again where its size or
// time is another.
func (s *shelf) look(ctx context.Context, file string) (seenFile, error) {
	info, err := os.Stat(file)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no regular file", file)
	}
	if err != nil {
		return seenFile{}, err
	}
	s.mu.Lock()
	seen, known := s.seen[file]
	s.mu.Unlock()
	if known && seen.is(info) {
		return seen, nil
	}
	hash, info, err := hashOf(ctx, file)
	if err != nil {
		return seenFile{}, err
	}
	seen = seenFile{hash, info.Size(), info.ModTime()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[file] = seen
	return seen, nil
}

// hashOf is the hash of a file's content; info is of before it was read.
func hashOf(ctx context.Context, file string) (hash string, info os.FileInfo, err error) {
	f, err := os.Open(file)
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return "", nil, err
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, &until{ctx, f}); err != nil {
		return "", nil, err
	}
	return hex.EncodeToString(sum.Sum(nil)), info, nil
}

// until is a reader that ends with ctx.
type until struct {
	ctx context.Context
	r   io.Reader
}

func (u *until) Read(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(b)
}

// sizeOf is how many bytes a file that is fetched has.
func (s *shelf) sizeOf(ctx context.Context, r ref) (int64, error) {
	if r.place != "" {
		return r.size, nil
	}
	return s.conn.sizeOf(ctx, r.hash)
}

// fetch copies a file from the store or a URL, and checks that it is what its name
// says.
func (s *shelf) fetch(ctx context.Context, r ref, w io.Writer) error {
	if r.place == "" {
		return s.conn.fetch(ctx, r.hash, w)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.place, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept-Encoding", "identity") // the bytes as they lie
	client := http.Client{CheckRedirect: func(to *http.Request, before []*http.Request) error {
		if len(before) >= 10 {
			return errors.New("it was sent on ten times")
		}
		return s.shared.check(to.URL.String())
	}}
	got, err := client.Do(req)
	if err != nil {
		return err
	}
	defer got.Body.Close()
	if got.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", r.place, got.Status)
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, sum), io.LimitReader(got.Body, r.size+1))
	if err != nil {
		return fmt.Errorf("%s: %w", r.place, err)
	}
	if n != r.size || hex.EncodeToString(sum.Sum(nil)) != r.hash {
		return fmt.Errorf("%s has another content than where the command was given", r.place)
	}
	return nil
}
