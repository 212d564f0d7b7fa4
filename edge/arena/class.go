package arena

import "slices"

// sizes are the pieces that a block can be cut into, in bytes, ascending: every
// 64 bytes up to 1 KiB, then steps of an eighth up to 8 KiB, then what a block
// holds 7, 6, … 2 and 1 of. They are multiples of 64, so that no two pieces
// share a cache line.
var sizes = makeSizes()

func makeSizes() (s []int) {
	for n := least; n <= 1<<10; n += least {
		s = append(s, n)
	}
	for octave := 1 << 10; octave < 8<<10; octave *= 2 {
		for eighth := 1; eighth <= 8; eighth++ {
			s = append(s, octave+octave/8*eighth)
		}
	}
	for count := 7; count >= 1; count-- {
		s = append(s, Block/count/least*least)
	}
	return s
}

// classes are, by a number of bytes in units of least, the smallest size that
// holds them: a simulator asks for every object.
var classes = makeClasses()

func makeClasses() (list [Block/least + 1]uint8) {
	for i := range list {
		class, _ := slices.BinarySearch(sizes, i*least)
		list[i] = uint8(class)
	}
	return list
}

// Size is the capacity of the piece that Take gives for up to n bytes, n > 0.
func Size(n int) int { return sizes[classFor(n)] }

// classFor is the class of the piece that serves n bytes best: the smallest that
// holds them or, where that is more than an eighth too large, the largest that
// does not.
func classFor(n int) int {
	if n >= Block {
		return len(sizes) - 1
	}
	class := int(classes[(n+least-1)/least])
	if class > 0 && sizes[class]-n > max(n/8, least) {
		return class - 1
	}
	return class
}
