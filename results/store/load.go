package store

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"edgesim/results/report"
)

// Absorb gives the tables of the hours from from up to to, excluded, to the set's
// reports, in the order of time, but for those of the runs that without names. It
// tells how many hours there were.
func (s *Store) Absorb(set *report.Set, from, to time.Time, without ...Key) (hours int, err error) {
	rows, err := s.db.Query("SELECT hour, run, name, csv, notes FROM tables WHERE hour >= ? AND hour < ? ORDER BY hour, run, name, distribution",
		from.Unix(), to.Unix())
	if err != nil {
		return 0, s.unread(err)
	}
	defer rows.Close()
	names := tableNames(set)
	last := int64(-1)
	for rows.Next() {
		var hour, run int64
		var name, csv, notes string
		if err := rows.Scan(&hour, &run, &name, &csv, &notes); err != nil {
			return hours, s.unread(err)
		}
		if slices.Contains(without, Key{hour, run}) {
			continue
		}
		if hour != last {
			hours, last = hours+1, hour
		}
		if !slices.Contains(names, name) {
			continue
		}
		if err := s.give(set, name, csv, notes); err != nil {
			return hours, fmt.Errorf("store %s: hour %s, %s: %w", s.path, time.Unix(hour, 0).UTC().Format(time.RFC3339), name, err)
		}
	}
	if err := rows.Err(); err != nil {
		return hours, s.unread(err)
	}
	return hours, nil
}

// tableNames are those of the set's tables. A store may hold tables of reports
// that this program does not know, or that are not asked for.
func tableNames(set *report.Set) []string {
	var names []string
	for _, k := range set.Kinds() {
		names = append(names, k.TableNames()...)
	}
	return names
}

func (s *Store) give(set *report.Set, name, csv, notes string) error {
	t, err := s.csv.Read(name, strings.NewReader(csv))
	if err != nil {
		return err
	}
	if notes != "" {
		t.Notes = strings.Split(notes, "\n")
	}
	return set.Absorb(t)
}

func (s *Store) unread(err error) error {
	return fmt.Errorf("store %s: reading hours: %w", s.path, s.plainly(err))
}

// Span is from the first hour's start to the last one's end; both are zero when
// there is none.
func (s *Store) Span() (from, to time.Time, err error) {
	var first, last sql.NullInt64
	if err := s.db.QueryRow("SELECT min(hour), max(hour) FROM tables").Scan(&first, &last); err != nil {
		return from, to, s.unread(err)
	}
	if !first.Valid {
		return from, to, nil
	}
	return time.Unix(first.Int64, 0).UTC(), time.Unix(last.Int64, 0).UTC().Add(time.Hour), nil
}
