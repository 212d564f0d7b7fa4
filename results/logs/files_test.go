package logs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"edgesim/results"
	"edgesim/results/logs/logtest"
)

// generated is a log.
func generated(t *testing.T, seed uint64, lines int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := logtest.Write(&b, seed, lines, 1); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipped(t *testing.T, parts ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, p := range parts {
		w := gzip.NewWriter(&b)
		if _, err := w.Write(p); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func zstded(t *testing.T, text []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return w.EncodeAll(text, nil)
}

// folder has these files.
func folder(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// count reads files and counts their records.
func count(o Options, files ...string) (int, *Doubts, error) {
	o.Files = files
	if o.Names == nil {
		o.Names = names()
	}
	n := 0
	d, err := Read(context.Background(), o, func(recs []results.Record) { n += len(recs) })
	return n, d, err
}

func TestPacked(t *testing.T) {
	a, b := generated(t, 1, 300), generated(t, 2, 400)
	for name, content := range map[string][]byte{
		"plain": a, "gzip": gzipped(t, a), "two members": gzipped(t, a[:1000], a[1000:]), "zstd": zstded(t, a),
		"without the last line feed": a[:len(a)-1], "carriage returns": bytes.ReplaceAll(a, []byte("\n"), []byte("\r\n")),
	} {
		n, d, err := count(Options{}, filepath.Join(folder(t, map[string][]byte{"a.gz": content}), "a.gz"))
		if err != nil || n != 300 || d.Malformed > 0 || len(d.Said) > 0 {
			t.Errorf("%s: %d records, %+v, %v", name, n, d, err)
		}
	}
	two := filepath.Join(folder(t, map[string][]byte{"a": gzipped(t, a, b)}), "a")
	if n, d, err := count(Options{}, two); err != nil || n != 700 || d.Malformed > 0 {
		t.Errorf("two logs in one gzip: %d records, %+v, %v", n, d, err)
	}
}

func TestWhichFiles(t *testing.T) {
	log := func(seed uint64) []byte { return generated(t, seed, 10) }
	dir := folder(t, map[string][]byte{"b.gz": gzipped(t, log(1)), "a.log": log(2), "deep/er/c.log": log(3), "deep/d.gz": gzipped(t, log(4)),
		".hidden/x.log": log(5), "y.gz.1.part": log(6), "empty": {}})
	for _, c := range []struct {
		args []string
		want int // records
	}{
		{[]string{"a.log"}, 10}, {[]string{"a.log", "b.gz"}, 20}, {[]string{"*.gz"}, 10}, {[]string{"?.*"}, 20}, {[]string{""}, 40},
		{[]string{"deep"}, 20}, {[]string{"**"}, 40}, {[]string{"**/*.log"}, 20}, {[]string{"deep/**/*.gz"}, 10}, {[]string{"**/er/*"}, 10},
		{[]string{"a.log", "deep/../a.log", "*.log"}, 10}, {[]string{"empty"}, 0},
	} {
		var args []string
		for _, a := range c.args {
			args = append(args, dir+"/"+a)
		}
		if n, d, err := count(Options{}, args...); err != nil || n != c.want {
			t.Errorf("%q: %d records, want %d; %+v, %v", c.args, n, c.want, d, err)
		}
	}
	link := filepath.Join(dir, "link.log")
	if err := os.Symlink("a.log", link); err != nil {
		t.Fatal(err)
	}
	n, d, err := count(Options{}, filepath.Join(dir, "a.log"), link)
	if err != nil || n != 10 || d.Duplicates != 1 || !strings.Contains(d.Said[0], "are the same: read once") {
		t.Errorf("a link: %d records, %+v, %v", n, d, err)
	}
}

func TestTwinsAreReadOnce(t *testing.T) {
	log := gzipped(t, generated(t, 1, 50))
	other := slices.Clone(log)
	other[4] ^= 1 // the time in the header: as long, and not the same
	dir := folder(t, map[string][]byte{"a.gz": log, "b.gz": log, "c.gz": other})
	n, d, err := count(Options{}, dir)
	if err != nil || n != 100 || d.Duplicates != 1 || d.Files != 2 {
		t.Errorf("%d records, %+v, %v", n, d, err)
	}
	if want := fmt.Sprintf("%s and %s are the same: read once", filepath.Join(dir, "a.gz"), filepath.Join(dir, "b.gz")); !slices.Contains(d.Said, want) {
		t.Errorf("%q, want %q", d.Said, want)
	}
}

func TestFilesThatCannotBeHad(t *testing.T) {
	dir := folder(t, map[string][]byte{"rubbish": bytes.Repeat([]byte{0, 1, 2, 3, 255}, 50_000), "words": []byte("hello\nthere\n"), "nothing/.x": {},
		"broken.gz": {0x1f, 0x8b, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9}})
	for _, c := range []struct{ arg, want string }{
		{"missing.log", "missing.log: no such file"}, {"*.none", "no file matches"}, {"**/*.none", "no file matches"}, {"none/**", "no such file"},
		{"[", "syntax error in pattern"}, {"[*", "syntax error in pattern"}, {"nothing", "no file in"},
		{"rubbish", "none of these is a log"}, {"words", "none of these is a log"}, {"broken.gz", "none of these is a log"},
	} {
		if _, _, err := count(Options{}, dir+"/"+c.arg); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.arg) {
			t.Errorf("%s gives %v, want %q", c.arg, err, c.want)
		}
	}
	if _, _, err := count(Options{}); err == nil {
		t.Error("no file is no error")
	}
	if _, _, err := count(Options{Format: "cloudfrond"}, dir); err == nil || !strings.Contains(err.Error(), "there are") || !strings.Contains(err.Error(), "cloudfront") {
		t.Errorf("an unknown format gives %v", err)
	}
	if _, _, err := count(Options{Format: "cloudfront:x"}, dir); err == nil || !strings.Contains(err.Error(), "takes no layout") {
		t.Errorf("a layout where there is none gives %v", err)
	}
}

func TestNoPermission(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may read everything")
	}
	path := filepath.Join(folder(t, map[string][]byte{"a.log": generated(t, 1, 10)}), "a.log")
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	if _, _, err := count(Options{}, path); !errors.Is(err, os.ErrPermission) || !strings.Contains(err.Error(), path) {
		t.Errorf("%v", err)
	}
}

// One file that is no log is said once, and the others are read.
func TestRubbishAmongLogs(t *testing.T) {
	dir := folder(t, map[string][]byte{"a.log": generated(t, 1, 10), "b": bytes.Repeat([]byte("\x00rubbish\n"), 100_000), "c.log": generated(t, 2, 20)})
	n, d, err := count(Options{}, dir)
	if err != nil || n != 30 || d.Malformed != 0 || d.Unknown != 1 || d.Files != 3 || len(d.Said) != 1 || !strings.Contains(d.Said[0], "b is not a log") {
		t.Errorf("%d records, %+v, %v", n, d, err)
	}
	n, d, err = count(Options{Format: "cloudfront"}, dir)
	if err != nil || n != 30 || d.Malformed != 0 || len(d.Said) != 1 || !strings.Contains(d.Said[0], "b is binary") {
		t.Errorf("as a format that is named: %d records, %+v, %v", n, d, err)
	}
}

// What stands before the break counts, down to the last whole line, wherever a
// gzip breaks off.
func TestTruncatedGzip(t *testing.T) {
	text := generated(t, 1, 3000)
	packed := gzipped(t, text)
	before := 0
	for _, share := range []int{1, 10, 30, 50, 90, 100} {
		at := max(20, len(packed)*share/100-1)
		path := filepath.Join(folder(t, map[string][]byte{"a.gz": packed[:at]}), "a.gz")
		n, d, err := count(Options{}, path)
		if n == 0 && d != nil && d.Unknown == 1 {
			continue // not even the header came
		}
		if err != nil || d.Malformed > 0 || n < before || n > 3000 || len(d.Said) != 1 || !strings.Contains(d.Said[0], "a.gz breaks off before its end") {
			t.Errorf("cut at %d of %d: %d records, %+v, %v", at, len(packed), n, d, err)
		}
		before = n
	}
	if before < 2500 {
		t.Errorf("of a log that lacks one byte %d records of 3000 were read", before)
	}
}

// A line of any length costs no memory, and the lines around it are read.
func TestEndlessLine(t *testing.T) {
	const length = 200 << 20
	line := []byte(with(nil) + "\n")
	log := io.MultiReader(strings.NewReader(classic), bytes.NewReader(line), io.LimitReader(letters{}, length), strings.NewReader("\n"),
		bytes.NewReader(line), strings.NewReader(strings.Repeat("y", 100_000)+"\n"), bytes.NewReader(line), io.LimitReader(letters{}, 2<<20))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	n, d, err := count(Options{Stdin: log}, "-")
	runtime.ReadMemStats(&after)
	if err != nil || n != 3 || d.Malformed != 3 || d.TooLong != 2 || d.Lines != 6 || d.First[0] != (Fault{"-", 4, "it is longer than 1 MiB"}) || d.First[1].Line != 6 || d.First[2].Line != 8 {
		t.Errorf("%d records, %+v, %v", n, d, err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 64<<20 {
		t.Errorf("a line of %d MiB took %d MiB", length>>20, took>>20)
	}
}

// letters is an endless line.
type letters struct{}

func (letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestDates(t *testing.T) {
	log := classic + with(map[int]string{1: "1999-12-31"}) + "\n" + with(nil) + "\n" + with(map[int]string{1: "2099-01-01"}) + "\n"
	recs, d := read(t, Options{Now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}, log)
	if len(recs) != 3 || d.Early != 1 || d.Future != 1 || len(d.Said) != 2 || !strings.Contains(d.Said[1], "from the future") ||
		d.From.Year() != 1999 || d.To.Year() != 2099 {
		t.Errorf("%+v", d)
	}
	if _, d := read(t, Options{}, log); d.Future != 0 {
		t.Errorf("without a now: %+v", d)
	}
}

// order is a record's numbers, and the strings behind its Syms.
type order struct {
	distribution, edge uint16
	at                 int64
	id                 uint64
	url, host, agent   string
}

// The same records come, with the same numbers and in the same order, however
// many workers there are.
func TestWorkersDoNotMatter(t *testing.T) {
	dir := folder(t, map[string][]byte{"1.log": generated(t, 1, 3000), "2.gz": gzipped(t, generated(t, 2, 5000)), "3": generated(t, 3, 10),
		"EABC.2026-11-26-10.xyz.gz": gzipped(t, []byte(classic+with(map[int]string{7: "other.example"})))})
	readAs := func(o Options) (all []order, n *results.Names) {
		o.Files, o.Names = []string{dir}, names()
		s := o.Names.Strings
		_, err := Read(context.Background(), o, func(recs []results.Record) {
			for _, r := range recs {
				all = append(all, order{r.Distribution, r.Edge, r.At, r.ID, s.Get(r.URL), s.Get(r.Host), s.Get(r.Agent)})
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		return all, o.Names
	}
	want, n := readAs(Options{Workers: 1})
	if len(want) != 8011 || len(n.Distributions) != 3 || len(n.Edges) != 11 {
		t.Fatalf("%d records, %+v, %+v", len(want), n.Distributions, n.Edges)
	}
	for _, o := range []Options{{Workers: 2}, {Workers: 5}, {Workers: 3, Bounded: true}} {
		got, m := readAs(o)
		if !slices.Equal(got, want) {
			t.Errorf("%d workers, bounded %v: other records", o.Workers, o.Bounded)
		}
		if fmt.Sprint(m.Distributions) != fmt.Sprint(n.Distributions) || fmt.Sprint(m.Edges) != fmt.Sprint(n.Edges) {
			t.Errorf("%d workers: %v and %v", o.Workers, m.Distributions, m.Edges)
		}
	}
}

// With Bounded the table of strings is emptied as often as need be, and a Sym is
// right while the sink has it.
func TestBounded(t *testing.T) {
	var log strings.Builder
	log.WriteString("#Fields: date time cs-uri-stem x-host-header cs(Host) sc-bytes cs(User-Agent)\n")
	for i := range 200_000 {
		fmt.Fprintf(&log, "2026-01-01\t00:00:00\t/%%20%d\twww.example.com\td1.example\t%d\tagent%%20%d\n", i, i, i%100)
	}
	n := names()
	o := Options{Files: []string{"-"}, Stdin: strings.NewReader(log.String()), Names: n, Bounded: true, Workers: 3}
	d := &Doubts{}
	seen := 0
	p := newPipeline(o, nil, []input{{path: "-"}}, d, func(recs []results.Record) {
		for _, r := range recs {
			if want := fmt.Sprintf("/ %d", r.BytesOut); n.Str(r.URL) != want || n.Str(r.Host) != "www.example.com" || n.Str(r.Agent) != fmt.Sprintf("agent %d", r.BytesOut%100) {
				t.Fatalf("%q of %q, want %q", n.Str(r.URL), n.Str(r.Host), want)
			}
		}
		seen += len(recs)
	})
	p.most = 10_000
	if err := p.run(context.Background()); err != nil || seen != 200_000 {
		t.Fatalf("%d records, %v", seen, err)
	}
	if g := n.Strings.Generation(); g < 2 {
		t.Errorf("the table was emptied %d times", g)
	}
	if n.Distributions[0].Friendly != "www.example.com" {
		t.Errorf("%+v", n.Distributions)
	}
}

// Who has heard enough is let go, even while a pipe gives nothing.
func TestCancel(t *testing.T) {
	pipe, w := io.Pipe()
	defer pipe.Close()
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, _ = io.WriteString(w, classic+strings.Repeat(with(nil)+"\n", 5000)) // more than a block
	}()
	_, err := Read(ctx, Options{Files: []string{"-"}, Stdin: pipe, Names: names(), Bounded: true}, func([]results.Record) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestProgress(t *testing.T) {
	dir := folder(t, map[string][]byte{"1.log": generated(t, 1, 3000), "2.gz": gzipped(t, generated(t, 2, 5000))})
	var last Progress
	if _, _, err := count(Options{Progress: func(p Progress) {
		if p.BytesDone < last.BytesDone || p.Records < last.Records {
			t.Errorf("from %+v to %+v", last, p)
		}
		last = p
	}}, dir); err != nil {
		t.Fatal(err)
	}
	if last.BytesDone != last.Bytes || last.Bytes == 0 || last.Files != 2 || last.FilesDone != 2 || last.Records != 8000 {
		t.Errorf("%+v", last)
	}
}

func TestDistributions(t *testing.T) {
	line := func(domain, host string) []byte {
		return []byte(classic + with(map[int]string{7: domain, 16: host}) + "\n")
	}
	dir := folder(t, map[string][]byte{
		"a/EIMAGES0000001.2026-11-26-10.abcdefgh.gz":  append(line("d1.example", "d1.example"), with(map[int]string{7: "d1.example", 16: "images.example.com"})...),
		"a/EIMAGES0000001.2026-11-26-11.abcdefgi.gz":  line("d1.example", "other.example.com"),
		"b/prefix-EVIDEO00000002.2026-11-26-10.x1.gz": line("d2.example", "d2.example"),
		"c/current.log":                              line("d3.example", "D3.example"),
		"d/EOTHER00000003.2026-11-26-10.x2.gz":       line("placed.example", "x.example"),
		"e/EIMAGES0000001.2026-11-26-12.abcdefgj.gz": line("d5.example", "-"),
		"f/EBARE000000004.2026-11-26-12.abcdefgk.gz": []byte("#Fields: date time\n2026-11-26\t12:00:00\n"),
	})
	n := names()
	if _, err := n.PlaceDistribution(results.Distribution{ID: "EPLACED", Domain: "placed.example", Friendly: "known"}); err != nil {
		t.Fatal(err)
	}
	if got, _, err := count(Options{Names: n}, dir); err != nil || got != 8 {
		t.Fatalf("%d, %v", got, err)
	}
	want := []results.Distribution{{ID: "EPLACED", Domain: "placed.example", Friendly: "known"},
		{ID: "EIMAGES0000001", Domain: "d1.example", Friendly: "images.example.com"}, {ID: "EVIDEO00000002", Domain: "d2.example"},
		{ID: "d3.example", Domain: "d3.example"}, {ID: "d5.example", Domain: "d5.example"}, {ID: "EBARE000000004"}}
	if fmt.Sprint(n.Distributions) != fmt.Sprint(want) {
		t.Errorf("%+v\nwant\n%+v", n.Distributions, want)
	}
}

// Even while a pipe gives nothing more and all that it gave is read.
func TestCancelWhileNothingComes(t *testing.T) {
	pipe, w := io.Pipe()
	defer pipe.Close()
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, _ = io.WriteString(w, classic)
		cancel()
	}()
	if _, err := Read(ctx, Options{Files: []string{"-"}, Stdin: pipe, Names: names()}, func([]results.Record) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// A link that leads nowhere does not keep the logs beside it from being read.
func TestLinkToNowhere(t *testing.T) {
	dir := folder(t, map[string][]byte{"1.log": generated(t, 1, 100)})
	if err := os.Symlink(filepath.Join(dir, "gone"), filepath.Join(dir, "2.log")); err != nil {
		t.Skip(err)
	}
	for _, arg := range []string{dir, filepath.Join(dir, "*.log"), filepath.Join(dir, "**", "*.log")} {
		if n, d, err := count(Options{}, arg); err != nil || n != 100 || len(d.Said) == 0 || !strings.Contains(d.Said[0], "leads nowhere") {
			t.Errorf("%s: %d records, %v, %v", arg, n, err, d)
		}
	}
}
