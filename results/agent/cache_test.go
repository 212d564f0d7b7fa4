package agent

import (
	"fmt"
	"testing"

	"edgesim/results"
)

// A cache says what Classify says, before and after the strings' table is
// emptied and other texts stand under the same Syms.
func TestCacheIsAsClassify(t *testing.T) {
	strings := results.NewStrings()
	c := NewCache(strings, true)
	for generation := range 3 {
		for i := range real {
			line := real[(i+7*generation)%len(real)].userAgent
			for range 2 {
				if got, want := c.Agent(c.Of(strings.Of(line))), Classify(line); got != want {
					t.Fatalf("generation %d: %q is %v, want %v", generation, line, got, want)
				}
			}
		}
		strings.Reset()
	}
	if c.looked > int64(len(real)) {
		t.Errorf("%d look-ups for %d texts", c.looked, len(real))
	}
}

func TestCacheWithoutVersions(t *testing.T) {
	strings := results.NewStrings()
	c := NewCache(strings, false)
	var classes []Class
	for _, v := range []int{128, 129, 130} {
		line := fmt.Sprintf("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36", v)
		classes = append(classes, c.Of(strings.Of(line)))
	}
	want := Agent{Desktop, Product{Name: "Chrome"}, Product{Name: "Windows"}}
	if classes[0] != classes[1] || classes[1] != classes[2] || c.Agent(classes[0]) != want || c.Classes() != 1 {
		t.Errorf("classes %v, the first %v, want one of %v", classes, c.Agent(classes[0]), want)
	}
}

// A stream in which every record has a User-Agent of its own is looked up in
// full as far as the budget goes; what comes then is read at a glance, with the
// same device and, for the large families, the same names.
func TestCacheHasABudget(t *testing.T) {
	strings := results.NewStrings()
	c := NewCache(strings, false)
	c.looked = freeLookups - 10
	for i := range 1000 {
		line := fmt.Sprintf("Mozilla/5.0 (X11; Linux x86_64; rv:%d.0) Gecko/20100101 Firefox/%d.0", i, i)
		if a := c.Agent(c.Of(strings.Of(line))); a != (Agent{Desktop, Product{Name: "Firefox"}, Product{Name: "Linux"}}) {
			t.Fatalf("%q is %v", line, a)
		}
	}
	if got, want := c.Glanced(), int64(1000-10-1000/recordsPerLookup); got != want {
		t.Errorf("%d read at a glance, want %d", got, want)
	}
}

// Names are bounded, devices stay right.
func TestCacheBoundsClasses(t *testing.T) {
	c := NewCache(results.NewStrings(), true)
	for i := range mostClasses + 10 {
		c.Number(Agent{Mobile, Product{Name: fmt.Sprint(i)}, Product{Name: "iOS"}})
	}
	a := c.Agent(c.Number(Agent{Tablet, Product{Name: "new"}, Product{Name: "iOS"}}))
	if a != (Agent{Tablet, Product{Name: Other}, Product{Name: Other}}) {
		t.Errorf("beyond the bound comes %v", a)
	}
	if n := c.Classes(); n != mostClasses+2 {
		t.Errorf("%d classes", n)
	}
}

// Of a table of strings that was full nothing is known.
func TestCacheOfOverflow(t *testing.T) {
	c := NewCache(results.NewStrings(), true)
	if a := c.Agent(c.Of(results.Overflow)); a.Device != UnknownDevice || a.Browser.Name != Other || a.System.Name != Other {
		t.Errorf("what came after the table was full is %v", a)
	}
}

// At a glance the large families have the names that they have in full.
func TestGlance(t *testing.T) {
	exact := 0
	for _, c := range real {
		full, glance := Classify(c.userAgent), Glance(c.userAgent)
		if full.Device != glance.Device {
			t.Errorf("%q is %s at a glance, %s in full", c.userAgent, glance.Device, full.Device)
		}
		if glance.Browser.Name == full.Browser.Name && glance.System.Name == full.System.Name {
			exact++
		}
	}
	if exact < len(real)*3/4 {
		t.Errorf("%d of %d are right at a glance", exact, len(real))
	}
	for _, line := range []string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_6_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1",
		"Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15",
		"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36",
	} {
		if full, glance := Classify(line), Glance(line); full != glance {
			t.Errorf("%q is %v at a glance, %v in full", line, glance, full)
		}
	}
}

// A known User-Agent costs no memory.
func TestCacheAllocatesNothing(t *testing.T) {
	strings := results.NewStrings()
	c := NewCache(strings, true)
	sym := strings.Of(real[0].userAgent)
	c.Of(sym)
	if n := testing.AllocsPerRun(100, func() { c.Of(sym) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkCache(b *testing.B) {
	strings := results.NewStrings()
	c := NewCache(strings, true)
	var syms []results.Sym
	for _, r := range real {
		syms = append(syms, strings.Of(r.userAgent))
		c.Of(syms[len(syms)-1])
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		c.Of(syms[i%len(syms)])
		i++
	}
}

func BenchmarkClassify(b *testing.B) { benchmarkReading(b, Classify) }
func BenchmarkGlance(b *testing.B)   { benchmarkReading(b, Glance) }

func benchmarkReading(b *testing.B, read func(string) Agent) {
	for _, c := range real {
		read(c.userAgent)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		read(real[i%len(real)].userAgent)
		i++
	}
}
