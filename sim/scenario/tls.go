package scenario

import (
	"net"
	"strconv"
)

// TLS is how a server speaks it with viewers.
type TLS struct {
	Listen       string        `yaml:"listen"`       // address, as :443. Default: none, viewers speak plain HTTP only
	Certificates []Certificate `yaml:"certificates"` // served by the name a viewer asks for, else the first. Default: one of the server's own making
	SelfMade     string        `yaml:"self_made"`    // file that keeps that one. Default: edgesim/certificate.pem in the user's configuration folder
}

// Certificate is two PEM files.
type Certificate struct {
	Cert string `yaml:"cert"` // the certificate, and those that lead to its root
	Key  string `yaml:"key"`  // its private key
}

func (t *TLS) check(src *source) *fault {
	if f := checkListen(src, at{"tls", "listen"}, t.Listen); f != nil {
		return f
	}
	for i, c := range t.Certificates {
		where := at{"tls", "certificates", i}
		switch {
		case c.Cert == "":
			return src.fault(where.then("cert"), "missing: want the PEM file of a certificate")
		case c.Key == "":
			return src.fault(where.then("key"), "missing: want the PEM file of the certificate's key")
		}
	}
	if len(t.Certificates) > 0 && t.SelfMade != "" {
		return src.fault(at{"tls", "self_made"}, "there are certificates, so that none is made: leave one of the two out")
	}
	return nil
}

// checkListen finds what is wrong with an address to listen on; "" is none.
func checkListen(src *source, where at, addr string) *fault {
	if addr == "" {
		return nil
	}
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return src.fault(where, "%q: want host:port, or :port for every address", addr)
	}
	return nil
}
