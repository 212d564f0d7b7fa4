package main

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"edgesim/edge"
	"edgesim/edge/certificate"
	"edgesim/sim/scenario"
)

// tlsOptions is how `edgesim serve` speaks TLS with viewers: flags, and what a
// configuration says where there is no flag.
type tlsOptions struct {
	listen, selfMade string
	certs, keys      []string
}

func (o *tlsOptions) flags(f *pflag.FlagSet) {
	f.StringVar(&o.listen, "tls-listen", "", "address to serve HTTPS on, as :8443 (default none)")
	f.StringArrayVar(&o.certs, "tls-cert", nil, "PEM file of a certificate; may be given several times, the viewer's SNI chooses (default: one made at the first start)")
	f.StringArrayVar(&o.keys, "tls-key", nil, "PEM file of its key, in the same order")
	f.StringVar(&o.selfMade, "tls-self-made", "", "file that keeps the certificate made here (default edgesim/certificate.pem in the user's configuration folder)")
}

// fill takes from a configuration what no flag has given.
func (o *tlsOptions) fill(c *scenario.TLS) {
	o.listen = cmp.Or(o.listen, c.Listen)
	if len(o.certs) == 0 && o.selfMade == "" {
		o.selfMade = c.SelfMade
		for _, f := range c.Certificates {
			o.certs, o.keys = append(o.certs, f.Cert), append(o.keys, f.Key)
		}
	}
}

func (o *tlsOptions) check() error {
	switch {
	case len(o.certs) != len(o.keys):
		return usagef("--tls-cert and --tls-key: want as many keys as certificates, got %d and %d", len(o.keys), len(o.certs))
	case len(o.certs) > 0 && o.selfMade != "":
		return usagef("--tls-self-made: a certificate is given, so that none is made")
	case o.listen == "" && (len(o.certs) > 0 || o.selfMade != ""):
		return usagef("--tls-listen: missing; give the address to serve HTTPS on, as :8443")
	}
	return nil
}

// secureDoor is where viewers who speak TLS come in.
type secureDoor struct {
	tlsOptions
	ln    net.Listener
	set   certificate.Set
	mu    sync.Mutex // of what follows, and of certs and keys
	names []string   // for a certificate made here
	said  string     // what stands about the certificate
}

// open listens, and finds or makes the certificates for what conf serves. Where
// conf does not say which port redirects lead to, it is this one. Without an
// address the door is nil.
func (o *tlsOptions) open(conf *edge.Config) (*secureDoor, error) {
	if err := o.check(); err != nil || o.listen == "" {
		return nil, err
	}
	d := &secureDoor{tlsOptions: *o}
	d.name(conf)
	if err := d.load(time.Now()); err != nil {
		return nil, usageError{err}
	}
	var err error
	if d.ln, err = net.Listen("tcp", o.listen); err != nil {
		return nil, usagef("--tls-listen %s: %v", o.listen, err)
	}
	if tcp, ok := d.ln.Addr().(*net.TCPAddr); ok && conf.HTTPSPort == 0 {
		conf.HTTPSPort = tcp.Port
	}
	return d, nil
}

// reload takes the certificates of a newer configuration; where that cannot be
// done all stays as it was.
func (d *secureDoor) reload(p *servicePlan) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	certs, keys, names := d.certs, d.keys, d.names
	d.certs, d.keys = p.tls.certs, p.tls.keys
	d.name(&p.edge)
	err := p.tls.check()
	if err == nil {
		err = d.load(time.Now())
	}
	if err != nil {
		d.certs, d.keys, d.names = certs, keys, names
	}
	return err
}

// name gathers what a certificate made here has to prove.
func (d *secureDoor) name(conf *edge.Config) {
	d.names = []string{"localhost", "127.0.0.1", "::1"}
	if host, _, err := net.SplitHostPort(d.listen); err == nil && host != "" {
		d.names = append(d.names, host)
	}
	for _, dist := range conf.Distributions {
		d.names = append(append(d.names, dist.Domain), dist.Aliases...)
	}
}

// load reads the certificates from their files, or sees to the one made here.
func (d *secureDoor) load(now time.Time) error {
	if len(d.certs) > 0 {
		var files []certificate.Files
		for i := range d.certs {
			files = append(files, certificate.Files{Cert: d.certs[i], Key: d.keys[i]})
		}
		list, err := certificate.Load(files)
		if err == nil {
			d.set.Use(list)
		}
		return err
	}
	file := d.selfMade
	if file == "" {
		var err error
		if file, err = certificate.DefaultFile(); err != nil {
			return err
		}
	}
	kept, err := certificate.Keep(file, d.names, now)
	if err != nil {
		return err
	}
	d.set.Use([]tls.Certificate{kept.Certificate})
	d.said = fmt.Sprintf("certificate of our own, good until %s, in %s\n", kept.Leaf.NotAfter.UTC().Format(time.DateOnly), kept.File)
	if kept.Why != "" {
		d.said = fmt.Sprintf("made a certificate (%s), good until %s, kept in %s\n", kept.Why, kept.Leaf.NotAfter.UTC().Format(time.DateOnly), kept.File)
	}
	d.said += "  SHA-256 " + certificate.Fingerprint(&kept.Certificate) + "\n"
	return nil
}

// serve answers viewers until the edge shuts down, and looks every day whether a
// certificate has to be renewed, or was in its files.
func (d *secureDoor) serve(e *env, ed *edge.Edge) error {
	fmt.Fprintf(e.stderr, "serving on https://%s\n%s", d.ln.Addr(), d.said)
	go d.renew(e)
	return ed.ServeTLS(d.ln, &tls.Config{GetCertificate: d.set.Get})
}

func (d *secureDoor) renew(e *env) {
	tick := time.NewTicker(24 * time.Hour)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			d.mu.Lock()
			err := d.load(now)
			d.mu.Unlock()
			if err != nil {
				fmt.Fprintf(e.stderr, "edgesim serve: the certificate stays as it is: %v\n", err)
			}
		case <-e.ctx.Done():
			return
		}
	}
}
