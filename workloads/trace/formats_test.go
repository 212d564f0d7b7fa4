package trace

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
	"github.com/zeebo/xxh3"
)

// told is a request that nobody has looked for the next access of.
func told(at int64, id uint64, size int64) Request { return Request{at, id, size, Unknown} }

// record is one of oracleGeneral's, by hand.
func record(at uint32, id uint64, size uint32, next int64) string {
	b := binary.LittleEndian.AppendUint32(nil, at)
	b = binary.LittleEndian.AppendUint64(b, id)
	b = binary.LittleEndian.AppendUint32(b, size)
	return string(binary.LittleEndian.AppendUint64(b, uint64(next)))
}

// form is a file by hand and what stands in it. With a format it is not told by its
// content; columns is what --columns says.
type form struct {
	name, format, columns string
	text                  string
	told                  string // as which format
	tells                 Tells
	want                  []Request
}

var forms = []form{
	{"the record of libCacheSim's oracleGeneralBin.h, next accesses from 1", "", "",
		record(5, 7, 100, 3) + record(5, 8, 200, -1) + record(6, 7, 300, 1<<63-1), "oraclegeneral", Tells{true, true, true},
		[]Request{{5e9, 7, 100, 2}, {5e9, 8, 200, Never}, {6e9, 7, 300, Never}}},
	{"next accesses that nobody filled in", "", "", record(5, 7, 100, 0) + record(5, 7, 100, 0), "oraclegeneral", Tells{true, true, false},
		[]Request{told(5e9, 7, 100), told(5e9, 7, 100)}},
	{"next accesses of -1 though the object comes again", "", "", record(5, 7, 100, -1) + record(5, 7, 100, -1), "oraclegeneral", Tells{true, true, false},
		[]Request{told(5e9, 7, 100), told(5e9, 7, 100)}},
	{"an object of 0 bytes counts as of 1", "", "", record(0, 7, 0, -1), "oraclegeneral", Tells{true, true, true}, []Request{{0, 7, 1, Never}}},

	{"webcachesim's README", "", "", "1 1 120\n2 2 64\n3 1 120\n4 3 14\n4 4 1024\n", "webcachesim", Tells{true, true, false},
		[]Request{told(1e9, 1, 120), told(2e9, 2, 64), told(3e9, 1, 120), told(4e9, 3, 14), told(4e9, 4, 1024)}},
	{"features, tabs, blanks, fractions of a second, no last line feed", "", "", " 1.5\t10  20 3 4.5\r\n\r\n2.25 11 30 0 0", "webcachesim", Tells{true, true, false},
		[]Request{told(15e8, 10, 20), told(225e7, 11, 30)}},
	{"milliseconds", "webcachesim", "time-unit=ms", "1700000000123 1 5\n", "webcachesim", Tells{true, true, false}, []Request{told(1700000000123e6, 1, 5)}},

	{"libCacheSim's csv with its own words", "", "time-col=2, obj-id-col=5, obj-size-col=4, delimiter=,", "v,5633898,a,512,42932745\nv,5633899,a,1024,42932746\n", "csv", Tells{true, true, false},
		[]Request{told(5633898e9, 42932745, 512), told(5633899e9, 42932746, 1024)}},
	{"a header names the columns", "", "", "size;obj_id;time\n10;7;1\n20;8;2\n", "csv", Tells{true, true, false}, []Request{told(1e9, 7, 10), told(2e9, 8, 20)}},
	{"a header behind a hash", "", "", "# time, object, size\n1,7,10\n", "csv", Tells{true, true, false}, []Request{told(1e9, 7, 10)}},
	{"columns by name", "", "id=url,size=b", "when,url,b\n1,/a,10\n1,/a,11\n", "csv", Tells{false, true, false}, []Request{told(0, nameOf([]byte("/a")), 10), told(0, nameOf([]byte("/a")), 11)}},
	{"quotes", "", "time=1,id=2,size=3", "1,\"a,b\",\"3\"\n", "csv", Tells{true, true, false}, []Request{told(1e9, nameOf([]byte("a,b")), 3)}},
	{"blanks and tabs before columns that count", "", "id=3,delimiter=space", " a\t1 7\n 2\t1 8\n", "csv", Tells{}, []Request{told(0, 7, 1), told(0, 8, 1)}},
	{"columns that nobody reads, quoted and empty", "", "id=3,size=5", "\"a,b\",,7,x,9\n,,8,,9\n", "csv", Tells{false, true, false}, []Request{told(0, 7, 9), told(0, 8, 9)}},
	{"an object alone", "", "id=1,delimiter=tab", "7\tx\n8\ty\n", "csv", Tells{}, []Request{told(0, 7, 1), told(0, 8, 1)}},
	{"units", "", "time=1,id=2,size=3,time-unit=us,size-unit=4KiB", "5,1,2\n", "csv", Tells{true, true, false}, []Request{told(5000, 1, 8192)}},

	{"Tragen counts 1000 bytes", "tragen", "", "0,17,3\n1,18,1200\n", "tragen", Tells{true, true, false}, []Request{told(0, 17, 3000), told(1e9, 18, 1_200_000)}},
	{"slots of the study of delayed hits", "", "", "0;5\n1;6\n2;5\n", "delayed-hits", Tells{Times: true}, []Request{told(0, 5, 1), told(1e9, 6, 1), told(2e9, 5, 1)}},
	{"slots of a microsecond", "delayed-hits", "time-unit=us", "3;5\n", "delayed-hits", Tells{Times: true}, []Request{told(3000, 5, 1)}},

	{"Wikimedia's images, 2019", "", "", "relative_unix\thashed_path_query\timage_type\tresponse_size\ttime_firstbyte\n0\t833946053\tjpeg\t9665\t1.85E-4\n2\t-77\tpng\t0\t0.5\n", "wikimedia", Tells{true, true, false},
		[]Request{told(0, 833946053, 9665), told(2e9, nameOf([]byte("-77")), 1)}},
	{"Wikimedia's pages, 2019", "", "", "0\t833946053\t9665\t1.85E-4\n", "wikimedia", Tells{true, true, false}, []Request{told(0, 833946053, 9665)}},

	{"numbers, the last of them of 65 bits", "", "", "3\n1\n18446744073709551615\n18446744073709551616\n", "ids", Tells{},
		[]Request{told(0, 3, 1), told(0, 1, 1), told(0, 1<<64-1, 1), told(0, xxh3.HashString("18446744073709551616"), 1)}},
	{"words, and 07 is not 7", "", "", "/a\n7\n07\n/a\n", "ids", Tells{}, []Request{told(0, nameOf([]byte("/a")), 1), told(0, 7, 1), told(0, nameOf([]byte("07")), 1), told(0, nameOf([]byte("/a")), 1)}},
	{"LIRS's traces have stars", "", "", "1\n*\n2\n1\n*\n", "lirs", Tells{}, []Request{told(0, 1, 1), told(0, 2, 1), told(0, 1, 1)}},
	{"ARC's runs", "", "", "100 3 0 1\n7 1 0 2\n", "arc", Tells{}, []Request{told(0, 100, 1), told(0, 101, 1), told(0, 102, 1), told(0, 7, 1)}},
	{"cache2k's big-endian keys", "cache2k", "", "\x00\x00\x00\x01\xf0\x00\x00\x01", "cache2k", Tells{}, []Request{told(0, 1, 1), told(0, 0xf0000001, 1)}},
}

func write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFormatsByHand(t *testing.T) {
	for _, c := range forms {
		t.Run(c.name, func(t *testing.T) {
			path := write(t, "trace", c.text)
			for _, batch := range []int{1, 2, 100} {
				trace, err := Open(Options{Files: []string{path}, Format: c.format, Columns: c.columns})
				if err != nil {
					t.Fatal(err)
				}
				got, err := drain(trace, batch)
				if err != nil || !slices.Equal(got, c.want) {
					t.Errorf("in batches of %d: %v, %v; want %v", batch, got, err, c.want)
				}
				if info := trace.Info(); info.Format != c.told || info.Tells != c.tells {
					t.Errorf("told as %s, which knows %+v; want %s and %+v", info.Format, info.Tells, c.told, c.tells)
				}
			}
		})
	}
}

// TestEveryFormatHasAnExampleByHand keeps a new format from going untested.
func TestEveryFormatHasAnExampleByHand(t *testing.T) {
	for _, f := range Formats() {
		if f.Name != "logs" && !slices.ContainsFunc(forms, func(c form) bool { return c.told == f.Name }) {
			t.Errorf("no example of %s stands in forms", f.Name)
		}
	}
}

func TestFaultsSayWhereAndWhatIsRight(t *testing.T) {
	for _, c := range []struct{ format, columns, text, want string }{
		{"webcachesim", "", "1 2 3\n1 2\n", ":2: it has 2 columns; right are 3, as column 3 is the size"},
		{"webcachesim", "", "1 2 3\n# a\n\nx 2 3\n", `:4: column 1, the time, is "x"; right is a time from 0 on`},
		{"webcachesim", "", "1 2 -3\n", `:1: column 3, the size, is "-3"; right is a number of bytes`},
		{"webcachesim", "", "99999999999999999999 2 3\n", "column 1, the time"},
		{"webcachesim", "", "9999999999999 2 3\n", "time-unit=ms"},
		{"csv", "time=1,id=2", "1,\n", `:1: column 2, the object, is ""; right is a number or a word`},
		{"tragen", "", "1,2,9223372036854775807\n", "right is a number of bytes from 0 to 2^63-1"},
		{"arc", "", "1 1 0 0\n5 0 0 0\n", `:2: no run of blocks; right are numbers as "start count 0 number"`},
		{"arc", "", "5 4294967297 0 0\n", "no run of blocks"},
		{"lirs", "", "1\nx\n", ":2: no block number"},
		{"oraclegeneral", "", record(1, 2, 3, -1) + "abc", ": record 2: the file ends 3 bytes into it; right are 24 bytes a record"},
		{"cache2k", "", "\x00\x00\x00\x01\x00", ": record 2: the file ends 1 bytes into it"},
		{"ids", "", strings.Repeat("x", 2<<20), "a line is longer than 1 MiB"},
	} {
		path := write(t, "trace", c.text)
		trace, err := Open(Options{Files: []string{path}, Format: c.format, Columns: c.columns})
		if err == nil {
			_, err = drain(trace, 10)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), path) {
			t.Errorf("%s of %.40q: %v; want one that begins with the file and says %q", c.format, c.text, err, c.want)
		}
	}
}

func TestOptionsThatCannotBeAreRefused(t *testing.T) {
	three, one := write(t, "three", "1,2,3\n2,3,4\n"), write(t, "one", "1 2 3\n")
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{}, "no file is named"},
		{Options{Files: []string{"/nowhere"}}, "no such file"},
		{Options{Files: []string{t.TempDir()}, Format: "csv"}, "is a folder"},
		{Options{Files: []string{three}}, "may be of more than one format: say which with --format csv or --format tragen"},
		{Options{Files: []string{three}, Format: "csv"}, three + `:1: "1,2,3" names no columns; right is a first line as time,id,size, or --columns`},
		{Options{Files: []string{write(t, "x", "\x00\x01\x02")}}, "of no format that can be told by its content"},
		{Options{Files: []string{write(t, "x", "")}}, "is empty"},
		{Options{Files: []string{one}, Format: "xyz"}, "unknown trace format"},
		{Options{Files: []string{one}, Columns: "time=1"}, "nothing says which column is the object"},
		{Options{Files: []string{one}, Columns: "id=1,size=1"}, "one column is two things"},
		{Options{Files: []string{one}, Columns: "id=0"}, "right is a number from 1 to 1000"},
		{Options{Files: []string{one}, Columns: "id=1,colour=3"}, `there is no "colour"`},
		{Options{Files: []string{one}, Columns: "id=1,delimiter=xx"}, `delimiter="xx"; right is one character`},
		{Options{Files: []string{one}, Columns: "id=1,time-unit=y"}, "right is ns, us, ms, s, m or h"},
		{Options{Files: []string{one}, Columns: "id=1,size-unit=y"}, "right is a size"},
		{Options{Files: []string{one}, Columns: "id=url"}, `column "url"; right is a number from 1, or one of the first line's`},
		{Options{Files: []string{write(t, "ids", "1\n2\n")}, From: 5}, "tells no times to cut it by"},
		{Options{Files: []string{one, three}}, "files of one trace are of one format"},
	} {
		trace, err := Open(c.o)
		if err == nil {
			_, err = drain(trace, 10)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v; want one that says %q", c.o, err, c.want)
		}
	}
}

func TestBadLinesCanBePassedOver(t *testing.T) {
	path := write(t, "trace", "1 2 3\nnonsense\n2 x y z\n3 4 5\n")
	trace, err := Open(Options{Files: []string{path}, Format: "webcachesim", SkipBad: true})
	if err != nil {
		t.Fatal(err)
	}
	got, err := drain(trace, 10)
	if want := []Request{told(1e9, 2, 3), told(3e9, 4, 5)}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
	f := trace.Faults()
	if f.Bad != 2 || len(f.First) != 2 || f.First[0].Place != 2 || f.First[1].Place != 3 {
		t.Errorf("%d bad lines: %v; want those of lines 2 and 3", f.Bad, f.First)
	}
}

// pack compresses as the name's ending says.
func pack(t *testing.T, ending, text string) string {
	t.Helper()
	var out bytes.Buffer
	var err error
	switch ending {
	case ".gz":
		for _, half := range []string{text[:len(text)/2], text[len(text)/2:]} { // two members
			w := gzip.NewWriter(&out)
			_, err = w.Write([]byte(half))
			w.Close()
		}
	case ".zst":
		w, _ := zstd.NewWriter(&out)
		_, err = w.Write([]byte(text))
		w.Close()
	case ".xz":
		w, _ := xz.NewWriter(&out)
		_, err = w.Write([]byte(text))
		w.Close()
	default:
		out.WriteString(text)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestPackedFilesAndTheStandardInputReadTheSame(t *testing.T) {
	text := "1 1 1\n" + strings.Repeat("17 18 19\n", 100_000) + "18 19 20\n"
	want, _ := readAll(t, Options{Files: []string{write(t, "t", text)}})
	if len(want) != 100_002 {
		t.Fatalf("%d requests", len(want))
	}
	for _, ending := range []string{"", ".gz", ".zst", ".xz"} {
		packed := pack(t, ending, text)
		got, info := readAll(t, Options{Files: []string{write(t, "t"+ending, packed)}})
		if !slices.Equal(got, want) || info.Bytes != int64(len(packed)) {
			t.Errorf("%q: %d requests of %d bytes; want %d of %d", ending, len(got), info.Bytes, len(want), len(packed))
		}
		got, info = readAll(t, Options{Files: []string{"-"}, Stdin: strings.NewReader(packed)})
		if !slices.Equal(got, want) || info.Bytes != -1 {
			t.Errorf("%q from the standard input: %d requests, %d bytes", ending, len(got), info.Bytes)
		}
		if ending == "" {
			continue
		}
		trace, err := Open(Options{Files: []string{write(t, "t"+ending, packed[:len(packed)*2/3])}, Format: "webcachesim"})
		if err == nil {
			_, err = drain(trace, 100)
		}
		if err == nil {
			t.Errorf("%q: no word of what breaks off", ending)
		}
	}
}

func TestFilesFollowEachOtherAndCanBeCut(t *testing.T) {
	a, b := write(t, "a", "1 1 1\n2 2 1\n3 3 1\n"), write(t, "b", "4 1 1\n5 5 1\n")
	for _, c := range []struct {
		o    Options
		want []uint64
	}{
		{Options{Files: []string{a, b}}, []uint64{1, 2, 3, 1, 5}},
		{Options{Files: []string{a, b}, Limit: 4}, []uint64{1, 2, 3, 1}},
		{Options{Files: []string{a, b}, Limit: 3}, []uint64{1, 2, 3}},
		{Options{Files: []string{a, b}, From: 2e9, To: 5e9}, []uint64{2, 3, 1}},
		{Options{Files: []string{a, b}, From: 2e9, Limit: 2}, []uint64{2, 3}},
		{Options{Files: []string{a, b}, From: 9e9}, nil},
	} {
		for batch := 1; batch < 8; batch++ {
			trace, err := Open(c.o)
			if err != nil {
				t.Fatal(err)
			}
			all, err := drain(trace, batch)
			var ids []uint64
			for _, r := range all {
				ids = append(ids, r.ID)
			}
			if err != nil || !slices.Equal(ids, c.want) {
				t.Errorf("%+v in batches of %d: %v, %v; want %v", c.o, batch, ids, err, c.want)
			}
		}
	}
}

// TestThatNothingEverComesAgainIsNotBelieved of a file longer than what is looked at.
func TestThatNothingEverComesAgainIsNotBelieved(t *testing.T) {
	var text strings.Builder
	for i := range headLen/oracleWidth + 10 {
		text.WriteString(record(5, uint64(i), 1, -1))
	}
	if all, info := readAll(t, Options{Files: []string{write(t, "t", text.String())}}); info.Next || all[0].Next != Unknown {
		t.Errorf("%+v, %v", info, all[0])
	}
}

// TestSeveralFilesKnowNoNextAccesses: an object that does not come again in its file
// may in the next one.
func TestSeveralFilesKnowNoNextAccesses(t *testing.T) {
	path := write(t, "t", record(1, 7, 1, 2)+record(2, 7, 1, -1))
	if all, info := readAll(t, Options{Files: []string{path}}); !info.Next || all[0].Next != 1 || all[1].Next != Never {
		t.Errorf("of one file: %+v, %v", info, all)
	}
	for _, o := range []Options{{Files: []string{path, path}}, {Files: []string{path}, From: 1}, {Files: []string{path}, To: 9e9}} {
		all, info := readAll(t, o)
		if info.Next || slices.ContainsFunc(all, func(r Request) bool { return r.Next != Unknown }) {
			t.Errorf("%+v: %+v, %v", o, info, all)
		}
	}
}

func TestRequestsAreKnownWhereRecordsAreOfOneWidth(t *testing.T) {
	path := write(t, "t", strings.Repeat(record(1, 2, 3, 0), 10))
	for want, o := range map[int64]Options{
		10: {Files: []string{path}}, 20: {Files: []string{path, path}}, 7: {Files: []string{path}, Limit: 7},
		-1: {Files: []string{path}, To: 5},
	} {
		if _, info := readAll(t, o); info.Requests != want {
			t.Errorf("%+v: %d requests; want %d", o, info.Requests, want)
		}
	}
}
