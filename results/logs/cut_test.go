package logs

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestCutFindsEverySeparator(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.SliceOfN(rapid.SampledFrom([]byte{'\t', '\t' + 1, '\t' - 1, '\t' | 0x80, 0, 'a'}), 0, 300).Draw(t, "line")
		var want []int32
		for i, c := range line {
			if c == '\t' {
				want = append(want, int32(i))
			}
		}
		most := rapid.IntRange(0, 300).Draw(t, "most")
		ends := make([]int32, most+cutSlack)
		n := cut(line, '\t', ends, most)
		if len(want) > most {
			if n <= most {
				t.Fatalf("%d found of %d, and %d were wanted", n, len(want), most)
			}
			n, want = most, want[:most]
		}
		if !slices.Equal(ends[:n], want) {
			t.Fatalf("%v, want %v in %q", ends[:n], want, line)
		}
	})
}
