package pages

import "testing"

// Whatever the system makes of the request, a table is what it was.
func TestLargeLeavesTablesAsTheyAre(t *testing.T) {
	for _, n := range []int{0, 1, 4<<20 - 1, 4 << 20, 9<<20 + 12345} {
		table := make([]byte, n)
		for i := range table {
			table[i] = byte(i * 7)
		}
		got := Large(table)
		if len(got) != n || n > 0 && &got[0] != &table[0] {
			t.Fatalf("%d bytes: another table of %d", n, len(got))
		}
		for i := range got {
			if got[i] != byte(i*7) {
				t.Fatalf("%d bytes: byte %d is %d", n, i, got[i])
			}
		}
	}
	if got := Large(make([]struct{}, 1<<23)); len(got) != 1<<23 {
		t.Errorf("%d places", len(got))
	}
}
