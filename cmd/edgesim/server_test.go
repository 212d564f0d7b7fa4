package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"edgesim/sim/scenario"
)

// served is a running `edgesim serve` with an admin listener.
type served struct {
	t          *testing.T
	url, admin string
	said       *shown
	stop       context.CancelFunc
	status     chan int
	ended      bool
}

func startServer(t *testing.T, args ...string) *served {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := &served{t: t, said: &shown{}, stop: cancel, status: make(chan int, 1)}
	args = append([]string{"serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"}, args...)
	go func() { s.status <- runUntil(ctx, args, io.Discard, s.said) }()
	t.Cleanup(func() { s.end() })
	s.until(`admin on http://\S+`)
	s.url = regexp.MustCompile(`serving on (http://\S+)`).FindStringSubmatch(s.said.String())[1]
	s.admin = regexp.MustCompile(`admin on (http://\S+)`).FindStringSubmatch(s.said.String())[1]
	return s
}

func (s *served) end() int {
	if s.ended {
		return 0
	}
	s.ended = true
	s.stop()
	return <-s.status
}

// until waits for the server to say something.
func (s *served) until(pattern string) string {
	s.t.Helper()
	re, found := regexp.MustCompile(pattern), ""
	if !comes(func() bool { found = re.FindString(s.said.String()); return found != "" }) {
		s.t.Fatalf("it never says %q, but %s", pattern, s.said)
	}
	return found
}

// comes waits until something is so, for longer than any machine stands still; false: it
// never is.
func comes(is func() bool) bool {
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			return is()
		}
	}
	return true
}

func (s *served) ask(method, path, body string, fields ...string) (status int, text string) {
	s.t.Helper()
	req, err := http.NewRequest(method, s.admin+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if method == "POST" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(fields); i += 2 {
		if fields[i] == "Host" {
			req.Host = fields[i+1]
		}
		req.Header.Set(fields[i], fields[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(b)
}

func (s *served) want(path, result string) {
	s.t.Helper()
	if _, h := fetchFrom(s.t, s.url+path); !strings.HasPrefix(h.Get("X-Cache"), result+" from ") {
		s.t.Errorf("%s: X-Cache %q, want %s", path, h.Get("X-Cache"), result)
	}
}

// metric is a metric's value as a scrape has it.
func (s *served) metric(name string) string {
	_, text := s.ask("GET", "/metrics", "")
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func freshOrigin(t *testing.T) *httptest.Server {
	o := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=3600")
		fmt.Fprintf(w, "body of %s", r.URL)
	}))
	t.Cleanup(o.Close)
	return o
}

// configFile writes a configuration with one distribution for 127.0.0.1.
func configFile(t *testing.T, path, origin, more string) string {
	t.Helper()
	text := `edge: {mode: standard, capacity: 16MiB}
origins: {o: {url: ` + origin + `}}
distributions: [{id: E1, domain: d1.cloudfront.net, aliases: ["127.0.0.1"], default: {origin: o}}]
` + more
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAdminInvalidates(t *testing.T) {
	s := startServer(t, "--origin", freshOrigin(t).URL)
	for _, path := range []string{"/a", "/b?x=1"} {
		s.want(path, "Miss")
		s.want(path, "Hit")
	}
	admin := strings.TrimPrefix(s.admin, "http://")
	var out, errs bytes.Buffer
	if status := run([]string{"invalidate", "--admin", admin, "/a", "/c*"}, &out, &errs); status != exitDone {
		t.Fatalf("status %d: %s", status, &errs)
	}
	if !regexp.MustCompile(`^I\d{12}  Completed: 1 objects removed in \S+\n$`).MatchString(out.String()) {
		t.Errorf("printed %q", &out)
	}
	s.want("/a", "Miss")
	s.want("/b?x=1", "Hit")
	out.Reset()
	if status := run([]string{"invalidate", "--admin", admin, "--distribution", "EDGE", "--json", "/*"}, &out, &errs); status != exitDone {
		t.Fatalf("status %d: %s", status, &errs)
	}
	var i invalidation
	if err := json.Unmarshal(out.Bytes(), &i); err != nil || i.Removed != 2 || i.Status != "Completed" || i.Distribution != "EDGE" {
		t.Errorf("printed %s, %v", &out, err)
	}
	if _, text := s.ask("GET", "/invalidate", ""); strings.Count(text, `"id"`) != 2 || !strings.Contains(text, i.ID) {
		t.Errorf("past invalidations: %s", text)
	}
	if n := s.metric(`edgesim_cache_removed_total{reason="invalidated"}`); n != "3" {
		t.Errorf("%s objects were invalidated, say the metrics", n)
	}
}

func TestInvalidateSaysWhatIsWrong(t *testing.T) {
	s := startServer(t, "--origin", freshOrigin(t).URL)
	admin := strings.TrimPrefix(s.admin, "http://")
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	for _, x := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{}, exitUsage, "which paths?"},
		{[]string{"--admin", "9090", "/a"}, exitUsage, `--admin "9090": right is host:port`},
		{[]string{"--admin", admin, "a"}, exitUsage, `path "a": it must begin with a slash`},
		{[]string{"--admin", admin, "/a*b"}, exitUsage, "a star can only be its last character"},
		{[]string{"--admin", admin, "--distribution", "E9", "/a"}, exitUsage, `there is no distribution "E9": there is EDGE`},
		{[]string{"--admin", "127.0.0.1:1", "/a"}, exitFail, "connection refused"},
		{[]string{"--admin", strings.TrimPrefix(other.URL, "http://"), "/a"}, exitFail, "is that an admin listener"},
	} {
		var out, errs bytes.Buffer
		if status := run(append([]string{"invalidate"}, x.args...), &out, &errs); status != x.status || !strings.Contains(errs.String(), x.want) {
			t.Errorf("%v: status %d, %s", x.args, status, &errs)
		}
	}
}

// TestAdminIsForThisMachine: no other host's name, no other site's page, no form.
func TestAdminIsForThisMachine(t *testing.T) {
	s := startServer(t, "--origin", freshOrigin(t).URL)
	for _, x := range []struct {
		method, path string
		fields       []string
		want         int
	}{
		{"GET", "/health", nil, 200},
		{"GET", "/health", []string{"Host", "localhost:9090"}, 200},
		{"GET", "/health", []string{"Host", "[::1]"}, 200},
		{"GET", "/health", []string{"Host", "evil.example.com"}, 403},
		{"GET", "/health", []string{"Host", "127.0.0.1.evil.example.com:80"}, 403},
		{"GET", "/debug/pprof/", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"GET", "/debug/pprof/", []string{"Sec-Fetch-Site", "none"}, 200},
		{"POST", "/invalidate", []string{"Content-Type", "text/plain"}, 415},
		{"POST", "/reload", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415},
		{"GET", "/reload", nil, 405},
		{"POST", "/cache", nil, 405},
		{"GET", "/nothing", nil, 404},
		{"GET", "/cache?limit=0", nil, 400},
		{"GET", "/cache?distribution=E9", nil, 400},
		{"POST", "/invalidate", nil, 400},
	} {
		if got, text := s.ask(x.method, x.path, "", x.fields...); got != x.want {
			t.Errorf("%s %s %v: %d, want %d: %s", x.method, x.path, x.fields, got, x.want, text)
		}
	}
	for _, x := range []struct{ addr, want string }{
		{"0.0.0.0:0", "--admin-anyone"}, {"192.0.2.1:9090", "--admin-anyone"}, {"9090", "as :9090"},
	} {
		var errs bytes.Buffer
		status := run([]string{"serve", "--origin", "http://127.0.0.1:1", "--listen", "127.0.0.1:0", "--admin", x.addr}, io.Discard, &errs)
		if status != exitUsage || !strings.Contains(errs.String(), x.want) {
			t.Errorf("--admin %s: status %d, %s", x.addr, status, &errs)
		}
	}
	if addr, err := adminAddr(":9090", false); err != nil || addr != "127.0.0.1:9090" {
		t.Errorf("a port alone is %s, %v", addr, err)
	}
	if addr, err := adminAddr("0.0.0.0:9090", true); err != nil || addr != "0.0.0.0:9090" {
		t.Errorf("for anyone it is %s, %v", addr, err)
	}
}

func TestAdminShowsWhatIsThere(t *testing.T) {
	hold := make(chan struct{})
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			<-hold
		}
		w.Header().Set("Cache-Control", "max-age=3600")
		io.WriteString(w, "0123456789")
	}))
	defer origin.Close()
	s := startServer(t, "--config", configFile(t, filepath.Join(t.TempDir(), "edge.yaml"),
		"\""+origin.URL+"\", headers: {X-Key: s3cret}", "grace: 5s\n"))
	var view struct {
		Flights int
		Under   []map[string]any `json:"under_way"`
	}
	look := func() int {
		view.Under = nil
		_, text := s.ask("GET", "/flights", "")
		if err := json.Unmarshal([]byte(text), &view); err != nil {
			t.Fatal(err)
		}
		return len(view.Under)
	}
	s.want("/a?x=1", "Miss")
	for look() > 0 { // the viewer has it before the flight has landed
		runtime.Gosched()
	}
	s.want("/a?x=1", "Hit")
	slow := make(chan struct{})
	go func() {
		s.want("/slow", "Miss")
		close(slow)
	}()
	for look() == 0 {
		runtime.Gosched()
	}
	if f := view.Under[0]; f["url"] != "/slow" || f["distribution"] != "E1" || f["origin"] != "o" {
		t.Errorf("under way: %v", view.Under)
	}
	close(hold)
	<-slow
	_, text := s.ask("GET", "/cache?path=/a*", "")
	for _, want := range []string{`"url": "/a?x=1"`, `"status": 200`, `"length": 10`, `"capacity": 16777216`, `"ttl_left_seconds": 3`} {
		if !strings.Contains(text, want) {
			t.Errorf("/cache has no %s:\n%s", want, text)
		}
	}
	_, text = s.ask("GET", "/config", "")
	for _, want := range []string{"edge.yaml", "capacity: 16MiB", "id: E1", "X-Key: (hidden)", "grace: 5s"} {
		if !strings.Contains(text, want) {
			t.Errorf("/config has no %s:\n%s", want, text)
		}
	}
	if strings.Contains(text, "s3cret") || strings.Contains(text, "null") {
		t.Errorf("/config has what it should not: %s", text)
	}
	comes(func() bool { // records come in within a second or two, one connection's after another's
		return s.metric(`edgesim_requests_total{distribution="E1",result="Hit",status="2xx",layer="edge"}`) == "1" &&
			s.metric(`edgesim_requests_total{distribution="E1",result="Miss",status="2xx",layer="origin"}`) == "2"
	})
	_, text = s.ask("GET", "/metrics", "")
	for _, want := range []string{
		`edgesim_requests_total{distribution="E1",result="Hit",status="2xx",layer="edge"} 1`,
		`edgesim_requests_total{distribution="E1",result="Miss",status="2xx",layer="origin"} 2`,
		`edgesim_first_byte_seconds_count{result="Miss"} 2`, `edgesim_origin_requests_total{origin="o"} 2`,
		"edgesim_cache_objects 2", "edgesim_cache_capacity_bytes 16777216", "edgesim_connections ", "edgesim_flights 0",
		`edgesim_log_lost_total{reason="dropped"} 0`, "go_goroutines", "process_resident_memory_bytes",
	} {
		if !strings.Contains(text, "\n"+want) && !strings.HasPrefix(text, want) {
			t.Errorf("/metrics has no %s", want)
		}
	}
}

// TestReloadOnSIGHUP: under load the file is taken over fifty times, and once it
// is wrong. No request fails, no connection closes, the cache stays.
func TestReloadOnSIGHUP(t *testing.T) {
	origin := freshOrigin(t)
	path := configFile(t, filepath.Join(t.TempDir(), "edge.yaml"), origin.URL, "")
	s := startServer(t, "--config", path)
	s.want("/kept", "Miss")
	var stop atomic.Bool
	var viewers sync.WaitGroup
	for v := range 4 {
		viewers.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for i := 0; !stop.Load(); i++ {
				want := fmt.Sprintf("/%d/%d", v, i%20)
				res, err := client.Get(s.url + want)
				if err != nil {
					t.Error(err)
					return
				}
				b, err := io.ReadAll(res.Body)
				res.Body.Close()
				if err != nil || string(b) != "body of "+want || res.Close {
					t.Errorf("%s: %q, %v, connection to be closed: %v", want, b, err, res.Close)
				}
			}
		})
	}
	for i := range 50 {
		configFile(t, path, origin.URL, fmt.Sprintf("limits: {conns: %d}\ngrace: 30s\n", 1000+i%2))
		if i%2 == 0 {
			syscall.Kill(os.Getpid(), syscall.SIGHUP)
			comes(func() bool { return s.metric(`edgesim_config_reloads_total{outcome="taken"}`) == fmt.Sprint(i+1) })
		} else if status, text := s.ask("POST", "/reload", ""); status != 200 {
			t.Fatalf("%d: %s", status, text)
		}
	}
	stop.Store(true)
	viewers.Wait()
	if n := s.metric(`edgesim_config_reloads_total{outcome="taken"}`); n != "50" {
		t.Errorf("%s reloads were taken over", n)
	}
	s.want("/kept", "Hit")
	s.until(`a restart is needed for limits.conns\n`)

	configFile(t, path, origin.URL, "limits: {connz: 7}\n")
	status, text := s.ask("POST", "/reload", "")
	want := path + `:4:10: limits.connz: unknown key; did you mean conns?`
	if status != 422 || !strings.Contains(text, "edge.yaml:4:10: limits.connz: unknown key") {
		t.Errorf("%d: %s; want %s", status, text, want)
	}
	s.until(`the configuration stays as it was: .*edge.yaml:4:10: limits.connz`)
	if _, text := s.ask("GET", "/config", ""); !strings.Contains(text, `"problem": `) || !strings.Contains(text, ":4:10:") {
		t.Errorf("/config does not say what is wrong: %s", text)
	}
	s.want("/kept", "Hit")
	if status := s.end(); status != exitDone {
		t.Errorf("status %d: %s", status, s.said)
	}
}

func TestReloadTakesOverWhatItCan(t *testing.T) {
	origin := freshOrigin(t)
	path := configFile(t, filepath.Join(t.TempDir(), "edge.yaml"), origin.URL, "")
	s := startServer(t, "--config", path)
	s.want("/a", "Miss")
	text, _ := os.ReadFile(path)
	write := func(old, new string) {
		os.WriteFile(path, []byte(strings.Replace(string(text), old, new, 1)), 0o644)
	}
	write("default: {origin: o}", "default: {origin: o, methods: [GET, HEAD]}")
	s.ask("POST", "/reload", "")
	if res, err := http.Post(s.url+"/a", "text/plain", strings.NewReader("x")); err != nil || res.StatusCode != 405 {
		t.Errorf("a method that is no longer allowed: %v, %v", res, err)
	}
	s.want("/a", "Hit")
	write("mode: standard", "mode: cloudfront")
	if status, text := s.ask("POST", "/reload", ""); status != 422 || !strings.Contains(text, "edge.mode: standard has become cloudfront") {
		t.Errorf("%d: %s", status, text)
	}
	write("capacity: 16MiB", "capacity: 32MiB, shards: 2")
	if status, text := s.ask("POST", "/reload", ""); status != 200 || !strings.Contains(text, `"edge.capacity"`) || !strings.Contains(text, `"edge.shards"`) {
		t.Errorf("%d: %s", status, text)
	}
}

// TestLogsByDistributionAndHour: a folder gets CloudFront's files, whole at the end.
func TestLogsByDistributionAndHour(t *testing.T) {
	dir := t.TempDir()
	more := "access_log: {dir: " + dir + ", prefix: site/, cookies: true}\n"
	s := startServer(t, "--config", configFile(t, filepath.Join(t.TempDir(), "edge.yaml"), freshOrigin(t).URL, more))
	req, _ := http.NewRequest("GET", s.url+"/a", nil)
	req.Header.Set("Cookie", "id=7")
	for range 2 {
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
	if status := s.end(); status != exitDone {
		t.Fatalf("status %d: %s", status, s.said)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "site", "*"))
	if len(files) == 0 || !regexp.MustCompile(`/site/E1\.\d{4}-\d\d-\d\d-\d\d\.[0-9a-z]{12}\.gz$`).MatchString(files[0]) {
		t.Fatalf("the folder has %q", files)
	}
	text := ""
	for _, f := range files {
		text += gunzip(t, f)
	}
	if strings.Count(text, "\t/a\t") != 2 || strings.Count(text, "\tid=7\t") != 2 {
		t.Errorf("the log is\n%s", text)
	}
}

func TestALogThatMissesRequestsIsAnError(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "logs")
	s := startServer(t, "--origin", freshOrigin(t).URL, "--access-log", dir+"/")
	os.Remove(dir)
	if err := os.WriteFile(dir, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	s.want("/a", "Miss")
	s.until("lines are lost until it can be written again")
	if n := s.metric(`edgesim_log_lost_total{reason="unwritten"}`); n != "1" {
		t.Errorf("%s lines could not be written, say the metrics", n)
	}
	if status := s.end(); status != exitFail {
		t.Errorf("status %d: %s", status, s.said)
	}
}

// TestLogrotateMovesTheFileAway: after SIGHUP lines go to a new file of its name.
func TestLogrotateMovesTheFileAway(t *testing.T) {
	log := filepath.Join(t.TempDir(), "access.log")
	s := startServer(t, "--origin", freshOrigin(t).URL, "--access-log", log)
	s.want("/before", "Miss")
	comes(func() bool { b, _ := os.ReadFile(log); return bytes.Contains(b, []byte("/before")) })
	if err := os.Rename(log, log+".1"); err != nil {
		t.Fatal(err)
	}
	if status, text := s.ask("POST", "/reload", ""); status != 200 {
		t.Fatalf("%d: %s", status, text)
	}
	s.want("/after", "Miss")
	if status := s.end(); status != exitDone {
		t.Fatalf("status %d: %s", status, s.said)
	}
	before, _ := os.ReadFile(log + ".1")
	after, _ := os.ReadFile(log)
	if !bytes.Contains(before, []byte("/before")) || !bytes.Contains(after, []byte("/after")) || !bytes.HasPrefix(after, []byte("#Version")) {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

// TestEndLetsWhatIsServedFinish: health says so meanwhile, and the response is whole.
func TestEndLetsWhatIsServedFinish(t *testing.T) {
	for _, x := range []struct {
		grace  string
		status int
	}{{"10m", exitDone}, {"100ms", exitFail}} {
		hold := make(chan struct{})
		asked := make(chan struct{}, 1)
		origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked <- struct{}{}
			<-hold
			io.WriteString(w, "whole")
		}))
		s := startServer(t, "--origin", origin.URL, "--grace", x.grace)
		got := make(chan string)
		go func() {
			res, err := http.Get(s.url + "/slow")
			if err != nil {
				got <- err.Error()
				return
			}
			b, _ := io.ReadAll(res.Body)
			got <- string(b)
		}()
		<-asked
		s.stop()
		s.until("finishing what is being served")
		if x.status == exitDone {
			for status := 0; status != 503; status, _ = s.ask("GET", "/health", "") {
				time.Sleep(time.Millisecond)
			}
			close(hold)
			if body := <-got; body != "whole" {
				t.Errorf("the viewer got %q", body)
			}
		} else {
			if body := <-got; body == "whole" {
				t.Error("the viewer got all of it after the grace")
			}
			close(hold)
		}
		if status := s.end(); status != x.status {
			t.Errorf("grace %s: status %d, want %d: %s", x.grace, status, x.status, s.said)
		}
		origin.Close()
	}
}

// TestOneLogInPlaceOfAFolder: --access-log FILE wins over a folder for logs, and
// what the file says of the folder's parts does not stand in its way.
func TestOneLogInPlaceOfAFolder(t *testing.T) {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	serveCommand.prepare(flags)
	o := serveOptions{config: "../../docs/serve.example.yaml", accessLog: filepath.Join(t.TempDir(), "a.log")}
	p, err := o.plan(&env{flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	if l := p.conf.AccessLog; l.File != o.accessLog || l.Dir != "" || l.Prefix != "" {
		t.Errorf("%+v", l)
	}
}

// TestServeExampleShowsEveryKey: docs/serve.example.yaml stands, and has every
// key that is a server's.
func TestServeExampleShowsEveryKey(t *testing.T) {
	const path = "../../docs/serve.example.yaml"
	if _, err := scenario.LoadConfig(path); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, typ := range []reflect.Type{
		reflect.TypeFor[scenario.Config](), reflect.TypeFor[scenario.AccessLog](), reflect.TypeFor[scenario.Limits](),
		reflect.TypeFor[scenario.TLS](), reflect.TypeFor[scenario.Certificate](), reflect.TypeFor[scenario.Edge](),
	} {
		for i := range typ.NumField() {
			name := typ.Field(i).Tag.Get("yaml")
			if name != "" && !regexp.MustCompile(`\b`+name+`:`).Match(text) && name != "policies" && name != "origin_groups" && name != "tiers" && name != "locations" {
				t.Errorf("it has no key %s of %v", name, typ)
			}
		}
	}
}
