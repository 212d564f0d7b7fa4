package scenario

import "testing"

func TestProtocolOfAnOrigin(t *testing.T) {
	const rest = `
distributions: [{id: E1, domain: d.net, default: {origin: a}}]
`
	for origin, want := range map[string]string{
		"url: http://x.net":                                             "",
		"url: http://x.net:8080, protocol: http-only":                   "",
		"url: https://x.net, protocol: https-only, tls: {ca: ca.pem}":   "",
		"url: http://x.net, protocol: match-viewer":                     "",
		"url: http://x.net, protocol: match-viewer, https_port: 8443":   "",
		"url: http://x.net, protocol: match-viewer, tls: {name: y.net}": "",
		"url: https://x.net, tls: {insecure: true}":                     "",
		"url: http://x.net, protocol: https":                            `f.yaml:1:44: origins.a.protocol: unknown protocol "https": want http-only, https-only or match-viewer`,
		"url: http://x.net, protocol: https-only":                       `f.yaml:1:44: origins.a.protocol: https-only does not go with http://x.net`,
		"url: https://x.net, protocol: http-only":                       `f.yaml:1:45: origins.a.protocol: http-only does not go with https://x.net`,
		"url: https://x.net, protocol: match-viewer":                    `f.yaml:1:45: origins.a.protocol: match-viewer starts from an http:// url; https_port tells where TLS is spoken`,
		"url: https://x.net, https_port: 8443":                          `f.yaml:1:47: origins.a.https_port: goes with protocol: match-viewer; else the url has the port`,
		"url: http://x.net, protocol: match-viewer, https_port: 70000":  `f.yaml:1:70: origins.a.https_port: 70000: want a port from 1 to 65535`,
		"url: http://x.net, tls: {insecure: true}":                      `f.yaml:1:40: origins.a.tls: this origin is asked without TLS: write https:// in its url`,
		"url: https://x.net, tls: {insecure: true, ca: ca.pem}":         `f.yaml:1:51: origins.a.tls.insecure: believes any certificate, whatever ca and name say: leave one of the two out`,
	} {
		_, err := ParseConfig("f.yaml", []byte("origins: {a: {"+origin+"}}"+rest))
		if want == "" && err != nil || want != "" && !isError(err, want) {
			t.Errorf("%s:\n got %v\nwant %s", origin, err, want)
		}
	}
	_, err := Parse("f.yaml", []byte(broken(t, "{kind: bucket}", "{kind: bucket, protocol: match-viewer}")))
	if !isError(err, "f.yaml:5:7: origins.a: a simulated origin speaks plain HTTP: leave protocol, https_port and tls out") {
		t.Errorf("a simulated one: %v", err)
	}
}
