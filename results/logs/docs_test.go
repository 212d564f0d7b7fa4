package logs

import (
	"os"
	"strings"
	"testing"
)

// docs/logs.md says every format, every value that is read of a server's line,
// and every word of a cache.
func TestDocsSayWhatIsRead(t *testing.T) {
	b, err := os.ReadFile("../../docs/logs.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := strings.ToLower(string(b))
	want := func(what, word string) {
		if !strings.Contains(doc, strings.ToLower(word)) {
			t.Errorf("docs/logs.md does not say the %s %s", what, word)
		}
	}
	for _, f := range Formats() {
		want("format", "| `"+f.Name+"` |")
	}
	for name := range nginxReadings {
		want("variable", "$"+name)
	}
	for letter := range apacheLetters {
		want("letter", "%"+letter)
	}
	for name := range apacheArguments {
		want("value", strings.Fields(name)[0])
	}
	cloudFronts := map[string]bool{"originshieldhit": true, "limitexceeded": true, "capacityexceeded": true, "lambdaexecutionerror": true}
	for word := range cacheWords {
		if !cloudFronts[word] {
			want("cache's word", word)
		}
	}
	for _, s := range apacheSays {
		want("cache's words", s.begins)
	}
}
