package logs

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"edgesim/results"
	"edgesim/results/logs/logtest"
)

// The columns of the eras of §3.1, each with a line that has them all.
var eras = []struct{ name, fields, line string }{
	{"2010, 12 columns", "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query",
		"2010-03-12\t23:51:20\tSEA4\t2222\t192.0.2.10\tGET\td111111abcdef8.cloudfront.net\t/view/my/file.html\t200\thttp://www.example.com/a\tMozilla/4.0%20(compatible)\ta=b"},
	{"2013, 15", "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id",
		"2013-03-12\t23:51:20\tSEA4\t2222\t192.0.2.10\tGET\td111111abcdef8.cloudfront.net\t/view/my/file.html\t200\thttp://www.example.com/a\tMozilla/4.0%20(compatible)\ta=b\tzip=50158\tHit\txGN7KWpVEmB9Dp7ctcVFQC4E-nrcOcEKS3QyAez--06dV7TEXAMPLE=="},
	{"2014, 23", "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type",
		"2014-05-23\t01:13:11\tFRA2\t182\t192.0.2.10\tGET\td111111abcdef8.cloudfront.net\t/view/my/file.html\t200\twww.displaymyfiles.com\tMozilla/4.0%20(compatible;%20MSIE%205.0b1;%20Mac_PowerPC)\t-\tzip=98101\tRefreshHit\tMRVMF7KydIvxMWfJIglgwHQwZsbG2IhRJ07sn9AkKUFSHS9EXAMPLE==\td111111abcdef8.cloudfront.net\thttp\t-\t0.001\t-\t-\t-\tRefreshHit"},
	{"version 2, in an order of its own", "cs-uri-stem timestamp(ms) sc-status sc-bytes cs(Host) origin-fbl origin-lbl asn c-country cache-behavior-path-pattern distribution-tenant-id connection-id x-edge-location",
		"/view/my/file.html\t1764115200250\t200\t2222\td111111abcdef8.cloudfront.net\t0.100\t0.250\t64496\tNZ\t/view/%2A\t-\t-\tAKL50-C1"},
}

func TestEras(t *testing.T) {
	for _, e := range eras {
		n := names()
		recs, d := read(t, Options{Names: n}, "#Version: 1.0\n#Fields: "+e.fields+"\n"+e.line+"\n")
		if len(recs) != 1 || d.Malformed > 0 {
			t.Errorf("%s: %d records, %v", e.name, len(recs), d.First)
			continue
		}
		r := &recs[0]
		if r.Status != 200 || n.Str(r.URL) != "/view/my/file.html" || n.DistributionOf(r).Domain != "d111111abcdef8.cloudfront.net" || n.EdgeOf(r).Country == "" {
			t.Errorf("%s: %+v", e.name, r)
		}
	}
}

func TestColumnsOfVersion2(t *testing.T) {
	e := eras[3]
	n := names()
	recs, _ := read(t, Options{Names: n}, "#Fields: "+e.fields+"\n"+e.line+"\n")
	r := &recs[0]
	if end := time.Unix(0, r.End()).UTC(); !end.Equal(time.Date(2025, 11, 26, 0, 0, 0, 250e6, time.UTC)) {
		t.Errorf("it ended at %v", end)
	}
	if r.OriginTTFB != 100e6 || r.OriginTotal != 250e6 || r.Country != [2]byte{'N', 'Z'} || n.Behaviors[r.Behavior] != "/view/*" {
		t.Errorf("%+v, behaviors %q", r, n.Behaviors)
	}
}

const classic = "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end\n"

// with is a classic line of which the columns of these numbers, from 1, are
// other values.
func with(changes map[int]string) string {
	fields := strings.Split("2019-12-04\t21:02:31\tLAX1\t392\t192.0.2.100\tGET\td111111abcdef8.cloudfront.net\t/index.html\t200\t-\tcurl/7\t-\t-\tHit\tSOX4xwn4XV6Q4rgb7XiVGOHms_BGlTAC4KyHmureZmBNrjGdRLiNIQ==\twww.example.com\thttps\t23\t0.001\t-\tTLSv1.2\tECDHE-RSA-AES128-GCM-SHA256\tHit\tHTTP/2.0\t-\t-\t11040\t0.001\tHit\ttext/html\t78\t-\t-", "\t")
	for at, value := range changes {
		fields[at-1] = value
	}
	return strings.Join(fields, "\t")
}

func TestFields(t *testing.T) {
	n := names()
	one := func(changes map[int]string) *results.Record {
		t.Helper()
		recs, d := read(t, Options{Names: n, Everything: true}, classic+with(changes))
		if len(recs) != 1 {
			t.Fatalf("%v gives %v", changes, d.First)
		}
		return &recs[0]
	}
	if r := one(nil); r.End() != time.Date(2019, 12, 4, 21, 2, 31, 0, time.UTC).UnixNano() || r.Total != 1e6 || r.TTFB != 1e6 ||
		r.BytesOut != 392 || r.BytesIn != 23 || r.Port != 11040 || r.TLS != 3 || r.Cipher != 0xC02F || r.Version != results.HTTP20 ||
		r.Method != results.GET || r.Protocol != results.HTTPS || r.ContentLength != 78 || r.RangeStart != -1 || r.Result != results.Hit ||
		r.Detail != results.SameAsResult || r.Flags != 0 || r.Layer != results.NoLayer || r.Vantage != results.AtEdge ||
		n.EdgeOf(r).City != "Los Angeles" || n.EdgeOf(r).BillingRegion != "US" {
		t.Errorf("%+v", r)
	}
	for _, c := range []struct {
		what    string
		changes map[int]string
		holds   func(r *results.Record) bool
	}{
		{"000 is no response", map[int]string{9: "000", 28: "-"}, func(r *results.Record) bool { return r.Status == 0 && r.TTFB == 0 }},
		{"a first byte at once is one", map[int]string{28: "0.000"}, func(r *results.Record) bool { return r.TTFB > 0 && r.TTFB < 5e5 }},
		{"decoded once", map[int]string{8: "/a%2520b"}, func(r *results.Record) bool { return n.Str(r.URL) == "/a%20b" }},
		{"half an escape is none", map[int]string{8: "/a%2"}, func(r *results.Record) bool { return n.Str(r.URL) == "/a%2" }},
		{`\x20 is a space`, map[int]string{20: `192.0.2.1,\x20192.0.2.2`}, func(r *results.Record) bool { return n.Str(r.Forwarded) == "192.0.2.1, 192.0.2.2" }},
		{"a list of addresses", map[int]string{20: "192.0.2.1,192.0.2.2"}, func(r *results.Record) bool { return n.Str(r.Forwarded) == "192.0.2.1,192.0.2.2" }},
		{"IPv6", map[int]string{5: "2001:db8::1"}, func(r *results.Record) bool { return netip.AddrFrom16(r.Addr).String() == "2001:db8::1" }},
		{"a masked address is none", map[int]string{5: "192.0.2.xxx"}, func(r *results.Record) bool { return r.Addr == [16]byte{} }},
		{"no host's distribution", map[int]string{7: "-"}, func(r *results.Record) bool { return r.Distribution == results.NoDistribution }},
		{"no edge", map[int]string{3: "-"}, func(r *results.Record) bool { return n.EdgeOf(r).Code == "" }},
		{"a viewer that hung up", map[int]string{14: "Error", 29: "ClientCommError"}, func(r *results.Record) bool { return r.Flags == results.Aborted && r.Detail == results.ClientCommError }},
		{"an origin that broke off", map[int]string{14: "Error", 23: "Miss", 29: "OriginReadError"}, func(r *results.Record) bool { return r.Flags == results.Truncated && r.Failed() }},
		{"the shield had it", map[int]string{29: "OriginShieldHit"}, func(r *results.Record) bool { return r.Layer == results.LayerShield }},
		{"a method of its own", map[int]string{6: "PROPFIND"}, func(r *results.Record) bool { return r.Method == results.OtherMethod }},
		{"a range", map[int]string{32: "5", 33: "9"}, func(r *results.Record) bool { return r.RangeStart == 5 && r.RangeEnd == 9 }},
		{"an id not of ours", map[int]string{15: "short"}, func(r *results.Record) bool { return r.ID != 0 }},
		{"a leap second", map[int]string{2: "23:59:60"}, func(r *results.Record) bool {
			return r.End() == time.Date(2019, 12, 4, 23, 59, 59, 0, time.UTC).UnixNano()
		}},
	} {
		if r := one(c.changes); !c.holds(r) {
			t.Errorf("%s: %+v", c.what, r)
		}
	}
}

// What cannot be read is told, with what is wrong, and the rest is read.
func TestMalformed(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{with(map[int]string{1: "2019-13-04"}), `date is "2019-13-04"`},
		{with(map[int]string{1: "-"}), `date is "-"`},
		{with(map[int]string{2: "25:00:00"}), `time is "25:00:00"`},
		{with(map[int]string{4: "many"}), `sc-bytes is "many"`},
		{with(map[int]string{4: "-5"}), `sc-bytes is "-5"`},
		{with(map[int]string{4: "99999999999999999999"}), `sc-bytes is "99999999999999999999"`},
		{with(map[int]string{9: "2000"}), `sc-status is "2000"`},
		{with(map[int]string{19: "soon"}), `time-taken is "soon"`},
		{with(map[int]string{19: "99999999999999"}), `time-taken is "99999999999999"`},
		{with(map[int]string{27: "70000"}), `c-port is "70000"`},
		{with(map[int]string{8: "/a\t/b"}), "it has 34 fields, and #Fields names 33"},
		{"2019-12-04\t21:02:31\tLAX1", "it has 3 fields, and #Fields names 33"},
		{"rubbish", "it has 1 fields, and #Fields names 33"},
		{strings.Repeat("x", 2000), "it has 1 fields, and #Fields names 33"},
		{with(map[int]string{4: strings.Repeat("9", 99)}), `sc-bytes is "9999999999999999999999999999999999999999"…`},
	} {
		recs, d := read(t, Options{}, classic+with(nil)+"\n"+c.line+"\n"+with(nil)+"\n")
		if len(recs) != 2 || d.Lines != 3 || d.Records != 2 || d.Malformed != 1 {
			t.Errorf("%q: %d records, doubts %+v", c.line, len(recs), d)
		}
		if want := (Fault{"-", 4, c.want}); len(d.First) != 1 || d.First[0] != want {
			t.Errorf("%q: %v, want %v", c.line, d.First, want)
		}
	}
}

// §3.1: lines may lack their last columns, or end in a tab.
func TestLinesThatEndEarly(t *testing.T) {
	whole := strings.Split(with(nil), "\t")
	for columns := 1; columns <= 33; columns++ {
		for _, tab := range []string{"", "\t"} {
			recs, d := read(t, Options{}, classic+strings.Join(whole[:columns], "\t")+tab+"\n")
			if want := columns >= 28 || tab != "" && columns == 27; (len(recs) == 1) != want {
				t.Errorf("%d columns%q: read %d, %v", columns, tab, len(recs), d.First)
			}
		}
	}
}

func TestFieldsMayChange(t *testing.T) {
	log := classic + with(nil) + "\n#Fields: date time sc-status cs-uri-stem\n2020-01-01\t00:00:01\t404\t/b\n" +
		"# a remark\n\n2020-01-01\t00:00:02\t405\t/c\r\n" + classic + with(map[int]string{9: "206"})
	recs, d := read(t, Options{}, log)
	var got []uint16
	for _, r := range recs {
		got = append(got, r.Status)
	}
	if want := []uint16{200, 404, 405, 206}; !slices.Equal(got, want) || d.Malformed > 0 || d.Lines != 4 {
		t.Errorf("%v, want %v; %+v", got, want, d)
	}
}

// The same across blocks: the second file's lines all follow one #Fields line
// that stands in its first block.
func TestFieldsHoldForBlocksToCome(t *testing.T) {
	var b bytes.Buffer
	if err := logtest.Write(&b, 3, 5000, 1); err != nil {
		t.Fatal(err)
	}
	b.WriteString("#Fields: date time sc-status\n")
	for i := range 40_000 {
		fmt.Fprintf(&b, "2020-01-01\t00:00:%02d\t404\n", i%60)
	}
	b.WriteString("broken\n")
	recs, d := read(t, Options{Workers: 3}, b.String())
	if len(recs) != 45_000 || d.Malformed != 1 || d.First[0].Line != 45_004 {
		t.Errorf("%d records, %+v", len(recs), d)
	}
}

func TestUnknownWordsAreToldOnce(t *testing.T) {
	log := classic
	for range 5 {
		log += with(map[int]string{14: "FunctionError", 23: "Hit", 29: "FunctionThrottledError"}) + "\n"
	}
	recs, d := read(t, Options{}, log)
	if len(recs) != 5 || recs[4].Result != results.NoResult || recs[4].Response != results.Hit || len(d.Said) != 2 ||
		!strings.Contains(d.Said[0], `x-edge-result-type "FunctionError"`) {
		t.Errorf("%d records, %q", len(recs), d.Said)
	}
}

func TestWhatNoLineSaysIsSaid(t *testing.T) {
	_, d := read(t, Options{}, "#Fields: date time cs-uri-stem\n2020-01-01\t00:00:00\t/a\n")
	if len(d.Said) != 7 || !strings.Contains(d.Said[2], "no line says how long a request took") {
		t.Errorf("of a log of paths alone: %q", d.Said)
	}
	if _, d := read(t, Options{}, classic+with(nil)); len(d.Said) > 0 {
		t.Errorf("of a whole line: %q", d.Said)
	}
}

func TestReferrersAreCutToTheirHosts(t *testing.T) {
	for raw, want := range map[string]string{
		"https://www.example.com/a/b?c": "https://www.example.com", "https://www.example.com": "https://www.example.com",
		"https://www.example.com?u=/a": "https://www.example.com",
		"android-app://com.example/":   "android-app://com.example", "www.example.com/x": "www.example.com/x", "about:blank": "about:blank", "-": "",
	} {
		n := names()
		recs, _ := read(t, Options{Names: n}, classic+with(map[int]string{10: raw}))
		if got := n.Str(recs[0].Referrer); got != want {
			t.Errorf("%q is kept as %q, want %q", raw, got, want)
		}
	}
}

// text is any string of bytes, and often one that has to be escaped.
var anyText = rapid.OneOf(rapid.StringN(0, 20, 60), rapid.StringMatching(`[-%\\x0-9a-fA-F \t\n#]{0,12}`),
	rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 12), func(b []byte) string { return string(b) }))

// anyRecord is a record as an edge of ours writes it, with whatever a viewer may
// send.
func anyRecord(n *results.Names) *rapid.Generator[results.Record] {
	return rapid.Custom(func(t *rapid.T) results.Record {
		sym := func(name string) results.Sym { return n.Strings.Of(anyText.Draw(t, name)) }
		size := func(name string) int64 { return rapid.Int64Range(-1, 1<<50).Draw(t, name) }
		return results.Record{
			At: rapid.Int64Range(0, 4e18).Draw(t, "at"), Total: rapid.Int64Range(0, 1e13).Draw(t, "total"),
			TTFB: rapid.Int64Range(0, 1e12).Draw(t, "ttfb"), ID: rapid.Uint64().Draw(t, "id"),
			BytesOut: rapid.Int64Range(0, 1<<55).Draw(t, "out"), BytesIn: rapid.Int64Range(0, 1<<40).Draw(t, "in"),
			ContentLength: size("length"), RangeStart: size("start"), RangeEnd: size("end"),
			Addr: [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "addr")), Port: rapid.Uint16().Draw(t, "port"),
			Host: sym("host"), URL: sym("url"), Query: sym("query"), Referrer: sym("referrer"), Agent: sym("agent"), Cookie: sym("cookie"),
			Forwarded: sym("forwarded"), ContentType: sym("type"),
			Distribution: rapid.SampledFrom([]uint16{0, 1, results.NoDistribution}).Draw(t, "distribution"),
			Edge:         rapid.SampledFrom([]uint16{0, 1, results.Unnamed}).Draw(t, "edge"),
			Status:       rapid.Uint16Range(0, 999).Draw(t, "status"),
			Method: rapid.Custom(func(t *rapid.T) results.Method {
				return results.Method(rapid.Uint8Range(0, uint8(results.Methods)-1).Draw(t, ""))
			}).Draw(t, "method"),
			Protocol: results.Protocol(rapid.Uint8Range(0, uint8(results.Protocols)-1).Draw(t, "protocol")),
			Version:  results.Version(rapid.Uint8Range(0, uint8(results.Versions)-1).Draw(t, "version")),
			Response: results.Result(rapid.Uint8Range(0, uint8(results.Results)-1).Draw(t, "response")),
			Result:   results.Result(rapid.Uint8Range(0, uint8(results.Results)-1).Draw(t, "result")),
			Detail:   results.Detail(rapid.Uint8Range(0, uint8(results.Details)-1).Draw(t, "detail")),
			TLS:      rapid.Uint8().Draw(t, "tls"), Cipher: rapid.Uint16().Draw(t, "cipher"),
		}
	})
}

// Whatever records hold, their log, read and written again, is the same byte for
// byte (§3.4).
func TestReadingBackAnyRecordIsTheIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := names()
		n.Distributions = []results.Distribution{{ID: "EA", Domain: "d1.example"}, {ID: "EB", Domain: "d%2.exämple"}}
		n.Edges = []results.Edge{{Code: "FRA50-C1"}, {Code: "an edge"}}
		want := lines(n, rapid.SliceOfN(anyRecord(n), 1, 8).Draw(t, "records"))
		back := names()
		recs, d, err := tryRead(Options{Names: back, Everything: true}, want)
		if err != nil || d.Malformed > 0 {
			t.Fatalf("%v, %+v\n%s", err, d, want)
		}
		if got := lines(back, recs); got != want {
			t.Fatalf("\n%s\nhas become\n%s", want, got)
		}
	})
}

// FuzzEveryLineIsCountedOnce holds that any text is read without harm, that each
// line is a record or a fault, and that what was read is read again the same
// once it has been written by us.
func FuzzEveryLineIsCountedOnce(f *testing.F) {
	f.Add(classic + with(nil) + "\n" + with(map[int]string{9: "x"}) + "\n\n#x\nrubbish")
	f.Add("#Fields: " + eras[3].fields + "\n" + eras[3].line)
	f.Add("#Fields:\n\t\n#Fields: date\ttime\n2020-01-01\t00:00:00\r\n")
	f.Add("#Version: 1.0\n#Fields: timestamp sc-bytes time-taken\n1764115200.5\t1\t0.0015\n")
	f.Fuzz(func(t *testing.T, log string) {
		n := names()
		o := Options{Names: n, Everything: true, Format: "cloudfront"}
		recs, d, err := tryRead(o, log)
		if err != nil {
			return
		}
		if d.Records != int64(len(recs)) || d.Lines != d.Records+d.Malformed {
			t.Fatalf("%d records read, counted %+v", len(recs), d)
		}
		once := lines(n, recs)
		back := names()
		again, d, err := tryRead(Options{Names: back, Everything: true}, once)
		if err != nil || d.Malformed > 0 {
			t.Fatalf("%v, %+v\n%s", err, d, once)
		}
		if twice := lines(back, again); twice != once {
			t.Fatalf("\n%s\nhas become\n%s", once, twice)
		}
	})
}

func TestLinesDoNotAllocate(t *testing.T) {
	var log bytes.Buffer
	if err := logtest.Write(&log, 5, 2000, 1); err != nil {
		t.Fatal(err)
	}
	format, err := registry.Find("cloudfront")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorker(Options{Names: names(), Query: true}, 0)
	f := &file{path: "-", format: &chosen{Format: &format}}
	_, header, _ := strings.Cut(log.String(), "\n")
	header, _, _ = strings.Cut(header, "\n")
	data := log.Bytes()[strings.Index(log.String(), "\n2")+1:]
	blk := &block{file: f, header: header, data: data}
	out := &batch{recs: make([]results.Record, 0, 2000)}
	d, err := w.decoder(f.format)
	if err != nil {
		t.Fatal(err)
	}
	parse := func() {
		out.recs = out.recs[:0]
		parseLines(d, blk, out)
	}
	parse()
	if n := testing.AllocsPerRun(5, parse); n > 0 || len(out.recs) != 2000 {
		t.Errorf("%v allocations for %d lines", n, len(out.recs))
	}
}
