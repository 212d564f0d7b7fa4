package store

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"edgesim/results/report"
)

// Key names an hour of a run: Unix times, of its start in seconds, of the run's
// in nanoseconds.
type Key struct{ Hour, Run int64 }

// Hour is what the records of one hour came to.
type Hour struct {
	Start  time.Time // UTC, a whole hour
	Run    time.Time // when the server began
	Tables []*report.Table
}

// Key names the hour.
func (h Hour) Key() Key { return Key{h.Start.Unix(), h.Run.UnixNano()} }

// Save puts the hour in the place of what the same run has saved of it before, as
// a whole or not at all, and forgets what is older than the store Keeps by then.
func (s *Store) Save(h Hour) error {
	if !h.Start.Equal(h.Start.Truncate(time.Hour)) {
		panic("store: an hour begins at " + h.Start.String())
	}
	err := s.inOne(func(tx *sql.Tx) error {
		if _, err := tx.Exec("DELETE FROM tables WHERE hour = ? AND run = ?", h.Key().Hour, h.Key().Run); err != nil {
			return err
		}
		if _, err := tx.Exec("DELETE FROM tables WHERE hour <= ?", h.Start.Add(-s.Keeps()).Unix()); err != nil {
			return err
		}
		for _, t := range h.Tables {
			if err := insert(tx, h, t); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store %s: hour %s is not saved: %w", s.path, h.Start.UTC().Format(time.RFC3339), s.plainly(err))
	}
	return nil
}

func insert(tx *sql.Tx, h Hour, t *report.Table) error {
	var csv strings.Builder
	if err := report.WriteCSV(&csv, t); err != nil {
		return err
	}
	_, err := tx.Exec("INSERT INTO tables VALUES (?, ?, ?, ?, ?, ?)", h.Key().Hour, h.Key().Run, t.Name,
		scopeOf(t), csv.String(), strings.Join(t.Notes, "\n"))
	return err
}

// scopeOf is the distribution that the table is of, by its preamble.
func scopeOf(t *report.Table) string {
	for _, p := range t.Preamble {
		if p[0] == "DistributionID" {
			return p[1]
		}
	}
	return ""
}

// inOne does all of do or nothing.
func (s *Store) inOne(do func(*sql.Tx) error) error {
	tx, err := s.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() // nothing, once it is committed
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// Kinds are the reports that can be kept: those that take back their tables.
func Kinds() []report.Kind {
	kinds := report.InOrder(report.Kinds())
	return slices.DeleteFunc(kinds, func(k report.Kind) bool { return !k.Absorbs() })
}
