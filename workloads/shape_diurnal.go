package workloads

import (
	"math"
	"math/rand/v2"
	"time"

	"edgesim/sim/network"
)

var weekdays = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

func init() {
	shapes.register(ShapeKind{
		Name:  "diurnal",
		Usage: "more by day than by night, of one clock or of the viewers' own",
		Params: []Param{
			{Name: "peak", Usage: "time of day at which the rate is highest", Unit: TimeOfDay, Default: 20.5 * 3600, High: secondsADay},
			{Name: "a1", Usage: "how far the rate swings over a day", Default: 0.45, High: 1},
			{Name: "a2", Usage: "how far over half a day", Default: 0.10, High: 1},
			{Name: "weekend", Usage: "factor of saturdays and sundays", Default: 1, High: 100},
			{Name: "by", Usage: "whose time it is: one clock's, or that of the region of each viewer", Words: []string{"clock", "region"}},
			{Name: "start", Usage: "time of day at which the run begins (UTC by region)", Unit: TimeOfDay, High: secondsADay},
			{Name: "weekday", Usage: "on which it begins", Words: weekdays, Default: 3},
			{Name: "day", Usage: "how long a day lasts: shorter, to live through one quickly", Unit: Seconds, Default: secondsADay, Low: 1, High: 1e8},
		},
		New: newDiurnal,
	})
}

const secondsADay = 24 * 3600

// diurnal is the rate over a day, in places that each have a share of the viewers
// and a clock of their own:
//
//	Σ share·w(day)·[1 + a₁·cos 2π(d − φ) + a₂·cos 4π(d − φ)]
//
// where d is the local time in days and φ that of the peak. Local time is the
// sun's, longitude/360 days ahead of UTC: what lies between it and the legal one
// is less than the doubt about φ. A country of several homes has the mean of
// their curves, a sum of cosines of the same periods, which is two cosines again;
// its weekends begin by its mean longitude. Where viewers live all around the
// earth the sum is flatter than any of its parts.
//
// Over a 720th of a day, 2 minutes, a parabola goes through the sum, off by less
// than 1e-7.
type diurnal struct {
	day     float64 // ns
	begins  float64 // days since monday 0:00 (UTC by region) at which the run begins
	weekend float64
	places  []local
	viewers *Viewers // nil: of one clock
	most    float64  // that any place's factor can be
}

// local is a place with one clock: cos 2πd and sin 2πd with d UTC since monday
// have these coefficients, those of 4πd the second two.
type local struct {
	share    float64 // of the viewers
	ahead    float64 // of UTC, days
	cos, sin [2]float64
}

func newDiurnal(cfg ShapeConfig, p Params) (Factor, error) {
	a := [2]float64{p["a1"], p["a2"]}
	if lowest(a) < 0 {
		return nil, wrong("a1 and a2", a[:], "less: "+errNegative.Error())
	}
	d := &diurnal{
		day: p["day"] * 1e9, begins: p["weekday"] + p["start"]/secondsADay, weekend: p["weekend"],
		most: (1 + a[0] + a[1]) * max(1, p["weekend"]),
	}
	peak := p["peak"] / secondsADay
	if p["by"] == 0 {
		d.places = []local{placeOf(1, []network.Home{{Share: 1}}, a, peak)}
		return d, nil
	}
	v, err := cfg.orDefault()
	if err != nil {
		return nil, err
	}
	d.viewers = v
	for i, code := range v.Countries() {
		homes := network.Homes(code)
		if len(homes) == 0 { // of no known place: Greenwich
			homes = []network.Home{{Share: 1}}
		}
		d.places = append(d.places, placeOf(v.shareOf(i), homes, a, peak))
	}
	return d, nil
}

// lowest is the least value of 1 + a₁·cos x + a₂·cos 2x, which with c = cos x is
// 1 − a₂ + a₁·c + 2·a₂·c²: at c = −a₁/4a₂ where that is a cosine, else at −1.
func lowest(a [2]float64) float64 {
	c := -1.0
	if a[0] < 4*a[1] {
		c = -a[0] / (4 * a[1])
	}
	return 1 - a[1] + a[0]*c + 2*a[1]*c*c
}

func placeOf(share float64, homes []network.Home, a [2]float64, peak float64) local {
	l := local{share: share}
	for _, h := range homes {
		ahead := h.Point.Lon / 360
		l.ahead += h.Share * ahead
		for k := range a {
			sin, cos := math.Sincos(2 * math.Pi * float64(k+1) * (ahead - peak))
			l.cos[k] += h.Share * a[k] * cos
			l.sin[k] -= h.Share * a[k] * sin
		}
	}
	return l
}

// moment is a time of day by its cosine and sine, and those of twice it.
type moment struct{ cos, sin, cos2, sin2 float64 }

func (d *diurnal) moment(at float64) moment {
	days := d.begins + at/d.day
	sin, cos := math.Sincos(2 * math.Pi * (days - math.Floor(days)))
	return moment{cos, sin, cos*cos - sin*sin, 2 * sin * cos}
}

// height is the place's factor at a time of a day of the week.
func (l *local) height(m *moment) float64 {
	return 1 + l.cos[0]*m.cos + l.sin[0]*m.sin + l.cos[1]*m.cos2 + l.sin[1]*m.sin2
}

// today is the factor of the day that it is in a place, at ns since the run began.
func (d *diurnal) today(l *local, at float64) float64 {
	if d.weekend == 1 {
		return 1
	}
	days := d.begins + at/d.day + l.ahead
	if days-7*math.Floor(days/7) >= 5 {
		return d.weekend
	}
	return 1
}

// Piece implements Factor.
func (d *diurnal) Piece(at time.Duration) Piece {
	const cells = 720
	cell := max(1, d.day/cells)
	end := d.midnight(at, nanoseconds((math.Floor(float64(at)/cell)+1)*cell))
	end = max(end, at+1)
	length := float64(end - at)
	moments := [3]moment{d.moment(float64(at)), d.moment(float64(at) + length/2), d.moment(float64(at) + length)}
	sums := [3]float64{}
	for i := range d.places {
		l := &d.places[i]
		weight := l.share * d.today(l, float64(at))
		for k := range sums {
			sums[k] += weight * l.height(&moments[k])
		}
	}
	p := through(sums[0], sums[1], sums[2], length)
	p.End = end
	return p
}

// midnight is the first midnight of a place after a moment and before the end, or
// the end: where weekends count, the factor may jump there.
func (d *diurnal) midnight(at, end time.Duration) time.Duration {
	if d.weekend == 1 {
		return end
	}
	for i := range d.places {
		ahead := d.begins + d.places[i].ahead
		next := nanoseconds(math.Ceil((math.Floor(float64(at)/d.day+ahead) + 1 - ahead) * d.day))
		if next > at {
			end = min(end, next)
		}
	}
	return end
}

// viewer draws one of the viewers as often as it is the time for: any of them,
// again until one stays who is kept with the share that the factor at his
// place has of the most that it could have.
func (d *diurnal) viewer(v *Viewers, at time.Duration, rng *rand.PCG) uint32 {
	m := d.moment(float64(at))
	for {
		who := v.any(rng)
		l := &d.places[v.CountryIndex(who)]
		if unit64(rng.Uint64())*d.most < l.height(&m)*d.today(l, float64(at)) {
			return who
		}
	}
}

// shareOf is a country's share of the viewers.
func (v *Viewers) shareOf(country int) float64 {
	if v.listed != nil {
		n := 0
		for i := range v.listed {
			if int(v.listed[i].country) == country {
				n++
			}
		}
		return float64(n) / float64(v.count)
	}
	end := v.count
	if country+1 < len(v.countries) {
		end = v.countries[country+1].viewers
	}
	return float64(end-v.countries[country].viewers) / float64(v.count)
}
