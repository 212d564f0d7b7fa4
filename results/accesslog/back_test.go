package accesslog

import (
	"testing"

	"pgregory.net/rapid"
)

func TestRequestIDsLeadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.Uint64().Draw(t, "id")
		if got, ok := NumberOf(AppendRequestID(nil, want)); !ok || got != want {
			t.Fatalf("the request id of %d leads back to %d, %v", want, got, ok)
		}
	})
	for _, id := range []string{"", "-", "SOX4xwn4XV6Q4rgb7XiVGOHms_BGlTAC4KyHmureZmBNrjGdRLiNIQ=", "!!!!xwn4XV6Q4rgb7XiVGOHms_BGlTAC4KyHmureZmBNrjGdRLiNIQ=="} {
		if n, ok := NumberOf([]byte(id)); ok {
			t.Errorf("%q is taken for the request id of %d", id, n)
		}
	}
	if _, ok := NumberOf([]byte("SOX4xwn4XV6Q4rgb7XiVGOHms_BGlTAC4KyHmureZmBNrjGdRLiNIQ==")); !ok {
		t.Error("a request id of CloudFront's has no number")
	}
}

func TestTLSLeadsBack(t *testing.T) {
	for v := 1; v < 256; v++ {
		if got, ok := TLSOf(addTLS(nil, uint8(v))); !ok || got != uint8(v) {
			t.Errorf("version %d leads back to %d, %v", v, got, ok)
		}
	}
	for v := 1; v < 1<<16; v++ {
		if got, ok := CipherOf(addCipher(nil, uint16(v))); !ok || got != uint16(v) {
			t.Errorf("suite %d leads back to %d, %v", v, got, ok)
		}
	}
	for _, name := range []string{"", "-", "SSLv3", "0x0200", "0xG300", "0x03000"} {
		if v, ok := TLSOf([]byte(name)); ok {
			t.Errorf("%q is taken for TLS %d", name, v)
		}
	}
}
