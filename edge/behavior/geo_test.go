package behavior

import (
	"strings"
	"testing"
)

func TestGeo(t *testing.T) {
	country := func(s string) (c [2]byte) { copy(c[:], s); return c }
	for _, row := range []struct {
		geo     Geo
		yes, no string
	}{
		{Geo{}, "DE FR", ""},
		{Geo{Allow: []string{"DE", "AT"}}, "DE AT", "FR"},
		{Geo{Block: []string{"DE", "AT"}}, "FR", "DE AT"},
	} {
		for _, c := range append(strings.Fields(row.yes), "") {
			if !row.geo.Serves(country(c)) {
				t.Errorf("%+v: %q is not served", row.geo, c)
			}
		}
		for _, c := range strings.Fields(row.no) {
			if row.geo.Serves(country(c)) {
				t.Errorf("%+v: %q is served", row.geo, c)
			}
		}
	}
	for want, geo := range map[string]Geo{
		"not both":                {Allow: []string{"DE"}, Block: []string{"FR"}},
		`"de" is no country`:      {Allow: []string{"de"}},
		`"Germany" is no country`: {Block: []string{"Germany"}},
	} {
		d := site("A", "d.net")
		d.Geo = geo
		if _, err := Compile([]Distribution{d}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", geo, err, want)
		}
	}
}
