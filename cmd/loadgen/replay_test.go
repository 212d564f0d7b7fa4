package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/sim/origin"
	"edgesim/workloads/replay"
	"edgesim/workloads/trace"
)

// ofTrace is a server that has the objects of a file, and notes what it is asked.
func ofTrace(t *testing.T, path, format string, ownHosts bool) (url string, asked func() []string) {
	t.Helper()
	place := func(host string) (replay.Place, error) {
		if !ownHosts {
			return replay.OnePlace, nil
		}
		return replay.Place{Host: host, Site: host}, nil
	}
	r, err := replay.Open(context.Background(), replay.Options{Files: []string{path}, Format: format, Place: place})
	if err != nil {
		t.Fatal(err)
	}
	var one sync.Mutex
	var list []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		host := q.Host
		if !ownHosts {
			host = replay.OnePlace.Host
		}
		one.Lock()
		list = append(list, q.Method+" "+host+" "+q.RequestURI)
		one.Unlock()
		id, ok := r.Catalog().FindHost([]byte(host), []byte(q.RequestURI))
		if !ok {
			http.NotFound(w, q)
			return
		}
		o := r.Catalog().Object(id)
		body := make([]byte, o.Size)
		origin.Fill(body, o.Key, 0, 0)
		w.Header().Set("ETag", string(origin.AppendETag(nil, o.Key, 0)))
		http.ServeContent(w, q, "", time.Time{}, bytes.NewReader(body))
	}))
	t.Cleanup(s.Close)
	return s.URL, func() []string { one.Lock(); defer one.Unlock(); return list }
}

// play runs the program and returns its summary.
func play(t *testing.T, args ...string) *results.Summary {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(append(args, "--json"), &out, &errs); code != exitDone {
		t.Fatalf("%v: exit status %d: %s", args, code, errs.String())
	}
	var s results.Summary
	if err := json.Unmarshal(out.Bytes(), &s); err != nil {
		t.Fatal(err)
	}
	return &s
}

func traceFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func record(at uint32, id uint64, size uint32, next int64) string {
	b := binary.LittleEndian.AppendUint32(nil, at)
	b = binary.LittleEndian.AppendUint64(b, id)
	b = binary.LittleEndian.AppendUint32(b, size)
	return string(binary.LittleEndian.AppendUint64(b, uint64(next)))
}

const logHead = "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query\n"

func logLine(second int, host, path, query string) string {
	return fmt.Sprintf("2026-01-01\t00:00:%02d\tFRA56-P1\t%d\t192.0.2.1\tGET\t%s\t%s\t200\t-\tcurl\t%s\n", second, 700+len(path), host, path, query)
}

// TestEveryFormatIsPlayed: each kind of file by hand, every byte of the answers right.
func TestEveryFormatIsPlayed(t *testing.T) {
	texts := map[string]string{
		"oraclegeneral": record(5, 7, 100, 3) + record(5, 8, 200, -1) + record(6, 7, 100, -1),
		"csv":           "time,id,size\n5,7,100\n5,8,200\n6,7,100\n",
		"webcachesim":   "5 7 100\n5 8 200\n6 7 100\n",
		"tragen":        "5,7,1\n5,8,2\n6,7,1\n",
		"delayed-hits":  "5;7\n5;8\n6;7\n",
		"wikimedia":     "5\t7\t100\t1.85E-4\n5\t8\t200\t0.1\n6\t7\t100\t0.1\n",
		"ids":           "7\n8\n7\n",
		"lirs":          "7\n*\n8\n7\n",
		"arc":           "7 2 0 1\n7 1 0 2\n",
		"cache2k":       "\x00\x00\x00\x07\x00\x00\x00\x08\x00\x00\x00\x07",
		"logs":          logHead + logLine(1, "a.net", "/o/7", "-") + logLine(1, "a.net", "/o/8", "-") + logLine(2, "a.net", "/o/7", "-"),
	}
	for _, f := range trace.Formats() {
		text, ok := texts[f.Name]
		if !ok {
			t.Errorf("no %s by hand", f.Name)
			continue
		}
		path := traceFile(t, "trace", text)
		url, asked := ofTrace(t, path, f.Name, false)
		s := play(t, url, "--trace", path, "--format", f.Name, "--rate", "100/s", "--arrivals", "constant", "--connections", "1", "--verify")
		if got := fmt.Sprint(asked()); s.Requests != 3 || s.Errors != 0 || s.Unverified != 0 ||
			got != "[GET replay.example /o/7 GET replay.example /o/8 GET replay.example /o/7]" {
			t.Errorf("%s: %d requests, %d errors, %d wrong: %s", f.Name, s.Requests, s.Errors, s.Unverified, got)
		}
	}
}

// TestALogIsPlayed: paths with queries, hosts as the log has them, in its own times.
func TestALogIsPlayed(t *testing.T) {
	path := traceFile(t, "log", logHead+logLine(1, "a.net", "/x", "q=1")+"broken\n"+logLine(2, "b.net", "/x", "q=1")+logLine(3, "a.net", "/y", "-"))
	var out, errs bytes.Buffer
	if code := run([]string{"http://127.0.0.1:1", "--trace", path}, &out, &errs); code != exitUsage || !strings.Contains(errs.String(), path+":4: ") {
		t.Fatalf("exit status %d: %s", code, errs.String())
	}
	whole := traceFile(t, "log", logHead+logLine(1, "a.net", "/x", "q=1")+logLine(2, "b.net", "/x", "q=1")+logLine(3, "a.net", "/y", "-"))
	url, asked := ofTrace(t, whole, "", true)
	s := play(t, url, "--trace", path, "--skip-bad", "--own-hosts", "--speed", "20", "--verify")
	if got := fmt.Sprint(asked()); got != "[GET a.net /x?q=1 GET b.net /x?q=1 GET a.net /y]" || s.Unverified != 0 || s.Errors != 0 {
		t.Errorf("%s, %d errors, %d wrong", got, s.Errors, s.Unverified)
	}
	if said := strings.Join(s.Warnings, "\n"); !strings.Contains(said, "1 lines") {
		t.Errorf("warnings %s", said)
	}
}

func TestWhatDoesNotGoWithATrace(t *testing.T) {
	ids := traceFile(t, "ids", "1\n2\n")
	for args, want := range map[string]string{
		"a --speed 2":                                  "--speed goes with --trace",
		"a --trace x --zipf 1":                         "give one",
		"a --trace x --speed 0":                        "--speed 0",
		"a --trace x --speed 2 --rate 5":               "--speed with --rate",
		"a --trace x --ranges 1%":                      "--ranges with --trace",
		"a --trace x --arrivals constant":              "--arrivals with --trace",
		"a --trace x --host b --own-hosts":             "contradict",
		"a --trace nosuch":                             "--trace: trace: stat nosuch",
		"a --trace " + ids:                             "tells no times",
		"a --trace " + ids + " --rate 1/s --warmup 1m": "--warmup 1m leaves nothing",
	} {
		var out, errs bytes.Buffer
		if code := run(strings.Fields(args), &out, &errs); code != exitUsage || !strings.Contains(errs.String(), want) || strings.Count(errs.String(), "\n") != 1 {
			t.Errorf("%s: exit status %d: %s; want %s", args, code, errs.String(), want)
		}
	}
}
