package scenario

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"edgesim/sim/nearest"
	"edgesim/sim/unit"
	"edgesim/workloads/replay"
	"edgesim/workloads/trace"
)

// Replay is a trace or an access log that is played again, in place of sections and
// streams. Requests come at the file's own times, or, with workload.rate, in its order
// at that rate.
type Replay struct {
	File    string `yaml:"file"`     // of a trace or an access log, from the scenario's folder on; of logs also a folder or a pattern; required
	Format  string `yaml:"format"`   // a trace's, as oraclegeneral, or logs:LAYOUT. Default: auto, told by the content
	Columns string `yaml:"columns"`  // which column is what, as time=1,id=2,size=3. Default: told by the format
	SkipBad bool   `yaml:"skip_bad"` // pass over lines that are no request, and count them. Default: false, they are errors

	Speed float64 `yaml:"speed"` // how much faster than in the file time goes; above 0. Default: 1
	Loop  bool    `yaml:"loop"`  // begin anew at the end, until the duration is over. Default: false
	From  Moment  `yaml:"from"`  // of the file's clock, as 10m or 2024-05-01T10:00:00Z: requests from then on. Default: all
	To    Moment  `yaml:"to"`    // and before then. Default: all

	Hosts        map[string]string `yaml:"hosts"`         // names of distributions that are asked in place of the log's hosts, "*" for all others. Default: the log's; of a trace the first distribution's domain
	CacheControl map[string]string `yaml:"cache_control"` // what origins send, by ending (.jpg), content class (image) or "*". Default: the origin's
}

// Moment is a time on a trace's own clock, in ns. It is written as a duration since
// that clock's 0, or, for logs, whose clock counts from 1970, as a date with a time
// (RFC 3339).
type Moment int64

// UnmarshalText reads a moment.
func (m *Moment) UnmarshalText(text []byte) error {
	if t, err := time.Parse(time.RFC3339Nano, string(text)); err == nil {
		*m = Moment(t.UnixNano())
		return nil
	}
	d, err := unit.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q: want a time since the file's clock began, as 10m, or of a log a date and time, as 2024-05-01T10:00:00Z", text)
	}
	*m = Moment(d)
	return nil
}

// MarshalText writes a moment.
func (m Moment) MarshalText() ([]byte, error) {
	if m >= Moment(10*365*unit.Day) {
		return []byte(time.Unix(0, int64(m)).UTC().Format(time.RFC3339Nano)), nil
	}
	return []byte(unit.Duration(m).String()), nil
}

const anyHost = "*"

func (r *Replay) fill() {
	if r.Format == "" {
		r.Format = "auto"
	}
	if r.Speed == 0 {
		r.Speed = 1
	}
}

// checkReplay finds what cannot stand in the settings of a replay, before its file is
// read.
func (s *Scenario) checkReplay() *fault {
	w, where := &s.Workload, at{"workload", "replay"}
	r := w.Replay
	for _, key := range []string{"sections", "streams", "ranges", "aborts", "heads", "conditionals", "shape", "stages", "preset"} {
		if s.source.root.child("workload").find(key) != nil {
			return s.source.fault(at{"workload", key}, "a replay has what stands in its file: leave one of the two out")
		}
	}
	format, _, _ := strings.Cut(r.Format, ":")
	switch {
	case r.File == "":
		return s.source.fault(where.then("file"), "missing: want a trace or an access log")
	case r.File == "-":
		return s.source.fault(where.then("file"), "the standard input cannot be read again: want a file")
	case format != "auto" && !slices.Contains(traceFormats(), format):
		return s.source.fault(where.then("format"), "unknown format %q%s", r.Format, nearest.DidYouMean(format, traceFormats()))
	case !(r.Speed > 0 && r.Speed <= 1e9):
		return s.source.fault(where.then("speed"), "%v: want more than 0", r.Speed)
	case r.Speed != 1 && (w.Rate.Rate > 0 || w.Closed):
		return s.source.fault(where.then("speed"), "with a rate, or in a closed loop, the file's times do not count: leave one of the two out")
	case r.From < 0 || r.To < 0:
		return s.source.fault(where, "from and to: want times from 0 on")
	case r.To != 0 && r.To <= r.From:
		return s.source.fault(where.then("to"), "want a time behind from")
	case r.Loop && !w.Closed && w.Requests == 0 && s.Duration == 0:
		return s.source.fault(where.then("loop"), "a loop has no end of its own: want a duration or workload.requests")
	}
	return s.checkReplayMaps(where)
}

func (s *Scenario) checkReplayMaps(where at) *fault {
	r := s.Workload.Replay
	for _, from := range slices.Sorted(maps.Keys(r.Hosts)) {
		to := r.Hosts[from]
		if _, ok := s.table.Host([]byte(to)); !ok {
			return s.source.fault(where.then("hosts", from), "%q is no name of a distribution that is served%s", to, nearest.DidYouMean(to, s.hostNames()))
		}
	}
	known := []string{anyHost}
	for _, t := range replay.Types() {
		for _, name := range []string{t.Name, t.Ext} {
			if name != "" && !slices.Contains(known, name) {
				known = append(known, name)
			}
		}
	}
	for _, of := range slices.Sorted(maps.Keys(r.CacheControl)) {
		if !slices.Contains(known, of) {
			return s.source.fault(where.then("cache_control", of), "unknown kind of object%s", nearest.DidYouMean(of, known))
		}
	}
	return nil
}

func traceFormats() (names []string) {
	for _, f := range trace.Formats() {
		names = append(names, f.Name)
	}
	return names
}

// place is where requests for a host of the file go.
func (s *Scenario) place(host string) (replay.Place, error) {
	hosts := s.Workload.Replay.Hosts
	name, ok := hosts[host]
	if !ok {
		name, ok = hosts[anyHost]
	}
	switch {
	case ok:
	case host == "":
		name = strings.ToLower(s.Distributions[0].Domain)
	default:
		name = host
	}
	d, ok := s.table.Host([]byte(name))
	if !ok {
		return replay.Place{}, fmt.Errorf("it asks for %q, which is no name of a distribution%s; workload.replay.hosts can name one in its place, as {%q: %s} or {\"*\": %s}",
			host, nearest.DidYouMean(host, s.hostNames()), host, s.hostNames()[0], s.hostNames()[0])
	}
	return replay.Place{Host: strings.ToLower(name), Site: d.ID}, nil
}

// seen appends what an origin sees of a path with its query.
func (s *Scenario) seen(dst []byte, host string, target []byte) []byte {
	path, query, _ := bytes.Cut(target, []byte{'?'})
	d := s.distributionOf(host)
	path = d.Rooted(path)
	return d.Route(path).AppendQuery(append(dst, path...), query)
}

// Replays reports whether the workload is a replay.
func (s *Scenario) Replays() bool { return s.Workload.Replay != nil }

// Doubts are what a reader of a run's figures must know of the files behind it.
func (s *Scenario) Doubts() []string {
	if s.replayed == nil {
		return nil
	}
	return append(slices.Clone(s.replayed.Doubts()), s.doubts...)
}
