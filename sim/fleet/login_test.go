package fleet

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"

	"edgesim/edge/certificate"
)

// foreign is a NATS server that is not ours.
func foreign(t *testing.T, o *server.Options) string {
	t.Helper()
	o.AuthTimeout = time.Minute.Seconds()
	o.Host, o.Port, o.JetStream, o.StoreDir, o.NoLog, o.NoSigs = "127.0.0.1", server.RANDOM_PORT, true, t.TempDir(), true, true
	srv, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	go srv.Start()
	if !srv.ReadyForConnections(time.Minute) {
		t.Fatal("the server does not start")
	}
	t.Cleanup(func() { srv.Shutdown(); srv.WaitForShutdown() })
	return "nats://" + srv.Addr().String()
}

func file(t *testing.T, name string, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// enters connects with a login, and says what became of it.
func enters(t *testing.T, url string, l Login) error {
	t.Helper()
	c, err := Connect(t.Context(), Options{URL: url, Login: l, Version: "v1"})
	if err == nil {
		c.Close()
	}
	return err
}

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestAnNKeyIsTaken(t *testing.T) {
	ours, another := must(nkeys.CreateUser())(t), must(nkeys.CreateUser())(t)
	url := foreign(t, &server.Options{Nkeys: []*server.NkeyUser{{Nkey: must(ours.PublicKey())(t)}}})
	if err := enters(t, url, Login{NKey: file(t, "seed", must(ours.Seed())(t))}); err != nil {
		t.Error(err)
	}
	if err := enters(t, url, Login{NKey: file(t, "seed", must(another.Seed())(t))}); err == nil || !strings.Contains(err.Error(), "does not take these credentials") {
		t.Error(err)
	}
	if err := enters(t, url, Login{NKey: file(t, "seed", []byte("no seed"))}); err == nil || !strings.Contains(err.Error(), "nkey file") {
		t.Error(err)
	}
}

func TestACredentialsFileIsTaken(t *testing.T) {
	operator, account, user := must(nkeys.CreateOperator())(t), must(nkeys.CreateAccount())(t), must(nkeys.CreateUser())(t)
	operatorKey, accountKey := must(operator.PublicKey())(t), must(account.PublicKey())(t)
	a := jwt.NewAccountClaims(accountKey)
	a.Limits.JetStreamLimits = jwt.JetStreamLimits{DiskStorage: jwt.NoLimit, MemoryStorage: jwt.NoLimit, Streams: jwt.NoLimit, Consumer: jwt.NoLimit}
	resolver := &server.MemAccResolver{}
	if err := resolver.Store(accountKey, must(a.Encode(operator))(t)); err != nil {
		t.Fatal(err)
	}
	system := must(nkeys.CreateAccount())(t)
	systemKey := must(system.PublicKey())(t)
	if err := resolver.Store(systemKey, must(jwt.NewAccountClaims(systemKey).Encode(operator))(t)); err != nil {
		t.Fatal(err)
	}
	url := foreign(t, &server.Options{TrustedKeys: []string{operatorKey}, AccountResolver: resolver, SystemAccount: systemKey})

	token := must(jwt.NewUserClaims(must(user.PublicKey())(t)).Encode(account))(t)
	creds := must(jwt.FormatUserConfig(token, must(user.Seed())(t)))(t)
	if err := enters(t, url, Login{Creds: file(t, "user.creds", creds)}); err != nil {
		t.Error(err)
	}
	if err := enters(t, url, Login{}); err == nil || !strings.Contains(err.Error(), "does not take these credentials") {
		t.Error(err)
	}
}

func TestTLSIsSpokenAndChecked(t *testing.T) {
	pem := must(certificate.Make([]string{"127.0.0.1"}, time.Now()))(t)
	both := file(t, "both.pem", pem)
	srv := must(Serve(Serving{Dir: t.TempDir(), Login: Login{Token: "t", Cert: both, Key: both}}))(t)
	defer srv.Close()
	if err := enters(t, srv.URL, Login{Token: "t", CA: both}); err != nil {
		t.Error(err)
	}
	if err := enters(t, srv.URL, Login{Token: "t"}); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a server that nobody vouches for: %v", err)
	}
	if err := enters(t, srv.URL, Login{Token: "no", CA: both}); err == nil || !strings.Contains(err.Error(), "does not take these credentials") {
		t.Errorf("another token: %v", err)
	}
	c, err := Connect(t.Context(), Options{URL: srv.URL, Inside: srv, Login: Login{Token: "t", Cert: both, Key: both}, Version: "v1"})
	if err != nil {
		t.Fatal(err) // within one process nobody has to vouch
	}
	c.Close()
	if _, err := Serve(Serving{Dir: t.TempDir(), Login: Login{Cert: both, Key: file(t, "none", nil)}}); err == nil || !strings.Contains(err.Error(), "certificate of the server") {
		t.Error(err)
	}
}
