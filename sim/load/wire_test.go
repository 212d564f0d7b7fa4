package load

import (
	"strings"
	"testing"
)

func TestParts(t *testing.T) {
	for text, want := range map[string]string{"a:80:b": "a|80|b", "::c:1": "||c|1", "a:80:[::1]": "a|80|::1", "[::1]:1:[::2]:2": "::1|1|::2|2", "a": "a", "[a": ""} {
		if got := strings.Join(parts(text), "|"); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
