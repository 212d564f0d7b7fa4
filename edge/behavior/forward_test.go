package behavior

import "testing"

func TestWhatTheKeyLeavesOutIsNotForwarded(t *testing.T) {
	for _, x := range []struct {
		key                           Key
		query, wantQuery, cook, wants string
	}{
		{Key{}, "a=1&b=2", "", "a=1; b=2", ""},
		{Key{Query: All, Cookies: All}, "a=1&&b", "?a=1&&b", "a=1; b=2", "Cookie: a=1; b=2\r\n"},
		{Key{Query: Include, QueryNames: []string{"b"}, Cookies: Include, CookieNames: []string{"b"}},
			"a=1&b=2&b=3", "?b=2&b=3", "a=1;b=2", "Cookie: b=2\r\n"},
		{Key{Query: Except, QueryNames: []string{"b"}, Cookies: Except, CookieNames: []string{"a", "b"}},
			"a=1&b=2", "?a=1", "a=1; b=2", ""},
		{Key{Query: All, Cookies: All}, "", "", "", ""},
	} {
		r := Rule{Behavior: Behavior{Key: x.key}}
		if got := string(r.AppendQuery(nil, []byte(x.query))); got != x.wantQuery {
			t.Errorf("%+v: query %q became %q, want %q", x.key, x.query, got, x.wantQuery)
		}
		if got := string(r.AppendCookies(nil, []byte(x.cook))); got != x.wants {
			t.Errorf("%+v: cookies %q became %q, want %q", x.key, x.cook, got, x.wants)
		}
	}
}
