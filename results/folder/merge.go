package folder

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"edgesim/results"
	"edgesim/results/recording"
)

// Merging is what runs are put together from, and to.
type Merging struct {
	Runs []string // folders of runs that kept their records
	Dir  string   // of the run they make

	Formats []string // of plots, as Options has them
	Plain   bool     // nothing is drawn: for who wants the figures alone

	// Manifest says who merges: command and program.
	Manifest results.Manifest
	// Shares are what each of the runs did, where they were played as one; the manifest
	// then tells of them, and not of folders. nil: nobody knows.
	Shares []results.ShareFigures
	// Unsound says why the runs together are not what was asked for; "": they are.
	Unsound string
	// CSV is a file that gets a line for each interval; "": none.
	CSV string

	// Judge says what the run keeps of what was promised; nil: nothing was.
	Judge func(*results.Summary) []results.Objective
}

// NoRun says that a folder is not of a run that can be merged with the others.
type NoRun struct{ error }

// Merge puts runs together as though one process had played them: records in order
// of their ends, with times since the first epoch, and from them everything that a
// run folder has. The shares of one schedule are checked to be of one.
func Merge(m Merging) (*results.Summary, error) {
	all, err := openPieces(m.Runs)
	defer all.close()
	if err != nil {
		return nil, NoRun{err}
	}
	b, seconds, err := all.builder(m)
	if err != nil {
		return nil, err
	}
	if err := all.play(results.Tee{b, seconds}); err != nil {
		return nil, errors.Join(err, b.Discard())
	}
	end := all.end(b.opt.Length)
	end.Intervals, end.Judge, end.Shares = seconds, m.Judge, m.Shares
	end.Unsound = strings.TrimSpace(m.Unsound + " " + end.Unsound)
	s, err := b.Finish(end)
	if err == nil && m.CSV != "" {
		err = results.WriteFile(m.CSV, func(w io.Writer) error { return seconds.WriteCSV(w, all.names.Epoch) })
	}
	return s, err
}

// piece is one of the runs.
type piece struct {
	dir      string
	manifest *results.Manifest
	summary  *results.Summary
	number   int // of its share, from 1; 0: it is none
	of       int

	file   *os.File
	reader *recording.Reader
	shift  int64 // ns from the common epoch to its own
	recs   []results.Record
}

// pieces are the runs, and the names that all of them come to share.
type pieces struct {
	list  []*piece
	names *results.Names
}

func openPieces(dirs []string) (*pieces, error) {
	all := &pieces{names: results.NewNames(time.Time{})}
	for _, dir := range dirs {
		p, err := openPiece(dir)
		if err != nil {
			return all, err
		}
		all.list = append(all.list, p)
	}
	if err := all.fit(); err != nil {
		return all, err
	}
	for _, p := range all.list {
		if err := p.begin(all.names); err != nil {
			return all, fmt.Errorf("run folder %s: %s: %w", p.dir, results.RecordsFile, err)
		}
	}
	first := slices.MinFunc(all.list, func(a, b *piece) int { return a.epoch().Compare(b.epoch()) })
	all.names.Epoch = first.epoch()
	for _, p := range all.list {
		p.shift = p.epoch().Sub(first.epoch()).Nanoseconds()
		p.place()
	}
	return all, nil
}

// epoch is the moment from which the run's times count.
func (p *piece) epoch() time.Time {
	if at := p.reader.Epoch(); !at.IsZero() {
		return at
	}
	return p.manifest.Started // of a run without a record
}

func openPiece(dir string) (*piece, error) {
	p := &piece{dir: dir}
	var err error
	if p.manifest, err = results.ReadManifest(dir); err == nil {
		p.summary, err = results.ReadSummary(dir)
	}
	if results.NoRun(err) {
		return nil, fmt.Errorf("%s is not the folder of a finished run: it lacks %s or %s", dir, results.ManifestFile, results.SummaryFile)
	}
	if err != nil {
		return nil, err
	}
	if share := p.manifest.Share; share != "" {
		if n, err := fmt.Sscanf(share, "%d/%d", &p.number, &p.of); n != 2 || err != nil || p.number < 1 || p.number > p.of {
			return nil, fmt.Errorf("run folder %s: %s: share %q; right is as 2/4", dir, results.ManifestFile, share)
		}
	}
	if p.file, err = os.Open(filepath.Join(dir, results.RecordsFile)); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("run folder %s has no %s: play it with loadgen --share or --records", dir, results.RecordsFile)
	}
	return p, err
}

// fit checks that the runs are of one kind, and that shares are of one schedule and
// each there once.
func (all *pieces) fit() error {
	first := all.list[0]
	seen := map[int]string{}
	for _, p := range all.list {
		m := p.manifest
		switch {
		case m.Mode != first.manifest.Mode:
			return fmt.Errorf("run folder %s is of a %s run and %s of a %s run; right is runs of one kind", first.dir, first.manifest.Mode, p.dir, m.Mode)
		case p.of != first.of:
			return fmt.Errorf("run folder %s is share %s and %s is %s; right is shares of one schedule", first.dir, cmp.Or(first.manifest.Share, "none"), p.dir, cmp.Or(m.Share, "none"))
		case p.of > 0 && (m.Seed != first.manifest.Seed || m.Name != first.manifest.Name || m.Scenario != first.manifest.Scenario || m.Length != first.manifest.Length):
			return fmt.Errorf("run folders %s and %s are shares of different schedules: their name, seed, scenario or length differ", first.dir, p.dir)
		case p.of > 0 && seen[p.number] != "":
			return fmt.Errorf("run folders %s and %s are both share %s; right is each share once", seen[p.number], p.dir, m.Share)
		}
		seen[p.number] = p.dir
	}
	return nil
}

// begin reads the first records, and names with them.
func (p *piece) begin(names *results.Names) (err error) {
	if p.reader, err = recording.NewReader(p.file, names); err != nil {
		return err
	}
	p.recs, err = p.reader.Next()
	return unlessEnd(err)
}

func unlessEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// place puts records onto the common clock, and numbers the requests as the whole
// schedule has them.
func (p *piece) place() {
	for i := range p.recs {
		r := &p.recs[i]
		r.At += p.shift
		if p.of > 0 && r.ID > 0 {
			r.ID = (r.ID-1)*uint64(p.of) + uint64(p.number)
		}
	}
}

func (all *pieces) close() {
	for _, p := range all.list {
		if p.reader != nil {
			p.reader.Close()
		}
		p.file.Close()
	}
}

// play gives the records of all runs in the order of their ends, as far as each
// run's file has them so.
func (all *pieces) play(view results.View) error {
	for {
		var next *piece
		for _, p := range all.list {
			if len(p.recs) > 0 && (next == nil || p.recs[0].End() < next.recs[0].End()) {
				next = p
			}
		}
		if next == nil {
			return nil
		}
		if err := next.give(view, all.until(next)); err != nil {
			return fmt.Errorf("run folder %s: %s: %w", next.dir, results.RecordsFile, err)
		}
	}
}

// until is the end of the earliest record of the others.
func (all *pieces) until(next *piece) int64 {
	until := int64(1<<63 - 1)
	for _, p := range all.list {
		if p != next && len(p.recs) > 0 {
			until = min(until, p.recs[0].End())
		}
	}
	return until
}

// give gives the records that end by then, the first in any case.
func (p *piece) give(view results.View, until int64) error {
	n := 1
	for n < len(p.recs) && p.recs[n].End() <= until {
		n++
	}
	view.Add(p.recs[:n])
	if p.recs = p.recs[n:]; len(p.recs) > 0 {
		return nil
	}
	var err error
	p.recs, err = p.reader.Next()
	p.place()
	return unlessEnd(err)
}
