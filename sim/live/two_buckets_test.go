package live

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/sim/scenario"
)

// two sets the stage of two-buckets and returns a way to ask for the most
// popular object of a section under a host name.
func two(t *testing.T) func(host string, object uint64) (body, xcache string) {
	t.Helper()
	s, err := scenario.Load("two-buckets")
	if err != nil {
		t.Fatal(err)
	}
	crowd, err := s.Crowd()
	if err != nil {
		t.Fatal(err)
	}
	st, err := setUp(s, crowd, results.NewNames(time.Now()), nil, time.Now(), loopback{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := st.tearDown(ctx); err != nil {
			t.Error(err)
		}
	})
	return func(host string, object uint64) (string, string) {
		path := crowd.Catalog.AppendPath(nil, object)
		req, _ := http.NewRequest("GET", "http://"+st.addrs[0]+string(path), nil)
		req.Host = host
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != 200 {
			t.Fatalf("%s%s: %d, %v", host, path, res.StatusCode, err)
		}
		http.DefaultClient.CloseIdleConnections()
		return string(b), res.Header.Get("X-Cache")
	}
}

func TestAliasesShareAndDistributionsDoNot(t *testing.T) {
	get := two(t)
	image, how := get("images.example.com", 0)
	if how != "Miss from cloudfront" {
		t.Errorf("the first request: %s", how)
	}
	alias, how := get("cdn.example.com", 0)
	if how != "Hit from cloudfront" || alias != image {
		t.Errorf("the alias: %s, same bytes %v", how, alias == image)
	}
	other, how := get("download.example.com", 0)
	if how != "Miss from cloudfront" || other == image {
		t.Errorf("the same path in the other distribution: %s, same bytes %v", how, other == image)
	}
}
