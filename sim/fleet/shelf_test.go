package fleet

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// library serves files of a size, a letter each, and counts how often.
type library struct {
	t    *testing.T
	url  string
	size int
	gone atomic.Int64
}

func newLibrary(t *testing.T, size int) *library {
	l := &library{t: t, size: size}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rest, ok := strings.CutPrefix(r.URL.Path, "/on/"); ok {
			http.Redirect(w, r, "/secret/"+rest, http.StatusFound)
			return
		}
		l.gone.Add(1)
		_, _ = w.Write(l.text(filepath.Base(r.URL.Path)))
	}))
	t.Cleanup(srv.Close)
	l.url = srv.URL
	return l
}

func (l *library) text(name string) []byte { return bytes.Repeat([]byte(name), l.size/len(name)) }

func (l *library) ref(path string) ref {
	text := l.text(filepath.Base(path))
	sum := sha256.Sum256(text)
	return ref{hex.EncodeToString(sum[:]), int64(len(text)), l.url + path}
}

func (l *library) shelf(dir string, most int64) *shelf {
	return newShelf(&Worker{Cache: dir, Room: most, Shared: Places{l.url + "/files"}})
}

// get takes a file and gives it back at once.
func get(t *testing.T, s *shelf, r ref) {
	t.Helper()
	_, leave, err := s.take(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if err := leave(); err != nil {
		t.Error(err)
	}
}

func has(s *shelf, r ref) bool {
	_, err := os.Stat(filepath.Join(s.dir, r.hash))
	return err == nil
}

func TestWhatWasNotUsedForLongestLeaves(t *testing.T) {
	l := newLibrary(t, 1000)
	s := l.shelf(t.TempDir(), 3500)
	a, b, c, d := l.ref("/files/a"), l.ref("/files/b"), l.ref("/files/c"), l.ref("/files/d")
	for i, r := range []ref{a, b, c, a} {
		get(t, s, r)
		past := time.Now().Add(time.Duration(i-100) * time.Hour)
		if err := os.Chtimes(filepath.Join(s.dir, r.hash), past, past); err != nil {
			t.Fatal(err)
		}
	}
	get(t, s, d)
	if !has(s, a) || has(s, b) || !has(s, c) || !has(s, d) {
		t.Errorf("a %v, b %v, c %v, d %v are there; b was used the longest ago", has(s, a), has(s, b), has(s, c), has(s, d))
	}
	if n := l.gone.Load(); n != 4 {
		t.Errorf("%d were fetched; each is fetched once", n)
	}
}

func TestWhatIsInUseStays(t *testing.T) {
	l := newLibrary(t, 1000)
	dir := t.TempDir()
	one, two := l.shelf(dir, 1500), l.shelf(dir, 1500) // two workers, one folder
	a, b := l.ref("/files/a"), l.ref("/files/b")
	path, leave, err := one.take(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	get(t, two, b)
	if text, err := os.ReadFile(path); err != nil || !bytes.Equal(text, l.text("a")) {
		t.Errorf("what is in use has gone: %v", err)
	}
	if err := leave(); err != nil {
		t.Fatal(err)
	}
	get(t, two, l.ref("/files/c"))
	if has(one, a) || has(one, b) {
		t.Error("what nobody uses is still there, beyond the bound")
	}
}

// Two workers with a folder in common, each with several slots and room for two of
// eight files, always read what they asked for.
func TestAFolderInCommonIsAlwaysWhatItSays(t *testing.T) {
	l := newLibrary(t, 1000)
	dir := t.TempDir()
	var slots sync.WaitGroup
	for range 2 {
		s := l.shelf(dir, 2500)
		for slot := range 3 {
			slots.Go(func() {
				for i := range 40 {
					r := l.ref(fmt.Sprintf("/files/%c", 'a'+(i*7+slot*3)%8))
					path, leave, err := s.take(t.Context(), r)
					if err != nil {
						t.Error(err)
						return
					}
					if hash, _, err := hashOf(t.Context(), path); err != nil || hash != r.hash {
						t.Errorf("%s: %v, %v", r.place, hash, err)
					}
					if err := leave(); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	slots.Wait()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if strings.HasPrefix(e.Name(), coming) {
			t.Errorf("%s was left", e.Name())
		}
	}
}

func TestWhatABrokenWorkerLeftGoes(t *testing.T) {
	l := newLibrary(t, 1000)
	s := l.shelf(t.TempDir(), 1<<20)
	left := filepath.Join(s.dir, coming+"1")
	if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	get(t, s, l.ref("/files/a"))
	if _, err := os.Stat(left); err == nil {
		t.Error("what nobody writes any more is still there")
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	l := newLibrary(t, 1000)
	dir, out := t.TempDir(), t.TempDir()
	write := func(path, text string) string {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	lying := func(path string) ref {
		hash, info, err := hashOf(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		return ref{hash, info.Size(), path}
	}
	inside, outside := lying(write(filepath.Join(dir, "a"), "inside")), lying(write(filepath.Join(out, "b"), "outside"))
	link := filepath.Join(dir, "link")
	if err := os.Symlink(outside.place, link); err != nil {
		t.Fatal(err)
	}
	other := func(r ref, change func(*ref)) ref { change(&r); return r }
	s := newShelf(&Worker{Cache: t.TempDir(), Room: 1500, Shared: Places{dir, l.url + "/files", l.url + "/on"}})
	get(t, s, inside)
	get(t, s, l.ref("/files/a"))
	for name, c := range map[string]struct {
		ref  ref
		want string
	}{
		"another folder":  {outside, "is not shared"},
		"a link out":      {ref{outside.hash, outside.size, link}, "is not shared"},
		"dots":            {ref{outside.hash, outside.size, dir + "/../" + filepath.Base(out) + "/b"}, "is not shared"},
		"none outside":    {ref{outside.hash, 1, out + "/none"}, "is not shared"},
		"none inside":     {ref{outside.hash, 1, dir + "/none"}, "no such file"},
		"a folder":        {ref{outside.hash, 1, dir + "/."}, "no regular file"},
		"another size":    {other(inside, func(r *ref) { r.size++ }), "another content"},
		"another content": {other(inside, func(r *ref) { r.hash = outside.hash }), "another content"},
		"another URL":     {l.ref("/secret/a"), "is not shared"},
		"a longer name":   {l.ref("/files2/a"), "is not shared"},
		"dots in a URL":   {l.ref("/files/../secret/a"), "is not shared"},
		"dots, in code":   {l.ref("/files/%2e%2e/secret/a"), "is not shared"},
		"a user":          {other(l.ref("/files/a"), func(r *ref) { r.place = strings.Replace(r.place, "//", "//me@", 1) }), "is not shared"},
		"sent elsewhere":  {l.ref("/on/b"), "is not shared"},
		"other bytes":     {other(l.ref("/files/b"), func(r *ref) { r.hash = inside.hash[:63] + "0" }), "another content"},
		"too many bytes":  {other(l.ref("/files/b"), func(r *ref) { r.size-- }), "another content"},
		"too large":       {other(l.ref("/files/b"), func(r *ref) { r.size = 1501 }), "does not fit"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := s.take(t.Context(), c.ref)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v; want %q in it", err, c.want)
			}
			if err != nil && strings.Contains(c.want, "shared") && strings.Contains(err.Error(), "no such file") {
				t.Errorf("it tells what is not there: %v", err)
			}
		})
	}
}

func TestAFileThatChangesIsNoticed(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	if err := os.WriteFile(path, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	hash, info, err := hashOf(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	s := newShelf(&Worker{Cache: t.TempDir(), Shared: Places{dir}})
	r := ref{hash, info.Size(), path}
	_, leave, err := s.take(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("after!"), 0o600); err != nil {
		t.Fatal(err)
	}
	later := info.ModTime().Add(time.Second)
	if err := os.Chtimes(path, later, later); err != nil {
		t.Fatal(err)
	}
	if err := leave(); err == nil {
		t.Error("a file that was changed while it was read went unnoticed")
	}
	if _, _, err := s.take(t.Context(), r); err == nil || !strings.Contains(err.Error(), "another content") {
		t.Errorf("%v", err)
	}
}

func TestSharedFilesComeFromWhereTheyLie(t *testing.T) {
	p := newPlace(t)
	c := p.connect("v1")
	dir := t.TempDir()
	path := filepath.Join(dir, "a b%c")
	if err := os.WriteFile(path, make([]byte, 1234), 0o600); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.StripPrefix("/t/", http.FileServer(http.Dir(dir))))
	t.Cleanup(srv.Close)
	ctx, stop := context.WithCancel(t.Context())
	var over sync.WaitGroup
	over.Go(func() {
		w := &Worker{Conn: c, Name: "a", Slots: 1, Cache: filepath.Join(t.TempDir(), "cache"), Shared: Places{dir, srv.URL + "/t"}}
		if err := w.Run(ctx); err != nil {
			t.Log(err)
		}
	})
	defer over.Wait()
	defer stop()
	var hashes []string
	for i, share := range []string{dir, dir + "=" + srv.URL + "/t/"} {
		shares, err := ParseShares([]string{share})
		if err != nil {
			t.Fatal(err)
		}
		file, err := c.Lay(t.Context(), path, shares)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, ContentOf(file))
		if _, err := c.data.GetInfo(t.Context(), ContentOf(file)); err == nil {
			t.Error("it lies in the store, too")
		}
		j := open(t, c, fmt.Sprint("shared", i))
		if n, err := Ask[int64](t.Context(), j, "size", struct{}{}, file); err != nil || n != 1234 {
			t.Errorf("%s: %d, %v", share, n, err)
		}
		j.Close(true)
	}
	if hashes[0] != hashes[1] || (Piece{Data: hashes[:1]}).ID() != (Piece{Data: []string{hashes[0] + " 3 /x"}}).ID() {
		t.Error("a piece is named by where its files lie")
	}
}

// A blob may take as long as its size asks for, and not as long as one answer of the
// server may.
func TestBlobsHaveTimeForTheirSize(t *testing.T) {
	c := newPlace(t).connect("v1")
	hasty, err := jetstream.New(c.nc, jetstream.WithDefaultTimeout(time.Nanosecond))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if c.data, err = hasty.ObjectStore(ctx, dataBucket); err != nil {
		t.Fatal(err)
	}
	text := bytes.Repeat([]byte("blob"), 1<<18)
	hash, err := c.PutBytes(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := c.fetch(t.Context(), hash, &got); err != nil || !bytes.Equal(got.Bytes(), text) {
		t.Errorf("%d bytes, %v", got.Len(), err)
	}
	if d := moving(1 << 30); d < time.Hour || moving(0) != answering {
		t.Errorf("a GiB has %v, an empty one %v", d, moving(0))
	}
}

// A blob that is longer than the store says, or is said to be longer than anything, does
// not fill the disk: room was made for what was said.
func TestBlobsAreNotLongerThanTheStoreSays(t *testing.T) {
	p := newPlace(t)
	c := p.connect("v1")
	hash, err := c.PutBytes(t.Context(), bytes.Repeat([]byte("x"), 1000))
	if err != nil {
		t.Fatal(err)
	}
	subject := "$O." + dataBucket + ".M." + base64.URLEncoding.EncodeToString([]byte(hash))
	stream, err := c.js.Stream(t.Context(), "OBJ_"+dataBucket)
	if err != nil {
		t.Fatal(err)
	}
	m, err := stream.GetLastMsgForSubject(t.Context(), subject)
	if err != nil {
		t.Fatal(err)
	}
	s := newShelf(&Worker{Conn: c, Cache: t.TempDir(), Room: 1500})
	for said, want := range map[string]string{"10": "more than the 10 bytes", "0": "bytes of another", "9223372036854775808": "has 9223372036854775808 bytes"} {
		other := strings.Replace(string(m.Data), `"size":1000`, `"size":`+said, 1)
		if _, err := c.js.Publish(t.Context(), subject, []byte(other)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.take(t.Context(), ref{hash: hash}); err == nil || !strings.Contains(err.Error(), want) || has(s, ref{hash: hash}) {
			t.Errorf("%s bytes are said: %v; want %s", said, err, want)
		}
	}
	if _, err := c.js.Publish(t.Context(), subject, m.Data); err != nil {
		t.Fatal(err)
	}
	get(t, s, ref{hash: hash})
}

func TestSharesAreRead(t *testing.T) {
	dir := t.TempDir()
	for text, right := range map[string]bool{
		dir: true, dir + "=/data": true, dir + "=http://h/x": true, dir + "/none": false, dir + "=data": false, dir + "=": false,
		dir + "=http://u:p@h/x": false, dir + "=http://h/x?y": false, dir + "=ftp://h/x": false, "": false,
	} {
		if text == "" {
			continue // the folder one is in
		}
		if _, err := ParseShares([]string{text}); (err == nil) != right {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzRefsAreReadAsWritten(f *testing.F) {
	hash := strings.Repeat("0a", 32)
	f.Add(hash)
	f.Add(hash + " 12 /data/a b")
	f.Add(hash + " -1 /data")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := readRef(text)
		if err != nil {
			return
		}
		again, err := readRef(r.String())
		if err != nil || again != r || ContentOf(r.String()) != r.hash {
			t.Errorf("%q is read as %+v, and that as %+v, %v", text, r, again, err)
		}
	})
}
