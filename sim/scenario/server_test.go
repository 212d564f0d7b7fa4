package scenario

import (
	"slices"
	"strings"
	"testing"
	"time"
)

const aServer = `
origins: {a: {url: http://127.0.0.1:1}}
distributions: [{id: E1, domain: d.net, default: {origin: a}}]
`

func TestSettingsOfAServer(t *testing.T) {
	for text, want := range map[string]string{
		"listen: ':80'":                     "",
		"edge: {locations: [{code: FRA1}]}": `f.yaml:1:19: edge.locations: a server is one edge location: give its code as location`,
		"admin: ':9090'\naccess_log: {dir: logs, prefix: a/b., every: 5m, max_size: 1MiB, cookies: true}": "",
		"limits: {header: 64KiB, body: 10MiB, idle: 5s, write: 5s, conns: 10}":                            "",
		"listen: '80'":                       `f.yaml:1:9: listen: "80": want host:port, or :port for every address`,
		"admin: here":                        `f.yaml:1:8: admin: "here": want host:port, or :port for every address`,
		"grace: -1s":                         `f.yaml:1:8: grace: `,
		"access_log: {file: a, dir: b}":      `f.yaml:1:28: access_log.dir: there is a file already: want one of the two`,
		"access_log: {file: a, prefix: b}":   `f.yaml:1:14: access_log: prefix, every and max_size are for files in a dir, which is missing`,
		"access_log: {dir: a, prefix: ../b}": `f.yaml:1:30: access_log.prefix: "../b" leads out of the folder`,
		"access_log: {dir: a, every: 2h}":    `f.yaml:1:29: access_log.every: 2h: want 1s to 1h`,
		"access_log: {dir: a, max_size: 1B}": `f.yaml:1:32: access_log.max_size: 1: want at least 64KiB`,
		"limits: {header: 1B}":               `f.yaml:1:18: limits.header: 1: want 1KiB to 16MiB`,
		"limits: {url: 8KiB, fields: 100, header_time: 5s, body_time: 5s, min_rate: 1KiB, per_address: 10}": "",
		"limits: {url: 1B}":         `f.yaml:1:15: limits.url: 1: want 64B to 16MiB`,
		"limits: {per_address: -1}": `f.yaml:1:23: limits.per_address: -1: want at least 1, or 0 for no limit`,
		"limits: {conns: -1}":       `f.yaml:1:17: limits.conns: -1: want at least 1, or 0 for the default`,
		"limits: {connz: 1}":        `f.yaml:1:10: limits.connz: unknown key`,
	} {
		_, err := ParseConfig("f.yaml", []byte(text+aServer))
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%s:\n got %v\nwant %s", text, err, want)
		}
	}
}

func TestDefaultsOfAServer(t *testing.T) {
	c, err := ParseConfig("f.yaml", []byte(aServer))
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:8080" || c.Admin != "" || c.Grace.Std() != 30*time.Second {
		t.Errorf("%+v", c)
	}
}

// TestRestarts: what a running server takes over needs no restart, all else does.
func TestRestarts(t *testing.T) {
	read := func(text string) *Config {
		c, err := ParseConfig("f.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	before := read(aServer)
	for text, want := range map[string][]string{
		aServer: nil,
		strings.NewReplacer(":1}", ":2}", "E1", "E2").Replace(aServer):                  nil,
		"tls: {certificates: [{cert: a, key: b}]}" + aServer:                            nil,
		"edge: {capacity: 1MiB, shards: 2}" + aServer:                                   {"edge.capacity", "edge.shards"},
		"listen: ':81'\ngrace: 1s\nlimits: {idle: 5s}\ntls: {listen: ':443'}" + aServer: {"listen", "tls.listen", "limits.idle", "grace"},
		"access_log: {dir: a, every: 5m}\norigin_groups: {g: {members: [a, b]}}" + strings.Replace(aServer, "{a: ", "{b: {url: http://127.0.0.1:2}, a: ", 1): {"access_log.dir", "access_log.every"},
	} {
		if got := before.Restarts(read(text)); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
