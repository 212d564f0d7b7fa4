package behavior

import (
	"fmt"
	"math/bits"
	"strings"

	"edgesim/results"
)

// Methods is a set of request methods, one bit each.
type Methods uint16

// The three sets that CloudFront lets a behavior allow, and everything.
const (
	ReadMethods  Methods = 1<<results.GET | 1<<results.HEAD
	ReadOptions          = ReadMethods | 1<<results.OPTIONS
	WriteMethods         = ReadOptions | 1<<results.PUT | 1<<results.POST | 1<<results.PATCH | 1<<results.DELETE
	AnyMethod            = WriteMethods | 1<<results.OtherMethod
)

// Has reports whether m is in the set; methods without a name of their own
// are results.OtherMethod.
func (s Methods) Has(m results.Method) bool { return s>>m&1 != 0 }

// ParseMethods reads method names as they stand in a request line. "*" alone
// stands for every method there is.
func ParseMethods(names []string) (Methods, error) {
	var s Methods
	for _, name := range names {
		m := results.MethodOf([]byte(name))
		switch {
		case name == "*" && len(names) == 1:
			return AnyMethod, nil
		case m == results.OtherMethod:
			return 0, fmt.Errorf("unknown method %q: write GET, HEAD, OPTIONS, PUT, POST, PATCH or DELETE, or \"*\" alone for all", name)
		}
		s |= 1 << m
	}
	return s, nil
}

// Names lists the methods of the set, in results' order.
func (s Methods) Names() []string {
	names := make([]string, 0, bits.OnesCount16(uint16(s)))
	for m := range results.Methods {
		if s.Has(m) {
			names = append(names, m.String())
		}
	}
	return names
}

func (s Methods) String() string { return strings.Join(s.Names(), ",") }
