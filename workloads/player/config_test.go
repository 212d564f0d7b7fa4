package player

import (
	"strings"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/workloads"
)

func TestConfigErrorsNameTheField(t *testing.T) {
	cat := smallCatalog(t)
	for field, spoil := range map[string]func(*Config){
		"Source":                func(c *Config) { c.Source = nil },
		"Catalog":               func(c *Config) { c.Catalog = nil },
		"Scheme":                func(c *Config) { c.Scheme = "ftp" },
		"Connections":           func(c *Config) { c.Connections = -1 },
		"BasePath":              func(c *Config) { c.BasePath = "static" },
		"OnePath":               func(c *Config) { c.OnePath = "/a b" },
		"Verify":                func(c *Config) { c.OnePath, c.Verify = "/a", true },
		"HostHeader":            func(c *Config) { c.HostHeader = "a\r\nb: c" },
		"Names":                 func(c *Config) { c.Recorder = results.NewRecorder(1) },
		"Target":                func(c *Config) { c.Target = "example.com" },
		"Hosts":                 func(c *Config) { c.Hosts = []string{"a", "b"} },
		"SlowShare":             func(c *Config) { c.SlowShare = 0.5 },
		"Think":                 func(c *Config) { c.Think = time.Second },
		"header Content-Length": func(c *Config) { c.Headers = []Header{{"content-length", "1"}} },
		"header \"a b\"":        func(c *Config) { c.Headers = []Header{{"a b", "1"}} },
		"header X":              func(c *Config) { c.Headers = []Header{{"X", "1\r\nY: 2"}} },
		"Timeout":               func(c *Config) { c.Timeout = -time.Second },
		"Warmup":                func(c *Config) { c.Warmup = -1 },
		"Distributions": func(c *Config) {
			c.Distributions = make([]uint16, 2)
		},
	} {
		c := Config{Target: "a:80", Source: workloads.FromSlice(nil), Catalog: cat}
		if _, err := New(c); err != nil {
			t.Fatal(err)
		}
		spoil(&c)
		if _, err := New(c); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("a bad %s gives the error %v", field, err)
		}
	}
}
