package scenario

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"edgesim/sim/unit"
	"edgesim/workloads"
	"edgesim/workloads/replay"
)

// openReplay reads the file of a replay and completes the scenario by it: sections,
// and the duration where none is given. like may have read it before; nil: nobody has.
func (s *Scenario) openReplay(like *Scenario) *fault {
	s.replayKey = s.keyOfReplay()
	if like != nil && like.replayed != nil && like.replayKey == s.replayKey {
		s.replayed = like.replayed
	} else if f := s.readReplay(); f != nil {
		return f
	}
	if f := s.timeReplay(); f != nil {
		return f
	}
	s.fillSections()
	s.doubtOrigins()
	return nil
}

// keyOfReplay is all that reading the file depends on.
func (s *Scenario) keyOfReplay() string {
	r := *s.Workload.Replay
	r.Speed, r.Loop, r.CacheControl = 0, false, nil
	text, err := yaml.Marshal([]any{s.path(r.File), r, s.fileLimit(), s.Workload.Viewers, s.Distributions, s.Policies, s.Edge.Mode})
	if err != nil {
		panic(fmt.Sprintf("scenario: a checked scenario cannot be written: %v", err))
	}
	return string(text)
}

// fileLimit is how many requests are read: of a loop, all.
func (s *Scenario) fileLimit() uint64 {
	if s.Workload.Replay.Loop || s.Workload.Requests > math.MaxInt64 {
		return 0
	}
	return s.Workload.Requests
}

func (s *Scenario) readReplay() *fault {
	r := s.Workload.Replay
	if s.path(r.File) == "" {
		return s.source.fault(at{"workload", "replay", "file"}, "%v", notHere(r.File))
	}
	o := replay.Options{
		Files: []string{s.path(r.File)}, Columns: r.Columns, From: int64(r.From), To: int64(r.To), Limit: s.fileLimit(),
		SkipBad: r.SkipBad, Place: s.place, Seen: s.seen, Viewers: s.ViewersConfig(),
	}
	o.Viewers.Seed = s.catalogSeed()
	if r.Format != "auto" {
		o.Format = r.Format
	}
	var err error
	if s.replayed, err = replay.Open(context.Background(), o); err != nil {
		return s.source.fault(at{"workload", "replay", "file"}, "%v", err)
	}
	return nil
}

// timeReplay says how long the scenario lasts, or that it cannot.
func (s *Scenario) timeReplay() *fault {
	w, r := &s.Workload, s.Workload.Replay
	given := s.source.root.find("duration") != nil
	if w.Closed {
		if !given {
			s.Duration = defaultDuration
		}
		return s.checkWarmup()
	}
	if !s.replayed.Timed() && w.Rate.Rate == 0 {
		return s.source.fault(at{"workload", "rate"}, "missing: %s tells no times: want a rate, as 1000/s, or closed: true", r.File)
	}
	natural := s.lengthOfReplay()
	switch {
	case !given:
		s.Duration = natural
	case s.Duration > natural && !r.Loop:
		return s.source.fault(at{"duration"}, "%v: the replay is over after %v: want no more, or workload.replay.loop", s.Duration, natural)
	}
	return s.checkWarmup()
}

// lengthOfReplay is how long the requests come, about where a rate is kept by chance.
func (s *Scenario) lengthOfReplay() unit.Duration {
	w := &s.Workload
	rounds := 1.0
	if w.Replay.Loop && w.Requests > 0 {
		rounds = float64(w.Requests) / float64(s.replayed.Requests())
	}
	seconds := s.replayed.Span().Seconds() / w.Replay.Speed
	if w.Rate.Rate > 0 {
		seconds = float64(s.replayed.Requests()) / float64(w.Rate.Rate)
	}
	return unit.Duration(max(1, math.Ceil(min(seconds*rounds*1e9, math.MaxInt64/4))))
}

// fillSections names what the file has asked for, section by section.
func (s *Scenario) fillSections() {
	uniform := 0.0
	s.Workload.Sections = nil
	for _, c := range s.replayed.Catalog().Sections() {
		made := Section{Name: c.Name, Hosts: c.Hosts, Objects: c.Objects, Zipf: &uniform}
		for _, t := range c.Types {
			made.Types = append(made.Types, Type{Name: t.Name, Prefix: t.Prefix, Ext: t.Ext, ContentType: t.ContentType, CacheControl: s.freshness(t)})
		}
		s.Workload.Sections = append(s.Workload.Sections, made)
	}
}

// freshness is what origins send with a kind of object.
func (s *Scenario) freshness(t workloads.Type) string {
	for _, name := range []string{t.Ext, t.Name, anyHost} {
		if value, ok := s.Workload.Replay.CacheControl[name]; ok && name != "" {
			return value
		}
	}
	return ""
}

// doubtOrigins says where an origin cannot tell whose object it is asked for.
func (s *Scenario) doubtOrigins() {
	taken := map[string]string{}
	s.doubts = nil
	for _, section := range s.Workload.Sections {
		d, _ := s.table.Host([]byte(section.Hosts[0]))
		for _, rule := range d.Rules() {
			if rule.ForwardHost {
				continue
			}
			for _, name := range members(s.OriginGroups, rule.Origin) {
				other, ok := taken[name]
				if ok && other != section.Name {
					s.doubts = append(s.doubts, fmt.Sprintf("distributions %s and %s share the origin %s, which sees no Host and takes a path that both have for one object", other, section.Name, name))
				}
				taken[name] = section.Name
			}
		}
	}
	slices.Sort(s.doubts)
	s.doubts = slices.Compact(s.doubts)
}

// Again is the scenario with further settings, as Load would have it. What was read
// of the file of a replay is shared where the settings leave it as it was.
func (s *Scenario) Again(sets ...string) (*Scenario, error) {
	return loadLike(s, s.source.files, s.source.file, s.source.text, slices.Concat(s.source.sets, sets)...)
}

// Faster makes requests come that much faster, for as long as they last.
func (s *Scenario) Faster(by float64) {
	if s.replayed == nil {
		s.Workload.Rate = s.Workload.Rate.Times(by)
		return
	}
	if s.Workload.Rate.Rate > 0 {
		s.Workload.Rate = s.Workload.Rate.Times(by)
	} else {
		r := *s.Workload.Replay
		r.Speed *= by
		s.Workload.Replay = &r
	}
	shorter := func(d unit.Duration) unit.Duration { return unit.Duration(math.Ceil(float64(d) / by)) }
	s.Duration, s.Warmup = shorter(s.Duration), shorter(s.Warmup)
}

// Demo puts a small web site of so many objects, asked for at random, in the place of
// a replay, at the same hosts.
func (s *Scenario) Demo(objects uint64) {
	if s.replayed == nil {
		return
	}
	zipf, one := defaultZipf, s.Workload.Sections[0]
	s.Workload.Sections = []Section{{Name: one.Name, Hosts: one.Hosts, Objects: objects, Zipf: &zipf}}
	s.Workload.Replay, s.replayed = nil, nil
}

// replaySource is the stream of requests.
func (s *Scenario) replaySource(v *workloads.Viewers) (workloads.Source, error) {
	w := &s.Workload
	p := replay.Playing{Speed: w.Replay.Speed, Rate: float64(w.Rate.Rate), Arrivals: w.Arrivals, Closed: w.Closed,
		Loop: w.Replay.Loop, Requests: w.Requests, Seed: s.seed("requests"), Viewers: v}
	if !w.Closed {
		p.Length = time.Duration(s.Duration)
	}
	return s.replayed.Play(p)
}

// asWritten is the workload of a replay as it was written.
func (w Workload) asWritten(file string) Workload {
	if w.Replay == nil {
		return w
	}
	r := *w.Replay
	if abs, err := filepath.Abs(file); err == nil && !strings.ContainsAny(file, "*?[") {
		r.File = abs
	}
	w.Replay, w.Sections = &r, nil
	return w
}
