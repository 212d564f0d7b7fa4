package accesslog

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"edgesim/results"
)

// Config says where a server's log goes: to one File, or into a Dir.
type Config struct {
	File string // everything in one file: gzip if its name ends in .gz, else text that is appended to

	// Dir gets CloudFront's files, <Prefix><distribution>.YYYY-MM-DD-HH.<unique>.gz,
	// each with what ended in one hour (UTC). A file has its name once it is whole;
	// until then its name ends in .part. There is none without requests.
	Dir     string
	Prefix  string        // may have slashes, which make folders; "": none
	Every   time.Duration // after so long a file is ended, even if its hour is not over; 0: an hour
	MaxSize int64         // bytes of a file, about, before the next is begun; 0: 64 MiB
	Unique  func() string // part of a file's name that no other has; required with Dir

	Say func(text string) // is told once when lines begin to be lost, and when that is over; nil: nobody
}

// Log is a log that is written for as long as a server runs. It may be used by
// several goroutines.
//
// When a file cannot be written, its lines are lost and counted, another is tried
// at the next Tick, and so on until one can be.
type Log struct {
	conf  Config
	names *results.Names
	open  func(path string) (outlet, error) // openOutlet, but in tests

	mu       sync.Mutex
	files    map[fileKey]*file
	now      time.Time
	lost     int64 // lines
	troubled bool  // lines were lost, and nothing has been written since
	down     bool  // until the next Tick nothing is tried
	fault    error // the last one

	ending int       // files that are being closed
	ended  sync.Cond // one of them is
}

// fileKey is what a file's lines have in common; zero with Config.File.
type fileKey struct {
	distribution uint16
	hour         int64 // since 1970, UTC
}

type file struct {
	*Writer
	to     outlet
	opened time.Time
	synced time.Time
	unsure int64 // lines since the last sync
}

// syncEvery is how much of a gzip a crash may cost.
const syncEvery = time.Minute

// Open begins a log. now is the time of day; Tick tells it from then on.
func Open(conf Config, names *results.Names, now time.Time) (*Log, error) {
	conf.Every = cmp.Or(conf.Every, time.Hour)
	conf.MaxSize = cmp.Or(conf.MaxSize, 64<<20)
	if conf.Say == nil {
		conf.Say = func(string) {}
	}
	l := &Log{conf: conf, names: names, open: openOutlet, files: map[fileKey]*file{}, now: now}
	l.ended.L = &l.mu
	if err := l.conf.check(); err != nil {
		return nil, fmt.Errorf("access log: %w", err)
	}
	if err := l.try(); err != nil {
		return nil, fmt.Errorf("access log: %w", err)
	}
	return l, nil
}

func (c *Config) check() error {
	switch {
	case (c.File == "") == (c.Dir == ""):
		return errors.New("want either a file or a folder")
	case c.Every < time.Second || c.Every > time.Hour:
		return fmt.Errorf("a file for every %v: want from 1s to 1h", c.Every)
	case c.MaxSize < 64<<10:
		return fmt.Errorf("files of %d bytes: want at least 64 KiB", c.MaxSize)
	case !filepath.IsLocal(c.Prefix + "x"):
		return fmt.Errorf("prefix %q leads out of the folder", c.Prefix)
	case c.Dir != "" && c.Unique == nil:
		panic("accesslog: a folder of logs without Unique")
	}
	return nil
}

// try finds out now what would go wrong with every file.
func (l *Log) try() error {
	if l.conf.File != "" {
		_, err := l.begin(fileKey{})
		return err
	}
	if err := os.MkdirAll(l.conf.Dir, 0o755); err != nil {
		return err
	}
	p, err := openPart(filepath.Join(l.conf.Dir, "try.gz"))
	if err != nil {
		return err
	}
	return p.rescue()
}

// Add writes a line for every record.
func (l *Log) Add(recs []results.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range recs {
		f := l.file(&recs[i])
		if f == nil {
			l.lost++
			continue
		}
		f.unsure++
		f.Add(recs[i : i+1])
	}
	for key, f := range l.files {
		if l.followed() {
			l.sync(key, f)
		} else if f.err != nil {
			l.fail(key, f)
		} else if l.conf.Dir != "" && f.to.size() >= l.conf.MaxSize {
			l.end(key, f)
		}
	}
}

// followed reports whether the log is a text that people watch as it grows.
func (l *Log) followed() bool { return l.conf.File != "" && !strings.HasSuffix(l.conf.File, ".gz") }

// file is the one that a record belongs to; nil: none can be written.
func (l *Log) file(r *results.Record) *file {
	key := fileKey{}
	if l.conf.Dir != "" {
		key = fileKey{r.Distribution, end(l.names, r).Unix() / 3600}
	}
	if f := l.files[key]; f != nil || l.down {
		return f
	}
	f, err := l.begin(key)
	if err != nil {
		l.complain(err)
	}
	return f
}

func (l *Log) begin(key fileKey) (*file, error) {
	path := l.conf.File
	if path == "" {
		path = l.path(key)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, err
		}
	}
	to, err := l.open(path)
	if err != nil {
		return nil, err
	}
	f := &file{Writer: New(to, l.names), to: to, opened: l.now, synced: l.now}
	if to.size() > 0 {
		f.buf = f.buf[:0] // it has a header
	}
	l.files[key] = f
	return f, nil
}

func (l *Log) path(key fileKey) string {
	id := l.names.DistributionOf(&results.Record{Distribution: key.distribution}).ID
	hour := time.Unix(key.hour*3600, 0).UTC().Format("2006-01-02-15")
	return filepath.Join(l.conf.Dir, l.conf.Prefix+fileName(id)+"."+hour+"."+l.conf.Unique()+".gz")
}

// fileName is an id as it may stand in a file's name.
func fileName(id string) string {
	if id == "" {
		return "none" // of those that no distribution wanted
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("-_", r) || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}, id)
}

// Tick tells the time of day, about once a second: files whose time is over are
// ended, and what could not be written is tried again.
func (l *Log) Tick(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now, l.down = now, false
	for key, f := range l.files {
		if l.troubled || now.Sub(f.synced) >= syncEvery {
			l.sync(key, f)
		}
		if l.over(key, f) {
			l.end(key, f)
		}
	}
}

// late is how long after its end an hour's file is kept open: what ended in the
// last moment of the hour is still on its way.
const late = 5 * time.Second

func (l *Log) over(key fileKey, f *file) bool {
	hour := time.Unix((key.hour+1)*3600, 0)
	return l.conf.Dir != "" && (l.now.Sub(hour) >= late || l.now.Sub(f.opened) >= l.conf.Every)
}

// sync makes a file's lines sure.
func (l *Log) sync(key fileKey, f *file) {
	err := f.Flush()
	if err == nil {
		err = f.to.sync()
	}
	if err != nil {
		f.keep(err)
		l.fail(key, f)
		return
	}
	wrote := f.unsure > 0
	f.unsure, f.synced = 0, l.now
	if l.troubled && wrote {
		l.troubled = false
		l.conf.Say(fmt.Sprintf("access log: it can be written again; %d lines have been lost so far", l.lost))
	}
}

// fail gives a file up. What was sure is kept.
func (l *Log) fail(key fileKey, f *file) {
	delete(l.files, key)
	l.lost += f.unsure
	l.complain(f.err)
	_ = f.to.rescue() // the complaint has been made
}

func (l *Log) complain(err error) {
	l.fault, l.down = err, true
	if !l.troubled {
		l.troubled = true
		l.conf.Say(fmt.Sprintf("access log: lines are lost until it can be written again: %v", err))
	}
}

// end completes a file. Its way to the disk holds nobody up.
func (l *Log) end(key fileKey, f *file) {
	l.sync(key, f)
	if l.files[key] != f {
		return // that failed
	}
	delete(l.files, key)
	l.ending++
	go func() {
		err := f.to.finish()
		l.mu.Lock()
		defer l.mu.Unlock()
		if err != nil {
			l.complain(err)
		}
		l.ending--
		l.ended.Broadcast()
	}()
}

// Reopen ends every file, so that the next lines go to new ones: under the same
// name, where there is but one and it was moved away.
func (l *Log) Reopen() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key, f := range l.files {
		l.end(key, f)
	}
	l.settled()
}

// settled waits until no file is being closed. The caller holds the lock.
func (l *Log) settled() {
	for l.ending > 0 {
		l.ended.Wait()
	}
}

// Close ends every file. It returns the last error if lines are being lost.
func (l *Log) Close() error {
	l.Reopen()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.troubled {
		return fmt.Errorf("access log: %d lines were lost: %w", l.lost, l.fault)
	}
	return nil
}

// Lost is how many lines could not be written.
func (l *Log) Lost() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost
}
