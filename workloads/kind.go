package workloads

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"edgesim/sim/nearest"
	"edgesim/sim/unit"
)

// A Kind is one way of doing something that has several: of arriving, of being
// popular, of making traffic. C is what each is made from, T what it makes. Its
// file registers it; lists, flags and the scenario's schema follow.
type Kind[C, T any] struct {
	Name   string // lower case, as on the command line and in scenarios
	Usage  string // what it is, in one line
	Params []Param
	New    func(cfg C, params Params) (T, error)
}

// Param is a setting of a kind, given after its name, as the two of
// mmpp:high=5,high_for=6s.
type Param struct {
	Name      string
	Usage     string // what it is, in one line
	Unit      Unit
	Default   float64 // in the unit's terms
	Low, High float64 // the values that it may have, both included

	Words []string // it is one of these, and its value the word's place; Unit, Low and High mean nothing then
}

// Unit is how a Param is written, and what the number then means.
type Unit int

const (
	Number    Unit = iota // 1.5
	Whole                 // 20
	Share                 // 5% or 0.05: 0.05
	Seconds               // 250ms, 30s, 7d: seconds
	Bytes                 // 16KiB, 1GB: bytes
	TimeOfDay             // 20:30: seconds since midnight
)

// Params are the values of a kind's settings by name, each in its unit's terms.
// All of them are there: what a spec leaves out has its default.
type Params map[string]float64

// Kinds is all kinds of doing one thing.
type Kinds[C, T any] struct {
	what string // "arrivals"
	list []Kind[C, T]
}

func (k *Kinds[C, T]) register(one Kind[C, T]) { k.list = append(k.list, one) }

// All lists the kinds by name.
func (k *Kinds[C, T]) All() []Kind[C, T] {
	list := slices.Clone(k.list)
	slices.SortFunc(list, func(a, b Kind[C, T]) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// Names are the kinds' names in order.
func (k *Kinds[C, T]) Names() (names []string) {
	for _, one := range k.All() {
		names = append(names, one.Name)
	}
	return names
}

// Parse reads a spec: a kind's name and, after a colon, settings with commas
// between them.
func (k *Kinds[C, T]) Parse(spec string) (Kind[C, T], Params, error) {
	name, rest, given := strings.Cut(spec, ":")
	at := slices.IndexFunc(k.list, func(one Kind[C, T]) bool { return one.Name == name })
	if at < 0 {
		return Kind[C, T]{}, nil, fmt.Errorf("unknown %s %q%s", k.what, name, nearest.DidYouMean(name, k.Names()))
	}
	params, err := parseParams(k.list[at].Params, rest, given)
	if err != nil {
		return Kind[C, T]{}, nil, fmt.Errorf("%s %q: %w", k.what, spec, err)
	}
	return k.list[at], params, nil
}

// New makes what spec names from cfg.
func (k *Kinds[C, T]) New(spec string, cfg C) (made T, err error) {
	kind, params, err := k.Parse(spec)
	if err != nil {
		return made, err
	}
	if made, err = kind.New(cfg, params); err != nil {
		return made, fmt.Errorf("%s %q: %w", k.what, spec, err)
	}
	return made, nil
}

func parseParams(known []Param, text string, given bool) (Params, error) {
	params := Params{}
	if given {
		for _, part := range strings.Split(text, ",") {
			p, value, err := parseParam(known, part)
			if err != nil {
				return nil, err
			}
			if _, twice := params[p.Name]; twice {
				return nil, fmt.Errorf("%s is given twice", p.Name)
			}
			params[p.Name] = value
		}
	}
	for _, p := range known {
		if _, ok := params[p.Name]; !ok {
			params[p.Name] = p.Default
		}
	}
	return params, nil
}

func parseParam(known []Param, part string) (Param, float64, error) {
	name, text, ok := strings.Cut(part, "=")
	if !ok {
		return Param{}, 0, fmt.Errorf("%q is no setting: it is written name=value", part)
	}
	at := slices.IndexFunc(known, func(p Param) bool { return p.Name == name })
	if at < 0 {
		return Param{}, 0, fmt.Errorf("there is no setting %q%s", name, nearest.DidYouMean(name, namesOf(known)))
	}
	p := known[at]
	if len(p.Words) > 0 {
		value, err := p.word(text)
		return p, value, err
	}
	value, err := p.Unit.parse(text)
	if err != nil {
		return p, 0, fmt.Errorf("%s: %w", name, err)
	}
	if !(value >= p.Low && value <= p.High) {
		return p, 0, fmt.Errorf("%s=%s: want %s to %s", name, text, p.Unit.Format(p.Low), p.Unit.Format(p.High))
	}
	return p, value, nil
}

// word is the place of a word.
func (p *Param) word(text string) (float64, error) {
	at := slices.Index(p.Words, text)
	if at < 0 {
		return 0, fmt.Errorf("%s=%s: want %s%s", p.Name, text, strings.Join(p.Words, ", "), nearest.DidYouMean(text, p.Words))
	}
	return float64(at), nil
}

// Format writes a value of the setting as it is given.
func (p *Param) Format(value float64) string {
	if len(p.Words) > 0 {
		return p.Words[int(value)]
	}
	return p.Unit.Format(value)
}

func namesOf(known []Param) (names []string) {
	for _, p := range known {
		names = append(names, p.Name)
	}
	return names
}

// parse reads a value.
func (u Unit) parse(text string) (float64, error) {
	switch u {
	case Share:
		var s unit.Share
		err := s.Set(text)
		return float64(s), err
	case Seconds:
		var d unit.Duration
		err := d.Set(text)
		return d.Std().Seconds(), err
	case Bytes:
		var s unit.Size
		err := s.Set(text)
		return float64(s), err
	case TimeOfDay:
		return parseTimeOfDay(text)
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || u == Whole && value != math.Trunc(value) {
		return 0, fmt.Errorf("%q: want %s", text, map[Unit]string{Number: "a number", Whole: "a whole number"}[u])
	}
	return value, nil
}

// Format writes a value as parse reads it.
func (u Unit) Format(value float64) string {
	switch u {
	case Share:
		return unit.Share(value).String()
	case Seconds:
		return unit.Duration(nanoseconds(value * 1e9)).String()
	case Bytes:
		return unit.Size(value).String()
	case TimeOfDay:
		minutes := int(math.Round(value / 60))
		return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60)
	}
	return fmt.Sprintf("%g", value)
}

// parseTimeOfDay reads hours and minutes, 00:00 to 24:00.
func parseTimeOfDay(text string) (float64, error) {
	hours, minutes, ok := strings.Cut(text, ":")
	h, err := strconv.ParseUint(hours, 10, 8)
	m, err2 := strconv.ParseUint(minutes, 10, 8)
	if !ok || err != nil || err2 != nil || m > 59 || h > 24 || len(minutes) != 2 {
		return 0, fmt.Errorf("%q: want a time of day, as 20:30", text)
	}
	return float64(h*3600 + m*60), nil
}
