package accesslog

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"edgesim/results"
)

// journal is a Log in a folder of its own, at 23:59:58.
type journal struct {
	*Log
	t    *testing.T
	dir  string
	said []string
	at   time.Time
}

func newJournal(t *testing.T, change func(*Config)) *journal {
	j := &journal{t: t, dir: t.TempDir(), at: exampleNames().Epoch}
	n := 0
	conf := Config{Dir: j.dir, Unique: func() string { n++; return fmt.Sprintf("unique%d", n) }, Say: func(s string) { j.said = append(j.said, s) }}
	if change != nil {
		change(&conf)
	}
	names := exampleNames()
	names.Distributions = append(names.Distributions, results.Distribution{ID: "E/../2"})
	var err error
	if j.Log, err = Open(conf, names, j.at); err != nil {
		t.Fatal(err)
	}
	return j
}

// ended is a record of a distribution that ended so long after the epoch.
func ended(distribution uint16, after time.Duration) results.Record {
	return results.Record{At: int64(after), Distribution: distribution, Status: 200, ContentLength: -1, RangeStart: -1, RangeEnd: -1}
}

func (j *journal) tick(d time.Duration) {
	j.at = j.at.Add(d)
	j.Tick(j.at)
	j.settle()
}

// settle waits until no file is being closed.
func (j *journal) settle() {
	j.mu.Lock()
	j.settled()
	j.mu.Unlock()
}

// files are the names in the folder, with the number of rows of those that are
// whole gzips.
func (j *journal) files() []string {
	j.t.Helper()
	var list []string
	filepath.WalkDir(j.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		name, _ := filepath.Rel(j.dir, path)
		if strings.HasSuffix(name, ".gz") {
			name += fmt.Sprint(" ", rows(j.t, path))
		} else if strings.HasSuffix(name, ".part") {
			name = name[:strings.Index(name, ".gz")] + " part"
		}
		list = append(list, name)
		return nil
	})
	slices.Sort(list)
	return list
}

func (j *journal) want(files ...string) {
	j.t.Helper()
	if got := j.files(); !slices.Equal(got, files) {
		j.t.Errorf("the folder has %q, want %q", got, files)
	}
}

// rows counts a whole log's rows, and holds its header.
func rows(t *testing.T, path string) int {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(path, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if b, err = io.ReadAll(z); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
	if !bytes.HasPrefix(b, []byte(header())) || bytes.Count(b, []byte("#Version")) != 1 {
		t.Errorf("%s has not one header: %.200q", path, b)
	}
	return bytes.Count(b, []byte("\n")) - 2
}

// TestLogIsCutAsCloudFrontDoes: a file for each distribution and hour (UTC) of
// the requests, none without requests (reference, section 3.1).
func TestLogIsCutAsCloudFrontDoes(t *testing.T) {
	j := newJournal(t, func(c *Config) { c.Prefix = "logs/site." })
	j.want()
	j.Add([]results.Record{ended(0, 0), ended(0, time.Second), ended(0, 2*time.Second), ended(1, 0), ended(results.NoDistribution, 0)})
	j.want("logs/site.EIMAGES0000001.2026-11-23-23.unique1 part", "logs/site.EIMAGES0000001.2026-11-24-00.unique2 part",
		"logs/site.E____2.2026-11-23-23.unique3 part", "logs/site.none.2026-11-23-23.unique4 part")
	j.tick(8 * time.Second) // 00:00:06
	j.want("logs/site.EIMAGES0000001.2026-11-23-23.unique1.gz 2", "logs/site.EIMAGES0000001.2026-11-24-00.unique2 part",
		"logs/site.E____2.2026-11-23-23.unique3.gz 1", "logs/site.none.2026-11-23-23.unique4.gz 1")
	j.Add([]results.Record{ended(0, time.Second)}) // late: another file of that hour
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j.want("logs/site.EIMAGES0000001.2026-11-23-23.unique1.gz 2", "logs/site.EIMAGES0000001.2026-11-23-23.unique5.gz 1",
		"logs/site.EIMAGES0000001.2026-11-24-00.unique2.gz 1", "logs/site.E____2.2026-11-23-23.unique3.gz 1",
		"logs/site.none.2026-11-23-23.unique4.gz 1")
}

func TestLogFilesEndByTimeAndSize(t *testing.T) {
	j := newJournal(t, func(c *Config) { c.Every, c.MaxSize = 10*time.Second, 64<<10 })
	j.Add([]results.Record{ended(0, 5*time.Second)})
	j.tick(9 * time.Second)
	j.want("EIMAGES0000001.2026-11-24-00.unique1 part")
	j.tick(time.Second)
	j.want("EIMAGES0000001.2026-11-24-00.unique1.gz 1")
	recs := make([]results.Record, 0, 512)
	for i := range cap(recs) {
		r := ended(0, 5*time.Second)
		r.ID = uint64(i)
		recs = append(recs, r)
	}
	for len(j.files()) < 3 {
		j.Add(recs)
		j.settle()
	}
	if info, err := os.Stat(filepath.Join(j.dir, "EIMAGES0000001.2026-11-24-00.unique2.gz")); err != nil || info.Size() < 64<<10 || info.Size() > 1<<20 {
		t.Errorf("the file ended by its size has %v, %v", info, err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

// failing is an outlet whose disk is full while full is set.
type failing struct {
	outlet
	full *bool
}

var errFull = errors.New("no space left on device")

func (f failing) Write(b []byte) (int, error) {
	if *f.full {
		n, _ := f.outlet.Write(b[:len(b)/2])
		return n, errFull
	}
	return f.outlet.Write(b)
}

func (f failing) sync() error {
	if *f.full {
		return errFull
	}
	return f.outlet.sync()
}

// TestLogSurvivesAFullDisk: lines that were sure stay, those that cannot be
// written are counted and said once, and it goes on when there is room.
func TestLogSurvivesAFullDisk(t *testing.T) {
	for _, name := range []string{"", "access.log", "access.log.gz"} {
		t.Run(name, func(t *testing.T) {
			full := false
			j := newJournal(t, func(c *Config) {
				if name != "" {
					c.File, c.Dir = filepath.Join(t.TempDir(), name), ""
				}
			})
			if name != "" {
				j.dir = filepath.Dir(j.conf.File)
				j.Reopen()
			}
			j.open = func(path string) (outlet, error) {
				o, err := openOutlet(path)
				return failing{o, &full}, err
			}
			j.Add([]results.Record{ended(0, time.Minute)})
			j.tick(time.Minute) // sure
			full = true
			for range 3 {
				j.Add([]results.Record{ended(0, time.Minute)})
				j.tick(time.Minute)
				j.Add([]results.Record{ended(0, time.Minute)})
				j.tick(time.Second)
			}
			if len(j.said) != 1 || !strings.Contains(j.said[0], errFull.Error()) {
				t.Errorf("said %q", j.said)
			}
			if j.Lost() != 6 {
				t.Errorf("%d lines were lost, want 6", j.Lost())
			}
			full = false
			j.tick(time.Second)
			j.Add([]results.Record{ended(0, time.Minute), ended(0, time.Minute)})
			j.tick(time.Second)
			if len(j.said) != 2 || !strings.Contains(j.said[1], "6 lines have been lost") {
				t.Errorf("said %q", j.said)
			}
			if err := j.Close(); err != nil {
				t.Error(err)
			}
			total := 0
			files, _ := os.ReadDir(j.dir)
			for _, f := range files {
				if strings.HasSuffix(f.Name(), ".part") {
					t.Errorf("%s is left", f.Name())
				}
				if name == "access.log.gz" {
					continue // members with a header each
				}
				total += rows(t, filepath.Join(j.dir, f.Name()))
			}
			if total != 3 && name != "access.log.gz" {
				t.Errorf("%d lines were written, want 3", total)
			}
		})
	}
}

func TestLogOfAFolderThatGoesAway(t *testing.T) {
	j := newJournal(t, func(c *Config) { c.Prefix = "deep/" })
	if err := os.WriteFile(filepath.Join(j.dir, "deep"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	j.Add([]results.Record{ended(0, 0), ended(0, 0)})
	if j.Lost() != 2 || len(j.said) != 1 {
		t.Errorf("%d lines lost, said %q", j.Lost(), j.said)
	}
	if err := j.Close(); err == nil || !strings.Contains(err.Error(), "2 lines were lost") {
		t.Errorf("closing gives %v", err)
	}
}

// TestReopenFollowsLogrotate: a file that was moved away is whole, and a new one
// of its name is begun.
func TestReopenFollowsLogrotate(t *testing.T) {
	for _, name := range []string{"access.log", "access.log.gz"} {
		path := filepath.Join(t.TempDir(), name)
		l, err := Open(Config{File: path}, exampleNames(), time.Unix(0, 0))
		if err != nil {
			t.Fatal(err)
		}
		l.Add([]results.Record{ended(0, 0)})
		if strings.HasSuffix(name, ".gz") {
			l.Reopen() // it has its name now
		}
		moved := filepath.Join(filepath.Dir(path), "moved-"+name)
		if err := os.Rename(path, moved); err != nil {
			t.Fatal(err)
		}
		l.Reopen()
		l.Add([]results.Record{ended(0, 0), ended(0, 0)})
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if a, b := rows(t, moved), rows(t, path); a != 1 || b != 2 {
			t.Errorf("%s: %d rows before and %d after, want 1 and 2", name, a, b)
		}
	}
}

func TestLogSettingsThatCannotStand(t *testing.T) {
	unique := func() string { return "u" }
	for _, x := range []struct {
		conf Config
		want string
	}{
		{Config{}, "either a file or a folder"},
		{Config{File: "a", Dir: "b"}, "either a file or a folder"},
		{Config{Dir: "b", Every: 2 * time.Hour, Unique: unique}, "from 1s to 1h"},
		{Config{Dir: "b", MaxSize: 1, Unique: unique}, "at least 64 KiB"},
		{Config{Dir: "b", Prefix: "../x", Unique: unique}, "leads out of the folder"},
		{Config{File: filepath.Join("no", "such", "folder")}, "no such file"},
	} {
		if _, err := Open(x.conf, exampleNames(), time.Now()); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%+v: %v, want %q", x.conf, err, x.want)
		}
	}
}

// TestLogIsSharedSafely is for the race detector.
func TestLogIsSharedSafely(t *testing.T) {
	j := newJournal(t, func(c *Config) { c.Every = time.Second })
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for range 50 {
				j.Add([]results.Record{ended(0, time.Second), ended(1, 0)})
			}
		})
	}
	all.Go(func() {
		for i := range 20 {
			j.Tick(j.at.Add(time.Duration(i) * time.Second))
			j.Lost()
		}
	})
	all.Go(func() { j.Reopen() })
	all.Wait()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	total := 0
	files, _ := os.ReadDir(j.dir)
	for _, f := range files {
		total += rows(t, filepath.Join(j.dir, f.Name()))
	}
	if total != 200 {
		t.Errorf("%d rows, want 200", total)
	}
}
