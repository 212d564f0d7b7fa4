package player

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/sim/origin"
	"edgesim/workloads"
)

// asks makes one request after the other on one connection, and lets answer say
// what comes.
func asks(t *testing.T, cfg Config, answer http.HandlerFunc, reqs ...workloads.Request) played {
	t.Helper()
	s := httptest.NewServer(answer)
	defer s.Close()
	cfg.Source, cfg.Connections, cfg.Target = workloads.FromSlice(reqs), 1, strings.TrimPrefix(s.URL, "http://")
	got := play(t, context.Background(), cfg)
	slices.SortFunc(got.recs, func(a, b results.Record) int { return cmp.Compare(a.ID, b.ID) })
	return got
}

// A viewer who asks conditionally has the tag that was seen last; before one was
// seen there is none. A 304 is a success (RFC 9110 §13.1.2, §15.4.5).
func TestConditionalRequestsCarryTheTagLastSeen(t *testing.T) {
	var seen []string
	tag := `"one"`
	got := asks(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		has := r.Header.Get("If-None-Match")
		seen = append(seen, has)
		w.Header().Set("ETag", tag)
		if has == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		io.WriteString(w, "body")
		if len(seen) == 3 {
			tag = `W/"two"`
		}
	}, workloads.Request{Conditional: true}, workloads.Request{Object: 1}, workloads.Request{}, workloads.Request{Conditional: true},
		workloads.Request{Conditional: true}, workloads.Request{Object: 1, Conditional: true}, workloads.Request{Object: 2, Conditional: true}, workloads.Request{})
	want := []string{"", "", "", `"one"`, `W/"two"`, `"one"`, "", ""}
	for i := range want {
		if seen[i] != want[i] {
			t.Errorf("request %d had %q, want %q", i+1, seen[i], want[i])
		}
	}
	if got.Failed() != 0 || got.recs[4].Status != 304 || got.recs[4].BodyBytes != 0 || got.recs[3].Status != 200 {
		for _, r := range got.recs {
			t.Errorf("request %d: status %d, body %d", r.ID, r.Status, r.BodyBytes)
		}
	}
}

// Of a simulated origin the tag is worked out.
func TestConditionalRequestsCarryTheTagOfTheMoment(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]int{}
	cat := smallCatalog(t)
	asks(t, Config{Catalog: cat, Copy: func(object uint64, at time.Duration) (uint64, uint64) { return object + 9, uint64(at) }},
		func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			seen[r.Header.Get("If-None-Match")]++
		}, workloads.Request{Conditional: true, Object: 3, At: 7}, workloads.Request{Object: 4, At: 8})
	if seen[string(origin.AppendETag(nil, 12, 7))] != 1 || seen[""] != 1 {
		t.Errorf("%v", seen)
	}
}

// A 304 that nobody asked for has no body and is no answer; one about another
// object is wrong.
func TestWrong304s(t *testing.T) {
	cat := smallCatalog(t)
	unasked := func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNotModified) }
	wantOnly(t, asks(t, Config{}, unasked, workloads.Request{}).Outcome, results.FaultMalformed, 1)
	other := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", string(origin.AppendETag(nil, 77, 0)))
		w.WriteHeader(http.StatusNotModified)
	}
	got := asks(t, Config{Catalog: cat, Verify: true, Copy: func(uint64, time.Duration) (uint64, uint64) { return 1, 1 }},
		other, workloads.Request{Conditional: true})
	wantOnly(t, got.Outcome, results.FaultBody, 1)
	if !got.recs[0].Flags.Has(results.Unverified) {
		t.Error("the record is not flagged")
	}
}

// Content goes with the methods that have any, in whatever pieces; the bytes are
// in the record.
func TestContentOfRequests(t *testing.T) {
	for _, c := range []struct {
		method workloads.Method
		size   uint32
		want   int64
	}{{workloads.POST, 5, 5}, {workloads.PUT, 100_000, 100_000}, {workloads.PATCH, 0, 0}, {workloads.GET, 5, 0}, {workloads.POST, 32 << 10, 32 << 10}} {
		var came, announced int64
		got := asks(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
			announced = r.ContentLength
			came, _ = io.Copy(io.Discard, r.Body)
		}, workloads.Request{Method: c.method, Body: c.size}, workloads.Request{})
		if c.method != workloads.GET && c.want > 0 && (came != 0 || announced != 0) { // the second request's
			t.Errorf("%d bytes came with the GET that followed", came)
		}
		if n := got.recs[0].BytesIn - got.recs[1].BytesIn; n < c.want || n > c.want+60 || got.Done != 2 {
			t.Errorf("method %d with %d bytes: the record has %d more than a GET has, %+v", c.method, c.size, n, got.Outcome)
		}
	}
}

// A server may refuse content before it has come (RFC 9112 §9.3): its answer
// counts, and the connection is not used again.
func TestContentRefusedEarly(t *testing.T) {
	got := asks(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.Header().Set("Connection", "close")
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		}
	}, workloads.Request{Method: workloads.POST, Body: 3 << 20}, workloads.Request{})
	if got.recs[1].Status != 200 || got.recs[0].Status != 413 && got.recs[0].Status != 0 {
		t.Errorf("statuses %d, %d; %v", got.recs[0].Status, got.recs[1].Status, got.Errors)
	}
}
