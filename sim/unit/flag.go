package unit

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// numbers are the types of flags that have numbers of Go's own, and what is right
// for them.
var numbers = map[string]string{
	"int": "a whole number", "int64": "a whole number", "uint": "a whole number from 0 on",
	"uint64": "a whole number from 0 on", "float64": "a number, as 0.9", "bool": "true or false",
}

// FlagFault says in one line which flag cannot have the value that it was given, and
// what would be right: in the value's own words, or, of a number, in ours. Of other
// errors it is their first line.
func FlagFault(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	bad := (*pflag.InvalidValueError)(nil)
	if !errors.As(err, &bad) {
		return line
	}
	name := bad.GetFlag().Name
	if right, ok := numbers[bad.GetFlag().Value.Type()]; ok && errors.As(err, new(*strconv.NumError)) {
		return fmt.Sprintf("--%s %q: right is %s", name, bad.GetValue(), right)
	}
	return fmt.Sprintf("--%s: %v", name, bad.Unwrap())
}

// SayDefaultOnce keeps a list of flags from telling a default that is none, or that
// the flag's own words tell.
func SayDefaultOnce(f *pflag.Flag) {
	// Of a number of Go's own 0 is left out by pflag, which an empty default is not.
	if strings.Contains(f.Usage, "(default ") && f.DefValue != "0" || none[f.DefValue] {
		f.DefValue = ""
	}
}

// none are the quantities by which a flag is not given.
var none = map[string]bool{"0s": true, "0%": true, "0/s": true}
