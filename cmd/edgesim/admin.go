package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"strings"
	"time"
)

// admin is the listener for those who run the server. What it serves can empty
// the cache, so it is for this machine unless told otherwise, and believes no
// browser that was led here by another site: the Host must be this machine
// (DNS rebinding), and what changes something must be posted as JSON, which
// another site cannot do unasked (CSRF).
type admin struct {
	s      *server
	ln     net.Listener
	http   *http.Server
	anyone bool
	past   invalidations
	face   *face
	leave  context.CancelFunc // what is being sent to those who follow ends
}

// newAdmin listens on addr; nil without one.
func newAdmin(s *server, addr string, anyone bool) (*admin, error) {
	if addr == "" {
		return nil, nil
	}
	addr, err := adminAddr(addr, anyone)
	if err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, usagef("--admin %s: %v", addr, err)
	}
	a := &admin{s: s, ln: ln, anyone: anyone}
	return a, nil
}

// adminAddr is the address to listen on: loopback where no host is given.
func adminAddr(text string, anyone bool) (string, error) {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return "", usagef("--admin %q: right is a port, as :9090, or host:port", text)
	}
	host = cmp.Or(host, "127.0.0.1")
	if !anyone && !isLoopback(host) {
		return "", usagef("--admin %s: other machines could reach it and change the cache; right is :%s, or --admin-anyone as well", text, port)
	}
	return net.JoinHostPort(host, port), nil
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

func (a *admin) routes() http.Handler {
	mux := http.NewServeMux()
	a.face.routes(mux)
	mux.HandleFunc("GET /health", a.health)
	mux.HandleFunc("GET /metrics", a.metrics)
	mux.HandleFunc("GET /cache", a.cache)
	mux.HandleFunc("GET /flights", a.flights)
	mux.HandleFunc("GET /config", a.config)
	mux.HandleFunc("GET /invalidate", a.invalidated)
	mux.HandleFunc("POST /invalidate", a.invalidate)
	mux.HandleFunc("POST /reload", a.reload)
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// guard refuses what another web site could have made a browser send.
func guard(next http.Handler, anyone bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		site := r.Header.Get("Sec-Fetch-Site")
		switch {
		case !anyone && !isLoopback(strings.Trim(host, "[]")):
			complain(w, http.StatusForbidden, fmt.Errorf("host %q is not this machine", r.Host))
		case site == "cross-site" || site == "same-site":
			complain(w, http.StatusForbidden, errors.New("another site's page asks"))
		case r.Method == http.MethodPost && kind != "application/json":
			complain(w, http.StatusUnsupportedMediaType, errors.New("post it with Content-Type: application/json"))
		default:
			r.Body = http.MaxBytesReader(w, r.Body, 16<<20)
			next.ServeHTTP(w, r)
		}
	})
}

// begin makes ready to serve what the books keep.
func (a *admin) begin(b *books) {
	ctx, leave := context.WithCancel(context.Background())
	a.leave, a.face = leave, newFace(ctx, servedPages{a.s, b.ledger})
	a.http = adminServer(a.routes(), a.anyone)
}

func adminServer(routes http.Handler, anyone bool) *http.Server {
	return &http.Server{Handler: guard(routes, anyone), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}
}

func (a *admin) serve() error {
	err := a.http.Serve(a.ln)
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// close gives who asks at the end a moment to get the answer.
func (a *admin) close() {
	a.leave()
	shutDown(a.http)
}

func shutDown(s *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if s.Shutdown(ctx) != nil {
		s.Close()
	}
}

func (a *admin) health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if a.s.finishing.Load() {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, "finishing")
		return
	}
	fmt.Fprintln(w, "ok")
}

func (a *admin) reload(w http.ResponseWriter, _ *http.Request) {
	if err := a.s.reload(); err != nil {
		complain(w, http.StatusUnprocessableEntity, err)
		return
	}
	answer(w, a.s.standing())
}

// answer sends v as JSON.
func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(v) // a client that is gone wants no error either
}

func complain(w http.ResponseWriter, status int, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": err.Error()})
}
