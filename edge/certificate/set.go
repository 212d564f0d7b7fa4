package certificate

import (
	"crypto/tls"
	"errors"
	"fmt"
	"sync/atomic"
)

// Files are the two PEM files of a certificate that was given.
type Files struct{ Cert, Key string }

// Load reads certificates from files. The error names the file.
func Load(files []Files) ([]tls.Certificate, error) {
	var list []tls.Certificate
	for _, f := range files {
		c, err := tls.LoadX509KeyPair(f.Cert, f.Key)
		if err != nil {
			return nil, fmt.Errorf("certificate %s with key %s: %w", f.Cert, f.Key, err)
		}
		list = append(list, c)
	}
	return list, nil
}

// Set is the certificates that are served. It may be changed while it is used.
type Set struct {
	list atomic.Pointer[[]tls.Certificate]
}

// Use makes list what is served from now on. The first is for viewers who name
// no host, or one that none has.
func (s *Set) Use(list []tls.Certificate) { s.list.Store(&list) }

var errNone = errors.New("certificate: the set is empty")

// Get is for tls.Config.GetCertificate: the first that has the name the viewer
// asks for (SNI, RFC 6066 §3) and speaks its algorithms.
func (s *Set) Get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	list := s.list.Load()
	if list == nil || len(*list) == 0 {
		return nil, errNone
	}
	for i := range *list {
		if hello.SupportsCertificate(&(*list)[i]) == nil {
			return &(*list)[i], nil
		}
	}
	return &(*list)[0], nil
}
