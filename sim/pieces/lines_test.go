package pieces

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"edgesim/results"
	"edgesim/results/logs"
	"edgesim/results/logs/logtest"
	"edgesim/sim/fleet"
)

// desk is a server and a coordinator's connection to it.
func desk(t *testing.T) (*fleet.Server, *fleet.Conn) {
	t.Helper()
	srv, err := fleet.Serve(fleet.Serving{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	return srv, connected(t, srv)
}

func connected(t *testing.T, srv *fleet.Server) *fleet.Conn {
	t.Helper()
	c, err := fleet.Connect(t.Context(), fleet.Options{URL: srv.URL, Name: "test", Version: "v", Lease: time.Minute, Wait: time.Minute, Log: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// twoLogs are large enough not to go together.
func twoLogs(t *testing.T) (paths []string) {
	t.Helper()
	for i := range 2 {
		var text bytes.Buffer
		if err := logtest.Write(&text, uint64(i), 100, 1); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), fmt.Sprintf("%d.log", i))
		if err := os.WriteFile(path, append(text.Bytes(), bytes.Repeat([]byte("\n"), 40<<20)...), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// A piece whose data is lost is set aside after three tries; the other logs are read,
// and what is missing is said.
func TestLogsThatNoWorkerCanReadAreLeftOut(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for three failures")
	}
	srv, c := desk(t)
	o := logs.Options{Files: twoLogs(t), Names: results.NewNames(time.Unix(0, 0).UTC())}
	plan, err := logs.NewPlan(o)
	if err != nil {
		t.Fatal(err)
	}
	job, err := fleet.Open(t.Context(), c, fleet.About{ID: "logs"})
	if err != nil {
		t.Fatal(err)
	}
	defer job.Close(true)
	l := Logs{Conn: c, Job: job, Plan: plan}
	var first fleet.Piece
	for b, err := range plan.Bundles(t.Context()) {
		if err == nil {
			first, err = l.lay(t.Context(), b, l.Lines)
		}
		if err == nil {
			err = job.Ask(t.Context(), first)
		}
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	lose(t, srv, first.Data[0])
	w := fleet.Worker{Conn: connected(t, srv), Name: "w", Slots: 1, Cache: t.TempDir()}
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan error)
	go func() { over <- w.Run(ctx) }()
	defer func() { cancel(); <-over }()

	if _, err := job.Do(t.Context(), first); !errors.As(err, new(fleet.SetAside)) {
		t.Fatalf("error %v; right is that it was set aside", err)
	}
	n := 0
	d, err := l.Read(t.Context(), func(recs []results.Record) { n += len(recs) })
	if left := LeftOut(0); !errors.As(err, &left) || left != 1 || n != 100 {
		t.Errorf("%d records, error %v; right are 100, and one piece left out", n, err)
	}
	if said := strings.Join(d.Said, "\n"); !strings.Contains(said, "0.log: bytes 0 to") || d.Files != 2 {
		t.Errorf("%d files, said: %s", d.Files, said)
	}
}

// lose removes a blob from the server.
func lose(t *testing.T, srv *fleet.Server, hash string) {
	t.Helper()
	nc, err := nats.Connect(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	store, err := js.ObjectStore(t.Context(), "edgesim_data")
	if err == nil {
		err = store.Delete(t.Context(), hash)
	}
	if err != nil {
		t.Fatal(err)
	}
}
