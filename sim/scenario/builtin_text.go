package scenario

import (
	"edgesim/sim/nearest"
	"fmt"
)

// BuiltinText is the YAML of a built-in scenario, comments included, or of
// Example under the name "example".
func BuiltinText(name string) (string, error) {
	if name == "example" {
		return Example, nil
	}
	text, err := builtins.ReadFile("builtin/" + name + ".yaml")
	if err != nil {
		return "", fmt.Errorf("no built-in scenario %q%s", name, nearest.DidYouMean(name, builtinNames()))
	}
	return string(text), nil
}
