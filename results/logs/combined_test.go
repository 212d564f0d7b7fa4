package logs

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// What is certain is told, and nothing else: docs/logs.md.
func TestCombinedLogsAreToldByTheirLook(t *testing.T) {
	line := func(tail string) string {
		return `192.0.2.7 - bob [26/Nov/2026:13:55:36 -0700] "GET /a?q=1 HTTP/1.1" 200 1234 "https://example.com/x" "curl \"8\""` + tail + "\n"
	}
	plain := line("")
	for _, c := range []struct{ what, log, want string }{
		{"combined", plain, "nginx"},
		{"a cache's word", line(" HIT") + line(" -"), "nginx"},
		{"nginx's time", line(" HIT 0.003") + plain, "nginx"},
		{"nginx's times", line(" MISS 0.120 0.100, 0.020 : 0.001"), "nginx"},
		{"nginx's host", line(` "MISS" "0.120" "0.100" "www.example.com"`), "nginx"},
		{"no upstream", line(" HIT 0.000 - www.example.com"), "nginx"},
		{"IPv6", strings.ReplaceAll(plain, "192.0.2.7", "2001:db8::7"), "nginx"},
		{"no request", strings.ReplaceAll(plain, "GET /a?q=1 HTTP/1.1", `\x16\x03\x01`), "nginx"},
		{"a body of none", strings.ReplaceAll(plain, "1234", "-"), "nginx"},
		{"comments and empty lines", "# rotated\n\n" + plain, "nginx"},
		{"amid a line", plain + plain[:40], ""},
		{"mod_cache's sentence", line(` "cache miss: attempting entity save" 1200 www.example.com`), "apache"},
		{"Apache's time", line(" HIT 1200"), "apache"},
		{"Varnish's word", line(" hit 1200 example.com"), "apache"},

		{"both", line(" HIT 0.003") + line(" HIT 1200"), ""},
		{"another word", line(" CACHED"), ""},
		{"an address behind it", line(` "203.0.113.9"`), ""},
		{"too much behind it", line(" HIT 0.003 0.002 www.example.com more"), ""},
		{"common", `192.0.2.7 - - [26/Nov/2026:13:55:36 -0700] "GET / HTTP/1.1" 200 1234` + "\n", ""},
		{"vhost_combined", "www.example.com:80 " + plain, ""},
		{"a name for the address", strings.ReplaceAll(plain, "192.0.2.7", "host.example.com"), ""},
		{"another time", strings.ReplaceAll(plain, "26/Nov/2026:13:55:36 -0700", "2026-11-26T13:55:36Z"), ""},
		{"one line of another kind", plain + "what is this\n" + plain, ""},
		{"comments alone", "# nothing\n", ""},
	} {
		got := ""
		if f := detect([]byte(c.log)); f != nil {
			got = f.Name
		}
		if got != c.want {
			t.Errorf("%s: told as %q, want %q", c.what, got, c.want)
		}
	}
}

// Where the look does not decide between nginx's and Apache's, the records are the same.
func TestWhatBothLayoutsTakeIsTheSame(t *testing.T) {
	for _, tail := range []string{"", " HIT", " -", ` "MISS"`, " EXPIRED"} {
		log := strings.Repeat(combinedLine+tail+"\n", 3)
		byLook, _ := read(t, Options{Everything: true}, log)
		for _, format := range []string{"nginx", "apache"} {
			named, d := read(t, Options{Format: format, Everything: true}, log)
			if !slices.Equal(byLook, named) || len(d.looked) > 0 {
				t.Errorf("%q as %s: %+v, told %+v; said %q", tail, format, named[0], byLook[0], d.Said)
			}
		}
	}
}

// What was taken for what is said once for a format; --format still decides.
func TestLookIsSaid(t *testing.T) {
	log := []byte(combinedLine + " MISS 1.500 0.100 www.example.com\n")
	dir := folder(t, map[string][]byte{"a.log": log, "b.log": append(bytes.Clone(log), log...), "c.log": []byte(combinedLine + " MISS 1500 www.example.com\n")})
	n, d, err := count(Options{}, dir)
	if want := []string{filepath.Join(dir, "a.log") + " is read as nginx's combined log, as its first lines look; --format says otherwise",
		filepath.Join(dir, "c.log") + " is read as Apache's combined log, as its first lines look; --format says otherwise"}; err != nil || n != 4 || d.Malformed > 0 || !slices.Equal(d.Said[:2], want) {
		t.Errorf("%d records, said %q, %v", n, d.Said, err)
	}
	if _, d, err = count(Options{Format: "apache"}, filepath.Join(dir, "c.log")); err != nil || len(d.looked) > 0 {
		t.Errorf("as a format that is named: said %q, %v", d.Said, err)
	}
}

// A byte order mark at a file's beginning (Unicode, section 23.8) is no part of it, in
// any form, packed or cut in portions.
func TestByteOrderMark(t *testing.T) {
	logs := map[string][]byte{"w3c": generated(t, 3, 40), "combined": []byte(strings.Repeat(combinedLine+" MISS 1.500\n", 40)),
		"json": bytes.Repeat([]byte(`{"date":"2026-11-26","time":"10:00:00","cs-uri-stem":"/a","sc-status":"200","x-edge-result-type":"Hit"}`+"\n"), 40)}
	for name, log := range logs {
		marked := append([]byte("\xef\xbb\xbf"), log...)
		dir := folder(t, map[string][]byte{"plain": log, "marked": marked, "marked.gz": gzipped(t, marked)})
		var want heard
		o := Options{Files: []string{filepath.Join(dir, "plain")}, Names: names(), Workers: 2}
		if _, err := Read(context.Background(), o, want.sink(o.Names)); err != nil || len(want.recs) != 40 {
			t.Fatalf("%s: %d records, %v", name, len(want.recs), err)
		}
		for _, way := range []struct {
			file   string
			bundle int64 // bytes of a portion; 0: one reading
		}{{"marked", 0}, {"marked.gz", 0}, {"marked", 1500}, {"marked", bundleBytes}, {"marked.gz", 1500}} {
			var got heard
			o := Options{Files: []string{filepath.Join(dir, way.file)}, Names: names(), Workers: 2}
			var d *Doubts
			var err error
			if way.bundle == 0 {
				d, err = Read(context.Background(), o, got.sink(o.Names))
			} else {
				d, err = inPortions(t, o, way.bundle, mostStrings, got.sink(o.Names))
			}
			if err != nil || d.Malformed > 0 || !reflect.DeepEqual(got, want) {
				t.Errorf("%s, %s in portions of %d: %d records of %d, %v, %v", name, way.file, way.bundle, len(got.recs), len(want.recs), d.First, err)
			}
			if said := fmt.Sprint(d.Said); strings.Contains(said, "as its first lines look") != (name == "combined") {
				t.Errorf("%s, %s in portions of %d: said %s", name, way.file, way.bundle, said)
			}
		}
	}
	if _, d, err := count(Options{Format: "nginx"}, filepath.Join(folder(t, map[string][]byte{"x": []byte("\xef\xbb\xbf")}), "x")); err != nil || d.Malformed > 0 {
		t.Errorf("a mark and nothing else: %+v, %v", d, err)
	}
}
