package policy

import (
	"maps"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for spec, want := range map[string]struct {
		name   string
		params map[string]float64
	}{
		"lru":                      {"lru", nil},
		"s3fifo":                   {"s3fifo", nil},
		"s3fifo:max=0.1":           {"s3fifo", map[string]float64{"max": 0.1}},
		"s3fifo:small=0.2,max=.1":  {"s3fifo", map[string]float64{"small": 0.2, "max": 0.1}},
		"s3fifo:move=3":            {"s3fifo", map[string]float64{"move": 3}},
		"lru+bloom":                {"lru+bloom", nil},
		"lru+prob:p=0.1":           {"lru+prob", nil},
		"sieve+size:max=1e+6+prob": {"sieve+size+prob", nil},
		"s3fifo:small=2e-1+bloom:window=2,bits=1.2e+1": {"s3fifo+bloom", map[string]float64{"small": 0.2}},
	} {
		k, params, err := Parse(spec)
		if err != nil || k.Name != want.name || !maps.Equal(params, want.params) {
			t.Errorf("Parse(%q) = %s, %v, %v", spec, k.Name, params, err)
		}
	}
}

func TestParseSaysWhatIsWrongAndWhatWouldBeRight(t *testing.T) {
	for spec, want := range map[string][]string{
		"":                        {`unknown policy ""`, "lru"},
		"siev":                    {`did you mean "sieve"?`},
		"S3-FIFO":                 {`did you mean "s3fifo"?`},
		"LRU":                     {`did you mean "lru"?`},
		"lru:x=1":                 {"lru takes no parameters", `"x"`},
		"s3fifo:":                 {`"" is no parameter`, "name=value"},
		"s3fifo:small":            {`"small" is no parameter`, "name=value"},
		"s3fifo:smal=0.1":         {`no parameter "smal"`, `did you mean "small"?`, "small, max, move"},
		"s3fifo:small=big":        {`small="big" is not a number`},
		"s3fifo:small=0":          {"small=0 is out of bounds", "from 0.001 to 0.999"},
		"s3fifo:small=NaN":        {"small=NaN is out of bounds"},
		"s3fifo:small=Inf":        {"out of bounds"},
		"s3fifo:move=1.5":         {"move=1.5 is not a whole number"},
		"s3fifo:small=.1,small=2": {"small=2 is out of bounds"},
		"s3fifo:max=.1,max=.1":    {"max is given twice"},
		"lru+":                    {`unknown admission ""`, "bloom, prob, size"},
		"+bloom":                  {`unknown policy ""`},
		"lru+blom":                {`unknown admission "blom"`, `did you mean "bloom"?`},
		"lru+sieve":               {`unknown admission "sieve"`},
		"bloom":                   {`unknown policy "bloom"`, "lru+bloom"},
		"lru+bloom+bloom":         {"admission bloom is given twice"},
		"lru+size:max=0":          {"max=0 is out of bounds"},
		"lru+size:min=1":          {`no parameter "min"`, "max"},
		"lru+prob:p=1,p=1":        {"p is given twice"},
	} {
		_, _, err := Parse(spec)
		for _, w := range want {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("Parse(%q): error %v, does not say %q", spec, err, w)
			}
		}
	}
	if _, _, err := Parse("xyzzy"); err == nil || strings.Contains(err.Error(), "did you mean") {
		t.Errorf("nothing is near xyzzy: %v", err)
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"seive", "sieve", 2}, {"lru", "lru", 0}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// FuzzParsedPolicyCanBeMade: what Parse accepts is of a known kind, has
// parameters of that kind within their bounds, and makes a policy that works.
func FuzzParsedPolicyCanBeMade(f *testing.F) {
	for _, s := range []string{"lru", "s3fifo:small=0.2,max=0.1", "s3fifo:move=1e0", "s3fifo:", ":", "sieve:a=b", "s3fifo:small=nan",
		"lru+bloom", "sieve+size:max=1e+6+prob:p=1e-1", "lru+", "lru++prob", "lru+prob:p=+1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		k, params, err := Parse(spec)
		if err != nil {
			return
		}
		if order, _, _ := strings.Cut(k.Name, "+"); !strings.HasPrefix(spec, order) {
			t.Fatalf("%q is read as %s", spec, k.Name)
		}
		for name, v := range params {
			if p, err := k.param(name); err != nil || !(v >= p.Lowest && v <= p.Most) {
				t.Fatalf("%q: %s=%v accepted", spec, name, v)
			}
		}
		p := k.New(Config{Capacity: 100, Params: params})
		p.Add(0, Item{Key: 1, Size: 1})
		p.Hit(0)
		if s := p.Victim(Item{Key: 2, Size: 100}); s != 0 {
			t.Fatalf("%q: victim %d of one object", spec, s)
		}
	})
}
