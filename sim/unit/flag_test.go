package unit

import (
	"errors"
	"testing"

	"github.com/spf13/pflag"
)

func TestFlagFault(t *testing.T) {
	f := pflag.NewFlagSet("test", pflag.ContinueOnError)
	f.Int("jobs", 0, "")
	f.Uint64("seed", 0, "")
	f.Float64("zipf", 0, "")
	f.Bool("json", false, "")
	var ttl Duration
	f.Var(&ttl, "ttl", "")
	for arg, want := range map[string]string{
		"--jobs=x":    `--jobs "x": right is a whole number`,
		"--seed=-1":   `--seed "-1": right is a whole number from 0 on`,
		"--zipf=":     `--zipf "": right is a number, as 0.9`,
		"--json=yes!": `--json "yes!": right is true or false`,
		"--ttl=-1s":   `--ttl: duration "-1s": it cannot be negative; write it as 250ms, 30s, 1h30m or 60d`,
		"--none":      "unknown flag: --none",
	} {
		if got := FlagFault(f.Parse([]string{arg})); got != want {
			t.Errorf("%s: %s; want %s", arg, got, want)
		}
	}
	if got := FlagFault(errors.New("one\ntwo")); got != "one" {
		t.Errorf("of two lines: %q", got)
	}
}

func TestSayDefaultOnce(t *testing.T) {
	for _, row := range []struct{ usage, value, want string }{
		{"how long (default 30s)", "0s", ""}, {"how long (default a day)", "24h", ""}, {"from when", "0s", ""},
		{"a share", "0%", ""}, {"a rate", "0/s", ""}, {"how long", "10s", "10s"}, {"how many (default all)", "0", "0"},
	} {
		f := &pflag.Flag{Usage: row.usage, DefValue: row.value}
		if SayDefaultOnce(f); f.DefValue != row.want {
			t.Errorf("%q with %q: %q, want %q", row.usage, row.value, f.DefValue, row.want)
		}
	}
}
