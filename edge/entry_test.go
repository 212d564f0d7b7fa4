package edge

import (
	"net/netip"
	"testing"
)

func TestConnectionsPerAddress(t *testing.T) {
	e := &Edge{conf: Config{MaxConns: 100, MaxPerAddress: 2}, viewers: map[*viewer]struct{}{}, from: map[netip.Addr]int{}}
	in := map[string]*viewer{}
	for _, x := range []struct {
		addr string
		want bool
	}{
		{"192.0.2.1", true}, {"192.0.2.1", true}, {"192.0.2.1", false}, {"192.0.2.2", true},
		{"2001:db8::1", true}, {"2001:db8::2", true}, {"2001:db8::ffff:3", false}, {"2001:db8:0:1::1", true},
	} {
		v := &viewer{e: e, addr: netip.MustParseAddr(x.addr)}
		if e.enter(v) != x.want {
			t.Errorf("%s is let in: %v", x.addr, !x.want)
		}
		in[x.addr] = v
	}
	gone := in["192.0.2.2"]
	e.forget(gone)
	e.forget(gone) // a second time changes nothing
	if n := e.from[gone.addr]; n != 0 || e.turned.Load() != 2 || len(e.viewers) != 5 {
		t.Errorf("%d left of one, %d turned away, %d in", n, e.turned.Load(), len(e.viewers))
	}
}
