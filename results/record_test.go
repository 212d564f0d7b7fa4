package results

import (
	"testing"
	"unsafe"
)

// A record is copied on every request and a buffer holds tens of thousands:
// its size is a promise. It is full: another field wants another's room.
func TestRecordSize(t *testing.T) {
	const want = 208
	if got := unsafe.Sizeof(Record{}); got != want {
		t.Errorf("a record has %d bytes, want %d: check the order of its fields", got, want)
	}
	last := unsafe.Offsetof(Record{}.State) + unsafe.Sizeof(Record{}.State)
	if waste := unsafe.Sizeof(Record{}) - last; waste > 0 {
		t.Errorf("%d bytes of padding at the end of a record", waste)
	}
}

func TestLaneFillsOneCacheLine(t *testing.T) {
	if got := unsafe.Sizeof(lane{}); got != 64 {
		t.Errorf("a lane has %d bytes, want 64", got)
	}
}

func TestRecordTimes(t *testing.T) {
	r := Record{At: 1000, Lag: 30, Total: 500}
	if r.Service() != 470 || r.End() != 1500 {
		t.Errorf("service %d and end %d, want 470 and 1500", r.Service(), r.End())
	}
}

func TestResultType(t *testing.T) {
	for _, c := range []struct{ response, end, want Result }{
		{Hit, Error, Hit}, // the viewer hung up during a hit
		{Miss, Miss, Miss},
		{NoResult, Error, Error}, // never answered
		{NoResult, NoResult, NoResult},
	} {
		r := Record{Response: c.response, Result: c.end}
		if got := r.ResultType(); got != c.want {
			t.Errorf("response %v, end %v: result type %v, want %v", c.response, c.end, got, c.want)
		}
	}
}

func TestFailed(t *testing.T) {
	for _, c := range []struct {
		name string
		r    Record
		want bool
	}{
		{"hit", Record{Response: Hit, Result: Hit, Status: 200}, false},
		{"hit, viewer hung up", Record{Response: Hit, Result: Error, Status: 200, Flags: Aborted}, false},
		{"miss, origin died", Record{Response: Miss, Result: Error, Status: 200}, true},
		{"miss, broke off", Record{Response: Miss, Result: Miss, Status: 200, Flags: Truncated}, true},
		{"error", Record{Response: Error, Result: Error, Status: 502}, true},
		{"error, viewer hung up", Record{Response: Error, Result: Error, Status: 502, Flags: Aborted}, true},
		{"overload", Record{Response: CapacityExceeded, Result: CapacityExceeded, Status: 503}, true},
		{"redirect", Record{Response: Redirect, Result: Redirect, Status: 301}, false},
		{"wrong bytes", Record{Response: Hit, Result: Hit, Status: 200, Flags: Unverified}, true},
		{"refused", Record{Flags: NoResponse}, true},
		{"bytes behind the response", Record{Response: Hit, Result: Hit, Status: 200, Fault: FaultExcess}, true},
		{"unclassified 200", Record{Status: 200}, false},
		{"unclassified 404", Record{Status: 404}, true},
		{"classified 404 of an origin that means it", Record{Response: Miss, Result: Miss, Status: 404}, false},
	} {
		if got := c.r.Failed(); got != c.want {
			t.Errorf("%s: failed is %v, want %v", c.name, got, c.want)
		}
	}
}

func TestFlags(t *testing.T) {
	f := Collapsed | Aborted
	if !f.Has(Collapsed) || !f.Has(Collapsed|Aborted) || f.Has(Late) || f.Has(Aborted|Late) {
		t.Errorf("flags %b answer wrongly", f)
	}
}

func TestNamesOfUnknownNumbers(t *testing.T) {
	n := NewNames(epoch)
	r := Record{Distribution: 7, Edge: 7, URL: 1 << 30}
	if n.DistributionOf(&r).ID != "" || n.EdgeOf(&r).Code != "" || n.Str(r.URL) != "" {
		t.Error("a number without a name has one")
	}
}
