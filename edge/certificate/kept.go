package certificate

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Kept is a certificate of our own making.
type Kept struct {
	tls.Certificate
	File string
	Why  string // it was made anew; "": the one in the file was good
}

// Keep returns the certificate kept in file, if it has all the names and is good
// for a while yet. Otherwise it makes one and keeps that: certificate and key in
// one PEM file that nobody else can read. A file that is not of our making is
// never written over.
func Keep(file string, names []string, now time.Time) (*Kept, error) {
	k := &Kept{File: file, Why: "there was none"}
	text, err := os.ReadFile(file)
	switch {
	case err == nil:
		if k.Certificate, err = tls.X509KeyPair(text, text); err != nil || !slices.Contains(k.Leaf.Subject.Organization, maker) {
			return nil, fmt.Errorf("%s holds something else than a certificate made here: name another file, or move it away", file)
		}
		if k.Why = good(k.Leaf, names, now); k.Why == "" {
			return k, nil
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("reading the certificate that was kept: %w", err)
	}
	if text, err = Make(names, now); err != nil {
		return nil, err
	}
	if k.Certificate, err = tls.X509KeyPair(text, text); err != nil {
		return nil, fmt.Errorf("reading a certificate just made: %w", err)
	}
	return k, write(file, text)
}

// write puts a secret into a file at once: who reads it sees the old or the new.
func write(file string, text []byte) error {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("keeping a certificate: %w", err)
	}
	f, err := os.CreateTemp(dir, ".certificate-*") // made for its owner alone
	if err != nil {
		return fmt.Errorf("keeping a certificate: %w", err)
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("keeping a certificate: %w", err)
	}
	return nil
}

// DefaultFile is where a certificate is kept unless told otherwise: in the
// user's configuration folder.
func DefaultFile() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("no place to keep a certificate: %w", err)
	}
	return filepath.Join(dir, "edgesim", "certificate.pem"), nil
}
