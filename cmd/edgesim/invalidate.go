package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/spf13/pflag"
)

var invalidateCommand = command{
	name:     "invalidate",
	synopsis: "PATH… [--admin ADDR] [--distribution ID]",
	about:    "remove paths from the cache of a running server",
	long: `Asks the admin listener of ` + "`edgesim serve`" + ` to remove what is cached under each
PATH: the next request for it is a miss. A path begins with a slash and stands
for itself, with its query where that is part of the cache key; a star as its
last character stands for any rest, slashes and queries too. Case counts. All
variants by header and cookie go, errors too. A server that removes nothing
because nothing is there has done what was asked.

Examples:
  edgesim serve --config edge.yaml --admin 127.0.0.1:9090 &
  edgesim invalidate /index.html '/images/*'
  edgesim invalidate --distribution E2EXAMPLE1IMGS '/*'
`,
	prepare: func(f *pflag.FlagSet) action {
		o := invalidateOptions{}
		f.StringVar(&o.admin, "admin", "127.0.0.1:9090", "address of the server's admin listener")
		f.StringVar(&o.distribution, "distribution", "", "id of the distribution (default the only one)")
		f.BoolVar(&o.json, "json", false, "print what the server answers")
		f.DurationVar(&o.timeout, "timeout", time.Minute, "how long to wait for the server")
		return o.run
	},
}

type invalidateOptions struct {
	admin, distribution string
	json                bool
	timeout             time.Duration
}

func (o *invalidateOptions) run(e *env, args []string) error {
	if len(args) == 0 {
		return usagef("which paths? Write one such as /index.html, '/images/*' or '/*' for everything")
	}
	host, port, err := net.SplitHostPort(o.admin)
	if err != nil {
		return usagef("--admin %q: right is host:port, as 127.0.0.1:9090", o.admin)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	asked, err := json.Marshal(map[string]any{"distribution": o.distribution, "paths": args})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(e.ctx, o.timeout)
	defer cancel()
	status, text, err := post(ctx, "http://"+net.JoinHostPort(host, port)+"/invalidate", asked)
	if err != nil {
		return fmt.Errorf("--admin %s: %w", o.admin, err)
	}
	return o.tell(e, status, text)
}

func post(ctx context.Context, url string, body []byte) (status int, text []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	text, err = io.ReadAll(io.LimitReader(res.Body, 16<<20))
	return res.StatusCode, text, err
}

// tell prints what came of it. What the server finds wrong with the request is
// the caller's mistake.
func (o *invalidateOptions) tell(e *env, status int, text []byte) error {
	if status != http.StatusOK {
		var wrong struct{ Error string }
		if json.Unmarshal(text, &wrong) != nil || wrong.Error == "" {
			return fmt.Errorf("--admin %s answers %d: is that an admin listener of edgesim serve?", o.admin, status)
		}
		if status == http.StatusBadRequest {
			return usagef("%s", wrong.Error)
		}
		return fmt.Errorf("the server answers %d: %s", status, wrong.Error)
	}
	var i invalidation
	if err := json.Unmarshal(text, &i); err != nil || i.ID == "" {
		return fmt.Errorf("--admin %s: the answer is none of edgesim serve: %.200s", o.admin, text)
	}
	if o.json {
		_, err := e.stdout.Write(text)
		return err
	}
	_, err := fmt.Fprintf(e.stdout, "%s  %s: %d objects removed in %v\n", i.ID, i.Status, i.Removed,
		time.Duration(i.Took*float64(time.Second)).Round(time.Microsecond))
	return err
}
