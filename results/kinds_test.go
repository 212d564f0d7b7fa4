package results

import (
	"strings"
	"testing"
)

func roundTrips[T interface {
	~uint8
	String() string
}](t *testing.T, what string, n T, parse func(string) (T, error)) {
	t.Helper()
	seen := map[string]bool{}
	for k := range n {
		s := k.String()
		if s == "" || seen[s] {
			t.Errorf("%s %d has the name %q, which is empty or taken", what, k, s)
		}
		seen[s] = true
		if parse == nil {
			continue
		}
		if got, err := parse(s); err != nil || got != k {
			t.Errorf("%s %q parses as %d, %v; want %d", what, s, got, err, k)
		}
	}
	if s := n.String(); !strings.HasPrefix(s, "unknown(") {
		t.Errorf("%s %d, which is none, has the name %q", what, n, s)
	}
	if parse == nil {
		return
	}
	for _, bad := range []string{"", "no such name", "hit"} {
		if _, err := parse(bad); err == nil {
			t.Errorf("%s %q parses", what, bad)
		}
	}
}

func TestKinds(t *testing.T) {
	roundTrips(t, "result type", Results, ParseResult)
	roundTrips(t, "detailed result type", Details, ParseDetail)
	roundTrips(t, "protocol", Protocols, ParseProtocol)
	roundTrips(t, "version", Versions, ParseVersion)
	roundTrips(t, "layer", Layers, nil)
	roundTrips(t, "TTL class", TTLClasses, nil)
	roundTrips(t, "vantage", Vantages, nil)
	roundTrips(t, "method", Methods, func(s string) (Method, error) {
		m := MethodOf([]byte(s))
		if m == OtherMethod && s != "OTHER" {
			return parse[Method](methodNames[:], s, "method")
		}
		return m, nil
	})
}

func TestMethods(t *testing.T) {
	for _, name := range []string{"get", "PROPFIND", "", "GETS"} {
		if m := MethodOf([]byte(name)); m != OtherMethod {
			t.Errorf("method %q is taken for %v", name, m)
		}
	}
	for m := range Methods {
		if want := m != GET && m != HEAD; m.Proxied() != want {
			t.Errorf("%v proxied is %v", m, m.Proxied())
		}
	}
	name := []byte("OPTIONS")
	if n := testing.AllocsPerRun(100, func() { MethodOf(name) }); n != 0 {
		t.Errorf("MethodOf allocates %v times", n)
	}
}
