package scenario

import "testing"

func TestTLSOfAServer(t *testing.T) {
	const rest = `
origins: {a: {url: http://127.0.0.1:1}}
distributions: [{id: E1, domain: d.net, default: {origin: a}}]
`
	for tls, want := range map[string]string{
		"{listen: ':443'}": "",
		"{listen: ':8443', certificates: [{cert: a.pem, key: a.key}, {cert: b.pem, key: b.key}]}": "",
		"{listen: '[::1]:8443', self_made: kept.pem}":                                             "",
		"{certificates: [{cert: a.pem, key: a.key}]}":                                             "", // --tls-listen may give the address
		"{listen: '443'}":     `f.yaml:1:15: tls.listen: "443": want host:port, or :port for every address`,
		"{listen: ':https9'}": `f.yaml:1:15: tls.listen: ":https9": want host:port, or :port for every address`,
		"{listen: ':443', certificates: [{cert: a.pem}]}":                           `f.yaml:1:39: tls.certificates[0].key: missing: want the PEM file of the certificate's key`,
		"{listen: ':443', certificates: [{key: a.pem}]}":                            `f.yaml:1:39: tls.certificates[0].cert: missing: want the PEM file of a certificate`,
		"{listen: ':443', self_made: x, certificates: [{cert: a.pem, key: k.pem}]}": `f.yaml:1:34: tls.self_made: there are certificates, so that none is made: leave one of the two out`,
		"{port: 443}": `f.yaml:1:7: tls.port: unknown key; there is listen, certificates, self_made`,
	} {
		_, err := ParseConfig("f.yaml", []byte("tls: "+tls+rest))
		if want == "" && err != nil || want != "" && !isError(err, want) {
			t.Errorf("%s:\n got %v\nwant %s", tls, err, want)
		}
	}
}
