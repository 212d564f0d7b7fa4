package fleet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/pflag"

	"edgesim/sim/unit"
)

// Flags are what a command line says of a server.
type Flags struct {
	URL   string // nats://host:port, or embedded[:[HOST:]PORT]; "": none
	Login Login
	auth  string // file with a login
	store string
	room  unit.Size
	lease unit.Duration
	repl  int

	shared []string
	Shares Shares // once Check has read them
}

// AddShared adds the flag of commands whose pieces read files.
func (o *Flags) AddShared(f *pflag.FlagSet) {
	f.StringArrayVar(&o.shared, "shared", nil, "`DIR` whose files workers read where they lie; DIR=PLACE where they find it in\nanother folder or at a URL; may be repeated; others go through the server")
}

// Add adds the flags. A worker takes the lease that coordinators say.
func (o *Flags) Add(f *pflag.FlagSet, coordinator bool) {
	what := "let the workers at this NATS server do the work, as nats://10.0.0.1:4222;\nembedded or embedded:PORT starts a server in this process (default none)"
	if !coordinator {
		what = "the NATS server, as nats://10.0.0.1:4222; embedded or embedded:PORT starts one\nin this process"
	}
	f.StringVar(&o.URL, "nats", "", "`URL`: "+what)
	f.StringVar(&o.auth, "nats-auth", "", "YAML `FILE` with user, password, token, nkey, creds, ca, cert or key for it")
	f.StringVar(&o.Login.User, "nats-user", "", "user for it")
	f.StringVar(&o.Login.Password, "nats-password", "", "password for it; others on this machine see it: --nats-auth is better")
	f.StringVar(&o.Login.Token, "nats-token", "", "token for it; the same")
	f.StringVar(&o.Login.NKey, "nats-nkey", "", "`FILE` with an nkey's seed")
	f.StringVar(&o.Login.Creds, "nats-creds", "", "credentials `FILE` (JWT and seed)")
	f.StringVar(&o.Login.CA, "nats-ca", "", "`FILE` with the certificate of who signed the server's")
	f.StringVar(&o.Login.Cert, "nats-cert", "", "`FILE` with a certificate of our own; of an embedded server its own")
	f.StringVar(&o.Login.Key, "nats-key", "", "`FILE` with its key")
	f.StringVar(&o.store, "nats-store", "", "of an embedded server: the `DIR` that it keeps its store in\n(default edgesim/nats among the user's caches)")
	f.Var(&o.room, "nats-store-size", "of an embedded server: how large the store may be (default what the disk has room for)")
	f.IntVar(&o.repl, "nats-replicas", 1, "on how many servers of a cluster the store is kept: 1 to 5")
	if coordinator {
		f.Var(&o.lease, "lease", "a worker that is silent for so long has lost its piece (default "+Lease.String()+")")
	}
}

// Asked reports whether work is to be handed out.
func (o *Flags) Asked() bool { return o.URL != "" }

// Check says what is wrong with the flags.
func (o *Flags) Check(changed func(flag string) bool) error {
	if !o.Asked() {
		for _, name := range []string{"auth", "user", "password", "token", "nkey", "creds", "ca", "cert", "key", "store", "store-size", "replicas"} {
			if changed("nats-" + name) {
				return fmt.Errorf("--nats-%s is about a server, and none is given; right is --nats URL beside it", name)
			}
		}
		if changed("lease") {
			return errors.New("--lease is about workers, and no --nats is given; right is --nats URL beside it")
		}
		if changed("shared") {
			return errors.New("--shared is about workers, and no --nats is given; right is --nats URL beside it")
		}
		return nil
	}
	var err error
	if o.Shares, err = ParseShares(o.shared); err != nil {
		return err
	}
	if o.lease != 0 && o.lease.Std() < LeastLease {
		return fmt.Errorf("--lease %v: right is %v or longer", o.lease, LeastLease)
	}
	if o.repl < 1 || o.repl > 5 {
		return fmt.Errorf("--nats-replicas %d: right are 1 to 5", o.repl)
	}
	if !o.embedded() {
		for _, name := range []string{"store", "store-size"} {
			if changed("nats-" + name) {
				return fmt.Errorf("--nats-%s is about an embedded server; right is --nats embedded beside it", name)
			}
		}
		return nil
	}
	_, _, err = o.address()
	return err
}

func (o *Flags) embedded() bool { return o.URL == "embedded" || strings.HasPrefix(o.URL, "embedded:") }

// address is where an embedded server listens.
func (o *Flags) address() (host string, port int, err error) {
	text := strings.TrimPrefix(strings.TrimPrefix(o.URL, "embedded"), ":")
	if text == "" {
		return "", 0, nil
	}
	if strings.Contains(text, ":") {
		if host, text, err = net.SplitHostPort(text); err != nil {
			return "", 0, fmt.Errorf("--nats %s: %v; right is embedded, embedded:4222 or embedded:0.0.0.0:4222", o.URL, err)
		}
	}
	port, err = strconv.Atoi(text)
	if err != nil || port < 0 || port > 65535 {
		return "", 0, fmt.Errorf("--nats %s: %q is no port; right is embedded, embedded:4222 or embedded:0.0.0.0:4222", o.URL, text)
	}
	return host, port, nil
}

// Connect connects as the flags say. Call what it returns when all is over.
func (o *Flags) Connect(ctx context.Context, name, version string, stderr io.Writer) (*Conn, func(), error) {
	if err := o.readAuth(); err != nil {
		return nil, nil, err
	}
	url, end := o.URL, func() {}
	var srv *Server
	if o.embedded() {
		var err error
		if srv, err = o.serve(); err != nil {
			return nil, nil, err
		}
		url, end = srv.URL, srv.Close
		fmt.Fprintf(stderr, "NATS server at %s; workers join with: edgesim worker --nats %s\n", url, url)
	}
	c, err := Connect(ctx, Options{URL: url, Login: o.Login, Name: name, Version: version, Lease: o.lease.Std(), Replicas: o.repl, Inside: srv,
		Log: func(format string, args ...any) { fmt.Fprintf(stderr, format+"\n", args...) }})
	if err != nil {
		end()
		return nil, nil, err
	}
	return c, func() { c.Close(); end() }, nil
}

func (o *Flags) readAuth() error {
	if o.auth == "" {
		return nil
	}
	f, err := os.Open(o.auth)
	if err != nil {
		return fmt.Errorf("--nats-auth: %w", err)
	}
	defer f.Close()
	given := o.Login
	if err := yaml.NewDecoder(f, yaml.Strict()).Decode(&o.Login); err != nil {
		text, _, _ := strings.Cut(yaml.FormatError(err, false, false), "\n") // without the file's lines: they are secret
		return fmt.Errorf("--nats-auth %s: %s; right are user, password, token, nkey, creds, ca, cert and key", o.auth, text)
	}
	o.Login = given.or(o.Login)
	return nil
}

// or is a login with what it does not say from another.
func (l Login) or(m Login) Login {
	for _, f := range []struct{ to, from *string }{
		{&l.User, &m.User}, {&l.Password, &m.Password}, {&l.Token, &m.Token}, {&l.NKey, &m.NKey}, {&l.Creds, &m.Creds},
		{&l.CA, &m.CA}, {&l.Cert, &m.Cert}, {&l.Key, &m.Key},
	} {
		if *f.to == "" {
			*f.to = *f.from
		}
	}
	return l
}

func (o *Flags) serve() (*Server, error) {
	host, port, err := o.address()
	if err != nil {
		return nil, err
	}
	dir := o.store
	if dir == "" {
		if dir, err = CacheDir("nats"); err != nil {
			return nil, err
		}
	}
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + lent)
	return Serve(Serving{Host: host, Port: port, Dir: dir, Room: int64(o.room), Login: o.Login})
}

// lent is how many more goroutines run at a time beside a server: where all
// processors compute, it would wait a turn of theirs for each message.
const lent = 2

// CacheDir is a folder of ours among the user's caches.
func CacheDir(name string) (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no place for what is kept: %w", err)
	}
	return filepath.Join(dir, "edgesim", name), nil
}

// secret are flags whose values nobody is to read.
var secret = []string{"--nats-password", "--nats-token"}

// Safe is a command line without its secrets, to be kept or shown.
func Safe(args []string) []string {
	list := append([]string(nil), args...)
	for i, arg := range list {
		name, value, joined := strings.Cut(arg, "=")
		if i > 0 && isSecret(list[i-1]) {
			list[i] = "***"
			continue
		}
		switch {
		case joined && isSecret(name):
			list[i] = name + "=***"
		case joined && name == "--nats":
			list[i] = name + "=" + Redacted(value)
		case i > 0 && list[i-1] == "--nats":
			list[i] = Redacted(arg)
		}
	}
	return list
}

func isSecret(arg string) bool {
	for _, s := range secret {
		if arg == s {
			return true
		}
	}
	return false
}

// Again is a command line that was kept, with the server and login of another.
func (o *Flags) Again(kept, now []string) []string {
	return append(without(kept), only(now)...)
}

// aboutServer reports whether the argument is one of the flags of Add, and whether
// its value is the next argument.
func aboutServer(arg string) (is, next bool) {
	name, _, joined := strings.Cut(arg, "=")
	is = name == "--nats" || strings.HasPrefix(name, "--nats-")
	return is, is && !joined
}

func without(args []string) (list []string) {
	for i := 0; i < len(args); i++ {
		is, next := aboutServer(args[i])
		if !is {
			list = append(list, args[i])
		} else if next {
			i++
		}
	}
	return list
}

func only(args []string) (list []string) {
	for i := 0; i < len(args); i++ {
		is, next := aboutServer(args[i])
		if !is {
			continue
		}
		list = append(list, args[i])
		if next && i+1 < len(args) {
			i++
			list = append(list, args[i])
		}
	}
	return list
}
