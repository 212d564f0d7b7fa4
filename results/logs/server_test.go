package logs

import (
	"errors"
	"strings"
	"testing"
	"time"

	"edgesim/results"
)

const combinedLine = `192.0.2.7 - bob [26/Nov/2026:13:55:36 -0700] "GET /a%20b?q=1 HTTP/1.1" 200 1234 "https://example.com/x" "curl/8.0 \x22quoted\x22"`

// one reads one line, of which it holds that it is one record.
func one(t *testing.T, format, line string) (*results.Names, results.Record) {
	t.Helper()
	n := names()
	recs, d := read(t, Options{Names: n, Format: format, Everything: true}, line+"\n")
	if len(recs) != 1 || d.Malformed > 0 {
		t.Fatalf("%s: %s\ngives %d records, %v", format, line, len(recs), d.First)
	}
	return n, recs[0]
}

// TestCacheWords names the result type that each word of a cache becomes
// (sections 1.16 and 3.1; docs/logs.md).
func TestCacheWords(t *testing.T) {
	for _, c := range []struct {
		word, status string
		want         results.Result
		stale        bool
	}{
		{"HIT", "200", results.Hit, false}, {"MISS", "200", results.Miss, false}, {"EXPIRED", "200", results.Miss, false},
		{"REVALIDATED", "200", results.RefreshHit, false}, {"STALE", "200", results.Hit, true}, {"UPDATING", "200", results.Hit, true},
		{"BYPASS", "200", results.Miss, false}, {"-", "200", results.NoResult, false}, {`"HIT"`, "200", results.Hit, false},
		{"HIT", "404", results.Error, false}, {"MISS", "502", results.Error, false}, {"-", "404", results.Error, false}, {"STALE", "500", results.Error, false},
		{"-", "301", results.Redirect, false}, {"MISS", "302", results.Miss, false}, {"HIT", "304", results.Hit, false}, {"-", "304", results.NoResult, false},
		{"hit", "200", results.Hit, false}, {"pass", "200", results.Miss, false}, {"pipe", "200", results.Miss, false}, {"synth", "301", results.NoResult, false},
		{"Hit from cloudfront", "200", results.Hit, false}, {"RefreshHit from cloudfront", "200", results.RefreshHit, false},
		{"cache hit", "200", results.Hit, false}, {"conditional cache hit: entity refreshed", "200", results.RefreshHit, false},
		{"cache miss: attempting entity save", "200", results.Miss, false},
		{"TCP_HIT:HIER_NONE", "200", results.Hit, false}, {"TCP_MEM_HIT", "200", results.Hit, false}, {"TCP_MISS", "200", results.Miss, false},
		{"TCP_REFRESH_UNMODIFIED", "304", results.RefreshHit, false}, {"TCP_REFRESH_MODIFIED", "200", results.Miss, false},
		{"TCP_REFRESH_FAIL_OLD", "200", results.Hit, true}, {"TCP_DENIED", "403", results.Error, false}, {"TCP_TUNNEL", "200", results.Miss, false},
	} {
		_, r := one(t, `nginx:$remote_addr [$time_local] "$request" $status <$sent_http_x_cache>`,
			`192.0.2.7 [26/Nov/2026:13:55:36 +0000] "GET / HTTP/1.1" `+c.status+` <`+c.word+`>`)
		if r.Result != c.want || r.Response != c.want || r.Flags.Has(results.StaleHit) != c.stale {
			t.Errorf("%s with %s is %v, stale %v, want %v, %v", c.word, c.status, r.Response, r.Flags.Has(results.StaleHit), c.want, c.stale)
		}
	}
}

func TestCombined(t *testing.T) {
	end := time.Date(2026, 11, 26, 20, 55, 36, 0, time.UTC).UnixNano()
	for _, c := range []struct {
		format, tail   string
		total, upsteam int64
		host           string
	}{
		{"nginx", ``, 0, 0, ""},
		{"nginx", ` HIT`, 0, 0, ""},
		{"nginx", ` HIT 1.500`, 15e8, 0, ""},
		{"nginx", ` HIT 1.500 -`, 15e8, 0, ""},
		{"nginx", ` MISS 1.500 0.100, 0.200 : 0.300`, 15e8, 6e8, ""},
		{"nginx", ` "MISS" "1.500" "0.100, 0.200" "www.Example.com"`, 15e8, 3e8, "www.Example.com"},
		{"nginx", ` MISS 1.500 0.100, 0.200 : 0.300 www.example.com:8443`, 15e8, 6e8, "www.example.com:8443"},
		{"apache", ``, 0, 0, ""},
		{"apache", ` "cache miss: attempting entity save"`, 0, 0, ""},
		{"apache", ` hit 1500000 www.example.com`, 15e8, 0, "www.example.com"},
	} {
		n, r := one(t, c.format, combinedLine+c.tail)
		if r.Total != c.total || r.OriginTotal != c.upsteam || n.Str(r.Host) != c.host {
			t.Errorf("%s%s: total %d, origin %d, host %q", c.format, c.tail, r.Total, r.OriginTotal, n.Str(r.Host))
		}
		if c.format == "nginx" && r.End() != end || c.format == "apache" && r.At != end {
			t.Errorf("%s%s: from %d to %d, want %d", c.format, c.tail, r.At, r.End(), end)
		}
		if n.Str(r.URL) != "/a%20b" || n.Str(r.Query) != "q=1" || n.Str(r.Agent) != `curl/8.0 "quoted"` || n.Str(r.Referrer) != "https://example.com/x" {
			t.Errorf("%s%s: %q %q %q %q", c.format, c.tail, n.Str(r.URL), n.Str(r.Query), n.Str(r.Agent), n.Str(r.Referrer))
		}
		if r.Method != results.GET || r.Version != results.HTTP11 || r.Status != 200 || r.BodyBytes != 1234 || r.BytesOut != 1234 || r.Addr[15] != 7 {
			t.Errorf("%s%s: %+v", c.format, c.tail, r)
		}
		if c.host != "" && strings.ToLower(n.Distributions[r.Distribution].Domain) != "www.example.com" {
			t.Errorf("%s%s: distributions %+v", c.format, c.tail, n.Distributions)
		}
	}
}

func TestLayouts(t *testing.T) {
	for _, c := range []struct {
		format, line string
		want         func(n *results.Names, r results.Record) bool
	}{
		{`nginx:{"t":"$time_iso8601","h":"$host","r":"$request_uri","s":$status,"b":$bytes_sent,"l":$request_length,"a":"$http_user_agent","c":"$upstream_cache_status","m":"$request_method"}`,
			`{"t":"2026-11-26T21:55:36+01:00","h":"example.com","r":"/x?a=b","s":206,"b":99,"l":42,"a":"a \"b\" \u00e4\ud83d\ude00","c":"HIT","m":"POST"}`,
			func(n *results.Names, r results.Record) bool {
				return n.Str(r.Agent) == `a "b" ä😀` && r.BytesOut == 99 && r.BytesIn == 42 && r.Method == results.POST &&
					n.Str(r.Query) == "a=b" && r.End() == time.Date(2026, 11, 26, 20, 55, 36, 0, time.UTC).UnixNano()
			}},
		{`nginx:$msec|$uri|$args|$status|$scheme|$ssl_protocol|$ssl_cipher|$server_protocol|$remote_port|$sent_http_content_range|$request_completion|$upstream_header_time`,
			`1790000000.123|/x|a=b|206|https|TLSv1.3|TLS_AES_128_GCM_SHA256|HTTP/2.0|4711|bytes 5-9/10||0.5`,
			func(n *results.Names, r results.Record) bool {
				return r.End() == 1790000000123e6 && n.Str(r.URL) == "/x" && r.TLS == 4 && r.Cipher == 0x1301 && r.Protocol == results.HTTPS && r.Version == results.HTTP20 &&
					r.Port == 4711 && r.RangeStart == 5 && r.RangeEnd == 9 && r.Result == results.Error && r.Flags.Has(results.Aborted) && r.OriginTTFB == 5e8
			}},
		{`nginx:$time_local "$request" $status`, `26/Nov/2026:13:55:36 +0000 "GET / HTTP/1.1" 499`,
			func(_ *results.Names, r results.Record) bool {
				return r.Status == 0 && r.Detail == results.ClientHungUpRequest && r.Flags.Has(results.Aborted)
			}},
		{`nginx:$time_local "$request" $status`, `26/Nov/2026:13:55:36 +0000 "\x16\x03\x01" 400`,
			func(_ *results.Names, r results.Record) bool {
				return r.Status == 400 && r.URL == 0 && r.Result == results.Error
			}},
		{`apache:%h %t "%r" %>s %O %I %{ms}T %^FB %{Host}i "%{User-Agent}i" %X %{X-Cache}o`,
			`2001:db8::1 [26/Nov/2026:13:55:36 +0000] "GET /x HTTP/1.1" 200 500 60 12 3000 a.example "say \"hi\" \\ \t" X MISS from a`,
			func(n *results.Names, r results.Record) bool {
				return n.Str(r.Agent) == "say \"hi\" \\ \t" && r.BytesOut == 500 && r.Total == 12e6 && r.TTFB == 3e6 && r.Response == results.Miss && r.Result == results.Error &&
					n.Str(r.Host) == "a.example" && r.BytesIn == 60
			}},
		{`apache:%{%Y-%m-%dT%H:%M:%S%z}t %>s %b "%r" 100%%`, `2026-11-26T13:55:36+0000 200 - "GET /x HTTP/1.0" 100%`,
			func(_ *results.Names, r results.Record) bool { return r.BodyBytes == 0 && r.Version == results.HTTP10 }},
		{`apache:%h %l %u %t "%r" %s %b "%{Referer}i" "%{User-agent}i" %{Varnish:handling}x %{Varnish:time_firstbyte}x`,
			`192.0.2.1 - - [26/Nov/2026:13:55:36 +0000] "GET http://www.example.com/x?y HTTP/1.1" 200 10 "-" "-" hit 0.000123`,
			func(n *results.Names, r results.Record) bool {
				return n.Str(r.Host) == "www.example.com" && n.Str(r.URL) == "/x" && r.TTFB == 123e3 && r.Result == results.Hit && r.Agent == 0
			}},
		{`squid`, `1286536309.586    921 192.168.0.68 TCP_REFRESH_UNMODIFIED/200   507 GET http://www.example.com/index.html?a - HIER_DIRECT/192.0.2.1 text/html`,
			func(n *results.Names, r results.Record) bool {
				return r.End() == 1286536309586e6 && r.Total == 921e6 && r.Result == results.RefreshHit && r.BytesOut == 507 && n.Str(r.Host) == "www.example.com" &&
					n.Str(r.URL) == "/index.html" && n.Str(r.ContentType) == "text/html"
			}},
		{`squid`, `1286536309.586      1 192.168.0.68 TCP_MISS_ABORTED/000 0 GET http://www.example.com/ - HIER_DIRECT/192.0.2.1 -`,
			func(_ *results.Names, r results.Record) bool {
				return r.Status == 0 && r.Flags.Has(results.Aborted) && r.Detail == results.ClientHungUpRequest
			}},
	} {
		if n, r := one(t, c.format, c.line); !c.want(n, r) {
			t.Errorf("%s\nof %s\ngives %+v", c.format, c.line, r)
		}
	}
}

func TestLayoutsThatCannotStand(t *testing.T) {
	for _, c := range []struct{ format, want string }{
		{"nginx:$time_local$status $request", "nothing between them"},
		{"nginx:$status $request", "nothing in it says when"},
		{"nginx:$time_local $request", "nothing in it says the status"},
		{"nginx:$time_local $status", "nothing in it says what was asked for"},
		{"nginx:$time_local $ $status", "a $ without a name"},
		{"nginx:${time_local $status", "a $ without a name"},
		{"nginx:", "nothing in it says when"},
		{"apache:%t %r %>s %Q", "%Q is not known"},
		{"apache:%t %r %>s %", "without a letter"},
		{"apache:%t %r %>s %{Referer", "no } after"},
		{"apache:%{%Q}t %r %>s", "%Q in the format of a time is not known"},
		{"squid:%ts", "takes no layout"},
		{"realtime:timestamp,c-up", `"c-up" is no field`},
		{"realtime:c-ip", "no field says when"},
		{"plain:date,sc-status", "no field says when"},
		{"json:x", "takes no layout"},
		{"iis", "there are apache, cloudfront, json, nginx, parquet, plain, realtime, squid"},
	} {
		_, _, err := tryRead(Options{Format: c.format}, "x\n")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.format, err, c.want)
		}
	}
}

// Lines of another layout are counted and said; none of them stops the rest.
func TestUnfitLines(t *testing.T) {
	log := combinedLine + "\nrubbish\n\xfe\xff\n" + combinedLine + " HIT\n" +
		strings.Replace(combinedLine, "26/Nov", "32/Nov", 1) + "\n" + strings.Replace(combinedLine, " 200 ", " 2x0 ", 1) + "\n"
	recs, d := read(t, Options{Format: "nginx"}, log)
	if len(recs) != 2 || d.Malformed != 4 || len(d.First) != 4 {
		t.Fatalf("%d records, %+v", len(recs), d)
	}
	for i, want := range []string{"-:2: ends, or has something else, at $remote_addr", "-:3: ends", "-:5: $time_local is", "-:6: $status is"} {
		if got := d.First[i].String(); !strings.HasPrefix(got, want) {
			t.Errorf("fault %d is %q, want %q", i, got, want)
		}
	}
}

// An unknown word of a cache is said once, and counts as none.
func TestUnknownCacheWord(t *testing.T) {
	recs, d := read(t, Options{Format: "nginx"}, combinedLine+" WARM\n"+combinedLine+" WARM\n")
	if len(recs) != 2 || recs[0].Result != results.NoResult || !strings.Contains(d.Said[0], `cache result "WARM"`) || strings.Count(strings.Join(d.Said, "\n"), "WARM") != 1 {
		t.Errorf("%+v, said %q", recs, d.Said)
	}
}

func fuzzFormat(f *testing.F, format string, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, log []byte) {
		recs, d, err := tryRead(Options{Format: format, Everything: true, Workers: 1}, string(log))
		if errors.Is(err, ErrNothingKnown) {
			return // binary
		}
		if err != nil {
			t.Fatal(err)
		}
		if d.Records != int64(len(recs)) || d.Lines != d.Records+d.Malformed {
			t.Errorf("%d records, %+v", len(recs), d)
		}
		for i := range recs {
			if r := &recs[i]; r.Status > 999 || r.BytesOut < 0 || r.BytesIn < 0 || r.Total < 0 || r.OriginTotal < 0 || r.Result >= results.Results {
				t.Errorf("record %+v", r)
			}
		}
	})
}

// No line stops the reading, and every line is a record or a fault.
func FuzzNginxLinesAreRecordsOrFaults(f *testing.F) {
	fuzzFormat(f, "nginx", combinedLine, combinedLine+" HIT 0.1 0.1, 0.2 : 0.3 example.com\n", `"- [`, combinedLine+` "`)
}

func FuzzApacheLinesAreRecordsOrFaults(f *testing.F) {
	fuzzFormat(f, "apache", combinedLine, combinedLine+` "cache hit" 12 example.com`, `\" \\" "`)
}

func FuzzSquidLinesAreRecordsOrFaults(f *testing.F) {
	fuzzFormat(f, "squid", "1286536309.586    921 192.168.0.68 TCP_HIT/200   507 GET http://a/x - HIER_DIRECT/192.0.2.1 text/html\n", " 1 2 / ")
}

func FuzzJSONLinesAreRecordsOrFaults(f *testing.F) {
	fuzzFormat(f, "json", `{"date":"2026-11-26","time":"10:00:00","cs-uri-stem":"/\u00e4\"","sc-status":"200","x":{"a":[1,"}"]}}{"timestamp":1790000000.1,"cs-host":"a"}`,
		`{"timestamp(ms)":"1731620046814"}`, `{`, `{"a":`, `{"\ud83d":"\ud83d\ude00\u"}`)
}

func FuzzRealtimeLinesAreRecordsOrFaults(f *testing.F) {
	fuzzFormat(f, "realtime:timestamp,c-ip,sc-status,cs-host,cs-uri-stem,x-host-header", "1790000000.123\t192.0.2.1\t200\ta\t/x?y\tb\n", "\t\t\t\t\t\t")
}

func FuzzPlainLinesAreRecordsOrFaults(f *testing.F) {
	fuzzFormat(f, "plain:date,time,sc-status,cs-uri-stem", "2026-11-26,10:00:00,200,/a,%20b\n", "2026-11-26|10:00:00|200|/a\n", "#Fields: date\nx\n")
}

// FuzzLayoutsNeverPanic: whatever the layout and the line.
func FuzzLayoutsNeverPanic(f *testing.F) {
	f.Add("nginx", `$time_local "$request" $status`, combinedLine)
	f.Add("apache", `%t \"%r\" %>s %{%F}t`, combinedLine)
	f.Fuzz(func(t *testing.T, name, layout, log string) {
		if name != "nginx" {
			name = "apache"
		}
		_, d, err := tryRead(Options{Format: name + ":" + layout, Workers: 1}, log)
		if err == nil && d.Lines != d.Records+d.Malformed {
			t.Errorf("%+v", d)
		}
	})
}
