package scenario

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"edgesim/workloads"
)

const replaying = `name: again
edge:
  capacity: 1MiB
origins:
  a: {kind: bucket}
distributions:
  - id: E1
    domain: d1.net
    aliases: [www.x.net]
    default:
      origin: a
workload:
  replay:
    file: trace.csv
`

// folder is a folder with the files that the scenarios below name.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"trace.csv": "time,id,size\n10,1,100\n11.5,2,200\n20,1,100\n",
		"ids.txt":   "1\n2\n1\n",
		"bad.txt":   "1 2 3\n2 x\n",
		"log": "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query\n" +
			"2026-01-01\t00:00:01\tFRA56-P1\t500\t192.0.2.1\tGET\twww.x.net\t/a.jpg\t200\t-\tcurl\t-\n" +
			"2026-01-01\t00:00:02\tFRA56-P1\t600\t192.0.2.2\tGET\told.net\t/b.html\t200\t-\tcurl\tx=1\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func loadReplay(t *testing.T, dir, text string, sets ...string) (*Scenario, error) {
	t.Helper()
	path := filepath.Join(dir, "s.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(path, sets...)
}

func TestReplaysSayWhatIsWrongAndWhere(t *testing.T) {
	dir := folder(t)
	for _, row := range []struct{ old, new, want string }{
		{"    file: trace.csv", "    speed: 2", "s.yaml:14:5: workload.replay.file: missing"},
		{"file: trace.csv", "file: gone.csv", "s.yaml:14:11: workload.replay.file: trace: stat "},
		{"file: trace.csv", "file: bad.txt\n    format: webcachesim", "s.yaml:14:11: workload.replay.file: " + filepath.Join(dir, "bad.txt") + ":2: "},
		{"file: trace.csv", "file: trace.csv\n    format: cvs", `s.yaml:15:13: workload.replay.format: unknown format "cvs"; did you mean "csv"?`},
		{"file: trace.csv", "file: trace.csv\n    speed: -1", "s.yaml:15:12: workload.replay.speed: -1: want more than 0"},
		{"file: trace.csv", "file: trace.csv\n    speed: 2\n  rate: 5/s", "s.yaml:15:12: workload.replay.speed: with a rate"},
		{"file: trace.csv", "file: trace.csv\n    loop: true", "s.yaml:15:11: workload.replay.loop: a loop has no end of its own"},
		{"file: trace.csv", "file: trace.csv\n    from: soon", `s.yaml:15:11: workload.replay.from: "soon": want a time`},
		{"file: trace.csv", "file: trace.csv\n    from: 10m\n    to: 5m", "s.yaml:16:9: workload.replay.to: want a time behind from"},
		{"file: trace.csv", "file: trace.csv\n    hosts: {a: b.net}", `s.yaml:15:16: workload.replay.hosts.a: "b.net" is no name of a distribution`},
		{"file: trace.csv", "file: trace.csv\n    cache_control: {imag: no-cache}", `workload.replay.cache_control.imag: unknown kind of object; did you mean "image"?`},
		{"file: trace.csv", "file: trace.csv\n    from: 1h", "workload.replay.file: "},
		{"file: trace.csv", "file: ids.txt", "workload.rate: missing: ids.txt tells no times"},
		{"file: trace.csv", "file: log", `workload.replay.file: ` + filepath.Join(dir, "log") + `: it asks for "old.net", which is no name of a distribution`},
		{"file: trace.csv", "file: trace.csv\n  ranges: 1%", "s.yaml:15:11: workload.ranges: a replay has what stands in its file"},
		{"file: trace.csv", "file: trace.csv\n  sections: []", "workload.sections: a replay has what stands in its file"},
		{"name: again", "duration: 1h", "s.yaml:1:11: duration: 1h: the replay is over after 15s: want no more, or workload.replay.loop"},
		{"name: again", "warmup: 1h", "s.yaml:1:9: warmup: 1h: want less than the duration, 15s"},
		{"file: trace.csv", "file: '-'", "workload.replay.file: the standard input cannot be read again"},
	} {
		_, err := loadReplay(t, dir, strings.Replace(replaying, row.old, row.new, 1))
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s:\n  error %v\n   want %s", row.new, err, row.want)
		}
	}
}

func TestAReplay(t *testing.T) {
	dir := folder(t)
	for _, c := range []struct {
		sets     []string
		duration time.Duration
		times    []time.Duration
	}{
		{nil, 15 * time.Second, []time.Duration{0, 1500 * time.Millisecond, 10 * time.Second}},
		{[]string{"workload.replay.speed=2"}, 7500 * time.Millisecond, []time.Duration{0, 750 * time.Millisecond, 5 * time.Second}},
		{[]string{"workload.rate=2/s", "workload.arrivals=constant"}, 1500 * time.Millisecond, []time.Duration{0, 500 * time.Millisecond, time.Second}},
		{[]string{"duration=5s"}, 5 * time.Second, []time.Duration{0, 1500 * time.Millisecond}},
		{[]string{"duration=16s", "workload.replay.loop=true"}, 16 * time.Second, []time.Duration{0, 1500 * time.Millisecond, 10 * time.Second, 15 * time.Second}},
		{[]string{"workload.requests=2"}, 3 * time.Second, []time.Duration{0, 1500 * time.Millisecond}},
		{[]string{"workload.replay.from=11s", "workload.replay.to=12s"}, time.Second, []time.Duration{0}},
		{[]string{"workload.closed=true"}, 30 * time.Second, []time.Duration{0, 0, 0}},
	} {
		s, err := loadReplay(t, dir, replaying, c.sets...)
		if err != nil {
			t.Errorf("%v: %v", c.sets, err)
			continue
		}
		if s.Duration.Std() != c.duration {
			t.Errorf("%v: %v long, want %v", c.sets, s.Duration, c.duration)
		}
		var times []time.Duration
		for _, q := range requestsOf(t, s) {
			times = append(times, q.At)
		}
		for i := range times {
			times[i] -= requestsOf(t, s)[0].At
		}
		if !reflect.DeepEqual(times, c.times) {
			t.Errorf("%v: requests at %v, want %v", c.sets, times, c.times)
		}
		again, err := Parse(filepath.Join(dir, "s.yaml"), []byte(s.Text()))
		if err != nil {
			t.Errorf("%v: what it reads as is not read: %v", c.sets, err)
		} else if a, b := requestsOf(t, s), requestsOf(t, again); !reflect.DeepEqual(a, b) {
			t.Errorf("%v: read again %v, was %v", c.sets, b, a)
		}
	}
}

func requestsOf(t *testing.T, s *Scenario) []workloads.Request {
	t.Helper()
	c, err := s.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.Viewers()
	if err != nil {
		t.Fatal(err)
	}
	source, err := s.Source(c, v)
	if err != nil {
		t.Fatal(err)
	}
	reqs, err := workloads.ReadAll(source, 0)
	if err != nil {
		t.Fatal(err)
	}
	return reqs
}

// TestOriginsOfAReplay: they hold what the log asks for, fresh as the scenario says.
func TestOriginsOfAReplay(t *testing.T) {
	s, err := loadReplay(t, folder(t), replaying, "workload.replay.file=log", `workload.replay.hosts={"*": www.x.net}`,
		`workload.replay.cache_control={image: "max-age=9", "*": "max-age=5"}`)
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	holds := s.Contents(c, "a")
	for _, row := range []struct {
		target, control string
		size            int64
	}{{"/a.jpg", "max-age=9", 500}, {"/b.html?x=1", "max-age=5", 600}, {"/b.html", "max-age=5", 600}} {
		o, ok := holds.FindTarget([]byte("a.origin.internal"), []byte(row.target))
		if !ok || o.Size != row.size || o.CacheControl != row.control {
			t.Errorf("%s is %+v, %v", row.target, o, ok)
		}
	}
	if _, ok := holds.Find([]byte("x"), []byte("/c")); ok {
		t.Error("what nobody asked for is there")
	}
	if fresh, kept := s.Lifetime(0, 1); fresh != 5*time.Second || !kept {
		t.Errorf("a page lives %v, %v", fresh, kept)
	}
}

// TestAgainSharesTheFile: other caches read nothing anew, another part of the file is.
func TestAgainSharesTheFile(t *testing.T) {
	s, err := loadReplay(t, folder(t), replaying)
	if err != nil {
		t.Fatal(err)
	}
	for set, shared := range map[string]bool{"edge.policy=lru": true, "workload.replay.speed=3": true, "seed=9": true, "workload.requests=1": false} {
		other, err := s.Again(set)
		if err != nil {
			t.Fatal(err)
		}
		if got := other.replayed == s.replayed; got != shared {
			t.Errorf("%s shares the file: %v, want %v", set, got, shared)
		}
	}
	s.Faster(2)
	if s.Duration.Std() != 7500*time.Millisecond || len(requestsOf(t, s)) != 3 {
		t.Errorf("twice as fast it takes %v", s.Duration)
	}
	if s.Demo(5); s.Replays() || s.Workload.Sections[0].Objects != 5 {
		t.Error("a replay is still one")
	}
}
