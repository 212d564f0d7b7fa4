package edge

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"reflect"
	"strings"
)

// OriginTLS is how TLS is spoken with an origin.
type OriginTLS struct {
	Roots    string // PEM text of the authorities that are believed; "": the system's
	Name     string // that the certificate must have; "": the origin's Host
	Insecure bool   // believe any certificate: whoever stands in the way can read and change everything
}

// prepareTLS makes crypto/tls's settings of the origin's.
func (o *Origin) prepareTLS() error {
	conf := &tls.Config{}
	if o.Certificates != nil {
		conf = o.Certificates.Clone()
	}
	conf.InsecureSkipVerify = conf.InsecureSkipVerify || o.Trust.Insecure
	if o.Trust.Roots != "" {
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM([]byte(o.Trust.Roots)) {
			return errors.New("there is no certificate among the authorities that are to be believed")
		}
	}
	if conf.ServerName == "" {
		conf.ServerName = o.Trust.Name
	}
	if conf.ServerName == "" {
		conf.ServerName, _, _ = net.SplitHostPort(o.Host)
	}
	if conf.ServerName == "" {
		conf.ServerName = o.Host
	}
	o.Certificates = conf
	return nil
}

// overTLS is the same origin as it is asked for viewers who speak TLS.
func (o Origin) overTLS() Origin {
	if o.Host == "" || o.Host == o.Addr || o.Host+":80" == o.Addr { // it names the place, port and all
		o.Host = strings.TrimSuffix(o.TLSAddr, ":443")
	}
	o.Addr, o.TLS, o.TLSAddr = o.TLSAddr, true, ""
	return o
}

// makeOrigin adds an origin's upstream to the site, and the one for viewers who
// speak TLS where that is another.
func (s *site) makeOrigin(o Origin, number uint16) error {
	u, err := newUpstream(o, number)
	if err != nil {
		return err
	}
	s.ups = append(s.ups, u)
	if o.TLSAddr == "" {
		return nil
	}
	if o.TLS {
		return fmt.Errorf("origin %s: TLSAddr is for an origin that speaks as its viewers do, but TLS says that it always speaks TLS", o.Name)
	}
	if u.secure, err = newUpstream(o.overTLS(), number); err != nil {
		return err
	}
	s.ups = append(s.ups, u.secure)
	return nil
}

func newUpstream(o Origin, number uint16) (*upstream, error) {
	full, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	return &upstream{Origin: full, given: o, number: number, live: map[*originConn]struct{}{}}, nil
}

// keep takes an origin's upstreams over from the site before, if they have those
// very settings. Ways to dial cannot be compared, so an origin that has one of
// its own is another.
func (s *site) keep(o Origin, before *site) bool {
	if before == nil {
		return false
	}
	u := before.upstream(o.Name)
	if u == nil || !reflect.DeepEqual(u.given, o) {
		return false
	}
	s.ups = append(s.ups, u)
	if u.secure != nil {
		s.ups = append(s.ups, u.secure)
	}
	return true
}

// forViewer is how the origin is asked for a viewer who speaks HTTPS, or does
// not.
func (u *upstream) forViewer(https bool) *upstream {
	if https && u.secure != nil {
		return u.secure
	}
	return u
}
