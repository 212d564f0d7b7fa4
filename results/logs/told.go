package logs

import (
	"cmp"
	"slices"
)

// told is what the reading of a part of a file came to, beside its records.
type told struct {
	Looks     string   `json:"looks,omitempty"`     // the format that the file is read as, told by its looks
	Lines     int64    `json:"lines"`               // that should have given records
	AllLines  int64    `json:"all_lines"`           // with empty ones and directives
	Records   int64    `json:"records"`             //
	Malformed int64    `json:"malformed,omitempty"` // lines that gave no record
	TooLong   int64    `json:"too_long,omitempty"`  // of Malformed
	First     []Fault  `json:"first,omitempty"`     // of the malformed lines, counted from the part's start; without the file
	Strange   []string `json:"strange,omitempty"`   // unknown words
	Said      string   `json:"said,omitempty"`      // how the file ended, where there is something to say
	Lost      bool     `json:"lost,omitempty"`      // nothing of the file could be read
}

// told is what parsing a block came to.
func (b *block) told() told {
	out, long := b.out, b.skipped
	t := told{Lines: long + out.lines, AllLines: long + out.allLines, Records: int64(len(out.recs)),
		Malformed: long + out.malformed, TooLong: long, Strange: out.strange, Said: b.said, Lost: b.lost}
	if f := b.file.format; f != nil && f.looks {
		t.Looks = f.Name
	}
	for line := int64(1); line <= min(long, mostFaults); line++ {
		t.First = append(t.First, Fault{Line: line, What: "it is longer than 1 MiB"})
	}
	t.fault(out.faults, long)
	return t
}

// fault keeps faults, if they are among the first, of lines behind so many others.
func (t *told) fault(list []Fault, line int64) {
	for _, f := range list[:min(len(list), mostFaults-len(t.First))] {
		if f.Line > 0 {
			f.Line += line
		}
		t.First = append(t.First, f)
	}
}

// add is told what comes next of the file.
func (t *told) add(o *told) {
	t.fault(o.First, t.AllLines)
	t.Looks = cmp.Or(t.Looks, o.Looks)
	t.Lines += o.Lines
	t.AllLines += o.AllLines
	t.Records += o.Records
	t.Malformed += o.Malformed
	t.TooLong += o.TooLong
	t.Strange = append(t.Strange, o.Strange...)
	t.Said, t.Lost = o.Said, o.Lost
}

// take counts a part of a file that begins behind so many lines.
func (d *Doubts) take(path string, line int64, t *told) {
	d.looks(path, t.Looks)
	d.Lines += t.Lines
	d.Records += t.Records
	d.Malformed += t.Malformed
	d.TooLong += t.TooLong
	for _, f := range t.First[:min(len(t.First), mostFaults-len(d.First))] {
		if f.File = path; f.Line > 0 {
			f.Line += line
		}
		d.First = append(d.First, f)
	}
	d.strange(path, t.Strange)
}

// looks says of the first file of each format that nothing but the look of its lines
// tells it.
func (d *Doubts) looks(path, name string) {
	if name == "" || slices.Contains(d.looked, name) {
		return
	}
	d.looked = append(d.looked, name)
	if f, err := registry.Find(name); err == nil && f.Looks != "" {
		d.say("%s is read %s, as its first lines look; --format says otherwise", path, f.Looks)
	}
}

// ended counts a file at its end.
func (d *Doubts) ended(path, said string, lost bool) {
	d.Files++
	if lost {
		d.Unknown++
	}
	if said != "" {
		d.say("%s %s", path, said)
	}
}
