package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/results/logs"
	"edgesim/results/report"
	"edgesim/results/store"
)

// oddRequests are what real viewers send and no workload of ours does: methods that
// write, hosts that nobody serves, cookies, agents and referrers with anything in them.
var oddRequests = []string{
	"GET /a HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: id=7; tab=\"a b\"\r\n\r\n",
	"GET /a HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: id=8\r\nReferer: https://sites.example/x?y=z\r\nUser-Agent: curl/8.0\r\n\r\n",
	"HEAD /a HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
	"GET /a?q=%20&r=a%2Fb HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: caf\xc3\xa9 100% \"q\" \\x41\r\n\r\n",
	"POST /a HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nCookie: id=7\r\n\r\nhello",
	"POST /form?x=1 HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
	"PUT /a HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\n\r\nx",
	"PATCH /a HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n",
	"DELETE /a HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
	"OPTIONS /a HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://sites.example\r\n\r\n",
	"GET /a HTTP/1.1\r\nHost: nobody.example\r\nCookie: id=9\r\n\r\n",
	"POST /a HTTP/1.1\r\nHost: nobody.example\r\nContent-Length: 2\r\n\r\nab",
	"GET /a HTTP/1.1\r\nHost: other.example:8080\r\nReferer: -\r\n\r\n",
	"GET /missing HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
	"GET /a HTTP/1.1\r\nHost: 127.0.0.1\r\nRange: bytes=0-3\r\n\r\n",
	"GET /%C3%A4%09b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
	"GET /a HTTP/1.0\r\n\r\n",
	"TRACE /a HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
}

// What a server counted of such requests is what is counted from the log it wrote, but
// for usage types, which CloudFront's log does not tell.
func TestReportsOfAServerAreThoseOfItsLog(t *testing.T) {
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/missing" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "max-age=3600")
		fmt.Fprintf(w, "body of %s", r.URL)
	}))
	t.Cleanup(origin.Close)
	dir := t.TempDir()
	log, kept := filepath.Join(dir, "access.log"), filepath.Join(dir, "edge.db")
	config := `edge: {mode: cloudfront, capacity: 16MiB}
origins: {o: {url: ` + origin.URL + `}}
distributions: [{id: E1, domain: d1.cloudfront.net, aliases: ["127.0.0.1"],
  default: {origin: o, methods: [GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE], cached_methods: [GET, HEAD, OPTIONS]}}]
access_log: {file: ` + log + `, cookies: true}
`
	s := startServer(t, "--config", logFile(t, config), "--store", kept)
	for range 2 {
		for _, request := range oddRequests {
			askRaw(t, strings.TrimPrefix(s.url, "http://"), request)
		}
	}
	if status := s.end(); status != exitDone {
		t.Fatalf("status %d: %s", status, s.said)
	}
	want, got := tablesOfStore(t, kept), tablesOfLog(t, log, len(oddRequests)*2)
	if len(want) < 10 || len(want) != len(got) {
		t.Fatalf("%d tables from the log, and %d of the server", len(got), len(want))
	}
	for name := range want {
		if want[name] != got[name] {
			t.Errorf("%s from the log:\n%s\nthe server's own:\n%s", name, diff(got[name], want[name]), diff(want[name], got[name]))
		}
	}
}

// askRaw sends a request on a connection of its own, and reads to the answer's end.
func askRaw(t *testing.T, addr, request string) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	request = strings.Replace(request, "\r\n", "\r\nConnection: close\r\n", 1)
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(c)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.") {
		t.Fatalf("%q is answered by %q, %v", request, answer, err)
	}
}

func consoleSet(n *results.Names) *report.Set {
	var kinds []report.Kind
	for _, k := range report.Kinds() {
		if k.Group == report.CloudFront {
			kinds = append(kinds, k)
		}
	}
	return report.NewSet(report.Options{Names: n, Query: true, Grain: time.Hour}, kinds...)
}

// tablesOf are the rows of a set's tables, of all distributions and of each.
func tablesOf(t *testing.T, set *report.Set) map[string]string {
	t.Helper()
	rows := map[string]string{}
	for _, k := range set.Kinds() {
		for _, scope := range []string{"", "E1"} {
			for _, table := range set.Tables(k.Name, scope) {
				var b strings.Builder
				if err := report.WriteCSV(&b, table); err != nil {
					t.Fatal(err)
				}
				if table.Name != "usage_types" {
					_, rows[scope+"/"+table.Name], _ = strings.Cut(b.String(), "\n\n")
				}
			}
		}
	}
	return rows
}

func tablesOfStore(t *testing.T, path string) map[string]string {
	t.Helper()
	s, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	set := consoleSet(serverNames())
	if _, err := s.Absorb(set, time.Unix(0, 0), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	return tablesOf(t, set)
}

func tablesOfLog(t *testing.T, path string, lines int) map[string]string {
	t.Helper()
	n := serverNames()
	set := consoleSet(n)
	d, err := logs.Read(context.Background(), logs.Options{Files: []string{path}, Names: n, Query: true}, set.Add)
	if err != nil || d.Malformed > 0 || d.Records != int64(lines) {
		t.Fatalf("%d records of %d requests, %v, %v", d.Records, lines, d.First, err)
	}
	return tablesOf(t, set)
}

// serverNames has the distribution that the server has.
func serverNames() *results.Names {
	n := results.NewNames(time.Unix(0, 0).UTC())
	if _, err := n.PlaceDistribution(results.Distribution{ID: "E1", Domain: "d1.cloudfront.net", Friendly: "127.0.0.1"}); err != nil {
		panic(err)
	}
	return n
}
