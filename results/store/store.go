// Package store keeps what the reports of a long-running edge came to, hour by
// hour, in one SQLite file, so that a restart loses nothing and a report over any
// whole hours of the last sixty days can be made again. It knows tables and how
// reports take them back (report.Absorber); it must never know records' origin
// nor what time it is: moments come in as values.
//
// The file's one table, schema 1:
//
//	tables
//	  hour          INTEGER  Unix time of the hour's start, UTC
//	  run           INTEGER  Unix time in ns at which the server began
//	  name          TEXT     the table's: "cache_statistics"
//	  distribution  TEXT     "ALL", or of a list of names the distribution's ID
//	  csv           TEXT     as the report prints it, preamble included
//	  notes         TEXT     what the table says of itself, a line each
//	  PRIMARY KEY (hour, run, name, distribution)
//
// An hour of one run is replaced as a whole each time that it is saved; the hours
// of several runs, as of a server that was started anew at half past, add up.
// PRAGMA application_id is 0x65736968 ("esih"), PRAGMA user_version the schema's
// number. To look inside:
//
//	sqlite3 edge.db "select datetime(hour,'unixepoch'), csv from tables where name='cache_statistics'"
package store

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"edgesim/results/report"
)

const (
	applicationID = 0x65736968
	schema        = 1

	// Keep is how long hours are kept: as far back as CloudFront's console looks
	// (cloudfront.md, 2.0).
	Keep = 60 * 24 * time.Hour

	// Memory is the path of a store that lives as long as the program; it keeps
	// hours for a day.
	Memory     = ":memory:"
	keepMemory = 24 * time.Hour
)

const create = `
CREATE TABLE IF NOT EXISTS tables (
  hour          INTEGER NOT NULL,
  run           INTEGER NOT NULL,
  name          TEXT    NOT NULL,
  distribution  TEXT    NOT NULL,
  csv           TEXT    NOT NULL,
  notes         TEXT    NOT NULL,
  PRIMARY KEY (hour, run, name, distribution)
)`

// Store is an open file. Its methods may be called from several goroutines; one
// of them works at a time.
type Store struct {
	path string
	db   *sql.DB
	lock *os.File // nil: in memory
	csv  *report.CSVReader
}

// Open opens the store in path, or makes one where nothing is. What is there and
// is no store, is of a newer program, is damaged or is in use by another one is an
// error, and stays as it is.
func Open(path string) (*Store, error) {
	s := &Store{path: path, csv: report.NewCSVReader()}
	if err := s.open(); err != nil {
		return nil, fmt.Errorf("store %s: %w", path, errors.Join(err, s.Close()))
	}
	return s, nil
}

func (s *Store) open() (err error) {
	if s.path != Memory {
		if err := plain(s.path); err != nil {
			return err
		}
		if s.lock, err = lock(s.path + "-lock"); err != nil {
			return err
		}
	}
	if s.db, err = sql.Open("sqlite", source(s.path)); err != nil {
		return err
	}
	// One connection: a store has one writer, and one in memory is its connection's.
	s.db.SetMaxOpenConns(1)
	s.db.SetConnMaxIdleTime(0)
	if err := s.known(); err != nil {
		return s.plainly(err)
	}
	if err := s.begin(); err != nil {
		return s.plainly(err)
	}
	return nil
}

// source is what the driver calls the file. Every save waits for the disk: one a
// minute costs nothing, and then not even a power cut takes what was saved.
func source(path string) string {
	if path == Memory {
		return Memory
	}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()}
	u.RawQuery = "_pragma=busy_timeout(5000)&_pragma=synchronous(FULL)"
	return u.String()
}

// plain refuses what is no file before SQLite says it in fewer words.
func plain(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		if _, err := os.Stat(filepath.Dir(path)); err != nil {
			return fmt.Errorf("there is no folder %s to make it in", filepath.Dir(path))
		}
		return nil
	}
	if err == nil && info.IsDir() {
		err = errors.New("it is a folder; right is a file")
	}
	return err
}

// known looks whether the file is one that this program can keep hours in.
func (s *Store) known() error {
	var id, version, objects int
	for pragma, to := range map[string]*int{"application_id": &id, "user_version": &version} {
		if err := s.db.QueryRow("PRAGMA " + pragma).Scan(to); err != nil {
			return err
		}
	}
	if err := s.db.QueryRow("SELECT count(*) FROM sqlite_schema").Scan(&objects); err != nil {
		return err
	}
	switch {
	case objects > 0 && id != applicationID:
		return errors.New("it is a database of something else; name another file")
	case version > schema:
		return fmt.Errorf("it was written by a newer version of this program (schema %d; this one knows up to %d)", version, schema)
	}
	var health string
	if err := s.db.QueryRow("PRAGMA quick_check(1)").Scan(&health); err != nil {
		return err
	}
	if health != "ok" {
		return fmt.Errorf("it is damaged: %s", strings.Join(strings.Fields(health), " ")) // SQLite writes lines
	}
	return nil
}

// begin makes the file ready to be written, and finds out whether it can be.
func (s *Store) begin() error {
	for _, statement := range []string{
		"PRAGMA journal_mode = WAL", create,
		fmt.Sprintf("PRAGMA application_id = %d", applicationID),
		fmt.Sprintf("PRAGMA user_version = %d", schema),
	} {
		if _, err := s.db.Exec(statement); err != nil {
			return err
		}
	}
	return nil
}

// meanings are what SQLite's errors mean for who runs the server.
var meanings = []struct{ sign, meaning string }{
	{"file is not a database", "it is no store, or was overwritten: move it away, or name another file"},
	{"malformed", "it is damaged: move it away, and a new one is made"},
	{"disk I/O error", "it cannot be read or written, or was cut off: look at the disk, or move it away"},
	{"readonly database", "it cannot be written: look at its permissions and its folder's"},
	{"unable to open database", "it cannot be opened or made: look at its permissions and its folder's"},
	{"database is locked", "another program holds it"},
	{"is full", "the disk is full"},
}

// plainly puts what an error means before what SQLite says.
func (s *Store) plainly(err error) error {
	for _, m := range meanings {
		if strings.Contains(err.Error(), m.sign) {
			return fmt.Errorf("%s (%w)", m.meaning, err)
		}
	}
	return err
}

// Keeps is how long the store keeps hours.
func (s *Store) Keeps() time.Duration {
	if s.path == Memory {
		return keepMemory
	}
	return Keep
}

// Path is where the store is.
func (s *Store) Path() string { return s.path }

// Close ends it. What was saved is in the one file then.
func (s *Store) Close() error {
	var err error
	if s.db != nil {
		err = s.db.Close()
	}
	if s.lock != nil {
		err = errors.Join(err, s.lock.Close())
	}
	return err
}
