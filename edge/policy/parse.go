package policy

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Parse reads a policy as it is named on the command line and in scenarios:
//
//	sieve
//	s3fifo:small=0.2,max=0.1
//
// and returns its kind and the parameters given, nil where there are none.
func Parse(spec string) (Kind, map[string]float64, error) {
	name, rest, given := strings.Cut(spec, ":")
	k, err := Find(name)
	if err != nil {
		return Kind{}, nil, err
	}
	if !given {
		return k, nil, nil
	}
	params := map[string]float64{}
	for _, part := range strings.Split(rest, ",") {
		p, v, err := k.parseParam(part)
		if err != nil {
			return Kind{}, nil, fmt.Errorf("policy %q: %w", spec, err)
		}
		if _, twice := params[p]; twice {
			return Kind{}, nil, fmt.Errorf("policy %q: parameter %s is given twice", spec, p)
		}
		params[p] = v
	}
	return k, params, nil
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
