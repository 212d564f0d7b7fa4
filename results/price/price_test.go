package price

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const gb = 1 << 30

// The default list is section 4.2's tables, checked at their corners, and
// section 4.1's price classes.
func TestDefaultList(t *testing.T) {
	l := Default()
	for _, c := range []struct {
		group, region, classes string
		first, last            float64
		toOrigin, http, https  float64
	}{
		{"us_mx_ca", "US", "100 200 All", 0.085, 0.020, 0.020, 0.0075, 0.0100},
		{"europe", "EU", "100 200 All", 0.085, 0.020, 0.020, 0.0090, 0.0120},
		{"africa_middle_east", "ZA", "200 All", 0.110, 0.040, 0.060, 0.0090, 0.0120},
		{"south_america", "SA", "All", 0.110, 0.040, 0.125, 0.0160, 0.0220},
		{"japan", "JP", "200 All", 0.114, 0.060, 0.060, 0.0090, 0.0120},
		{"australia", "AU", "All", 0.114, 0.080, 0.080, 0.0090, 0.0125},
		{"asia", "AP", "200 All", 0.120, 0.060, 0.060, 0.0090, 0.0120},
		{"india", "IN", "200 All", 0.109, 0.072, 0.160, 0.0090, 0.0120},
	} {
		at, known := l.GroupOf(c.region)
		g := l.Groups[at]
		if !known || g.Name != c.group {
			t.Errorf("%s is of %s (%v), want %s", c.region, g.Name, known, c.group)
			continue
		}
		got := []float64{g.Transfer[0], g.Transfer[6], g.ToOrigin, g.HTTP, g.HTTPS}
		if want := []float64{c.first, c.last, c.toOrigin, c.http, c.https}; !slices.Equal(got, want) {
			t.Errorf("%s costs %v, want %v", c.group, got, want)
		}
		if classes := strings.Join(g.Classes, " "); classes != c.classes {
			t.Errorf("%s is in %s, want %s", c.group, classes, c.classes)
		}
	}
	if at, known := l.GroupOf("XX"); known || l.Groups[at].Name != l.Unknown {
		t.Errorf("an unknown region is billed as %s, %v", l.Groups[at].Name, known)
	}
}

// Bills worked out by hand from section 4.2 by the formulas of 4.3.
func TestBill(t *testing.T) {
	l := Default()
	us, sa, eu := l.group("us_mx_ca"), l.group("south_america"), l.group("europe")
	const tb = 1024
	for _, c := range []struct {
		what  string
		class string
		in    map[int]Traffic
		want  map[int]float64 // total by group billed
	}{
		{"nothing", "All", nil, nil},
		{"one gigabyte", "All", map[int]Traffic{us: {Out: gb}}, map[int]float64{us: 0.085}},
		{"the first tier's end", "All", map[int]Traffic{us: {Out: 10 * tb * gb}}, map[int]float64{us: 870.4}},
		{"a gigabyte beyond", "All", map[int]Traffic{us: {Out: (10*tb + 1) * gb}}, map[int]float64{us: 870.48}},
		{"beyond 5 PB", "All", map[int]Traffic{us: {Out: (5*1024*tb + 7) * gb}}, map[int]float64{
			us: tb*(10*0.085+40*0.080+100*0.060+350*0.040+524*0.030+4096*0.025) + 7*0.020}},
		{"requests and uploads", "All", map[int]Traffic{eu: {HTTP: 1e6, HTTPS: 2e6, ToOrigin: 10 * gb}}, map[int]float64{eu: 0.9 + 2.4 + 0.2}},
		{"outside the class: the cheapest that is in", "100", map[int]Traffic{sa: {Out: gb, HTTPS: 1e4}}, map[int]float64{us: 0.085 + 0.01}},
		{"in the class", "All", map[int]Traffic{sa: {Out: gb, HTTPS: 1e4}}, map[int]float64{sa: 0.110 + 0.022}},
		{"what comes from outside climbs the tiers", "200", map[int]Traffic{us: {Out: 10 * tb * gb}, sa: {Out: gb}}, map[int]float64{us: 870.4 + 0.080}},
	} {
		traffic := make([]Traffic, len(l.Groups))
		for g, x := range c.in {
			traffic[g] = x
		}
		for g, charge := range l.Bill(c.class, traffic) {
			if math.Abs(charge.Total()-c.want[g]) > 1e-9 {
				t.Errorf("%s: %s costs %v, want %v", c.what, l.Groups[g].Name, charge.Total(), c.want[g])
			}
		}
	}
}

func TestBillLeavesOutWhatIsFree(t *testing.T) {
	l := Default()
	l.Free = Free{Transfer: 1024, Requests: 1e6}
	traffic := make([]Traffic, len(l.Groups))
	traffic[0] = Traffic{Out: 1024 * gb, HTTP: 1e6, HTTPS: 1e6}
	traffic[1] = Traffic{Out: 1024 * gb}
	charges := l.Bill("All", traffic)
	if got, want := charges[0].Transfer, 512*0.085; math.Abs(got-want) > 1e-9 {
		t.Errorf("half of the transfer is free: %v, want %v", got, want)
	}
	if got, want := charges[0].HTTPS, 50*0.01; math.Abs(got-want) > 1e-9 {
		t.Errorf("half of the requests is free: %v, want %v", got, want)
	}
	traffic[1].Out = -1
	if got := paid(5, 10); got != 0 {
		t.Errorf("a share of %v is paid of what is all free", got)
	}
}

func TestSave(t *testing.T) {
	l := Default()
	s := l.Save(100*gb, 1e6, 20*gb, 1e5, 5)
	if math.Abs(s.Direct-(9+0.4)) > 1e-9 || math.Abs(s.Origin-0.04) > 1e-9 || math.Abs(s.Saved()-(9.4-0.04-5)) > 1e-9 {
		t.Errorf("savings %+v", s)
	}
}

// Whatever the traffic, no bill is lower for more traffic, no price class bills
// other traffic than came, and two groups' bills do not mix.
func TestBillIsMonotoneAndWhole(t *testing.T) {
	l := Default()
	some := rapid.Custom(func(t *rapid.T) Traffic {
		return Traffic{
			Out: rapid.Float64Range(0, 1e17).Draw(t, "out"), ToOrigin: rapid.Float64Range(0, 1e13).Draw(t, "to origin"),
			HTTP: rapid.Float64Range(0, 1e12).Draw(t, "http"), HTTPS: rapid.Float64Range(0, 1e12).Draw(t, "https"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		traffic := rapid.SliceOfN(some, len(l.Groups), len(l.Groups)).Draw(t, "traffic")
		class := rapid.SampledFrom(l.Classes()).Draw(t, "class")
		sum := func() (money float64, billed Traffic) {
			for g, c := range l.Bill(class, traffic) {
				if c.Total() != 0 && !slices.Contains(l.Groups[g].Classes, class) {
					t.Fatalf("%s is billed in class %s", l.Groups[g].Name, class)
				}
				money += c.Total()
				billed.Add(c.Traffic)
			}
			return money, billed
		}
		before, billed := sum()
		var came Traffic
		for _, x := range traffic {
			came.Add(x)
		}
		if math.Abs(billed.Out-came.Out) > 1e-9*came.Out || math.Abs(billed.HTTPS-came.HTTPS) > 1e-9*came.HTTPS {
			t.Fatalf("%+v is billed of %+v", billed, came)
		}
		g := rapid.IntRange(0, len(l.Groups)-1).Draw(t, "group")
		traffic[g].Add(some.Draw(t, "more"))
		if after, _ := sum(); after < before*(1-1e-12) {
			t.Fatalf("more traffic costs %v instead of %v", after, before)
		}
	})
}

func TestReadOverrides(t *testing.T) {
	l, err := Read(strings.NewReader(`
date: 2027-01
source: our contract
recalled: []
origin: {direct: 0.05}
groups:
  - name: europe
    regions: [EU]
    classes: ["100", "200", All]
    transfer: [0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01]
    https: 0.001
`))
	if err != nil {
		t.Fatal(err)
	}
	eu := l.Groups[l.group("europe")]
	if eu.Transfer[0] != 0.01 || eu.HTTP != 0 || eu.HTTPS != 0.001 || l.Source != "our contract" || len(l.Recalled) != 0 {
		t.Errorf("not overridden: %+v", l)
	}
	if d := Default(); len(l.Groups) != len(d.Groups) || l.Gigabyte != d.Gigabyte || l.Origin.Request != d.Origin.Request || l.Origin.Direct != 0.05 {
		t.Errorf("what the file leaves out changed: %+v", l)
	}
	if l, err := Read(strings.NewReader("# nothing\n")); err != nil || l.Source != Default().Source {
		t.Errorf("an empty file gives %v", err)
	}
	if l, err := Read(strings.NewReader(Text())); err != nil || len(l.Groups) != len(Default().Groups) {
		t.Errorf("the default list read back gives %v", err)
	}
}

func TestReadRefuses(t *testing.T) {
	group := "groups:\n  - {name: x, regions: [XX], classes: [All], transfer: [1,1,1,1,1,1,1]"
	for _, c := range []struct{ text, want string }{
		{"gigabytes: 5", "gigabytes"},
		{"gigabyte: 0", "gigabyte: 0"},
		{"gigabyte: .nan", "gigabyte"},
		{"tiers: [10, -1]", "tiers: a tier of -1"},
		{"tiers: [10]", "want 2"},
		{"unknown: nowhere", `no group "nowhere"`},
		{"origin: {direct: -1}", "want 0 or more"},
		{group + ", https: -2}", "x: prices: -2"},
		{strings.Replace(group, "All", "Some", 1) + "}", `classes: "Some"`},
		{strings.Replace(group, "XX", "EU", 1) + "}", "EU is in europe already"},
		{strings.Replace(group, "name: x", "title: x", 1) + "}", "wants a name"},
		{"- 1", "1:1: "},
		{"a: [", "1:4: "},
	} {
		if _, err := Read(strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q gives %v, want something with %q", c.text, err, c.want)
		}
	}
}

// Whatever a price file holds, reading it ends in a list that bills or in an error.
func FuzzReadNeverBreaksABill(f *testing.F) {
	f.Add(Text())
	f.Add("tiers: [1]\nunknown: x")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		traffic := make([]Traffic, len(l.Groups))
		for g := range traffic {
			traffic[g] = Traffic{Out: 1e15, HTTP: 1e9, HTTPS: 1e9, ToOrigin: 1e12}
		}
		for _, class := range l.Classes() {
			for _, c := range l.Bill(class, traffic) {
				if !(c.Total() >= 0) {
					t.Fatalf("a bill of %v", c.Total())
				}
			}
		}
	})
}
