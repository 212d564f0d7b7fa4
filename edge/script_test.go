package edge

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"edgesim/edge/behavior"
)

// A script is a dialogue of a viewer and an origin through a real edge in a
// synctest bubble, a step a line:
//
//	origin 200 | Cache-Control: max-age=5 | body abc    how the origin answers from here on
//	origin close                                        or: it breaks the connection instead
//	GET /b | Range: bytes=0-1 => 206 "ab" | !Age        a request, and the answer it gets
//	5 GET => 200 #1                                     five at once, which all get that
//	wait 6s
//	seen | If-None-Match: "v1" | !Range                 fields of the last request that reached the origin
//	asked 2                                             how many reached it in all
//
// The path is /a where none is given. An origin that is not told a body answers
// its nth request with #n, so that #1 in a later answer is one from the cache.
// "after 3s" among the origin's fields delays its answer, "undated" leaves out
// Date, "trailer X: 1" sends a field behind the body. Expected fields: "Name: value" is the whole value, lines joined by ", ",
// "Name ~ text" a part of it, "!Name" absence. {+10s} and {-1h} are the HTTP date
// that far from now.
type script struct {
	t    *testing.T
	l    *lab
	step string

	mu     sync.Mutex
	answer originAnswer
	asked  int
	last   *http.Request // that reached the origin
}

// originAnswer is what an origin line says.
type originAnswer struct {
	status  int
	fields  [][2]string
	body    string
	after   time.Duration
	undated bool
	close   bool
}

func runScript(t *testing.T, text string, with func(*behavior.Behavior)) {
	s := &script{t: t}
	inLab(t, s.origin, func(c *Config) {
		if with != nil {
			with(&c.Distributions[0].Default)
		}
	}, func(l *lab) {
		s.l = l
		for line := range strings.Lines(text) {
			if s.step = strings.TrimSpace(line); s.step != "" && !t.Failed() {
				s.run()
			}
		}
	})
}

func (s *script) fail(format string, args ...any) {
	s.t.Helper()
	s.t.Errorf("%s\n\t%s", s.step, fmt.Sprintf(format, args...))
}

func (s *script) run() {
	word, rest, _ := strings.Cut(s.step, " ")
	switch word {
	case "origin":
		s.told(rest)
	case "wait":
		time.Sleep(s.duration(rest))
	case "asked":
		if n, _ := strconv.ParseInt(rest, 10, 64); s.l.asked.Load() != n {
			s.fail("the origin was asked %d times", s.l.asked.Load())
		}
	case "seen":
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.last == nil {
			s.fail("the origin was not asked")
			return
		}
		s.check(s.last.Header, parts(rest)[1:])
	default:
		s.ask()
	}
}

// parts splits at " | " and fills in dates.
func parts(line string) []string {
	split := strings.Split(" "+line, " |")
	for i := range split {
		split[i] = strings.TrimSpace(relative.ReplaceAllStringFunc(split[i], func(at string) string {
			d, err := time.ParseDuration(strings.TrimPrefix(at[1:len(at)-1], "+"))
			if err != nil {
				panic(err)
			}
			return time.Now().Add(d).UTC().Format(http.TimeFormat)
		}))
	}
	return split
}

var relative = regexp.MustCompile(`\{[+-][0-9a-z]+\}`)

func (s *script) duration(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		s.fail("%v", err)
	}
	return d
}

// told reads an origin line.
func (s *script) told(line string) {
	p := parts(line)
	var a originAnswer
	a.close = p[0] == "close"
	a.status, _ = strconv.Atoi(p[0])
	for _, f := range p[1:] {
		switch word, rest, _ := strings.Cut(f, " "); word {
		case "after":
			a.after = s.duration(rest)
		case "body":
			a.body = rest
		case "undated":
			a.undated = true
		case "trailer":
			f := s.field(rest)
			a.fields = append(a.fields, [2]string{http.TrailerPrefix + f[0], f[1]})
		default:
			a.fields = append(a.fields, s.field(f))
		}
	}
	s.mu.Lock()
	s.answer = a
	s.mu.Unlock()
}

func (s *script) field(f string) [2]string {
	name, value, ok := strings.Cut(f, ":")
	if !ok {
		s.fail("%q is no field", f)
	}
	return [2]string{name, strings.TrimSpace(value)}
}

// origin answers as the last origin line says.
func (s *script) origin(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked++
	n, a := s.asked, s.answer
	s.last = r
	s.mu.Unlock()
	time.Sleep(a.after)
	if a.close {
		panic(http.ErrAbortHandler)
	}
	for _, f := range a.fields {
		w.Header()[f[0]] = append(w.Header()[f[0]], f[1])
	}
	if a.undated {
		w.Header()["Date"] = nil
	}
	w.WriteHeader(a.status)
	body := a.body
	if body == "" {
		body = fmt.Sprintf("#%d", n)
	}
	if a.status != 204 && a.status != 304 && r.Method != "HEAD" {
		fmt.Fprint(w, body)
	}
}

// ask plays a request line.
func (s *script) ask() {
	line, want, ok := strings.Cut(s.step, "=>")
	if !ok {
		s.fail("no such step, or no =>")
		return
	}
	p := parts(line)
	head := strings.Fields(p[0])
	n, path := 1, "/a"
	if many, err := strconv.Atoi(head[0]); err == nil {
		n, head = many, head[1:]
	}
	if len(head) > 1 {
		path = head[1]
	}
	var fields []string
	for _, f := range p[1:] {
		nv := s.field(f)
		fields = append(fields, nv[0], nv[1])
	}
	answers := make([]answer, n)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() { answers[i] = s.l.do(head[0], path, fields...) })
	}
	wg.Wait()
	synctest.Wait() // until what came is stored
	for i := range answers {
		s.compare(&answers[i], parts(want))
	}
}

func (s *script) compare(a *answer, want []string) {
	status, body, hasBody := strings.Cut(want[0], " ")
	body = strings.Trim(body, `"`)
	switch {
	case a.err != nil:
		s.fail("the answer broke: %v", a.err)
	case strconv.Itoa(a.status) != status:
		s.fail("status %d, Cache-Status %q", a.status, a.header.Get("Cache-Status"))
	case hasBody && string(a.body) != body:
		s.fail("body %q, Cache-Status %q", a.body, a.header.Get("Cache-Status"))
	}
	s.check(a.header, want[1:])
}

func (s *script) check(h http.Header, want []string) {
	for _, f := range want {
		if name, absent := strings.CutPrefix(f, "!"); absent {
			if v := h.Values(name); v != nil {
				s.fail("there is %s: %q", name, v)
			}
			continue
		}
		if name, part, ok := strings.Cut(f, " ~ "); ok {
			if got := strings.Join(h.Values(name), ", "); !strings.Contains(got, part) {
				s.fail("%s is %q", name, got)
			}
			continue
		}
		nv := s.field(f)
		if got := strings.Join(h.Values(nv[0]), ", "); got != nv[1] {
			s.fail("%s is %q", nv[0], got)
		}
	}
}
