package results

import (
	"encoding/json"
	"reflect"
	"regexp"
	"testing"

	"pgregory.net/rapid"
)

func TestFailureByKind(t *testing.T) {
	for _, c := range []struct {
		name string
		r    Record
		want Fault
	}{
		{"hit", Record{Response: Hit, Result: Hit, Status: 200}, NoFault},
		{"hung up", Record{Response: Hit, Result: Error, Status: 200, Flags: Aborted}, NoFault},
		{"refused, as a player says", Record{Flags: NoResponse, Fault: FaultRefused}, FaultRefused},
		{"no response, nobody says why", Record{Flags: NoResponse}, FaultOther},
		{"broke off, nobody says", Record{Flags: Truncated, Response: Hit, Status: 200}, FaultTruncated},
		{"wrong bytes, nobody says", Record{Flags: Unverified, Response: Hit, Status: 200}, FaultBody},
		{"what was on the wire counts before the status", Record{Flags: Truncated, Status: 503, Fault: FaultTruncated}, FaultTruncated},
		{"404", Record{Response: Error, Result: Error, Status: 404}, FaultClient},
		{"503", Record{Response: Error, Result: Error, Status: 503}, FaultServer},
		{"404 of an origin that means it", Record{Response: Miss, Result: Miss, Status: 404}, NoFault},
		{"origin died", Record{Response: Miss, Result: Error, Status: 200}, FaultOther},
		{"kind of a later version", Record{Fault: 250}, FaultOther},
	} {
		if got := c.r.Failure(); got != c.want {
			t.Errorf("%s: %v; right is %v", c.name, got, c.want)
		}
	}
}

// A record has a kind of failure if and only if it failed, so that kinds add up to
// errors.
func TestEveryFailureHasAKind(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Record{
			Flags: Flags(rapid.Uint8().Draw(t, "flags")), Fault: Fault(rapid.Uint8().Draw(t, "fault")),
			Status: rapid.Uint16Max(700).Draw(t, "status"), Response: Result(rapid.Uint8Max(uint8(Results-1)).Draw(t, "response")),
			Result: Result(rapid.Uint8Max(uint8(Results-1)).Draw(t, "result")),
		}
		if got := r.Failure(); (got != NoFault) != r.Failed() || got >= Faults {
			t.Fatalf("%+v: failed %v, kind %v", r, r.Failed(), got)
		}
	})
}

func TestFaultLabels(t *testing.T) {
	seen := map[string]bool{}
	for f := range Faults {
		label, text := f.Label(), f.String()
		if !regexp.MustCompile(`^[a-z0-9_]+$`).MatchString(label) || text == "" || seen[label] || seen[text] && f > NoFault {
			t.Errorf("kind %d is %q, %q", f, label, text)
		}
		seen[label], seen[text] = true, true
		b, err := json.Marshal(f)
		var back Fault
		if err != nil || json.Unmarshal(b, &back) != nil || back != f {
			t.Errorf("%v is %s in JSON, and comes back as %v", f, b, back)
		}
	}
	var later Fault
	if err := json.Unmarshal([]byte(`"of_a_later_version"`), &later); err != nil || later != FaultOther {
		t.Errorf("a label of a later version is %v, %v", later, err)
	}
}

func TestTroublesHaveTheFirstExamples(t *testing.T) {
	var c FaultCounts
	c[FaultRefused], c[FaultServer] = 9, 2
	got := c.Troubles([]Trouble{
		{Kind: FaultRefused, Examples: []string{"a", "b"}}, {Kind: FaultReset, Examples: []string{"of the warm-up"}},
		{Kind: FaultRefused, Examples: []string{"c", "d"}},
	})
	want := []Trouble{
		{FaultRefused, "connection refused", 9, []string{"a", "b", "c"}}, {FaultServer, "status 5xx", 2, nil},
	}
	if !reflect.DeepEqual(got, want) || c.Total() != 11 {
		t.Errorf("%+v of %d; right is %+v", got, c.Total(), want)
	}
}
