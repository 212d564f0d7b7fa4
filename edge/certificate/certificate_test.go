package certificate

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var day = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func keep(t *testing.T, file string, now time.Time, names ...string) *Kept {
	t.Helper()
	k, err := Keep(file, names, now)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestAMadeCertificateProvesItsNames(t *testing.T) {
	k := keep(t, filepath.Join(t.TempDir(), "c.pem"), day, "www.example.com", "*.img.example.com", "*", "127.0.0.1", "::1", "localhost")
	roots := x509.NewCertPool()
	roots.AddCert(k.Leaf)
	for name, proven := range map[string]bool{
		"www.example.com": true, "a.img.example.com": true, "localhost": true, "127.0.0.1": true, "::1": true,
		"a.b.img.example.com": false, "example.com": false, "127.0.0.2": false,
	} {
		_, err := k.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name, CurrentTime: day.Add(time.Hour)})
		if (err == nil) != proven {
			t.Errorf("%s: %v, want proven %v", name, err, proven)
		}
	}
}

func TestACertificateIsKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "new", "folder", "c.pem")
	first := keep(t, file, day, "a.net", "b.net")
	if first.Why == "" {
		t.Error("the first is said to have been there")
	}
	if s, err := os.Stat(file); err != nil || s.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v, %v; want 0600", s.Mode(), err)
	}
	for _, row := range []struct {
		what  string
		after time.Duration
		names []string
		anew  bool
	}{
		{"the next start", time.Hour, []string{"a.net", "b.net"}, false},
		{"fewer names", time.Hour, []string{"B.net"}, false},
		{"almost a year", 360 * 24 * time.Hour, []string{"a.net"}, false},
		{"a month before its end", 368 * 24 * time.Hour, []string{"a.net", "b.net"}, true},
		{"another name", time.Hour, []string{"a.net", "c.net"}, true},
		{"a clock set back", -400 * 24 * time.Hour, []string{"a.net"}, true},
	} {
		before := keep(t, file, day, "a.net", "b.net")
		k := keep(t, file, day.Add(row.after), row.names...)
		if anew := k.Why != ""; anew != row.anew || anew == (Fingerprint(&k.Certificate) == Fingerprint(&before.Certificate)) {
			t.Errorf("%s: made anew %v (%s), want %v", row.what, anew, k.Why, row.anew)
		}
		os.Remove(file)
	}
}

func TestNothingElseIsWrittenOver(t *testing.T) {
	dir := t.TempDir()
	other := filepath.Join(dir, "other.pem")
	for name, text := range map[string]string{"no certificate": "precious\n", "empty": ""} {
		if err := os.WriteFile(other, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Keep(other, []string{"a.net"}, day)
		if left, _ := os.ReadFile(other); err == nil || string(left) != text || !strings.Contains(err.Error(), other) {
			t.Errorf("%s: left %q, %v", name, left, err)
		}
	}
	if _, err := Keep(filepath.Join(other, "under", "a", "file"), nil, day); err == nil {
		t.Error("kept where it cannot be")
	}
	left, _ := filepath.Glob(filepath.Join(dir, ".*"))
	if len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestASetServesByName(t *testing.T) {
	var s Set
	if _, err := s.Get(&tls.ClientHelloInfo{}); err == nil {
		t.Error("an empty set gives a certificate")
	}
	dir := t.TempDir()
	a := keep(t, filepath.Join(dir, "a.pem"), time.Now(), "a.net")
	b := keep(t, filepath.Join(dir, "b.pem"), time.Now(), "*.b.net")
	list, err := Load([]Files{{a.File, a.File}, {b.File, b.File}})
	if err != nil {
		t.Fatal(err)
	}
	s.Use(list)
	for name, want := range map[string]*Kept{"a.net": a, "x.b.net": b, "b.net": a, "": a, "c.net": a} {
		if got := served(t, &s, name); Fingerprint(&tls.Certificate{Certificate: [][]byte{got.Raw}}) != Fingerprint(&want.Certificate) {
			t.Errorf("%q is served %v", name, got.DNSNames)
		}
	}
	if _, err := Load([]Files{{a.File, "missing.pem"}}); err == nil || !strings.Contains(err.Error(), "missing.pem") {
		t.Errorf("a key that is not there: %v", err)
	}
}

// served is the certificate that a viewer who asks for name gets.
func served(t *testing.T, s *Set, name string) *x509.Certificate {
	t.Helper()
	here, there := net.Pipe()
	go tls.Server(there, &tls.Config{GetCertificate: s.Get}).Handshake()
	c := tls.Client(here, &tls.Config{ServerName: name, InsecureSkipVerify: true})
	if err := c.Handshake(); err != nil {
		t.Fatalf("%q: %v", name, err)
	}
	defer here.Close()
	return c.ConnectionState().PeerCertificates[0]
}
