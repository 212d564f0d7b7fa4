package results

import "testing"

// Fifty states, the District of Columbia, six territories and three Armed Forces
// regions (reference, section 2.5), each found by its code.
func TestStates(t *testing.T) {
	if want := State(1 + 50 + 1 + 6 + 3); States != want {
		t.Errorf("%d states, want %d", States, want)
	}
	for s := State(1); s < States; s++ {
		if got := StateOf(s.String()); got != s {
			t.Errorf("%s is state %d, want %d", s, got, s)
		}
	}
	for _, code := range []string{"", "-", "C", "ca", "ZZ", "CAL", "\xff\xff", "A["} {
		if got := StateOf(code); got != NoState {
			t.Errorf("%q is %s", code, got)
		}
	}
	if StateOf("CA").Name() != "California" || State(255).String() != "-" || NoState.Name() != "Unknown" {
		t.Error("a state's name is another's")
	}
}
