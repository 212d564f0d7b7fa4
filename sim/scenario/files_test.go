package scenario

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A scenario that came from elsewhere reads no file but those that came with it.
func TestFilesThatDidNotComeAreNotRead(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret.csv")
	if err := os.WriteFile(secret, []byte("from,to,ms\nDE,FRA,3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const head = "origins: {a: {kind: bucket}}\ndistributions: [{id: E1, domain: a.example, default: {origin: a}}]\n"
	for name, text := range map[string]string{
		"replay": head + "workload: {rate: 10/s, replay: {file: " + secret + "}}\nduration: 10s\n",
		"matrix": head + "network: {matrix: " + secret + "}\nduration: 10s\nworkload: {rate: 10/s, sections: [{name: s, hosts: [a.example], objects: 10}]}\n",
	} {
		for _, files := range []Files{nil, {"other": secret}} {
			_, err := ParseFiles("s.yaml", []byte(text), files)
			if err == nil || !strings.Contains(err.Error(), "that file is not here") {
				t.Errorf("%s: %v", name, err)
			}
		}
		s, err := ParseFiles("s.yaml", []byte(text), Files{secret: secret})
		if name == "matrix" && err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && s.Names()[secret] != secret {
			t.Errorf("%s names %v", name, s.Names())
		}
	}
}
