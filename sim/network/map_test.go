package network

import (
	"math"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// audience is where the viewers of an international site are.
var audience = strings.Fields("US CA MX GB DE FR IT ES NL PL KR ID PH TW HK SG TH VN IN JP BR AR CL AE EG NG ZA AU")

// around has ten locations, two regional caches, a shield and two origins.
func around() Config {
	c := Config{
		Seed: 1, Countries: audience, Path: DefaultPath(), LastMile: Fixed, MobileLastMile: Mobile,
		Origins: []Place{At("bucket", "us-east-1"), At("lab", "")},
		Tiers:   [][]Place{{At("IAD50-P7", "IAD50-P7"), At("SIN50-P7", "SIN50-P7")}, {At("IAD50-P9", "IAD50-P9")}},
	}
	for _, code := range []string{"IAD89-P1", "ORD52-P3", "LAX54-P2", "GRU1-P2", "LHR50-P4", "FRA56-P1", "BOM78-P1", "SIN2-P1", "NRT57-P2", "SYD62-P2"} {
		c.Locations = append(c.Locations, At(code, code))
	}
	return c
}

func mustMap(t testing.TB, c Config) *Map {
	t.Helper()
	m, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A detour by a third place is never faster, however ways are stretched.
func TestRoundTripsObeyTheTriangleInequality(t *testing.T) {
	somewhere := func(t *rapid.T, name string) Point {
		return Point{rapid.Float64Range(-90, 90).Draw(t, name+" lat"), rapid.Float64Range(-180, 180).Draw(t, name+" lon")}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := somewhere(t, "a"), somewhere(t, "b"), somewhere(t, "c")
		if rapid.Bool().Draw(t, "near") { // where the overhead of leaving town begins
			b = Point{min(90, a.Lat+rapid.Float64Range(0, 1).Draw(t, "north")), a.Lon}
		}
		p := DefaultPath()
		p.Stretch = rapid.Float64Range(1, 3).Draw(t, "stretch")
		p.Overhead = time.Duration(rapid.Int64Range(int64(p.Local), int64(20*time.Millisecond)).Draw(t, "overhead"))
		direct, detour := p.RoundTrip(a.Distance(c)), p.RoundTrip(a.Distance(b))+p.RoundTrip(b.Distance(c))
		if direct > detour+time.Microsecond {
			t.Fatalf("%v to %v takes %v, by %v %v", a, c, direct, b, detour)
		}
		if direct != p.RoundTrip(c.Distance(a)) {
			t.Fatal("the way back is another")
		}
	})
}

// Reference section 4.1: 2·d/200,000 km/s·1.6 + 4 ms, against what was measured
// between AWS's regions in 2017. Ways between Singapore and Europe went by
// America then; of the others half are within a fifth, nine tenths within two fifths,
// as many too short as too long.
func TestRoundTripsAgainstMeasuredOnes(t *testing.T) {
	m, err := OpenMatrix(AWS2017)
	if err != nil {
		t.Fatal(err)
	}
	var off []float64
	short := 0
	for pair, trip := range m.trips {
		a, _ := Find(pair[0])
		b, _ := Find(pair[1])
		if d := a.Distance(b); pair[0] != pair[1] && !detour(pair) {
			e := float64(DefaultPath().RoundTrip(d))/float64(trip) - 1
			off = append(off, math.Abs(e))
			if e < 0 {
				short++
			}
		}
	}
	sort.Float64s(off)
	t.Logf("%d pairs, %d too short: median %.3f, p90 %.3f, most %.3f", len(off), short, off[len(off)/2], off[len(off)*9/10], off[len(off)-1])
	if len(m.trips) != 90 || off[len(off)/2] > 0.2 || off[len(off)*9/10] > 0.4 {
		t.Errorf("of %d pairs half are within %.2f, nine tenths within %.2f", len(m.trips), off[len(off)/2], off[len(off)*9/10])
	}
}

func detour(pair [2]string) bool {
	asia := strings.HasPrefix(pair[0], "ap-southeast-1") || strings.HasPrefix(pair[1], "ap-southeast-1")
	return asia && (strings.HasPrefix(pair[0], "eu-") || strings.HasPrefix(pair[1], "eu-"))
}

func TestRoundTrip(t *testing.T) {
	p := DefaultPath()
	for km, want := range map[float64]float64{0: 1, 50: 2.5 + 0.8, 100: 4 + 1.6, 1000: 20, 10_000: 164} {
		if got := p.RoundTrip(km).Seconds() * 1e3; math.Abs(got-want) > 1e-6 {
			t.Errorf("%v km: %v ms, want %v", km, got, want)
		}
	}
}

func TestWhoAsksWhom(t *testing.T) {
	m := mustMap(t, around())
	name := func(edge int) string {
		if edge == Origin {
			return "origin"
		}
		return m.Name(edge)
	}
	for _, want := range [][2]string{{"FRA56-P1", "IAD50-P7"}, {"GRU1-P2", "IAD50-P7"}, {"LAX54-P2", "IAD50-P7"}, {"BOM78-P1", "SIN50-P7"},
		{"NRT57-P2", "SIN50-P7"}, {"SYD62-P2", "SIN50-P7"}, {"SIN50-P7", "IAD50-P9"}, {"IAD50-P7", "IAD50-P9"}, {"IAD50-P9", "origin"}} {
		for i := range m.Edges() {
			if m.Name(i) == want[0] && name(m.Up(i)) != want[1] {
				t.Errorf("%s asks %s, not %s", want[0], name(m.Up(i)), want[1])
			}
		}
	}
	if m.Edges() != 13 || m.Tier(9) != 0 || m.Tier(11) != 1 || m.Tier(12) != 2 || m.Between(10, 12) != time.Millisecond {
		t.Errorf("%d edges; IAD to IAD takes %v", m.Edges(), m.Between(10, 12))
	}
	if far, near := m.ToOrigin(9, 0), m.ToOrigin(0, 0); far < 200*time.Millisecond || near > 5*time.Millisecond || m.ToOrigin(9, 1) != 0 {
		t.Errorf("us-east-1 is %v from Sydney, %v from Washington; nowhere is %v away", far, near, m.ToOrigin(9, 1))
	}
}

// Every home goes to the location that a search over all of them finds.
func TestRoutes(t *testing.T) {
	c := around()
	nearest := mustMap(t, c)
	where := map[string][]string{}
	for h := range nearest.Homes() {
		country := c.Countries[nearest.Country(h)]
		where[country] = append(where[country], nearest.Name(nearest.Route(h)))
		for l := range c.Locations {
			best := nearest.homes[h].Point.Distance(c.Locations[nearest.Route(h)].point)
			if d := nearest.homes[h].Point.Distance(c.Locations[l].point); d < best {
				t.Errorf("%s has %.0f km to %s and goes to %s, %.0f km", country, d, c.Locations[l].Name, nearest.Name(nearest.Route(h)), best)
			}
		}
	}
	for country, want := range map[string]string{"DE": "FRA56-P1", "GB": "LHR50-P4", "JP": "NRT57-P2", "BR": "GRU1-P2", "AE": "BOM78-P1", "AU": "SYD62-P2"} {
		if !slices.Contains(where[country], want) {
			t.Errorf("%s goes to %v, not %s", country, where[country], want)
		}
	}
	if us := where["US"]; !slices.Contains(us, "IAD89-P1") || !slices.Contains(us, "LAX54-P2") || !slices.Contains(us, "ORD52-P3") {
		t.Errorf("all of the United States go to %v", us)
	}
	c.Table = map[string]string{"US": "NRT57-P2"}
	c.Matrix, _ = ParseMatrix("m", strings.NewReader("DE,LHR50-P4,5\nDE,FRA,90\nGB,NRT57-P2,14\n"))
	c.ByLatency = true
	m := mustMap(t, c)
	for h := range m.Homes() {
		country, to := c.Countries[m.Country(h)], m.Name(m.Route(h))
		if country == "US" && to != "NRT57-P2" || country == "DE" && to != "LHR50-P4" {
			t.Errorf("%s goes to %s", country, to)
		}
	}
}

// A matrix's more exact names come first; the way back stands in for the way
// there; a viewer's round trip has the median last mile in it.
func TestMatrix(t *testing.T) {
	c := around()
	m, err := ParseMatrix("m", strings.NewReader("# measured\nfrom,to,ms\nFRA,us-east-1,80\nIAD89-P1,FRA56-P1,85.5\nbucket,SYD,300\nDE,FRA,20\nXX,YY,1\n"))
	if err != nil {
		t.Fatal(err)
	}
	c.Matrix = m
	at := mustMap(t, c)
	const ms = time.Millisecond
	if at.Between(0, 5) != 85*ms+ms/2 || at.Between(5, 0) != 85*ms+ms/2 || at.ToOrigin(5, 0) != 80*ms || at.ToOrigin(9, 0) != 300*ms || at.Between(5, 10) != 80*ms {
		t.Errorf("%v, %v, %v, %v", at.Between(0, 5), at.ToOrigin(5, 0), at.ToOrigin(9, 0), at.Between(5, 10))
	}
	for h := range at.Homes() {
		if c.Countries[at.Country(h)] == "DE" && at.ViewerRTT(h, 5) != 8*ms {
			t.Errorf("German viewers are %v and a last mile of 12 ms from Frankfurt", at.ViewerRTT(h, 5))
		}
	}
	if at.Measured == 0 || mustMap(t, around()).Measured != 0 {
		t.Errorf("%d round trips are measured", at.Measured)
	}
	for text, want := range map[string]string{
		"FRA,IAD":            "f.csv:1: 2 cells: want from,to,ms, as FRA,eu-west-1,20",
		"a,b,1\na,b,2":       "f.csv:2: a to b is on line 1 already",
		"a,,1":               "f.csv:1: a name is missing: want from,to,ms, as FRA,eu-west-1,20",
		"from,to,ms\na,b,1s": `f.csv:2: "1s": want a round trip in milliseconds, 0 to 60000`,
		"a,b,NaN":            `f.csv:1: "NaN": want a round trip in milliseconds, 0 to 60000`,
		"a,\"b,1":            "f.csv:1: no CSV: extraneous or missing \" in quoted-field",
	} {
		if _, err := ParseMatrix("f.csv", strings.NewReader(text)); err == nil || err.Error() != want {
			t.Errorf("%q: %v\nwant %s", text, err, want)
		}
	}
	if _, err := OpenMatrix("/no/such/file"); err == nil {
		t.Error("a file that is not there is read")
	}
}

// What viewers are by chance has the distribution that was asked for, and stays
// the same for a viewer.
func TestViewersByChance(t *testing.T) {
	c := around()
	c.Mobile, c.Bandwidth, c.Sigma, c.SlowShare, c.SlowBandwidth = 0.25, 5e6, 0.8, 0.1, 1e5
	m, again := mustMap(t, c), mustMap(t, c)
	const n = 40_000
	var miles, rates []float64
	home := make([]int, m.Homes())
	slow := 0
	us := slices.Index(c.Countries, "US")
	for v := range uint32(n) {
		miles = append(miles, m.LastMile(v).Seconds()*1e3)
		if r := m.Bandwidth(v); r == 1e5 {
			slow++
		} else {
			rates = append(rates, r)
		}
		home[m.Home(v, us)]++
		if m.LastMile(v) != again.LastMile(v) || m.Bandwidth(v) != again.Bandwidth(v) || m.Home(v, us) != again.Home(v, us) {
			t.Fatal("a viewer has changed")
		}
	}
	sort.Float64s(miles)
	sort.Float64s(rates)
	// The mixture's distribution function at its 0.5 and 0.99 quantiles.
	for _, q := range []float64{0.5, 0.99} {
		x := miles[int(q*n)]
		if f := 0.75*cdf(x, 12, 48) + 0.25*cdf(x, 35, 141); math.Abs(f-q) > 0.01 {
			t.Errorf("last mile: the %v quantile, %v ms, is that of %v", q, x, f)
		}
	}
	if mid := rates[len(rates)/2]; math.Abs(mid-5e6) > 0.1e6 || math.Abs(float64(slow)/n-0.1) > 0.006 {
		t.Errorf("half can take %v B/s, %d of %d are slow", mid, slow, n)
	}
	if spread := math.Log(rates[len(rates)*84134/100_000] / 5e6); math.Abs(spread-0.8) > 0.03 {
		t.Errorf("sigma is %v", spread)
	}
	for h, count := range home {
		want := 0.0
		if m.Country(h) == us {
			want = m.homes[h].Share
		}
		if math.Abs(float64(count)/n-want) > 0.008 {
			t.Errorf("home %d has %d of %d viewers, want %v", h, count, n, want)
		}
	}
}

// cdf is that of a lognormal distribution with that median and 99th percentile.
func cdf(x, median, p99 float64) float64 {
	sigma := math.Log(p99/median) / z99
	return 0.5 * (1 + math.Erf(math.Log(x/median)/(sigma*math.Sqrt2)))
}

func TestDoubts(t *testing.T) {
	c := around()
	c.Matrix, _ = ParseMatrix("m", strings.NewReader("AAA,BBB,1"))
	got := strings.Join(mustMap(t, c).Doubts(), "\n")
	if !strings.Contains(got, "the matrix has no round trip") || !strings.Contains(got, "no place is known of lab:") {
		t.Error(got)
	}
	c = around()
	c.Origins, c.Tiers, c.Locations = []Place{At("a", ""), At("b", "")}, nil, c.Locations[:1]
	if got := mustMap(t, c).Doubts(); got != nil { // a scenario that sets no distances
		t.Error(got)
	}
}

func TestUnknownCountry(t *testing.T) {
	c := around()
	c.Countries = append(c.Countries, "XX")
	if _, err := New(c); err == nil || !strings.Contains(err.Error(), `"XX"`) {
		t.Error(err)
	}
}

func TestAskingAllocatesNothing(t *testing.T) {
	m, v := mustMap(t, around()), uint32(0)
	if n := testing.AllocsPerRun(1000, func() { v++; ask(m, v) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// ask is what a run asks for a request of a viewer.
func ask(m *Map, viewer uint32) time.Duration {
	home := m.Home(viewer, 0)
	edge := m.Route(home)
	up := m.Up(edge)
	return m.ViewerRTT(home, edge) + m.LastMile(viewer) + m.Between(edge, up) + m.ToOrigin(up, 0) + time.Duration(m.Bandwidth(viewer))
}

func BenchmarkAsk(b *testing.B) {
	m := mustMap(b, around())
	b.ReportAllocs()
	b.ResetTimer()
	var sum time.Duration
	for i := range b.N {
		sum += ask(m, uint32(i))
	}
	b.ReportMetric(float64(sum)/float64(b.N)/1e6, "ms/round-trip")
}

// Whatever a file holds, reading it ends in a matrix whose every trip is in
// range, or in an error that names file and line.
func FuzzMatrixIsReadOrSaysWhere(f *testing.F) {
	for _, text := range []string{"FRA,IAD,89\n", "from,to,ms\na,b,1\n# c\nb,a,0.5\n", "a,\"b\"\"c\",1e3", ",,", "a,b,1\r\na,c,2", aws2017} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ParseMatrix("f.csv", strings.NewReader(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f.csv:") || strings.Contains(err.Error(), "\n") {
				t.Fatalf("%q", err)
			}
			return
		}
		for pair, trip := range m.trips {
			if trip < 0 || trip > longest*time.Millisecond || pair[0] == "" || pair[1] == "" {
				t.Fatalf("%q: %v", pair, trip)
			}
			if got, ok := m.between([]string{pair[0]}, []string{pair[1]}); !ok || got != trip {
				t.Fatalf("%q: %v, asked %v", pair, trip, got)
			}
		}
	})
}

// Whatever the text, Find has a point on earth or an error of one line.
func FuzzFindIsOnEarth(f *testing.F) {
	for _, text := range []string{"FRA56-P1", "eu-central-1", "50.1,8.7", "-90,180", "1e400,0", "NaN,NaN", "nan,1", "fra", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Find(text)
		if err == nil && !p.onEarth() {
			t.Fatalf("%q is at %v", text, p)
		}
		if err == nil {
			if q := At("x", text); q.Nowhere() || q.names()[0] != "x" {
				t.Fatalf("%q: %+v", text, q)
			}
		}
	})
}
