package policy

import (
	"strings"
	"testing"
)

// TestZooIsDescribed holds every registration to what help, legends and docs
// need.
func TestZooIsDescribed(t *testing.T) {
	names := map[string]bool{}
	for _, k := range Zoo() {
		switch {
		case k.Name != strings.ToLower(k.Name) || strings.ContainsAny(k.Name, ":,=+ ") || names[k.Name]:
			t.Errorf("name %q: not lower case, not one word, or taken", k.Name)
		case k.Title == "" || k.Paper == "" || k.New == nil || k.SlotBytes < 1:
			t.Errorf("%s lacks a title, a paper, its cost or its constructor", k.Name)
		}
		names[k.Name] = true
		describedParams(t, k)
	}
	for _, a := range Admissions() {
		switch {
		case a.Name != strings.ToLower(a.Name) || strings.ContainsAny(a.Name, ":,=+ ") || names[a.Name] || a.Name[0] <= '9':
			t.Errorf("admission %q: not lower case, not one word, begins with a digit, or taken", a.Name)
		case a.Title == "" || a.Paper == "" || a.Gate == nil || a.New != nil || a.SlotBytes < 0:
			t.Errorf("admission %s lacks a title, a paper or its constructor", a.Name)
		}
		names[a.Name] = true
		describedParams(t, a.Kind)
	}
}

func describedParams(t *testing.T, k Kind) {
	for _, p := range k.Params {
		if p.Usage == "" || p.check(p.Default) != nil {
			t.Errorf("%s: parameter %s has no usage, or a default out of bounds", k.Name, p.Name)
		}
	}
}

// script plays a sequence worked out by hand: "+a" stores a, "a" hits it, "-a"
// removes it, "!a" wants a to be the victim that makes room for the next one
// stored. Objects have size 1.
func script(t *testing.T, p Policy, steps string) {
	t.Helper()
	all := strings.Fields(steps)
	for i, step := range all {
		name := step[len(step)-1]
		s := Slot(name - 'a')
		switch step[0] {
		case '+':
			p.Add(s, Item{Key: uint64(name), Size: 1})
		case '-':
			p.Remove(s)
		case '!':
			if got := p.Victim(Item{Key: nextStored(all[i:]), Size: 1}); got != s {
				t.Fatalf("step %d of %q: victim %c, want %c", i, steps, 'a'+rune(got), name)
			}
		default:
			p.Hit(s)
		}
	}
}

func nextStored(steps []string) uint64 {
	for _, step := range steps {
		if step[0] == '+' {
			return uint64(step[1])
		}
	}
	return 0
}

func TestOrdersWorkedOutByHand(t *testing.T) {
	for name, sequences := range map[string][]string{
		"fifo": {"+a +b +c a a !a +d b !b -c !d"},
		"lru":  {"+a +b +c a !b c !a !c", "+a +b +c -b a !c !a", "+a a !a +b !b"},
		"sieve": {
			"+a +b +c a !b !c !a",                 // the hand passes a, takes b, c, and comes round to a
			"+a +b +c a !b +d c !d !a !c",         // it goes on from c, spares it, takes the new d at once, then comes round
			"+a +b +c a c !b a +d !d !c +e !a !e", // c is spared; past the newest it starts at a, and new ones wait
			"+a +b +c !a -b !c",                   // the hand stands on b, which is removed
		},
	} {
		k, err := Find(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, steps := range sequences {
			script(t, k.New(Config{Capacity: 10}), steps)
		}
	}
}

// TestS3FIFOWorkedOutByHand has room for 10 objects, 3 of them on probation.
func TestS3FIFOWorkedOutByHand(t *testing.T) {
	for _, steps := range []string{
		"+a +b +c b c c !a !b !c",         // one hit is not enough for b; c goes to the main queue and is alone
		"+a +b +c +d +e !a !b !c !d !e",   // d and e go to the main queue, as the small one is full
		"+a +b +c +d d !a !b !c !d",       // d has a hit in the main queue: put back, then it leaves with none
		"+a +b +c +d +e d !a !b !c !e !d", // so that e leaves before d
		"+a +b !a +c +a +d !b !c !d !a",   // a comes back into the main queue, where it outlives d
		"+a +b -a +c +a +d !b !c !a !d",   // removed, a was not remembered: back on probation
		"+a a a a a a +b !b !a",           // many hits end with the probation
	} {
		k, err := Find("s3fifo")
		if err != nil {
			t.Fatal(err)
		}
		script(t, k.New(Config{Capacity: 10, Params: map[string]float64{"small": 0.3}}), steps)
	}
}
