package policy

import (
	"maps"
	"testing"
)

// TestClassicsWorkedOutByHand plays sequences of script, with the papers' rules
// done on paper.
func TestClassicsWorkedOutByHand(t *testing.T) {
	for _, c := range []struct {
		spec     string
		capacity int64
		steps    string
	}{
		{"clock", 10, "+a +b +c a !b !c !a"},                 // a is put back once
		{"clock", 10, "+a +b +c a !b +d !c !a !d"},           // behind c and before d, who came when the hand had passed
		{"clock", 10, "+a +b +c a -b !c !a"},                 // one is taken out
		{"clock:bits=2", 10, "+a +b a a a a !b +c !c +d !d"}, // a counts to three and is put back three times
		{"clock:bits=2", 10, "+a +b a a a !b +c !c +d !d +e !a !e"},

		{"slru", 10, "+a +b +c a !b !c !a"},                          // a is protected
		{"slru:protected=0.2", 10, "+a +b +c a b c +d !a !d !b !c"},  // of three, two are; the oldest goes back before d
		{"slru:segments=3", 10, "+a +b +c a a b !c !b !a"},           // two hits, third segment
		{"slru:segments=3,protected=0.2", 10, "+a +b a a b b !a !b"}, // b takes a's place in the third; a's in the second
		{"slru:segments=3,protected=0.2", 10, "+a +b a a b b a !b !a"},

		{"2q", 10, "+a +b +c c c !a +d +a !b !a !c !d"},            // hits in A1in do not count; at its share of two, Am makes room
		{"2q", 10, "+a +b +c -a +d +a !b !c !d !a"},                // removed, a was not remembered
		{"2q:kout=0.1", 10, "+a +b +c !a !b +d +a +b !c !b !d !a"}, // one key is remembered, so a's is forgotten

		{"mq:life=100", 10, "+a a +b +c +d +e !b !c !d !e !a"},   // two requests: Q1
		{"mq:life=2", 10, "+a a +b +c +d +e !b !c !d !a !e"},     // a goes down when d has come
		{"mq:life=100", 10, "+a a !a +a +b b +c !c !a !b"},       // a comes back with three, Q1
		{"mq:life=100", 10, "+a a a a !a +a +b b b !b !a"},       // with five, Q2
		{"mq:life=100,out=0", 10, "+a a a a !a +a +b b b !a !b"}, // not remembered
		{"mq:life=100,queues=1", 10, "+a a a a +b +c !a !b !c"},  // LRU

		{"lruk", 10, "+a +b +c a !b !c !a"},               // one request is none
		{"lruk", 10, "+a +b a b +c a !c !b !a"},           // last but one: b's 2, a's 3
		{"lruk", 10, "+a +b a b b a !a !b"},               // a's 3, b's 4, though a was last
		{"lruk", 10, "+a !a +a +b !b !a"},                 // a's first request is remembered
		{"lruk:retained=0", 10, "+a !a +a +b !a !b"},      // or not
		{"lruk", 10, "+a -a +a +b !a !b"},                 // removed is not remembered
		{"lruk:k=3", 10, "+a +b +c a a b b b c !c !a !b"}, // third last: none, 1, 6
		{"lruk:k=1", 10, "+a +b +c a b !c !a !b"},         // LRU

		{"lfuda", 10, "+a a a +b +c !b +d !c +e !d +f !e !a !f"}, // L is 1 after b, 2 after d: f begins at a's 3
		{"gdsf", 10, "+a a a +b +c !b +d !c +e !d +f !e !a !f"},  // sizes of 1: the same

		{"arc", 3, "+a +b +c a !b +d !c +b !a +e !d +a"}, // b: p = 1, so T2 makes room for e; a, in B2: p = 0
		{"arc", 3, "+a +b +c !a +d !b +e !c !d !e"},      // a scan is a FIFO
		{"arc", 3, "+a +b +c a b c !a +d !d +e !e"},      // T2 is full, p = 0: newcomers make their own room
		{"car", 3, "+a +b +c a !b +d !c +b !d +e"},       // a's bit takes it to T2; b comes back: p = 1 = T1, d leaves
		{"car", 3, "+a +b +c a b c !a !b !c"},            // all bits: all to T2, cleared, in order

		{"lirs:hir=0.34", 3, "+a +b +c !c +d !d +c !a +e b !e !c !b"}, // c comes back: LIR, and a, the lowest, goes to Q
		{"lirs:hir=0.34", 3, "+a +b +c c !a +d !d"},                   // asked for again in S: resident, LIR, a in Q
		{"lirs:hir=0.34", 3, "+a +b +c a b !c +d !d +c !c"},           // cut off with a and b above it, c comes back as new
	} {
		k, params, err := Parse(c.spec)
		if err != nil {
			t.Fatal(err)
		}
		for _, dense := range []int{0, 16} {
			t.Run(c.spec, func(t *testing.T) {
				script(t, k.New(Config{Capacity: c.capacity, Params: params, Dense: dense}), c.steps)
			})
		}
	}
}

// TestGDSFWeighsSizesByHand: H = L + F·C/S.
func TestGDSFWeighsSizesByHand(t *testing.T) {
	for _, c := range []struct {
		spec string
		want []Slot
	}{
		{"gdsf", []Slot{0, 2, 1}},           // 2/10, 1/1, 1/2: 0.2, 1, 0.5
		{"gdsf:packet=1", []Slot{2, 0, 1}},  // (2+10)·2/10, (2+1)/1, (2+2)/2: 2.4, 3, 2
		{"gdsf:contest=1", []Slot{0, 2, 1}}, // the contest is with newcomers
		{"lfuda", []Slot{1, 2, 0}},          // 2, 1, 1
		{"lruk", []Slot{1, 2, 0}},           // 1 and 2 have been asked for once
	} {
		p, err := Make(c.spec, Config{Capacity: 13})
		if err != nil {
			t.Fatal(err)
		}
		for s, size := range []int64{10, 1, 2} {
			p.Add(Slot(s), Item{Key: uint64(s), Size: size})
		}
		p.Hit(0)
		for i, want := range c.want {
			if got := p.Victim(Item{Key: 9, Size: 1}); got != want {
				t.Errorf("%s: victim %d is %d, want %d", c.spec, i, got, want)
			}
		}
	}
}

// TestGDSFContestIsThePapers: f is not stored, and nobody leaves, when it is
// among those that would leave (section 4, case b); L does not move.
func TestGDSFContestIsThePapers(t *testing.T) {
	p, err := Make("gdsf:contest=1", Config{Capacity: 10})
	if err != nil {
		t.Fatal(err)
	}
	p.Add(0, Item{Key: 0, Size: 4}) // H = 1/4
	p.Add(1, Item{Key: 1, Size: 2}) // 1/2
	p.Add(2, Item{Key: 2, Size: 4}) // 1/4, younger
	a := p.(Admitter)
	for _, c := range []struct {
		size int64
		want bool
	}{
		{4, true},  // 1/4 against 0's 1/4, which is older
		{5, false}, // 1/5 against 1/4
		{8, false}, // 1/8
		{3, true},  // 1/3 against 1/4
	} {
		if got := a.Admit(Item{Key: 9, Size: c.size}); got != c.want {
			t.Errorf("size %d: admitted %v, want %v", c.size, got, c.want)
		}
	}
	if v := p.Victim(Item{Key: 9, Size: 3}); v != 0 {
		t.Errorf("victim %d, want 0", v)
	}
	p.Add(3, Item{Key: 9, Size: 3}) // H = 1/4 + 1/3, L = 1/4
	if a.Admit(Item{Key: 8, Size: 4}) {
		// L + 1/4 = 1/2 against 2's 1/4, then nobody else is needed: 1 byte is free
		for _, want := range []Slot{2} {
			if v := p.Victim(Item{Key: 8, Size: 4}); v != want {
				t.Errorf("victim %d, want %d", v, want)
			}
		}
	} else {
		t.Error("1/4 + 1/4 lost against 1/4")
	}
}

// TestRandomEvictsEverybodyAlike: of ten objects, each leaves first in a tenth of
// the cases, within four standard deviations.
func TestRandomEvictsEverybodyAlike(t *testing.T) {
	const rounds, n = 20_000, 10
	p, err := Make("random", Config{Capacity: n, Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	var left [n]int
	for s := range Slot(n) {
		p.Add(s, Item{Key: uint64(s), Size: 1 + int64(s)})
	}
	for range rounds {
		s := p.Victim(Item{})
		left[s]++
		p.Add(s, Item{Key: uint64(s), Size: 1 + int64(s)})
	}
	for s, got := range left {
		if got < 1830 || got > 2170 { // 2000 ± 4·√(20000·0.1·0.9)
			t.Errorf("object %d left %d times of %d", s, got, rounds)
		}
	}
}

// TestSpecialCasesAreOtherPolicies: by their definitions.
func TestSpecialCasesAreOtherPolicies(t *testing.T) {
	for _, c := range []struct {
		a, b string
		most int64 // size
	}{
		{"gdsf", "lfuda", 1}, // S = C = 1: both are L + F
		{"gdsf:packet=536", "lfuda", 1},
		{"lruk:k=1", "lru", 9},
		{"mq:queues=1", "lru", 9},
		{"mq:queues=1,life=1", "lru", 9},
		{"slru:protected=0.001", "lru", 9}, // nobody fits a segment of no bytes
		{"2q:kin=0.999,kout=0", "fifo", 9},
		{"arc:step=1,forget=1", "arc", 1}, // of pages, ARC is the paper's
		{"clock:bits=1", "clock", 9},
	} {
		t.Run(c.a, func(t *testing.T) {
			a, b := newHarness(t, c.a, Config{Capacity: 100}), newHarness(t, c.b, Config{Capacity: 100})
			for i := range uint64(20_000) {
				s := Slot(mix(i)>>57) & Slot(mix(i+1)>>57)
				size := 1 + int64(s)%c.most
				a.request(s, size)
				b.request(s, size)
				if !maps.Equal(a.size, b.size) {
					t.Fatalf("request %d: %v, %v", i, a.size, b.size)
				}
			}
		})
	}
}
