//go:build linux

package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// kind is a server and how it is set up. start writes its configuration into
// dir and starts it; what it listens on is in place.
type kind struct {
	name  string
	start func(place) (*process, error)
	files string // folder in dir where it keeps bodies; "": in its memory
}

// place is where a server runs, and for what.
type place struct {
	dir, program, origin, listen string
	capacity                     int64 // bytes of cache
}

// installed are the servers to compare, edgesim first. Those that are not there
// are said and left out.
func installed(o *options, stderr io.Writer) ([]kind, error) {
	all := []struct {
		program string
		kind
	}{
		{o.edgesim, kind{name: "edgesim", start: startEdgesim}},
		{o.edgesim, kind{name: "edgesim, access log", start: startEdgesimLogging}},
		{"nginx", kind{name: "nginx", start: nginxWith("off"), files: "cache"}},
		{"nginx", kind{name: "nginx, sendfile", start: nginxWith("on"), files: "cache"}},
		{"varnishd", kind{name: "varnish", start: startVarnish}},
	}
	var kinds []kind
	for _, k := range all {
		first, _, _ := strings.Cut(k.name, ",")
		if len(o.only) > 0 && !slices.Contains(o.only, first) {
			continue
		}
		program, err := find(k.program)
		if err != nil && first == "edgesim" {
			return nil, fmt.Errorf("there is no edgesim at %s: build it, or give --edgesim", o.edgesim)
		}
		if err != nil {
			fmt.Fprintf(stderr, "%s is left out: %v\n", k.name, err)
			continue
		}
		start := k.start
		k.start = func(p place) (*process, error) {
			p.program = program
			return start(p)
		}
		kinds = append(kinds, k.kind)
	}
	return kinds, nil
}

// find looks for a program as a shell does, and where Debian has servers.
func find(program string) (string, error) {
	path, err := exec.LookPath(program)
	if err != nil && !strings.Contains(program, "/") {
		path, err = exec.LookPath("/usr/sbin/" + program)
	}
	if err != nil {
		return "", fmt.Errorf("%s is not installed", program)
	}
	return filepath.Abs(path)
}

func startEdgesim(p place) (*process, error) { return edgesim(p) }

func startEdgesimLogging(p place) (*process, error) {
	return edgesim(p, "--access-log", filepath.Join(p.dir, "access.log"))
}

func edgesim(p place, more ...string) (*process, error) {
	args := []string{"serve", "--origin", "http://" + p.origin, "--listen", p.listen, "--capacity", fmt.Sprint(p.capacity)}
	return spawn(p.dir, p.program, []string{"GOMAXPROCS=1"}, append(args, more...)...)
}

// nginxWith is one worker with the settings that make cached hits fastest on
// loopback: tcp_nopush would hold each response for 40 ms there.
func nginxWith(sendfile string) func(place) (*process, error) {
	return func(p place) (*process, error) {
		user := ""
		if os.Getuid() == 0 {
			user = "user root;"
		}
		conf := fmt.Sprintf(`%s
worker_processes 1;
daemon off;
pid %s/nginx.pid;
error_log %s/error.log warn;
events { worker_connections 4096; multi_accept on; }
http {
  access_log off;
  sendfile %s;
  tcp_nopush off;
  tcp_nodelay on;
  output_buffers 2 64k;
  open_file_cache max=100000 inactive=10m;
  open_file_cache_valid 10m;
  keepalive_requests 1000000000;
  keepalive_timeout 10m;
  client_body_temp_path %s/body;
  proxy_temp_path %s/temp;
  fastcgi_temp_path %s/f;
  uwsgi_temp_path %s/u;
  scgi_temp_path %s/s;
  proxy_cache_path %s/cache levels=1:2 keys_zone=c:64m max_size=%d inactive=1d use_temp_path=off manager_files=2000;
  upstream origin { server %s; keepalive 64; keepalive_requests 1000000000; }
  server {
    listen %s backlog=4096;
    location / {
      proxy_pass http://origin;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffers 16 64k;
      proxy_buffer_size 16k;
      proxy_cache c;
      proxy_cache_key $uri;
      proxy_cache_lock on;
    }
  }
}
`, user, p.dir, p.dir, sendfile, p.dir, p.dir, p.dir, p.dir, p.dir, p.dir, p.capacity, p.origin, p.listen)
		file := filepath.Join(p.dir, "nginx.conf")
		if err := os.WriteFile(file, []byte(conf), 0o644); err != nil {
			return nil, err
		}
		return spawn(p.dir, p.program, nil, "-p", p.dir, "-c", file)
	}
}

func startVarnish(p place) (*process, error) {
	host, port, _ := net.SplitHostPort(p.origin)
	vcl := fmt.Sprintf("vcl 4.1;\nbackend default { .host = %q; .port = %q; }\n", host, port)
	file := filepath.Join(p.dir, "default.vcl")
	if err := os.WriteFile(file, []byte(vcl), 0o644); err != nil {
		return nil, err
	}
	return spawn(p.dir, p.program, nil, "-F", "-j", "none", "-n", filepath.Join(p.dir, "work"), "-a", p.listen, "-f", file,
		"-s", fmt.Sprintf("malloc,%d", p.capacity), "-p", "timeout_idle=600", "-p", "thread_pool_min=100")
}

// server is a kind that runs.
type server struct {
	kind
	*process
	dir, listen string
	origin      *origin // its own, so that its requests can be counted
	at          int     // how far it has come in the mix
}

// launch starts a kind before an origin of its own and waits until it answers.
func (k kind) launch(capacity int64) (*server, error) {
	dir, err := os.MkdirTemp("", "edgesim-peers-")
	if err != nil {
		return nil, err
	}
	s := &server{kind: k, dir: dir}
	if err := s.begin(capacity); err != nil {
		s.end()
		return nil, err
	}
	return s, nil
}

func (s *server) begin(capacity int64) (err error) {
	if s.origin, err = newOrigin(); err != nil {
		return err
	}
	if s.listen, err = freePort(); err != nil {
		return err
	}
	s.process, err = s.start(place{dir: s.dir, origin: s.origin.addr, listen: s.listen, capacity: capacity})
	if err != nil {
		return err
	}
	for range 200 {
		c, err := net.DialTimeout("tcp", s.listen, time.Second)
		if err == nil {
			return c.Close()
		}
		if f := stat(s.cmd.Process.Pid); f == nil || f[0] == "Z" {
			break // it has ended
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("%s does not listen on %s; it printed: %s", s.name, s.listen, s.printed())
}

// end stops the server and removes what it left.
func (s *server) end() {
	if s.process != nil {
		s.stop()
	}
	if s.origin != nil {
		s.origin.close()
	}
	_ = os.RemoveAll(s.dir)
}

// freePort is a loopback address that nobody listened on a moment ago.
func freePort() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer ln.Close()
	return ln.Addr().String(), nil
}
