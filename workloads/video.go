package workloads

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// Video is what players of segmented video (HLS, DASH) ask for: a title's manifest,
// then its segments, each the length of one after the last, until the viewer leaves.
//
// The stream's first section has the manifests, an object for each title, by whose
// popularity titles are drawn. Each further section is a rung of the bitrate ladder,
// the lowest first; all have as many objects, a multiple of the titles, and a
// title's segments lie there one after another: of title t with n segments the i-th
// is object t·n + i. What a segment of a rung weighs is its section's affair.
//
// The i-th segment is asked for at max(i/4, i − ahead) segments' lengths: the player
// fills its buffer four times as fast as it plays, and is ahead from then on.
//
// The ladder: a viewer has one rung that the viewer's line takes, the same in every
// session, binomial over the rungs with the mean at the quality given. Playback
// begins at the rung start and climbs one a segment; there, one segment in so many
// moves a rung up or down, and the way back is by the same chance.
//
// Leaving: a share early of the sessions is over within the first while, at any
// time of it alike; of the others the length is spread evenly over its logarithm up
// to the whole title. With 37 % before 5 minutes this gives 52 % before 10 where
// titles last 90 minutes; reported are 37 % and 53 % (Yu et al., EuroSys 2006). For
// user-generated clips 60 % are left within their first fifth.
func init() {
	traffic.register(TrafficKind{
		Name:  "video",
		Usage: "video sessions: manifest, then segments at the pace of playing, by a bitrate ladder",
		Params: []Param{
			{Name: "segment", Usage: "length of a segment", Unit: Seconds, Default: 6, Low: 0.1, High: 600},
			{Name: "ahead", Usage: "segments that the player keeps ahead", Unit: Whole, Default: 3, Low: 0, High: 100},
			{Name: "manifest", Usage: "segments for which it is asked for once; 0: it is asked for once a session", Unit: Whole, Default: 9, Low: 0, High: 1e6},
			{Name: "early", Usage: "of the sessions, over before within", Unit: Share, Default: 0.37, Low: 0, High: 1},
			{Name: "within", Usage: "the time of those", Unit: Seconds, Default: 300, Low: 0.1, High: 1e6},
			{Name: "quality", Usage: "viewers' rung on average: 0 the lowest, 1 the highest", Unit: Share, Default: 0.6, Low: 0, High: 1},
			{Name: "start", Usage: "rung at which playback begins, from 0", Unit: Whole, Default: 2, Low: 0, High: 100},
			{Name: "switch", Usage: "of the segments, at which the rung changes", Unit: Share, Default: 0.1, Low: 0, High: 1},
		},
		New: newVideo,
	})
}

// video is the course of video sessions.
type video struct {
	manifests part
	rungs     []part
	segments  int // of a title
	length    time.Duration
	ahead     int
	every     int // manifest
	lower     int // start
	changes   float64
	homes     []float64 // by rung: share of the viewers whose rung is there or below
	homeSeed  uint64
	rng       *rand.PCG

	early, within, whole float64 // seconds
}

// watching is a session of video.
type watching struct {
	visitor
	host        uint16
	rung, home  int16
	title       uint64
	began       time.Duration // moment of its first request
	next, until int32         // segments: the next, and the one not asked for any more
	told        bool          // the manifest was asked for before the next segment
}

// manifestLead is how long before a segment the manifest is asked for.
const manifestLead = 100 * time.Millisecond

func newVideo(c TrafficConfig, p Params) (Source, error) {
	if err := c.checkTraffic(); err != nil {
		return nil, err
	}
	v := &video{
		length: nanoseconds(p["segment"] * 1e9), ahead: int(p["ahead"]), every: int(p["manifest"]), changes: p["switch"],
		early: p["early"], within: p["within"], rng: rand.NewPCG(c.Seed, streamCourse), homeSeed: derive(c.Viewers.agentSeed, "rungs"),
	}
	if err := v.open(&c); err != nil {
		return nil, err
	}
	v.lower = min(int(p["start"]), len(v.rungs)-1)
	v.homes = binomial(len(v.rungs)-1, p["quality"])
	v.whole = float64(v.segments) * p["segment"]
	v.within = min(v.within, v.whole)
	requests := v.expected()
	if err := v.manifests.addPopularity(c.Sections[0], c.Seed, c.Rate/requests); err != nil {
		return nil, err
	}
	return newSessions(c, plan{requests, nanoseconds(v.whole * 1e9)}, v)
}

func (v *video) open(c *TrafficConfig) error {
	if len(c.Sections) < 2 {
		return fmt.Errorf("%d section: want one of manifests and, for each rung of the ladder, one of segments", len(c.Sections))
	}
	for _, i := range c.Sections {
		v.rungs = append(v.rungs, newPart(c.Catalog.sections[i], i, c.Seed))
	}
	v.manifests, v.rungs = v.rungs[0], v.rungs[1:]
	titles := v.manifests.section.Objects
	for i := range v.rungs {
		s := v.rungs[i].section
		if s.Objects%titles != 0 || s.Objects != v.rungs[0].section.Objects || s.Objects/titles > math.MaxInt32 {
			return fmt.Errorf("section %q has %d objects: want as many as the other rungs, and a multiple of the %d titles of section %q",
				s.Name, s.Objects, titles, v.manifests.section.Name)
		}
	}
	v.segments = int(v.rungs[0].section.Objects / titles)
	return nil
}

// binomial are the shares at or below each number from 0 to n.
func binomial(n int, p float64) []float64 {
	below, list := 0.0, make([]float64, n+1)
	for k := range list {
		a, _ := math.Lgamma(float64(n + 1))
		b, _ := math.Lgamma(float64(k + 1))
		c, _ := math.Lgamma(float64(n - k + 1))
		below += math.Exp(a-b-c) * math.Pow(p, float64(k)) * math.Pow(1-p, float64(n-k))
		list[k] = below
	}
	list[n] = 1
	return list
}

// due is how long after the session's begin a segment is asked for.
func (v *video) due(segment int) time.Duration {
	return max(time.Duration(segment)*v.length/4, time.Duration(segment-v.ahead)*v.length)
}

// lasts is the share of sessions that go on at least so many seconds.
func (v *video) lasts(seconds float64) float64 {
	switch {
	case seconds <= 0:
		return 1
	case seconds > v.whole:
		return 0
	case seconds <= v.within:
		return 1 - v.early*seconds/v.within
	}
	return (1 - v.early) * math.Log(v.whole/seconds) / math.Log(v.whole/v.within)
}

// watched is how long a session goes on, by the law of lasts.
func (v *video) watched() time.Duration {
	left := unit64(v.rng.Uint64()) < v.early
	u := open(v.rng.Uint64())
	if left {
		return nanoseconds(v.within * u * 1e9)
	}
	return nanoseconds(v.within * math.Pow(v.whole/v.within, u) * 1e9)
}

// expected is how many requests a session has on average.
func (v *video) expected() (sum float64) {
	for i := range v.segments {
		share := v.lasts(v.due(i).Seconds())
		if sum += share; v.tells(i) {
			sum += share
		}
	}
	return sum
}

// tells reports whether the manifest is asked for before a segment.
func (v *video) tells(segment int) bool {
	return segment == 0 || v.every > 0 && segment%v.every == 0
}

// begin implements course.
func (v *video) begin(w *watching, who visitor, at time.Duration) (time.Duration, bool) {
	stays := v.watched()
	*w = watching{visitor: who, began: at, title: v.manifests.popular.Draw(max(at, 0)), host: v.manifests.host()}
	u := unit64(hash(v.homeSeed, uint64(who.viewer)))
	for u >= v.homes[w.home] {
		w.home++
	}
	w.until = int32(v.firstAfter(stays))
	if at < 0 {
		w.next = int32(v.firstAfter(-at - manifestLead - 1))
	}
	w.rung = min(int16(v.lower)+int16(min(w.next, 100)), w.home)
	if w.next == 0 {
		w.rung = min(int16(v.lower), w.home)
	}
	return at + v.due(int(w.next)), w.next < w.until
}

// firstAfter is the first segment that is asked for later than so long after the
// begin, or the number of segments where none is. The first is always asked for.
func (v *video) firstAfter(d time.Duration) int {
	if d < 0 {
		return 0
	}
	fast := int(4*d/v.length) + 1
	slow := int(d/v.length) + v.ahead + 1
	return min(fast, slow, v.segments)
}

// step implements course.
func (v *video) step(w *watching, now time.Duration, r *Request) (wait time.Duration, more bool) {
	r.Viewer, r.Referrer = w.viewer, w.referrer
	if v.tells(int(w.next)) && !w.told {
		w.told = true
		r.Object = v.manifests.first + w.title
		r.Host = w.host
		return manifestLead, true
	}
	p := &v.rungs[w.rung]
	r.Object = p.first + w.title*uint64(v.segments) + uint64(w.next)
	r.Host = p.hostFor(w.host, r.Object)
	v.move(w)
	w.next++
	w.told = false
	return max(w.began+v.due(int(w.next))-now, 0), w.next < w.until
}

// move turns to the rung of the next segment.
func (v *video) move(w *watching) {
	switch {
	case w.rung < w.home && int(w.next) < len(v.rungs): // at the beginning
		w.rung++
	case unit64(v.rng.Uint64()) >= v.changes:
	case w.rung < w.home:
		w.rung++
	case w.rung > w.home, w.home == int16(len(v.rungs)-1):
		w.rung = max(w.rung-1, 0)
	case w.home == 0 || v.rng.Uint64()>>63 == 0:
		w.rung++
	default:
		w.rung--
	}
}
