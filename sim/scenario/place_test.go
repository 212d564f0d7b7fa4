package scenario

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// nonsense is what no key, or hardly one, can have.
var nonsense = []string{"zz-zz", "-1", "0", "1e300", "nan", "99999999999999999999", "", "[]", "{a: b}", "[zz, -1]"}

// elsewhere are the settings that others refer to by what they say: what a change
// makes wrong is those.
var elsewhere = map[string]string{
	"edge.locations[2].code":             "network.table.JP",
	"distributions[0].aliases[0]":        "workload.sections[0].hosts[0]",
	"distributions[0].aliases[1]":        "workload.sections[1].hosts[0]",
	"workload.sections[0].name":          "workload.streams[0].sections[0]",
	"workload.sections[1].name":          "workload.streams[1].sections[0]",
	"workload.sections[2].name":          "workload.streams[1].sections[1]",
	"workload.sections[2].types[0].name": "workload.sections[2].recency.types[0].type",
	"origins.bucket.concurrency":         "origins.bucket.queue_limit",
	"network.bandwidth":                  "network.sigma",
	"workload.sections[2].recency.by":    "workload.sections[2].recency.types[0].within",
}

// Whatever nonsense any setting has, what is wrong is told in one line with the
// place and the path of that setting, or of what holds it.
func TestNonsenseInAnySettingHasItsPlace(t *testing.T) {
	for _, value := range nonsense {
		refused := 0
		eachLeaf(t, func(path string, leaf *node, try func() *fault) {
			bad, f := parseTree([]byte(value))
			if f != nil {
				t.Fatal(f)
			}
			place := leaf.at
			*leaf = *bad
			leaf.at = place
			if f = try(); f == nil {
				return
			}
			refused++
			text := f.in("example.yaml").Error()
			its := strings.HasPrefix(path, f.path) || strings.HasPrefix(f.path, path) || strings.HasPrefix(f.path, elsewhere[path]) && elsewhere[path] != ""
			if f.at.line == 0 || f.path == "" || !its || strings.Contains(text, "\n") || len(f.message) < 3 {
				t.Errorf("%s, line %d, is %q: %s", path, place.line, value, text)
			}
			if strings.HasPrefix(f.path, path) && f.at.line != place.line {
				t.Errorf("%s, line %d, is %q, and line %d is said to be wrong: %s", path, place.line, value, f.at.line, text)
			}
		})
		if refused < 150 {
			t.Errorf("%q is refused by %d settings alone", value, refused)
		}
	}
}

// What only making a stream finds out is told when the file is loaded, at the section
// or the stream that it is about.
func TestStreamsThatCannotBeMadeHaveTheirPlace(t *testing.T) {
	for _, row := range []struct{ old, new, want string }{
		{"- name: s", "- name: s\n      popularity: shot_noise\n      objects: 100", `:22:19: workload.sections[0].popularity: popularity "shot_noise": objects 100: they are born at 4 a second and kept for 24d…`},
		{"- name: s", "- name: s\n      popularity: \"shot_box:life=1h,requests=0.001\"", `:22:19: workload.sections[0].popularity: popularity "shot_box:life=1h,requests=0.001": 360000000 objects would be alive…`},
		{"  rate: 100/s", "  rate: 100/s\n  streams: [{kind: pages}]", `:20:20: workload.streams[0].kind: traffic "pages": …`},
		{"  rate: 100/s", "  rate: 100/s\n  streams: [{kind: independent}, {kind: video}]", `:20:41: workload.streams[1].kind: traffic "video": 1 section: want one of manifests…`},
		{"  rate: 100/s", "  closed: true\n  streams: [{kind: independent}]\n  arrivals: poisson", ""},
	} {
		file := filepath.Join(t.TempDir(), "f.yaml")
		if err := os.WriteFile(file, []byte(broken(t, row.old, row.new)), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Load(file)
		if row.want == "" && err != nil || row.want != "" && !isError(err, file+row.want) {
			t.Errorf("%q:\n got %v\nwant %s", row.new, err, row.want)
		}
	}
}

// eachLeaf gives every single value of the example, which do may change, and how to
// check the whole.
func eachLeaf(t *testing.T, do func(path string, leaf *node, try func() *fault)) {
	count := 0
	example, f := parseTree([]byte(Example))
	if f != nil {
		t.Fatal(f)
	}
	for i := 0; ; i++ {
		budget := maxNodes
		root, _ := example.clone(&budget)
		n := 0
		var walk func(path string, at *node) (string, *node)
		walk = func(path string, at *node) (string, *node) {
			if at.kind == scalar {
				if n++; n == i+1 {
					return path, at
				}
			}
			for j, item := range at.items {
				name := fmt.Sprintf("%s[%d]", path, j)
				if at.kind == mapping {
					name = path + "." + at.keys[j].name
				}
				if p, found := walk(name, item); found != nil {
					return p, found
				}
			}
			return "", nil
		}
		path, leaf := walk("", root)
		if leaf == nil {
			break
		}
		count++
		do(strings.TrimPrefix(path, "."), leaf, func() *fault {
			s := &Scenario{}
			if f := decode(root, s); f != nil {
				return f
			}
			s.source = &source{root: root, file: "example.yaml", text: []byte(Example)}
			s.hostsOfPreset()
			s.fill("example.yaml")
			return s.check()
		})
	}
	if count < 250 {
		t.Errorf("the example has %d values", count)
	}
}
