package live

import (
	"cmp"
	"fmt"
	"maps"
	"net"
	"os"
	"slices"
	"strconv"

	"edgesim/edge"
	"edgesim/results"
	"edgesim/sim/scenario"
)

// Origins are the real servers among a scenario's or a configuration's origins
// as the edge takes them, in the order of their names.
func Origins(list map[string]scenario.Origin, mode string) ([]edge.Origin, error) {
	var made []edge.Origin
	for _, name := range slices.Sorted(maps.Keys(list)) {
		o := list[name]
		if o.URL == "" {
			continue
		}
		at, err := edge.ParseOrigin(name, o.URL)
		if err != nil {
			return nil, err
		}
		if err := secure(&at, &o); err != nil {
			return nil, fmt.Errorf("origin %s: %w", name, err)
		}
		made = append(made, asked(at, &o, mode))
	}
	return made, nil
}

// secure adds to an origin how TLS is to be spoken with it.
func secure(o *edge.Origin, s *scenario.Origin) error {
	o.Trust = edge.OriginTLS{Name: s.TLS.Name, Insecure: s.TLS.Insecure}
	if s.TLS.CA != "" {
		roots, err := os.ReadFile(s.TLS.CA)
		if err != nil {
			return fmt.Errorf("tls.ca: %w", err)
		}
		o.Trust.Roots = string(roots)
	}
	if s.Protocol == scenario.MatchViewer {
		host, _, err := net.SplitHostPort(o.Addr)
		if err != nil {
			return err
		}
		o.TLSAddr = net.JoinHostPort(host, strconv.Itoa(cmp.Or(s.HTTPSPort, 443)))
	}
	return nil
}

// layers are those of edges, by their names in a file.
var layers = map[string]results.Layer{
	scenario.LayerEdge: results.LayerEdge, scenario.LayerRegional: results.LayerRegional, scenario.LayerShield: results.LayerShield,
}

// asked adds to an origin how the edge is to ask it.
func asked(o edge.Origin, s *scenario.Origin, mode string) edge.Origin {
	o.Host, o.Headers = cmp.Or(s.Host, o.Host), s.FixedHeaders()
	o.ConnectTimeout, o.ConnectAttempts = s.ConnectTimeout.Std(), s.ConnectAttempts
	o.ReadTimeout, o.ResponseAttempts = s.ReadTimeout.Std(), s.ResponseTries(mode)
	o.CompletionTimeout, o.KeepAlive = s.CompletionTimeout.Std(), s.KeepAlive.Std()
	o.Tier, o.Via, o.MethodsDirect = layers[s.Tier], s.Via, s.PassesTiers(mode)
	o.MaxIdle, o.MaxConns, o.MaxWait = s.MaxIdle, s.MaxConns, s.MaxWait.Std()
	return o
}

// Groups are the origin groups as the edge takes them, in the order of their
// names.
func Groups(list map[string]scenario.OriginGroup, mode string) []edge.OriginGroup {
	var made []edge.OriginGroup
	for _, name := range slices.Sorted(maps.Keys(list)) {
		g := list[name]
		byStatus := mode == scenario.CloudFront
		if g.FailuresByStatus != nil {
			byStatus = *g.FailuresByStatus
		}
		made = append(made, edge.OriginGroup{Name: name, Members: g.Members, Statuses: g.Statuses, FailuresByStatus: byStatus})
	}
	return made
}
