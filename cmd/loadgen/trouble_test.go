package main

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/csv"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"edgesim/results"
)

// rude is a server that reads a request and does this to the connection. It answers
// every third request as it should.
func rude(t *testing.T, do func(*net.TCPConn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for n := 0; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
				c.Close()
				continue
			}
			if n%3 == 2 {
				io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
			} else {
				do(c.(*net.TCPConn))
			}
			c.Close()
		}
	}()
	return "http://" + l.Addr().String() + "/"
}

func saying(text string) func(*net.TCPConn) {
	return func(c *net.TCPConn) { io.WriteString(c, text) }
}

// tooOld is the address of a server whose certificate's time is over, and the file
// of that certificate, which is its own authority.
func tooOld(t *testing.T) (addr, ca string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	made := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "example.com"}, DNSNames: []string{"example.com"},
		NotBefore: time.Now().AddDate(-2, 0, 0), NotAfter: time.Now().AddDate(-1, 0, 0), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, made, made, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { io.Copy(io.Discard, c); c.Close() }()
		}
	}()
	return l.Addr().String(), authority(t, der)
}

// authority is a file of the certificate, for --ca.
func authority(t *testing.T, der []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// nobody is an address at which nobody listens.
func nobody(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	return l.Addr().String()
}

// Every kind of failure is told by name wherever a run is told of: in the summary
// with examples, in the time series, in the text and while the run lasts.
func TestEveryKindOfTroubleIsToldEverywhere(t *testing.T) {
	old, ca := tooOld(t)
	plain := strings.TrimPrefix(rude(t, saying("")), "http://")
	w := newWitness(t, true)
	ca2 := authority(t, w.Certificate().Raw)
	for want, args := range map[results.Fault][]string{
		results.FaultName:      {"http://nowhere.invalid/"},
		results.FaultRefused:   {"http://" + nobody(t) + "/"},
		results.FaultReset:     {rude(t, func(c *net.TCPConn) { c.SetLinger(0) })},
		results.FaultClosed:    {rude(t, saying(""))},
		results.FaultTimeout:   {rude(t, func(c *net.TCPConn) { io.Copy(io.Discard, c) }), "--timeout", "50ms"},
		results.FaultMalformed: {rude(t, saying("SSH-2.0-OpenSSH_9.2\r\n\r\n"))},
		results.FaultTruncated: {rude(t, saying("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"))},
		results.FaultExcess:    {rude(t, saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n"))},
		results.FaultClient:    {rude(t, saying("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))},
		results.FaultServer:    {rude(t, saying("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))},
		results.FaultBody:      {rude(t, saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")), "--zipf", "1", "--objects", "9", "--verify"},
		results.FaultTLS:       {"https://" + plain},
		results.FaultUntrusted: {"https://example.com/", "--connect-to", "::127.0.0.1:" + w.port},
		results.FaultExpired:   {"https://example.com/", "--connect-to", "::" + old, "--ca", ca},
		results.FaultWrongName: {"https://example.net/", "--connect-to", "::127.0.0.1:" + w.port, "--ca", ca2},
	} {
		t.Run(want.Label(), func(t *testing.T) { toldEverywhere(t, want, args) })
	}
}

func toldEverywhere(t *testing.T, want results.Fault, args []string) {
	series := filepath.Join(t.TempDir(), "series.csv")
	args = append(args, "--requests", "12", "--rate", "1000", "--connections", "1", "--csv", series, "--metrics", "127.0.0.1:0")
	o, err := parse(args, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	s, err := open(o)
	if err != nil {
		t.Fatal(err)
	}
	var out, live, metrics bytes.Buffer
	s.options.json = true
	s.run(t.Context(), &out, &live)
	var sum results.Summary
	if err := json.Unmarshal(out.Bytes(), &sum); err != nil {
		t.Fatal(err, live.String())
	}
	if len(sum.Troubles) != 1 || sum.Troubles[0].Kind != want || sum.Troubles[0].Count != sum.Errors || sum.Errors < 3 || !strings.Contains(out.String(), `"kind": "`+want.Label()+`"`) {
		t.Fatalf("the summary has %d errors, %+v; right is only %v", sum.Errors, sum.Troubles, want)
	}
	n, onTheWire := strconv.FormatInt(sum.Errors, 10), want != results.FaultClient && want != results.FaultServer
	if got := sum.Troubles[0].Examples; onTheWire && (len(got) != 3 || !strings.HasPrefix(got[0], "/")) {
		t.Errorf("examples are %q; right are three paths and what happened", got)
	}
	if got := inSeries(t, series, "error_"+want.Label()); got != n || got != inSeries(t, series, "errors") {
		t.Errorf("the series has %s; right are %s, and no others", got, n)
	}
	s.ServeMetrics(&page{}, nil)
	p := &page{}
	s.ServeMetrics(p, nil)
	metrics = p.Buffer
	if line := "loadgen_errors_total{kind=\"" + want.Label() + "\"} " + n + "\n"; !strings.Contains(metrics.String(), line) {
		t.Errorf("no %s in\n%s", line, metrics.String())
	}
	live.Reset()
	(&liveView{w: &live, terminal: true}).show(s)
	if line := "  failed " + n + ": " + want.String(); !strings.Contains(live.String(), line) || onTheWire && !strings.Contains(live.String(), "; first /") {
		t.Errorf("no %q on the terminal:\n%s", line, live.String())
	}
	live.Reset()
	plain := &liveView{w: &live}
	plain.show(s)
	if text := live.String(); !strings.Contains(text, "errors "+n) || !strings.Contains(text, "failed "+n+": "+want.String()) {
		t.Errorf("plain lines say\n%s", text)
	}
	plain.show(s)
	if text := live.String(); strings.Count(text, "  failed ") != 1 {
		t.Errorf("what is known is told again:\n%s", text)
	}
	out.Reset()
	s.options.json = false
	if err := s.print(&out, &sum); err != nil || !strings.Contains(strings.Join(strings.Fields(out.String()), " "), "): "+n+" "+want.String()) {
		t.Errorf("the text does not tell, %v:\n%s", err, out.String())
	}
}

// inSeries is the sum of a column of a time series.
func inSeries(t *testing.T, path, column string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at, sum := slices.Index(lines[0], column), 0
	if at < 0 {
		t.Fatalf("the series has no column %s: %v", column, lines[0])
	}
	for _, line := range lines[1:] {
		n, err := strconv.Atoi(line[at])
		if err != nil {
			t.Fatal(err)
		}
		sum += n
	}
	return strconv.Itoa(sum)
}
