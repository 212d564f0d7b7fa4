// Package certificate keeps the certificates that an edge proves its names with:
// given ones from files, or one that it makes itself and finds again at the next
// start. It knows keys, names and files; it must never know a socket, or what
// time it is.
package certificate

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// A made certificate is good for lifetime and is made anew when less than
// renewal of that is left. Browsers believe none that is good for longer than
// 398 days.
const (
	lifetime = 397 * 24 * time.Hour
	renewal  = 30 * 24 * time.Hour
)

// maker is the organisation in the certificates that we make: how we know them
// again.
const maker = "edgesim"

// Make makes a self-signed certificate for names: host names, wildcards for one
// label, and IP addresses; others are left out. It returns one PEM text with
// certificate and key.
func Make(names []string, now time.Time) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("making a serial number: %w", err)
	}
	t := template(names)
	t.SerialNumber, t.NotBefore, t.NotAfter = serial, now.Add(-time.Hour), now.Add(lifetime) // an hour for clocks that are slow
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("making a certificate: %w", err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("writing a key: %w", err)
	}
	var b bytes.Buffer
	_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: der}) // a buffer takes everything
	_ = pem.Encode(&b, &pem.Block{Type: "PRIVATE KEY", Bytes: secret})
	return b.Bytes(), nil
}

func template(names []string) *x509.Certificate {
	t := &x509.Certificate{
		Subject:               pkix.Name{Organization: []string{maker}, CommonName: "made by edgesim"},
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	for _, name := range namable(names) {
		if addr, err := netip.ParseAddr(name); err == nil {
			t.IPAddresses = append(t.IPAddresses, addr.AsSlice())
		} else {
			t.DNSNames = append(t.DNSNames, name)
		}
	}
	return t
}

// namable are the names that can stand in a certificate, sorted, each once.
func namable(names []string) []string {
	var list []string
	for _, name := range names {
		name = strings.ToLower(name)
		if label := strings.TrimPrefix(name, "*."); label != "" && !strings.Contains(label, "*") {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// good is why a certificate that was kept cannot be used any more, or "".
func good(c *x509.Certificate, names []string, now time.Time) (why string) {
	has := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		if addr, ok := netip.AddrFromSlice(ip); ok {
			has = append(has, addr.Unmap().String())
		}
	}
	for _, name := range namable(names) {
		if addr, err := netip.ParseAddr(name); err == nil {
			name = addr.Unmap().String()
		}
		if !slices.Contains(has, name) {
			return "it lacks the name " + name
		}
	}
	switch {
	case now.Before(c.NotBefore):
		return "it is not valid yet"
	case c.NotAfter.Sub(now) < renewal:
		return "it ends on " + c.NotAfter.UTC().Format(time.DateOnly)
	}
	return ""
}

// Fingerprint is the SHA-256 of a certificate as browsers and openssl print it.
func Fingerprint(c *tls.Certificate) string {
	sum := sha256.Sum256(c.Certificate[0])
	var b strings.Builder
	for i, x := range sum {
		if i > 0 {
			b.WriteByte(':')
		}
		fmt.Fprintf(&b, "%02X", x)
	}
	return b.String()
}
