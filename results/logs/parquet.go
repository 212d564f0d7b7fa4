package logs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"edgesim/results"
)

// Parquet, as CloudFront's standard logging v2 lays it into S3 (reference,
// section 3.2), or as a database has written it anew: columns by their names, any
// of them in any order, of strings or numbers, dates and timestamps.

func init() {
	register(Format{
		Name:   "parquet",
		About:  "CloudFront's standard logging v2 as Parquet: told by its first four bytes, PAR1",
		Detect: func(head []byte) bool { return bytes.HasPrefix(head, []byte("PAR1")) },
		new:    func(j *job) (decoder, error) { return &parquetRows{loose: loose{row: row{job: j}}}, nil },
		split:  splitParquet,
	})
}

// parquetPart is so many rows of a file: their values, column by column. Values
// point into pages that nobody else has.
type parquetPart struct {
	columns []parquetColumn
	rows    int
	slab    *[]parquet.Value // that the columns' values lie in
	lost    int64            // rows that cannot be read, and then there are no others
	fault   string           // why
}

// parquetColumn is a column that records need.
type parquetColumn struct {
	field  field
	form   form
	values []parquet.Value
}

// partRows is how many rows a worker takes at a time.
const partRows = 2048

// form is how a column's numbers are written as text.
type form struct {
	as   wording
	unit time.Duration // of a clock's and a moment's numbers
}

type wording uint8

const (
	asNumber wording = iota
	asDate           // of days since 1970
	asClock          // of a time of day
	asMoment         // of a time since 1970: in milliseconds
)

// splitParquet hands on the rows of a file, some at a time. Columns that no
// record needs are not read. A damaged page ends the row group, and is said.
func splitParquet(r io.ReaderAt, size int64, emit func(part any) error) (err error) {
	defer caught(&err)
	file, err := parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return err
	}
	columns, leaves := parquetColumns(file.Schema())
	if len(columns) == 0 {
		return errNoField
	}
	for _, group := range file.RowGroups() {
		if err := splitGroup(group, columns, leaves, emit); err != nil {
			return err
		}
	}
	return nil
}

// caught makes an error of a panic: parquet-go has some for files that are
// damaged in ways it did not think of.
func caught(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("damaged: %v", p)
	}
}

// parquetColumns are the columns that records need, and the numbers of their leaves.
func parquetColumns(schema *parquet.Schema) (columns []parquetColumn, leaves []int) {
	for _, path := range schema.Columns() {
		leaf, ok := schema.Lookup(path...)
		if !ok || len(path) != 1 || leaf.MaxRepetitionLevel > 0 {
			continue
		}
		f := fieldOf(path[0])
		if f.kind == colIgnored {
			continue
		}
		columns = append(columns, parquetColumn{field: f, form: formOf(leaf.Node.Type(), &f)})
		leaves = append(leaves, leaf.ColumnIndex)
	}
	return columns, leaves
}

// formOf is how a type's numbers become text. A timestamp is one in milliseconds
// then, whatever the column is called.
func formOf(t parquet.Type, f *field) form {
	logical := t.LogicalType()
	if logical == nil {
		return form{}
	}
	switch l := logical.Value.(type) {
	case *format.DateType:
		return form{as: asDate}
	case *format.TimeType:
		return form{asClock, unitOf(l.Unit)}
	case *format.TimestampType:
		f.kind, f.role = colTimestampMs, asColumn
		return form{asMoment, unitOf(l.Unit)}
	}
	return form{}
}

func unitOf(u format.TimeUnit) time.Duration {
	if u.Value == nil {
		return time.Millisecond
	}
	return u.Value.Duration()
}

func splitGroup(group parquet.RowGroup, columns []parquetColumn, leaves []int, emit func(any) error) error {
	readers := make([]*pageValues, len(columns))
	chunks := group.ColumnChunks()
	for i, leaf := range leaves {
		pages := chunks[leaf].Pages()
		defer pages.Close()
		readers[i] = &pageValues{pages: pages}
	}
	for left := group.NumRows(); left > 0; {
		part, err := readPart(readers, columns, int(min(left, partRows)))
		if err != nil {
			return emit(&parquetPart{lost: left, fault: fmt.Sprintf("%d rows cannot be read: %v", left, err)})
		}
		if err := emit(part); err != nil {
			return err
		}
		left -= int64(part.rows)
	}
	return nil
}

// readPart reads n rows.
func readPart(readers []*pageValues, columns []parquetColumn, n int) (part *parquetPart, err error) {
	defer caught(&err)
	slab := slabs.Get().(*[]parquet.Value)
	*slab = slices.Grow((*slab)[:0], n*len(columns))[:n*len(columns)]
	part = &parquetPart{columns: slices.Clone(columns), rows: n, slab: slab}
	for i, from := range readers {
		part.columns[i].values = (*slab)[i*n : (i+1)*n]
		if err := from.read(part.columns[i].values); err != nil {
			return nil, err
		}
	}
	return part, nil
}

// slabs are the values of parts that are done with.
var slabs = sync.Pool{New: func() any { return new([]parquet.Value) }}

// pageValues reads the values of a column, page after page. It gives no page
// back: what was read points into it.
type pageValues struct {
	pages  parquet.Pages
	values parquet.ValueReader
}

// read reads the next values.
func (p *pageValues) read(values []parquet.Value) error {
	for len(values) > 0 {
		if p.values == nil {
			page, err := p.pages.ReadPage()
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			if err != nil {
				return err
			}
			p.values = page.Values()
		}
		n, err := p.values.ReadValues(values)
		values = values[n:]
		if err == io.EOF {
			p.values = nil
		} else if err != nil {
			return err
		}
	}
	return nil
}

// parquetRows makes records of parts.
type parquetRows struct {
	loose
	room []byte // of the row's values that were no text
}

func (d *parquetRows) begin(f *file, _ string) { d.row.file = f }

func (d *parquetRows) line([]byte, *results.Record) error { return errors.New("no Parquet file") }

func (d *parquetRows) part(f *file, of any, out *batch) {
	d.begin(f, "")
	part := of.(*parquetPart)
	for i := range part.rows {
		out.lines++
		out.recs = append(out.recs, unknown)
		if err := d.one(part, i, &out.recs[len(out.recs)-1]); err != nil {
			out.recs = out.recs[:len(out.recs)-1]
			out.fault(0, err.Error())
		}
	}
	if part.slab != nil {
		slabs.Put(part.slab)
	}
	if part.lost > 0 {
		out.lines += part.lost
		out.malformed += part.lost - 1
		out.fault(0, part.fault)
	}
}

func (d *parquetRows) one(part *parquetPart, i int, r *results.Record) error {
	d.start(nil)
	d.texts.noSlash = false // who knows
	d.room = d.room[:0]
	for c := range part.columns {
		column := &part.columns[c]
		value := &column.values[i]
		if value.IsNull() {
			continue
		}
		if v := d.text(value, column.form); !d.set(column.field, v, r) {
			return badValue(column.field.name, v)
		}
	}
	return d.finish(r)
}

// text is a value as a line of a log would have it; it stays until the next row.
func (d *parquetRows) text(v *parquet.Value, f form) []byte {
	at := len(d.room)
	switch v.Kind() {
	case parquet.ByteArray, parquet.FixedLenByteArray:
		return v.ByteArray()
	case parquet.Int32:
		d.room = appendForm(d.room, int64(v.Int32()), f)
	case parquet.Int64:
		d.room = appendForm(d.room, v.Int64(), f)
	case parquet.Float:
		d.room = strconv.AppendFloat(d.room, float64(v.Float()), 'f', -1, 32)
	case parquet.Double:
		d.room = strconv.AppendFloat(d.room, v.Double(), 'f', -1, 64)
	case parquet.Boolean:
		d.room = strconv.AppendBool(d.room, v.Boolean())
	case parquet.Int96: // a timestamp of old: nanoseconds of a Julian day
		d.room = strconv.AppendInt(d.room, julianMs(v.Int96()), 10)
	}
	return d.room[at:]
}

func appendForm(dst []byte, n int64, f form) []byte {
	switch f.as {
	case asDate:
		return time.Unix(n*86400, 0).UTC().AppendFormat(dst, time.DateOnly)
	case asClock:
		return time.Unix(0, n*int64(f.unit)).UTC().AppendFormat(dst, time.TimeOnly)
	case asMoment:
		if f.unit < time.Millisecond {
			n /= int64(time.Millisecond / f.unit)
		}
	}
	return strconv.AppendInt(dst, n, 10)
}

// julianMs is the moment of an INT96 in milliseconds since 1970: nanoseconds of
// the day in the first eight bytes, the Julian day in the last four.
func julianMs(v [3]uint32) int64 {
	const day1970 = 2440588
	ns := int64(v[1])<<32 | int64(v[0])
	return (int64(v[2])-day1970)*86400e3 + ns/1e6
}
