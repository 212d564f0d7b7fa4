package pieces

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"edgesim/results"
	"edgesim/results/logs"
	"edgesim/results/report"
	"edgesim/sim/fleet"
)

// Lines is parts of access logs that are read into an extract (logs.Extraction). The
// piece's files are a geo database, if there is one, the scenarios of runs whose logs
// these are, and what holds the parts.
type Lines struct {
	Query  bool   `json:"query,omitempty"`  // queries are kept
	From   int64  `json:"from,omitempty"`   // ns since 1970; of what ends before, little is kept; 0: all is
	To     int64  `json:"to,omitempty"`     // the same of what ends then or later
	Geo    bool   `json:"geo,omitempty"`    // the first file is a geo database
	Worlds int    `json:"worlds,omitempty"` // the next so many are scenarios
	Named  []Name `json:"named,omitempty"`  // the next ones are files that these name
	Sums   bool   `json:"sums,omitempty"`   // records are added up (report.Digester)
	Parts  []Part `json:"parts"`
}

// Name is what a scenario has for a file.
type Name struct {
	World  int    `json:"world,omitempty"` // the scenario's place among them, from 0
	File   string `json:"file"`
	Format string `json:"format,omitempty"` // of what is replayed; "": as the scenario says
}

// Part is a portion of a log in one of the files behind those.
type Part struct {
	File         int    `json:"file,omitempty"`
	From         int64  `json:"from,omitempty"`
	To           int64  `json:"to"`
	Distribution string `json:"distribution,omitempty"`
	Amid         bool   `json:"amid,omitempty"`
	Format       string `json:"format,omitempty"`
	Header       string `json:"header,omitempty"`
}

const linesKind = "lines"

func init() { fleet.Register(fleet.BytesOf(linesKind, extract)) }

// partsMost is how many parts a piece may have.
const partsMost = 1024

func extract(ctx context.Context, r *fleet.Room, l Lines) ([]byte, error) {
	if len(l.Parts) == 0 || len(l.Parts) > partsMost {
		return nil, fmt.Errorf("%d parts of logs; right are 1 to %d", len(l.Parts), partsMost)
	}
	locate, end, err := l.locate(ctx, r)
	if err != nil {
		return nil, err
	}
	defer end()
	e := logs.Extraction{Query: l.Query, Locate: locate, Trim: l.trim, Workers: r.Jobs}
	if l.Sums {
		e.Adder = l.adder
	}
	for _, p := range l.Parts {
		path, err := r.File(ctx, l.before()+p.File)
		if err != nil {
			return nil, err
		}
		e.Portions = append(e.Portions, logs.Portion{Path: path, From: p.From, To: p.To,
			Distribution: p.Distribution, Amid: p.Amid, Format: p.Format, Header: p.Header})
	}
	return e.Extract(ctx)
}

// before is how many files stand before those with logs.
func (l *Lines) before() int { return l.beforeWorlds() + l.Worlds + len(l.Named) }

func (l *Lines) beforeWorlds() int {
	if l.Geo {
		return 1
	}
	return 0
}

// trim keeps what views ask a record for. Of one that ends outside of the range they
// ask when that was and, since names are given in the order of the log, what it names.
func (l *Lines) trim(r *results.Record) {
	if end := r.End(); l.From != 0 && end < l.From || l.To != 0 && end >= l.To {
		*r = results.Record{At: end, Host: r.Host, Distribution: r.Distribution, Edge: r.Edge, Behavior: r.Behavior, Origin: r.Origin}
		return
	}
	r.Port, r.TLS, r.Cipher, r.Version = 0, 0, 0, 0
	r.ContentLength, r.RangeEnd = -1, -1
}

// adder adds up the records of the range.
func (l *Lines) adder(n *results.Names) logs.Adder {
	o := report.Options{Names: n, Query: l.Query}
	if l.From != 0 {
		o.From = time.Unix(0, l.From)
	}
	if l.To != 0 {
		o.To = time.Unix(0, l.To)
	}
	return report.NewDigester(o)
}

// Logs are access logs that workers read.
type Logs struct {
	Conn   *fleet.Conn
	Job    *fleet.Job
	Shares fleet.Shares // whose files they read where they lie
	Plan   *logs.Plan

	Lines  Lines    // of every piece, but for its parts
	Geo    string   // file of the database, with Lines.Geo
	Worlds []string // scenarios, as many as Lines has

	// Sums takes what Lines.Sums has made in the place of records (logs.Gathering).
	Sums func(sums [][]byte, distributions, edges, behaviors []uint16) error

	before []string          // data of every piece
	laid   map[string]string // shared files, as pieces name them
}

const (
	// askedMost is how many pieces are asked for before the first one's extract is
	// taken.
	askedMost = 1024
	// fetchedMost is how many extracts lie in memory before they are taken, one in
	// hand each on both sides beside them.
	fetchedMost = 2
)

// asked is a piece that is under way, and then its extract.
type asked struct {
	bundle  logs.Bundle
	piece   fleet.Piece
	extract []byte
	err     error
}

// Read has the logs read, as logs.Read reads them. LeftOut says that workers could
// not read some of them. With any other error, but for logs', what was read until
// then is told.
func (l *Logs) Read(ctx context.Context, sink func([]results.Record)) (*logs.Doubts, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g := l.Plan.Gather(sink)
	g.Sums = l.Sums
	if err := l.layBefore(ctx); err != nil {
		return g.Doubts(), err
	}
	lost := 0
	for a := range l.fetched(ctx, l.asked(ctx)) {
		err := a.err
		if err == nil {
			err = g.Take(a.bundle, a.extract)
		}
		if errors.Is(err, logs.ErrRecords) {
			err = l.takeRecords(ctx, g, a.bundle)
		}
		switch {
		case errors.As(err, new(fleet.SetAside)):
			lost++
			g.Lost(a.bundle, err)
		case err != nil:
			return g.Doubts(), err
		}
	}
	if err := ctx.Err(); err != nil {
		return g.Doubts(), err
	}
	d, err := g.End()
	if err == nil && lost > 0 {
		err = LeftOut(lost)
	}
	return d, err
}

// takeRecords has a bundle read again, for its records.
func (l *Logs) takeRecords(ctx context.Context, g *logs.Gathering, b logs.Bundle) error {
	lines := l.Lines
	lines.Sums = false
	p, err := l.lay(ctx, b, lines)
	if err != nil {
		return err
	}
	extract, err := l.Job.Do(ctx, p)
	if err != nil {
		return err
	}
	return g.Take(b, extract)
}

// LeftOut is how many pieces were set aside.
type LeftOut int

func (n LeftOut) Error() string {
	return fmt.Sprintf("%d pieces of the logs could not be read by any worker; the reports are of the others", int(n))
}

// layBefore lays what every piece needs.
func (l *Logs) layBefore(ctx context.Context) error {
	l.before, l.laid = nil, map[string]string{}
	if l.Lines.Geo {
		data, err := l.Conn.Lay(ctx, l.Geo, l.Shares)
		if err != nil {
			return err
		}
		l.before = append(l.before, data)
	}
	for _, text := range l.Worlds {
		data, err := l.Conn.PutBytes(ctx, []byte(text))
		if err != nil {
			return err
		}
		l.before = append(l.before, data)
	}
	return l.layNamed(ctx)
}

// layNamed lays the files by which the scenarios tell their viewers.
func (l *Logs) layNamed(ctx context.Context) error {
	l.Lines.Named = nil
	for i, text := range l.Worlds {
		files, format, err := NamedIn(text)
		if err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(files)) {
			data, err := l.Conn.Lay(ctx, files[name], l.Shares)
			if err != nil {
				return err
			}
			l.before, l.Lines.Named = append(l.before, data), append(l.Lines.Named, Name{World: i, File: name, Format: format})
		}
	}
	return nil
}

// asked lays the logs and asks for pieces, some ahead of those that are taken.
func (l *Logs) asked(ctx context.Context) <-chan asked {
	c := make(chan asked, askedMost)
	go func() {
		defer close(c)
		for b, err := range l.Plan.Bundles(ctx) {
			a := asked{bundle: b, err: err}
			if err == nil {
				a.piece, a.err = l.lay(ctx, b, l.Lines)
			}
			if a.err == nil {
				a.err = l.Job.Ask(ctx, a.piece)
			}
			select {
			case c <- a:
			case <-ctx.Done():
				return
			}
			if a.err != nil {
				return
			}
		}
	}()
	return c
}

// fetched gives the extracts in the order of the logs.
func (l *Logs) fetched(ctx context.Context, from <-chan asked) <-chan asked {
	c := make(chan asked, fetchedMost)
	go func() {
		defer close(c)
		for a := range from {
			if a.err == nil {
				a.extract, a.err = l.Job.Do(ctx, a.piece)
			}
			select {
			case c <- a:
			case <-ctx.Done():
				return
			}
		}
	}()
	return c
}

// lay makes the piece of a bundle, and its data known to workers.
func (l *Logs) lay(ctx context.Context, b logs.Bundle, lines Lines) (p fleet.Piece, err error) {
	lines.Parts = make([]Part, len(b))
	for i, part := range b {
		lines.Parts[i] = Part{From: part.From, To: part.To, Distribution: part.Distribution, Amid: part.Amid, Format: part.Format, Header: part.Header}
	}
	data, err := l.layParts(ctx, b, lines.Parts)
	if err != nil {
		return p, err
	}
	return fleet.PieceOf(linesKind, lines, append(append([]string{}, l.before...), data...)...)
}

// layParts says in the parts where they are in the data that it returns.
func (l *Logs) layParts(ctx context.Context, b logs.Bundle, parts []Part) (data []string, err error) {
	if l.shared(b) {
		return l.layShared(ctx, b, parts)
	}
	if p := b[0]; len(b) == 1 && !p.Amid { // it may be large
		hash, err := l.Conn.Put(ctx, p.Path)
		return []string{hash}, err
	}
	var text []byte
	for i, p := range b {
		begin := int64(len(text))
		if text, err = appendPart(text, p); err != nil {
			return nil, err
		}
		parts[i].From, parts[i].To = begin, int64(len(text))
	}
	hash, err := l.Conn.PutBytes(ctx, text)
	return []string{hash}, err
}

func (l *Logs) shared(b logs.Bundle) bool {
	for _, p := range b {
		if !l.Shares.Has(p.Path) {
			return false
		}
	}
	return true
}

// layShared leaves the files where they lie.
func (l *Logs) layShared(ctx context.Context, b logs.Bundle, parts []Part) (data []string, err error) {
	for i, p := range b {
		if l.laid[p.Path] == "" {
			if l.laid[p.Path], err = l.Conn.Lay(ctx, p.Path, l.Shares); err != nil {
				return nil, err
			}
		}
		parts[i].File, data = len(data), append(data, l.laid[p.Path])
	}
	return data, nil
}

// appendPart appends a portion's bytes.
func appendPart(to []byte, p logs.Portion) ([]byte, error) {
	f, err := os.Open(p.Path)
	if err != nil {
		return nil, fmt.Errorf("log: %w", err)
	}
	defer f.Close()
	n := len(to)
	to = append(to, make([]byte, p.To-p.From)...)
	if _, err := f.ReadAt(to[n:], p.From); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("log: %w", err)
	}
	return to, nil
}
