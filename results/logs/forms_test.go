package logs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"

	"edgesim/results"
	"edgesim/results/accesslog"
	"edgesim/results/logs/logtest"
)

// lineFields are the fields of a W3C log by their names, line by line.
func lineFields(log string) (names []string, rows []map[string]string) {
	for line := range strings.Lines(log) {
		line = strings.TrimSuffix(line, "\n")
		if list, ok := strings.CutPrefix(line, "#Fields: "); ok {
			names = strings.Fields(list)
		} else if !strings.HasPrefix(line, "#") {
			row := map[string]string{}
			for i, v := range strings.Split(line, "\t") {
				row[names[i]] = v
			}
			rows = append(rows, row)
		}
	}
	return names, rows
}

// joined writes rows with the delimiter between their fields.
func joined(names []string, rows []map[string]string, delimiter string) string {
	var b strings.Builder
	for _, row := range rows {
		for i, name := range names {
			if i > 0 {
				b.WriteString(delimiter)
			}
			b.WriteString(row[name])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// asJSON writes rows as standard logging v2 does: every value a string.
func asJSON(names []string, rows []map[string]string, end string) string {
	var b strings.Builder
	for _, row := range rows {
		for i, name := range names {
			k, _ := json.Marshal(name)
			v, _ := json.Marshal(row[name])
			fmt.Fprintf(&b, "%c%s:%s", "{,"[min(i, 1)], k, v)
		}
		b.WriteString("}" + end)
	}
	return b.String()
}

// asRealtime are the names and rows as a real-time log has them (section 3.3):
// hosts the other way around, the query behind the path, the moment as one number.
func asRealtime(rows []map[string]string) (names []string, out []map[string]string) {
	names = strings.Split(realtimeFields, ",")
	for _, row := range rows {
		t, err := time.Parse("2006-01-02 15:04:05", row["date"]+" "+row["time"])
		if err != nil {
			panic(err)
		}
		r := map[string]string{}
		for _, name := range names {
			r[name] = "-"
			if v, ok := row[name]; ok {
				r[name] = v
			}
		}
		r["timestamp"] = fmt.Sprintf("%d.000", t.Unix())
		r["cs-host"], r["x-host-header"] = row["x-host-header"], row["cs(Host)"]
		r["cs-user-agent"], r["cs-referer"], r["cs-cookie"] = row["cs(User-Agent)"], row["cs(Referer)"], row["cs(Cookie)"]
		if q := row["cs-uri-query"]; q != "-" {
			r["cs-uri-stem"] += "?" + q
		}
		r["asn"] = "64496"
		out = append(out, r)
	}
	return names, out
}

// asParquet writes rows in columns with underscores, as strings or, where they
// are numbers, as such.
func asParquet(t testing.TB, names []string, rows []map[string]string, numbers bool) []byte {
	t.Helper()
	group := parquet.Group{}
	for _, name := range names {
		group[underscore(name)] = parquet.Optional(parquet.String())
	}
	if numbers {
		group["sc_bytes"], group["sc_status"] = parquet.Optional(parquet.Int(64)), parquet.Optional(parquet.Int(32))
		group["time_taken"], group["date"] = parquet.Optional(parquet.Leaf(parquet.DoubleType)), parquet.Optional(parquet.Date())
	}
	schema := parquet.NewSchema("log", group)
	var b bytes.Buffer
	w := parquet.NewWriter(&b, schema, parquet.MaxRowsPerRowGroup(2200))
	for _, row := range rows {
		if err := w.Write(parquetRow(row, numbers)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func parquetRow(row map[string]string, numbers bool) map[string]any {
	m := map[string]any{}
	for name, v := range row {
		m[underscore(name)] = v
	}
	if !numbers {
		return m
	}
	var n int64
	var f float64
	fmt.Sscan(row["sc-bytes"], &n)
	m["sc_bytes"] = n
	fmt.Sscanf(row["sc-status"], "%d", &n)
	m["sc_status"] = int32(n)
	fmt.Sscan(row["time-taken"], &f)
	m["time_taken"] = f
	day, _ := time.Parse(time.DateOnly, row["date"])
	m["date"] = int32(day.Unix() / 86400)
	return m
}

// reordered are the names in another order: fields may be chosen in any.
func reordered(names []string) []string {
	names = slices.Clone(names)
	slices.Reverse(names)
	return names
}

// forms are the forms in which the rows of a W3C log can come, and how each is
// told.
func forms(t testing.TB, log string) map[string]func() (format, text string) {
	names, rows := lineFields(log)
	list := strings.Join(names, ",")
	realtimeNames, realtime := asRealtime(rows)
	back := reordered(names)
	return map[string]func() (format, text string){
		"W3C":                   func() (string, string) { return "", log },
		"JSON":                  func() (string, string) { return "", asJSON(names, rows, "\n") },
		"JSON in another order": func() (string, string) { return "", asJSON(back, rows, "\r\n") },
		"JSON without ends":     func() (string, string) { return "", asJSON(names, rows, "") },
		"JSON with underscores": func() (string, string) { return "", underscoredJSON(names, rows) },
		"real-time JSON":        func() (string, string) { return "", asJSON(realtimeNames, realtime, "\n") },
		"raw":                   func() (string, string) { return "", joined(names, rows, "\t") },
		"raw in another order":  func() (string, string) { return "plain:" + strings.Join(back, ","), joined(back, rows, "\t") },
		"plain with spaces":     func() (string, string) { return "", joined(names, rows, " ") },
		"plain with pipes":      func() (string, string) { return "", joined(names, rows, "|") },
		"plain with commas":     func() (string, string) { return "", joined(names, rows, ",") },
		"W3C with pipes": func() (string, string) {
			return "", "#Version: 1.0\n#Fields: " + strings.Join(back, " ") + "\n" + joined(back, rows, "|")
		},
		"W3C with commas":    func() (string, string) { return "", "#Fields: " + list + "\n" + joined(names, rows, ",") },
		"real-time":          func() (string, string) { return "", joined(realtimeNames, realtime, "\t") },
		"real-time, of 2020": func() (string, string) { return "", joined(realtimeNames[:realtimeFirst], realtime, "\t") },
		"real-time, fields chosen": func() (string, string) {
			return "realtime:" + strings.Join(realtimeNames[:36], ","), joined(realtimeNames[:36], realtime, "\t")
		},
		"real-time, with two more": func() (string, string) {
			return "", strings.ReplaceAll(joined(realtimeNames, realtime, "\t"), "\n", "\t-\tsr\n")
		},
		"Parquet":                    func() (string, string) { return "", string(asParquet(t, names, rows, false)) },
		"Parquet with some numbers":  func() (string, string) { return "", string(asParquet(t, names, rows, true)) },
		"Parquet, format said":       func() (string, string) { return "parquet", string(asParquet(t, names, rows, false)) },
		"JSON, format said in words": func() (string, string) { return "json", asJSON(names, rows, "\n") },
	}
}

func underscoredJSON(names []string, rows []map[string]string) string {
	var under []string
	var out []map[string]string
	for _, name := range names {
		under = append(under, underscore(name))
	}
	for _, row := range rows {
		m := map[string]string{}
		for name, v := range row {
			m[underscore(name)] = v
		}
		out = append(out, m)
	}
	return asJSON(under, out, "\n")
}

// TestFormsHoldTheSameRecords: the same requests in every form that CloudFront
// logs them in are the same records (sections 3.1 to 3.3), whoever parses them.
func TestFormsHoldTheSameRecords(t *testing.T) {
	var log bytes.Buffer
	if err := logtest.Write(&log, 7, 2500, 2); err != nil {
		t.Fatal(err)
	}
	n := names()
	want, _ := read(t, Options{Names: n, Everything: true, Workers: 1}, log.String())
	if len(want) != 2500 {
		t.Fatalf("%d records", len(want))
	}
	for name, form := range forms(t, log.String()) {
		format, text := form()
		for _, workers := range []int{1, 3} {
			got, d := read(t, Options{Names: n, Everything: true, Workers: workers, Format: format}, text)
			if d.Malformed > 0 || len(d.Said) > 0 {
				t.Errorf("%s: %+v", name, d)
			}
			sameRecords(t, name, n, want, got)
		}
	}
}

func sameRecords(t interface{ Errorf(string, ...any) }, name string, n *results.Names, want, got []results.Record) {
	if len(got) != len(want) {
		t.Errorf("%s: %d records, want %d", name, len(got), len(want))
		return
	}
	for i := range want {
		if want[i] != got[i] {
			t.Errorf("%s: record %d is\n%+v\n%swant\n%+v\n%s", name, i, got[i], accesslog.AppendLine(nil, n, &got[i]), want[i], accesslog.AppendLine(nil, n, &want[i]))
			return
		}
	}
}

// hostileText draws what viewers send, hostile texts included.
func hostileText() *rapid.Generator[string] {
	return rapid.OneOf(rapid.StringMatching(`[a-zA-Z0-9/._?&=, ;()-]{0,20}`), rapid.String(),
		rapid.SampledFrom([]string{"", "a\"b\\c", "%20", "a,b, c", "\x00\x1f", "ä€😀", "\\x22", "{}[]"}))
}

// TestAnyTextIsTheSameInEveryForm: whatever stands in the strings.
func TestAnyTextIsTheSameInEveryForm(t *testing.T) {
	source := logtest.New(11, 1000, 1)
	rapid.Check(t, func(rt *rapid.T) {
		recs := make([]results.Record, rapid.IntRange(1, 5).Draw(rt, "records"))
		source.Read(recs)
		s := source.Names.Strings
		for i := range recs {
			r := &recs[i]
			r.URL, r.Query = s.Of("/"+strings.ReplaceAll(hostileText().Draw(rt, "url"), "?", "")), s.Of(hostileText().Draw(rt, "query"))
			r.Agent, r.Referrer = s.Of(hostileText().Draw(rt, "agent")), s.Of(hostileText().Draw(rt, "referrer"))
			r.Cookie, r.Forwarded = s.Of(hostileText().Draw(rt, "cookie")), s.Of(hostileText().Draw(rt, "forwarded"))
		}
		log := lines(source.Names, recs)
		n := names()
		want, _ := read(t, Options{Names: n, Everything: true}, log)
		all := forms(t, log)
		name := rapid.SampledFrom(slices.Sorted(maps.Keys(all))).Draw(rt, "form")
		if strings.Contains(name, "comma") {
			rt.Skip("a comma in a text is a delimiter there: see cutField")
		}
		format, text := all[name]()
		got, d := read(t, Options{Names: n, Everything: true, Format: format}, text)
		if d.Malformed > 0 {
			rt.Errorf("%s: %+v", name, d)
		}
		sameRecords(rt, name, n, want, got)
	})
}

// TestFieldsOfVersion2: fields that the standard log has not (section 3.2).
func TestFieldsOfVersion2(t *testing.T) {
	fields := "timestamp(ms)\torigin-fbl\torigin-lbl\tasn\tc-country\tcache-behavior-path-pattern\tdistribution-tenant-id\tconnection-id\tsc-status\tcs(Host)\ttime-taken\tcs-uri-stem"
	values := "1731620046814\t0.251\t0.252\t16509\tBR\t/images/*\tdt_1\t-\t200\td111111abcdef8.cloudfront.net\t0.814\t/a"
	header := strings.Split(fields, "\t")
	_, rows := lineFields("#Fields: " + strings.Join(header, " ") + "\n" + values + "\n")
	for _, text := range []string{"#Fields: " + strings.Join(header, " ") + "\n" + values + "\n",
		asJSON(header, rows, "\n"), string(asParquet(t, header, rows, false))} {
		n := names()
		recs, d := read(t, Options{Names: n}, text)
		if len(recs) != 1 || d.Malformed > 0 {
			t.Fatalf("%d records: %+v", len(recs), d)
		}
		r := recs[0]
		if at := time.Unix(0, r.End()).UTC(); at.Format("2006-01-02T15:04:05.000") != "2024-11-14T21:34:06.814" {
			t.Errorf("ended at %v", at)
		}
		if r.OriginTTFB != 251e6 || r.OriginTotal != 252e6 || string(r.Country[:]) != "BR" || n.Behaviors[r.Behavior] != "/images/*" {
			t.Errorf("record %+v, behaviors %q", r, n.Behaviors)
		}
	}
}

// Timestamps as a database writes them are moments, in whatever unit.
func TestParquetTimestamps(t *testing.T) {
	at := time.Date(2024, 11, 14, 21, 34, 6, 814_000_000, time.UTC)
	type row struct {
		Timestamp time.Time `parquet:"timestamp,timestamp(microsecond)"`
		Status    int32     `parquet:"sc_status"`
	}
	var b bytes.Buffer
	if err := parquet.Write(&b, []row{{at, 404}}); err != nil {
		t.Fatal(err)
	}
	recs, _ := read(t, Options{}, b.String())
	if len(recs) != 1 || recs[0].End() != at.UnixNano() || recs[0].Status != 404 {
		t.Errorf("%+v", recs)
	}
}

// TestIDsFromFolders: the distribution's ID as file names and folders of every
// era tell it (sections 3.1 and 3.2).
func TestIDsFromFolders(t *testing.T) {
	for name, want := range map[string]string{
		"logs/EMLARXS9EXAMPLE.2019-11-14-20.RT4KCN4SGK9.gz":                                                          "EMLARXS9EXAMPLE",
		"AWSLogs/123456789012/CloudFront/EMLARXS9EXAMPLE.2024-11-14-20.0f34ab21-9d4c-4f2e-a1b2-c3d4e5f60718.parquet": "EMLARXS9EXAMPLE",
		"AWSLogs/aws-account-id=123456789012/CloudFront/DistributionId=EMLARXS9EXAMPLE/year=2025/month=02/part-0.gz": "EMLARXS9EXAMPLE",
		"AWSLogs/123456789012/CloudFront/EMLARXS9EXAMPLE/2025/02/16/10/x.parquet":                                    "EMLARXS9EXAMPLE",
		"distributionid=EMLARXS9EXAMPLE/x.json":                                                                      "EMLARXS9EXAMPLE",
		"AWSLogs/123456789012/CloudFront/2025/02/x.json":                                                             "",
		"access.log": "", "-": "", "": "", "=/x": "",
	} {
		if got := distributionOf(name); got != want {
			t.Errorf("%s is of %q, want %q", name, got, want)
		}
	}
}

// A damaged file gives the rows before the damage and says the rest.
func TestDamagedParquet(t *testing.T) {
	var log bytes.Buffer
	if err := logtest.Write(&log, 1, 7000, 1); err != nil {
		t.Fatal(err)
	}
	names, rows := lineFields(log.String())
	whole := asParquet(t, names, rows, false)
	recs, d := read(t, Options{}, string(whole))
	if len(recs) != 7000 || d.Malformed != 0 {
		t.Fatalf("%d records, %+v", len(recs), d)
	}
	for _, c := range []struct {
		name string
		b    []byte
		want string
	}{
		{"cut", whole[:len(whole)/2], "cannot be read on"},
		{"no footer", append(slices.Clone(whole[:len(whole)-4]), "XXXX"...), "cannot be read on"},
		{"only the mark", []byte("PAR1"), "cannot be read on"},
	} {
		_, d, _ := tryRead(Options{}, string(c.b))
		if len(d.Said) != 1 || !strings.Contains(d.Said[0], c.want) {
			t.Errorf("%s: said %q", c.name, d.Said)
		}
	}
	hole := slices.Clone(whole)
	for i := len(hole) / 2; i < len(hole)/2+500; i++ {
		hole[i] ^= 0xff
	}
	some, d, err := tryRead(Options{}, string(hole))
	if err != nil || int64(len(some))+d.Malformed != 7000 || d.Malformed == 0 {
		t.Errorf("with a hole: %d records, %+v, %v", len(some), d, err)
	}
}

// A file in a folder is read where it lies, and a packed one as well.
func TestParquetFile(t *testing.T) {
	var log bytes.Buffer
	if err := logtest.Write(&log, 3, 2500, 1); err != nil {
		t.Fatal(err)
	}
	header, rows := lineFields(log.String())
	path := filepath.Join(t.TempDir(), "DistributionId=EMLARXS9EXAMPLE", "x.parquet")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, asParquet(t, header, rows, false), 0o644); err != nil {
		t.Fatal(err)
	}
	n := names()
	count := 0
	d, err := Read(t.Context(), Options{Files: []string{path}, Names: n}, func(recs []results.Record) { count += len(recs) })
	if err != nil || count != 2500 || d.Malformed > 0 {
		t.Errorf("%d records, %+v, %v", count, d, err)
	}
	if n.Distributions[0].ID != "EMLARXS9EXAMPLE" {
		t.Errorf("distributions %+v", n.Distributions)
	}
}
