package policy

// Frequencies is W-TinyLFU's sketch for those who play that policy in another way than
// a Policy is asked: the same seed and the same requests give the same counts.
type Frequencies struct{ s sketch }

// NewFrequencies makes the sketch that a policy with that Config.Seed has.
func NewFrequencies(seed uint64) Frequencies { return Frequencies{newSketch(seed)} }

// Hash is what the others are asked with for a key.
func (f *Frequencies) Hash(key uint64) uint32 { return f.s.hash(key) }

// Note counts a request.
func (f *Frequencies) Note(hash uint32) {
	f.s.note(hash)
	f.s.tick()
}

// Count is how often a key was asked for of late, from 0 to 15.
func (f *Frequencies) Count(hash uint32) int { return f.s.count(hash) }

// Reach makes the sketch large enough for so many residents.
func (f *Frequencies) Reach(residents int) {
	if residents > f.s.made() {
		f.s.grow(residents)
	}
}

// Touch reads what Note and Count of that hash will, and tells nothing: who will ask
// for many lets the processor bring them together. It does not wait for what it reads.
func (f *Frequencies) Touch(hash uint32) uint64 { return f.s.block(hash)[0] }
