package edge

import (
	"errors"
	"fmt"
	"slices"

	"edgesim/edge/behavior"
	"edgesim/results"
)

// OriginGroup is origins in order: every request asks the first, and where that
// one fails the next. The last one's answer is final.
type OriginGroup struct {
	Name    string   // as behaviors refer to it; no origin's
	Members []string // names of origins, at least two

	// Statuses count as failing, of behavior.FailoverStatuses.
	Statuses []int
	// FailuresByStatus says that no connection counts as failing only where 503
	// is among Statuses, no answer in time only where 504 is, and any other
	// failure only where 502 is, as CloudFront has it since 2025. False: every
	// failure counts.
	FailuresByStatus bool
}

func (g *OriginGroup) check(s *site) error {
	switch {
	case g.Name == "":
		return errors.New("an origin group has no Name")
	case s.upstream(g.Name) != nil:
		return fmt.Errorf("origin group %s: an origin has this name", g.Name)
	case len(g.Members) < 2:
		return fmt.Errorf("origin group %s: %d members; at least two are wanted", g.Name, len(g.Members))
	}
	for i, name := range g.Members {
		if s.upstream(name) == nil {
			return fmt.Errorf("origin group %s: there is no origin %q", g.Name, name)
		}
		if slices.Contains(g.Members[:i], name) {
			return fmt.Errorf("origin group %s: %s is a member twice", g.Name, name)
		}
	}
	for _, status := range g.Statuses {
		if !slices.Contains(behavior.FailoverStatuses, status) {
			return fmt.Errorf("origin group %s: status %d cannot count as failing: of %v any can", g.Name, status, behavior.FailoverStatuses)
		}
	}
	return nil
}

// failing reports whether what a member did means that the next is asked.
func (g *OriginGroup) failing(r *reply, err error) bool {
	if err == nil {
		return slices.Contains(g.Statuses, r.header.StatusCode())
	}
	if errors.Is(err, errClosed) {
		return false
	}
	return !g.FailuresByStatus || slices.Contains(g.Statuses, failureStatus(err))
}

// failureStatus is the status that stands for a failure in a group's list.
func failureStatus(err error) int {
	var connect *connectError
	switch {
	case isTimeout(err):
		return 504
	case errors.As(err, &connect):
		return 503
	}
	return 502
}

// way is an origin that a flight may ask, and the request as it goes there.
type way struct {
	up  *upstream
	out outgoing
}

// aim prepares what the route's origins are asked: the first one now, the rest
// where those before them fail.
func (f *flight) aim(v *viewer, a *ask) {
	ups := f.route.ups
	if !failsOver(a) {
		ups = ups[:1]
	}
	if tier := f.tier(a); tier != nil {
		ups = append([]*upstream{tier}, ups...)
	}
	f.up = ups[0].forViewer(a.https)
	f.out = f.requestTo(f.up, v, a)
	for _, up := range ups[1:] {
		up = up.forViewer(a.https)
		f.others = append(f.others, way{up, f.requestTo(up, v, a)})
	}
}

func (f *flight) requestTo(up *upstream, v *viewer, a *ask) outgoing {
	out := f.e.outgoingFor(a, v, up, f.why)
	if f.want != nil {
		out.ranged(f.want)
	}
	out.finish(f.old, f.siblings)
	out.hints = f.hints
	return out
}

// failsOver reports whether a group may ask its next member for this request:
// for GET and HEAD, and for OPTIONS where that is a cached method, as CloudFront
// documents.
func failsOver(a *ask) bool {
	return !a.hasBody && a.cacheable()
}

// ask asks the origin, or a group's members until one does not fail. A member
// that failed is left with its response unread.
func (f *flight) ask() (*reply, error) {
	for {
		r, err := f.askOne()
		if len(f.others) == 0 || !f.failing(r, err) || f.e.ctx.Err() != nil {
			return r, err
		}
		if r != nil {
			drain(r)
			f.own.bytes += r.bytes()
			f.up.done(r)
		}
		f.up, f.out, f.others = f.others[0].up, f.others[0].out, f.others[1:]
	}
}

// failing reports whether the next is to be asked. What a tier answers is final:
// it has asked the group itself. One that cannot be reached is passed by.
func (f *flight) failing(r *reply, err error) bool {
	if f.up.Tier != results.NoLayer {
		var connect *connectError
		return errors.As(err, &connect)
	}
	return f.route.group != nil && f.route.group.failing(r, err)
}

// askOne asks one origin. A GET or HEAD that gets no response in time is sent
// again as often as the origin's settings say; nothing has reached a viewer
// then.
func (f *flight) askOne() (*reply, error) {
	var connect *connectError
	for try := 1; ; try++ {
		tier := f.up.Tier != results.NoLayer
		if !tier {
			f.own.asked++
			f.own.origin, f.own.member = f.up.number, f.route.member(f.up)
		}
		f.sent = f.e.now()
		r, err := f.up.ask(f.e.ctx, &f.out)
		if tier && err == nil {
			f.hear(r.header)
		}
		if err == nil || !f.readOnly() || !isTimeout(err) || errors.As(err, &connect) || try >= f.up.ResponseAttempts {
			return r, err
		}
	}
}

// member is which of the route's origins an upstream is.
func (r *route) member(up *upstream) uint16 {
	return uint16(max(0, slices.IndexFunc(r.ups, func(u *upstream) bool { return u.Name == up.Name })))
}

func (f *flight) readOnly() bool {
	return f.req.Method == results.GET || f.req.Method == results.HEAD
}
