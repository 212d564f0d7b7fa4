package main

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"edgesim/edge/certificate"
)

// TestReloadTakesCertificates: viewers get the new one from the next handshake on,
// and the old one where the new one cannot be read.
func TestReloadTakesCertificates(t *testing.T) {
	dir := t.TempDir()
	made := map[string]string{}
	for _, name := range []string{"a.pem", "b.pem"} {
		kept, err := certificate.Keep(filepath.Join(dir, name), []string{"127.0.0.1"}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		made[name] = certificate.Fingerprint(&kept.Certificate)
	}
	path, origin := filepath.Join(dir, "edge.yaml"), freshOrigin(t).URL
	write := func(cert string) {
		cert = filepath.Join(dir, cert)
		configFile(t, path, origin, "tls: {listen: '127.0.0.1:0', certificates: [{cert: "+cert+", key: "+cert+"}]}\n")
	}
	write("a.pem")
	s := startServer(t, "--config", path)
	addr := strings.TrimPrefix(s.until(`https://[0-9.:]+`), "https://")
	served := func() string {
		c, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return certificate.Fingerprint(&tls.Certificate{Certificate: [][]byte{c.ConnectionState().PeerCertificates[0].Raw}})
	}
	for _, x := range []struct {
		cert   string
		status int
		want   string
	}{{"b.pem", 200, "b.pem"}, {"missing.pem", 422, "b.pem"}, {"a.pem", 200, "a.pem"}} {
		write(x.cert)
		if status, text := s.ask("POST", "/reload", ""); status != x.status {
			t.Errorf("%s: %d, want %d: %s", x.cert, status, x.status, text)
		}
		if served() != made[x.want] {
			t.Errorf("after %s another certificate than %s is served", x.cert, x.want)
		}
	}
}

// TestReloadOfAFileThatIsGone: nothing changes, and it is said.
func TestReloadOfAFileThatIsGone(t *testing.T) {
	path := configFile(t, filepath.Join(t.TempDir(), "edge.yaml"), freshOrigin(t).URL, "")
	s := startServer(t, "--config", path)
	s.want("/a", "Miss")
	os.Remove(path)
	if status, text := s.ask("POST", "/reload", ""); status != 422 || !strings.Contains(text, "no such file") {
		t.Errorf("%d: %s", status, text)
	}
	s.want("/a", "Hit")
	if n := s.metric(`edgesim_config_reloads_total{outcome="refused"}`); n != "1" {
		t.Errorf("%s reloads were refused, say the metrics", n)
	}
}
