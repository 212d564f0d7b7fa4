package pieces

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"edgesim/sim/fleet"
	"edgesim/sim/load"
	"edgesim/sim/scenario"
	"edgesim/sim/unit"
)

// What comes from the wire names no file of the worker's: a scenario that is handed in
// replays what came with it, and nothing that lies here.
func TestLoadReadsNoFileOfTheWorkers(t *testing.T) {
	srv, err := fleet.Serve(fleet.Serving{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	c, err := fleet.Connect(t.Context(), fleet.Options{URL: srv.URL, Version: "v1"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan struct{})
	w := &fleet.Worker{Conn: c, Name: "w", Slots: 1, Cache: filepath.Join(t.TempDir(), "cache")}
	go func() { defer close(over); _ = w.Run(ctx) }()
	defer func() { stop(); <-over }()
	j, err := fleet.Open(t.Context(), c, fleet.About{ID: "hostile"})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close(false)
	secret := filepath.Join(t.TempDir(), "secret.csv")
	if err := os.WriteFile(secret, []byte("time,id,size\nsesame,1,1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const head = "origins: {a: {kind: bucket}}\ndistributions: [{id: E1, domain: a.example, default: {origin: a}}]\n"
	replay := head + "workload: {rate: 10/s, replay: {file: " + secret + "}}\nduration: 10s\n"
	matrix := head + "network: {matrix: " + secret + "}\nduration: 10s\nworkload: {rate: 10/s, sections: [{name: s, hosts: [a.example], objects: 10}]}\n"
	options := load.Options{URLs: []string{"http://127.0.0.1:1"}, Connections: 1, Objects: 1, Popularity: "zipf", Arrivals: "poisson", Timeout: unit.Duration(time.Second),
		Rate: unit.Schedule{Rate: 1}, Speed: 1, Method: "GET", Given: []string{"connections"}}
	for _, c2 := range []struct {
		name, text string
		files      []string // beside the scenario's text, each with the text of a scenario
		names      []string
		want       string
	}{
		{"replay", replay, nil, nil, "secret.csv: that file is not here"},
		{"replay, another file", replay, []string{namedFile}, []string{"other.csv"}, "secret.csv: that file is not here"},
		{"matrix", matrix, nil, nil, "secret.csv: that file is not here"},
		{"a file without a name", replay, []string{namedFile}, nil, `a file that is a "named"`},
		{"a kind of file that is none", replay, []string{secret}, nil, "a file that is a "},
	} {
		hash, err := c.PutBytes(t.Context(), []byte(c2.text))
		if err != nil {
			t.Fatal(err)
		}
		l := Load{Options: options, Share: 1, Of: 1, Files: append([]string{scenarioFile}, c2.files...), Names: c2.names}
		data := []string{hash, hash}[:len(l.Files)]
		got, err := fleet.Ask[json.RawMessage](t.Context(), j, loadKind, l, data...)
		if err == nil || !strings.Contains(err.Error(), c2.want) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %s, %v; want %s", c2.name, got, err, c2.want)
		}
	}
}

// A scenario that tells who the viewers in a log are reads what came with the piece, and
// nothing that lies here: its countries are told of them, as of addresses from nowhere.
func TestViewersAreToldByNoFileOfTheWorkers(t *testing.T) {
	file := filepath.Join(t.TempDir(), "viewers.csv")
	if err := os.WriteFile(file, []byte("time,id,size,viewer\n0,a,1,192.0.2.1\n1,b,1,192.0.2.2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const head = "origins: {a: {kind: bucket}}\ndistributions: [{id: E1, domain: a.example, default: {origin: a}}]\n"
	text := head + "workload: {replay: {file: " + file + "}}\n"
	files, format, err := NamedIn(text)
	if err != nil || format != "csv" || len(files) != 1 || files[file] != file {
		t.Fatalf("%v of %q, %v", files, format, err)
	}
	for _, c := range []struct {
		files scenario.Files
		knows bool
	}{{files, true}, {nil, false}, {scenario.Files{"other": file}, false}} {
		at, err := Locate(nil).Or(text, c.files, format)
		if err != nil || (at != nil) != c.knows {
			t.Errorf("with %v: %v, %v", c.files, at != nil, err)
		}
	}
}
