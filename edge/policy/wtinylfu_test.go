package policy

import (
	"testing"

	"pgregory.net/rapid"
)

// plainSketch keeps its counters in a map by block, row and column.
type plainSketch struct {
	counts      map[[3]uint64]int
	blocks      uint64
	seed        uint64
	noted, made int
}

func newPlainSketch(seed uint64) *plainSketch {
	return &plainSketch{counts: map[[3]uint64]int{}, blocks: 8, seed: mix(seed ^ 0x7c91), made: 64}
}

func (s *plainSketch) cells(key uint64) (cells [4][3]uint64) {
	h := mix(key^s.seed) / (1 << 32)
	pick := h * 0x9e3779b97f4a7c15 / (1 << 44)
	for row := range uint64(4) {
		cells[row] = [3]uint64{h / (1 << 32 / s.blocks), row, pick/16%2*16 + pick%16}
		pick /= 32
	}
	return cells
}

func (s *plainSketch) count(key uint64) int {
	least := 15
	for _, c := range s.cells(key) {
		least = min(least, s.counts[c])
	}
	return least
}

func (s *plainSketch) note(key uint64) {
	least := s.count(key)
	for _, c := range s.cells(key) {
		if s.counts[c] == least && least < 15 {
			s.counts[c]++
		}
	}
}

func (s *plainSketch) tick() bool {
	s.noted++
	if s.noted < 10*s.made {
		return false
	}
	for c := range s.counts {
		s.counts[c] /= 2
	}
	s.noted /= 2
	return true
}

func (s *plainSketch) grow(n int) {
	for s.made < n {
		old := s.counts
		s.counts = map[[3]uint64]int{}
		for c, n := range old {
			s.counts[[3]uint64{2 * c[0], c[1], c[2]}] = n
			s.counts[[3]uint64{2*c[0] + 1, c[1], c[2]}] = n
		}
		s.blocks *= 2
		s.made *= 2
	}
}

// plainWTinyLFU has its parts oldest first.
type plainWTinyLFU struct {
	window, probation, protected     []Item
	windowCap, mainCap, protectedCap int64
	sketch                           *plainSketch
	door                             map[uint64]bool // nil: none
	first                            bool            // a candidate is compared with the first alone
}

func newPlainWTinyLFU(k Kind, c Config) plain {
	main := int64(float64(c.Capacity) * (1 - k.Get(c, "window")))
	p := &plainWTinyLFU{
		windowCap: c.Capacity - main, mainCap: main,
		protectedCap: int64(float64(main) * k.Get(c, "protected")),
		sketch:       newPlainSketch(c.Seed),
		first:        k.Get(c, "aggregate") == 0,
	}
	if k.Get(c, "protected") == 1 {
		p.protectedCap = main
	}
	if k.Get(c, "doorkeeper") == 1 {
		p.door = map[uint64]bool{}
	}
	return p
}

func (p *plainWTinyLFU) note(key uint64) {
	if p.door != nil && !p.door[key] {
		p.door[key] = true
	} else {
		p.sketch.note(key)
	}
	if p.sketch.tick() {
		clear(p.door)
	}
}

func (p *plainWTinyLFU) count(key uint64) int {
	if p.door[key] {
		return p.sketch.count(key) + 1
	}
	return p.sketch.count(key)
}

func (p *plainWTinyLFU) hit(key uint64) {
	p.note(key)
	if i := where(p.window, key); i >= 0 {
		it := p.window[i]
		p.window = append(without(p.window, key), it)
	} else if i := where(p.protected, key); i >= 0 {
		it := p.protected[i]
		p.protected = append(without(p.protected, key), it)
	} else {
		it := p.probation[where(p.probation, key)]
		p.probation = without(p.probation, key)
		if it.Size > p.protectedCap {
			p.probation = append(p.probation, it)
			return
		}
		p.protected = append(p.protected, it)
		for bytesOf(p.protected) > p.protectedCap {
			p.probation = append(p.probation, p.protected[0])
			p.protected = p.protected[1:]
		}
	}
}

func (p *plainWTinyLFU) main() []Item {
	return append(append([]Item{}, p.probation...), p.protected...)
}

// wins tells whether key beats those of the main part who have to go for need
// bytes.
func (p *plainWTinyLFU) wins(key uint64, need int64) bool {
	theirs, bytes := 0, int64(0)
	for i, it := range p.main() {
		if i > 0 && (bytes >= need || p.first) {
			break
		}
		theirs += p.count(it.Key)
		bytes += it.Size
	}
	return p.count(key) > theirs
}

func (p *plainWTinyLFU) admit(it Item) bool {
	p.note(it.Key)
	free := p.windowCap + p.mainCap - bytesOf(p.window) - bytesOf(p.main())
	return it.Size <= p.windowCap || it.Size <= free || p.wins(it.Key, it.Size-free)
}

func (p *plainWTinyLFU) add(it Item) {
	if n := len(p.window) + len(p.main()) + 1; n > p.sketch.made {
		p.sketch.grow(n)
		clear(p.door)
	}
	if it.Size > p.windowCap {
		p.probation = append(p.probation, it)
		return
	}
	p.window = append(p.window, it)
	for bytesOf(p.window) > p.windowCap && bytesOf(p.main())+p.window[0].Size <= p.mainCap {
		p.probation = append(p.probation, p.window[0])
		p.window = p.window[1:]
	}
}

func (p *plainWTinyLFU) victim(in Item) uint64 {
	incoming := in.Size
	if incoming > p.windowCap {
		incoming = 0
	}
	for len(p.window) > 0 && bytesOf(p.window)+incoming > p.windowCap {
		c := p.window[0]
		need := bytesOf(p.main()) + c.Size - p.mainCap
		if need > 0 && (c.Size > p.mainCap || !p.wins(c.Key, need)) {
			p.remove(c.Key)
			return c.Key
		}
		if need > 0 {
			break
		}
		p.probation = append(p.probation, c)
		p.window = p.window[1:]
	}
	all := append(p.main(), p.window...)
	p.remove(all[0].Key)
	return all[0].Key
}

func (p *plainWTinyLFU) remove(key uint64) {
	p.window, p.probation, p.protected = without(p.window, key), without(p.probation, key), without(p.protected, key)
}

func TestWTinyLFUAgreesWithItsTwin(t *testing.T) {
	for _, spec := range []string{
		"wtinylfu", "wtinylfu:window=0.3", "wtinylfu:window=0", "wtinylfu:window=0.9,protected=0.5",
		"wtinylfu:window=0.2,aggregate=0,protected=1", "wtinylfu:window=0.1,protected=0", "wtinylfu:window=0.1,doorkeeper=1",
	} {
		duels(t, spec, newPlainWTinyLFU)
	}
}

// TestWTinyLFUWorkedOutByHand has room for 5 objects, 1 of them in the window.
// Add alone is no request: a count is the number of hits.
func TestWTinyLFUWorkedOutByHand(t *testing.T) {
	for _, steps := range []string{
		"+a +b +c +d +e !e +f !f",                       // 0 against 0: the candidate leaves
		"+a +b +c +d +e !e +f f !a +g !g",               // f beats a and passes on; g does not beat b
		"+a +b +c +d +e a !e +f f !b",                   // a is protected, b the oldest on probation
		"+a +b +c +d +e a b c d !e +f f f !a +g g g !g", // three are protected, a is back on probation; then f is on probation, asked for as often as g
		"+a +b +c +d +e -a !b +f !c",                    // with room in the main part e passes on, and then f
	} {
		script(t, mustMake(t, "wtinylfu:window=0.2", Config{Capacity: 5}), steps)
	}
}

func TestWTinyLFUComparesWhatIsLargerThanItsWindow(t *testing.T) {
	p := mustMake(t, "wtinylfu:window=0.1", Config{Capacity: 100})
	for s := range Slot(10) { // 1 in the window, 9 in the main part, all asked for once
		p.(Admitter).Admit(Item{uint64(s), 10})
		p.Add(s, Item{uint64(s), 10})
	}
	for i, want := range []bool{false, false, true} { // it takes the place of two: once, twice, three times
		if got := admits(p, 20, 99)[0]; got != want {
			t.Errorf("asked for %d times: admitted %v", i+1, got)
		}
	}
	for want := range Slot(2) {
		if s := p.Victim(Item{99, 20}); s != want {
			t.Errorf("victim %d, want %d", s, want)
		}
	}
}

// TestDoorkeeperTakesTheFirstRequest: counts are the same, and one request leaves
// no trace in the sketch.
func TestDoorkeeperTakesTheFirstRequest(t *testing.T) {
	p := mustMake(t, "wtinylfu:doorkeeper=1", Config{Capacity: 100}).(*wtinylfu)
	for n := range 5 {
		h := p.sketch.hash(7)
		if got := p.count(h); got != n {
			t.Errorf("after %d requests: %d", n, got)
		}
		if inSketch := p.sketch.count(h); inSketch != max(0, n-1) {
			t.Errorf("after %d requests: %d in the sketch", n, inSketch)
		}
		p.note(h)
	}
	for key := range uint64(p.sketch.period) {
		p.note(p.sketch.hash(1000 + key%3))
	}
	if got := p.count(p.sketch.hash(7)); got != 2 {
		t.Errorf("5 requests, 4 of them in the sketch, halved: %d", got)
	}
}

// TestSketchNeverCountsTooLow compares it with exact counts, without halving.
func TestSketchNeverCountsTooLow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newSketch(rapid.Uint64().Draw(t, "seed"))
		exact := map[uint64]int{}
		for range rapid.IntRange(1, 600).Draw(t, "steps") {
			key := rapid.Uint64Range(0, 50).Draw(t, "key")
			s.note(s.hash(key))
			exact[key]++
			if rapid.IntRange(0, 99).Draw(t, "grow") == 0 && s.made() < 1000 {
				s.grow(s.made() + 1)
			}
			if got := s.count(s.hash(key)); got < min(exact[key], mostCount) || got > mostCount {
				t.Fatalf("key %d was asked for %d times: count %d", key, exact[key], got)
			}
		}
	})
}
