package policy

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Parse reads a policy as it is named on the command line and in scenarios: an
// order of leaving and, after a plus each, the rules of admission it is composed
// with (docs/adr/0026).
//
//	sieve
//	s3fifo:small=0.2,max=0.1
//	lru+bloom
//	sieve+size:max=1e6+prob:p=0.1
//
// It returns its kind, which is a kind of its own where there are rules, and the
// order's parameters as given, nil where there are none.
func Parse(spec string) (Kind, map[string]float64, error) {
	parts := SplitSpec(spec)
	name, text, given := strings.Cut(parts[0], ":")
	k, err := Find(name)
	if err != nil {
		return Kind{}, nil, err
	}
	params, err := k.parseParams(text, given)
	if err != nil {
		return Kind{}, nil, fmt.Errorf("policy %q: %w", spec, err)
	}
	gates, err := parseGates(parts[1:])
	if err != nil {
		return Kind{}, nil, fmt.Errorf("policy %q: %w", spec, err)
	}
	return compose(k, gates), params, nil
}

// SplitSpec takes spec apart at every plus but those of exponents, as in 1e+6:
// no name begins with a digit where a rule of admission stands.
func SplitSpec(spec string) (parts []string) {
	from := 0
	for i := range len(spec) {
		exponent := i+1 < len(spec) && spec[i+1] >= '0' && spec[i+1] <= '9'
		if spec[i] == '+' && !exponent {
			parts = append(parts, spec[from:i])
			from = i + 1
		}
	}
	return append(parts, spec[from:])
}

// parseGates reads the rules of admission of a spec.
func parseGates(parts []string) (gates []gate, err error) {
	for _, part := range parts {
		name, text, given := strings.Cut(part, ":")
		a, err := FindAdmission(name)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(gates, func(g gate) bool { return g.Name == a.Name }) {
			return nil, fmt.Errorf("admission %s is given twice", a.Name)
		}
		params, err := a.parseParams(text, given)
		if err != nil {
			return nil, err
		}
		gates = append(gates, gate{a, params})
	}
	return gates, nil
}

// parseParams reads "a=1,b=2", what stands after the colon if one was given.
func (k Kind) parseParams(text string, given bool) (map[string]float64, error) {
	if !given {
		return nil, nil
	}
	params := map[string]float64{}
	for _, part := range strings.Split(text, ",") {
		p, v, err := k.parseParam(part)
		if err != nil {
			return nil, err
		}
		if _, twice := params[p]; twice {
			return nil, fmt.Errorf("parameter %s is given twice", p)
		}
		params[p] = v
	}
	return params, nil
}

// ParseParams reads the parameters of a spec of kind k, which need not be one of
// the zoo's: "belady:bypass=0".
func (k Kind) ParseParams(spec string) (map[string]float64, error) {
	_, text, given := strings.Cut(spec, ":")
	params, err := k.parseParams(text, given)
	if err != nil {
		return nil, fmt.Errorf("policy %q: %w", spec, err)
	}
	return params, nil
}

// Make makes the policy that spec names, as Parse reads it; of c all but Params
// counts, which are the spec's.
func Make(spec string, c Config) (Policy, error) {
	k, params, err := Parse(spec)
	if err != nil {
		return nil, err
	}
	c.Params = params
	return k.New(c), nil
}

func (k Kind) parseParam(part string) (string, float64, error) {
	name, text, ok := strings.Cut(part, "=")
	if !ok {
		return "", 0, fmt.Errorf("%q is no parameter: it is written name=value", part)
	}
	p, err := k.param(name)
	if err != nil {
		return "", 0, err
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return "", 0, fmt.Errorf("%s=%q is not a number", name, text)
	}
	return name, v, p.check(v)
}

// param is the parameter of that name.
func (k Kind) param(name string) (Param, error) {
	var names []string
	for _, p := range k.Params {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	if len(names) == 0 {
		return Param{}, fmt.Errorf("%s takes no parameters, so not %q", k.Name, name)
	}
	return Param{}, fmt.Errorf("%s has no parameter %q%s: it has %s",
		k.Name, name, didYouMean(name, names), strings.Join(names, ", "))
}

// check is written so that NaN fails it.
func (p Param) check(v float64) error {
	if v >= p.Lowest && v <= p.Most {
		if p.Whole && v != math.Trunc(v) {
			return fmt.Errorf("%s=%v is not a whole number (%s)", p.Name, v, p.Usage)
		}
		return nil
	}
	return fmt.Errorf("%s=%v is out of bounds: from %v to %v (%s)", p.Name, v, p.Lowest, p.Most, p.Usage)
}

// didYouMean is " (did you mean …?)" with the name nearest to the one given, or
// nothing where none is near: more than half of the letters would change.
func didYouMean(given string, names []string) string {
	if len(given) > 64 {
		return ""
	}
	given = strings.ToLower(given)
	best, least := "", (len(given)+1)/2+1
	for _, n := range names {
		if d := distance(given, n); d < least {
			best, least = n, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

// distance is the number of bytes to insert, delete or exchange to make b of a
// (Levenshtein 1966), row by row.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			exchanged := diagonal
			if a[i] != b[j] {
				exchanged++
			}
			diagonal = row[j+1]
			row[j+1] = min(exchanged, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
