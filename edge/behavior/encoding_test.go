package behavior

import "testing"

// TestAcceptEncodingHasFewForms goes by RFC 9110 §12.5.3 and §12.4.2, and by
// CloudFront's documented forms (reference 1.9).
func TestAcceptEncodingHasFewForms(t *testing.T) {
	both, gzip, brotli := Key{Gzip: true, Brotli: true}, Key{Gzip: true}, Key{Brotli: true}
	for _, row := range []struct {
		field     string
		key       Key
		form      string
		forwarded string
	}{
		{"gzip, deflate, br, zstd", both, "br,gzip", "br,gzip"},
		{"br;q=0.1,gzip;q=0.9", both, "br,gzip", "br,gzip"},
		{" GZIP ;q=1 ", both, "gzip", "gzip"},
		{"x-gzip", both, "gzip", "gzip"},
		{"br", both, "br", "br"},
		{"gzip, br", gzip, "gzip", "gzip"},
		{"gzip, br", brotli, "br", "br"},
		{"br", gzip, "", "identity"},
		{"gzip;q=0, br;q=0.000", both, "", "identity"},
		{"gzip;q=0.001", both, "gzip", "gzip"},
		{"gzip;q=2", both, "", "identity"},
		{"gzip;q=x", both, "", "identity"},
		{"gzip;level=9", both, "", "identity"},
		{"gzip;q=", both, "", "identity"},
		{"gzipped, brr", both, "", "identity"},
		{"*", both, "", "identity"},
		{"identity", both, "", "identity"},
		{"", both, "", "identity"},
		{",, ,", both, "", "identity"},
	} {
		r := ruleWith(t, "A", row.key)
		if got := string(r.AcceptEncoding([]byte(row.field))); got != row.form {
			t.Errorf("%q with %+v: form %q, want %q", row.field, row.key, got, row.form)
		}
		if got := string(r.ForwardedEncoding([]byte(row.field))); got != row.forwarded {
			t.Errorf("%q with %+v: forwarded %q, want %q", row.field, row.key, got, row.forwarded)
		}
	}
	if got := ruleWith(t, "A", both).ForwardedEncoding(nil); got != nil {
		t.Errorf("no field is forwarded as %q", got)
	}
}

func TestAnExplicitAcceptEncodingIsKeyedAsItCame(t *testing.T) {
	r := ruleWith(t, "A", Key{Gzip: true, Headers: []string{"Accept-Encoding"}})
	if r.NormalisesEncoding() {
		t.Error("normalised although the key lists the field itself")
	}
	if r = ruleWith(t, "A", Key{Gzip: true}); !r.NormalisesEncoding() {
		t.Error("not normalised")
	}
}

func TestAcceptEncodingAllocatesNothing(t *testing.T) {
	r := ruleWith(t, "A", Key{Gzip: true, Brotli: true})
	field := []byte("gzip, deflate, br;q=0.9, zstd")
	if n := testing.AllocsPerRun(100, func() { r.AcceptEncoding(field) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzAcceptEncodingIsOneOfItsForms holds whatever a viewer sends to the forms
// there are, so that it cannot split the cache further.
func FuzzAcceptEncodingIsOneOfItsForms(f *testing.F) {
	for _, s := range []string{"", "gzip, br", "br;q=0", "*;q=1,gzip;q=0.5", ";;,=", "gzip;q=0.0001"} {
		f.Add([]byte(s))
	}
	r := ruleWith(f, "A", Key{Gzip: true, Brotli: true})
	f.Fuzz(func(t *testing.T, field []byte) {
		switch form := string(r.AcceptEncoding(field)); form {
		case "", "gzip", "br", "br,gzip":
			if again := string(r.AcceptEncoding([]byte(form))); again != form {
				t.Errorf("%q becomes %q, and that %q", field, form, again)
			}
		default:
			t.Errorf("%q becomes %q", field, form)
		}
	})
}
