package results

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Shares are told in a terminal's width, as long as their workers' names may be.
func TestSharesAreATable(t *testing.T) {
	var b strings.Builder
	if err := WriteShares(&b, nil); err != nil || b.Len() > 0 {
		t.Errorf("%q, %v of no shares", b.String(), err)
	}
	err := WriteShares(&b, []ShareFigures{
		{Share: "1/2", Worker: "a-worker-with-a-long-name-4711", State: ShareWhole, Unsound: true, Scheduled: 1000, Sent: 999, Late: 12, Achieved: 99.94, ClockAhead: -1.25, ClockUnsure: 0.03},
		{Share: "2/2", State: ShareLost, Sent: 500, Missing: 1000, ClockUnsure: 9},
	})
	want := `  share            worker  requests  late  missing  clock ahead ms        state
    1/2  a-worker-with-a…      1000    12        0  -1.250 ± 0.030  whole, late
    2/2                 -         0     0     1000   0.000 ± 9.000         lost
the shares began at the same moment of the server's clock, to 0.000 ms
`
	if b.String() != want || err != nil {
		t.Errorf("%v:\n%swant\n%s", err, b.String(), want)
	}
	for line := range strings.Lines(b.String()) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}
