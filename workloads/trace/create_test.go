package trace

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawn are requests in order of time, over few enough objects that they come again.
func drawn(t *rapid.T) []Request {
	n := rapid.IntRange(1, 300).Draw(t, "requests")
	id := rapid.OneOf(rapid.Uint64Range(0, 20), rapid.Uint64())
	reqs := make([]Request, n)
	at := int64(0)
	for i := range reqs {
		at += rapid.Int64Range(0, 3e9).Draw(t, "gap")
		reqs[i] = Request{At: at, ID: id.Draw(t, "id"), Size: rapid.Int64Range(1, math.MaxUint32).Draw(t, "size"), Next: Unknown}
	}
	return reqs
}

// withNext are the requests with their next accesses, looked for one by one.
func withNext(reqs []Request) []Request {
	all := slices.Clone(reqs)
	for i := range all {
		all[i].Next = Never
		if k := slices.IndexFunc(all[i+1:], func(r Request) bool { return r.ID == all[i].ID }); k >= 0 {
			all[i].Next = int64(i + 1 + k)
		}
	}
	return all
}

type fataler interface{ Fatal(...any) }

func writeTrace(t fataler, s Sink, reqs []Request, batch int) {
	w, err := Create(s)
	if err != nil {
		t.Fatal(err)
	}
	for some := range slices.Chunk(reqs, batch) {
		if err := w.Write(some); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// kept is what a format keeps of a request.
var kept = map[string]func(r Request) Request{
	"oraclegeneral": func(r Request) Request { r.At = r.At / second * second; return r },
	"csv":           func(r Request) Request { r.Next = Unknown; return r },
	"webcachesim":   func(r Request) Request { r.Next = Unknown; return r },
	"ids":           func(r Request) Request { return Request{ID: r.ID, Size: 1, Next: Unknown} },
}

// endings are those of packed files, and mostly of plain ones: xz takes as long for a
// small file as for a large one.
func endings() []string { return append(slices.Repeat([]string{""}, 20), ".gz", ".zst", ".xz") }

// TestWhatIsWrittenReadsBackTheSame is of every format that is written, packed and
// not, with next accesses that are known and that are to be found.
func TestWhatIsWrittenReadsBackTheSame(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		format := rapid.SampledFrom(Writable()).Draw(t, "format")
		path := filepath.Join(dir, "t"+rapid.SampledFrom(endings()).Draw(t, "packed"))
		given := drawn(t)
		want := withNext(given)
		known := Tells{Times: true, Sizes: true, Next: rapid.Bool().Draw(t, "next is known")}
		if known.Next {
			given = want
		}
		memory := rapid.Int64Range(1, 400).Draw(t, "memory")
		writeTrace(t, Sink{Path: path, Format: format.Name, Tells: known, Memory: memory}, given, rapid.IntRange(1, 100).Draw(t, "batch"))
		trace, err := Open(Options{Files: []string{path}, Format: format.Name})
		if err != nil {
			t.Fatal(err)
		}
		got, err := drain(trace, 64)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			want[i] = kept[format.Name](want[i])
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s: %v; want %v", format.Name, got, want)
		}
		left, _ := filepath.Glob(filepath.Join(dir, ".*"))
		if len(left) > 0 {
			t.Fatalf("left behind: %v", left)
		}
	})
}

func TestWrittenTracesAreTold(t *testing.T) {
	reqs := []Request{{1e9, 7, 100, Unknown}, {15e8, 8, 2, Unknown}, {2e9, 7, 100, Unknown}}
	for name, want := range map[string]string{
		"a.csv": "time,id,size\n1,7,100\n1.5,8,2\n2,7,100\n", "a.webcachesim": "1 7 100\n1.5 8 2\n2 7 100\n", "a.ids": "7\n8\n7\n",
		"a.oracleGeneral": record(1, 7, 100, 3) + record(1, 8, 2, -1) + record(2, 7, 100, -1),
	} {
		path := filepath.Join(t.TempDir(), name)
		writeTrace(t, Sink{Path: path, Tells: Tells{Times: true, Sizes: true}}, reqs, 2)
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
		if _, info := readAll(t, Options{Files: []string{path}}); !strings.Contains(strings.ToLower(name), info.Format) {
			t.Errorf("%s is told as %s", name, info.Format)
		}
		if info, _ := os.Stat(path); info.Mode() != 0o644 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
}

func TestColumnsThatNobodyKnowsAreLeftOut(t *testing.T) {
	for _, c := range []struct {
		name  string
		tells Tells
		want  string
	}{
		{"a.csv", Tells{}, "id\n7\n8\n"}, {"a.csv", Tells{Sizes: true}, "id,size\n7,100\n8,2\n"}, {"a.csv", Tells{Times: true}, "time,id\n1,7\n2.000000001,8\n"},
		{"a.webcachesim", Tells{Sizes: true}, "1 7 100\n2 8 2\n"},
	} {
		path := filepath.Join(t.TempDir(), c.name)
		writeTrace(t, Sink{Path: path, Tells: c.tells}, []Request{{1e9, 7, 100, Unknown}, {2e9 + 1, 8, 2, Unknown}}, 1)
		if got, _ := os.ReadFile(path); string(got) != c.want {
			t.Errorf("%s: %q; want %q", c.name, got, c.want)
		}
		if all, _ := readAll(t, Options{Files: []string{path}}); len(all) != 2 || all[1].ID != 8 {
			t.Errorf("%s reads back as %v", c.name, all)
		}
	}
}

func TestWhatCannotBeWrittenSaysWhatWouldBeRight(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		sink Sink
		req  Request
		want string
	}{
		{Sink{Path: "a.txt"}, Request{}, "does not tell one format to write; right is --to csv or --to ids"},
		{Sink{Path: "a", Format: "arc"}, Request{}, "arc is only read; right is one of csv, ids, oraclegeneral, webcachesim"},
		{Sink{Path: "a", Format: "x"}, Request{}, "unknown trace format"},
		{Sink{Path: dir + "/nowhere/a.csv"}, Request{}, "no such file"},
		{Sink{Path: dir + "/a.oraclegeneral"}, Request{Size: 1 << 32}, "less than 4 GiB; right is --to csv"},
		{Sink{Path: dir + "/a.oraclegeneral"}, Request{At: 1 << 62, Size: 1}, "32 bits of seconds; right is --to csv"},
	} {
		w, err := Create(c.sink)
		if err == nil {
			err = w.Write([]Request{c.req})
			if abort := w.Abort(); abort != nil {
				t.Error(abort)
			}
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v; want %q", c.sink, err, c.want)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestNextAccessesAreFoundInLittleMemory looks for the next accesses of 100,000
// requests with room for a sixtieth of their objects.
func TestNextAccessesAreFoundInLittleMemory(t *testing.T) {
	reqs := make([]Request, 100_000)
	for i := range reqs {
		reqs[i] = Request{ID: mixed(uint64(i*i)) % 6000, Size: 1, Next: Unknown}
	}
	var files [2]string
	for i, memory := range []int64{0, 100 * nextBytes} {
		files[i] = filepath.Join(t.TempDir(), "a.oraclegeneral")
		writeTrace(t, Sink{Path: files[i], Memory: memory}, reqs, 5000)
	}
	got, _ := readAll(t, Options{Files: files[1:]})
	want, _ := readAll(t, Options{Files: files[:1]})
	if !slices.Equal(got, want) {
		t.Error("next accesses depend on the memory")
	}
	last := map[uint64]int{}
	for i, r := range got {
		if at, again := last[r.ID]; again && got[at].Next != int64(i) {
			t.Fatalf("request %d: next access %d; it is %d", at, got[at].Next, i)
		}
		last[r.ID] = i
	}
	for _, at := range last {
		if got[at].Next != Never {
			t.Fatalf("request %d, the last for its object: next access %d", at, got[at].Next)
		}
	}
}
