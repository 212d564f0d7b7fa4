package accesslog

import (
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"
)

// The way back: what the words of a log were made from.

// cipherNumbers are the suites by their names.
var cipherNumbers = func() map[string]uint16 {
	m := map[string]uint16{}
	for suite, name := range cipherNames {
		m[name] = suite
	}
	return m
}()

// CipherOf is the number of a cipher suite as ssl-cipher has it; false for a
// name that is not known.
func CipherOf(name []byte) (uint16, bool) {
	if suite, ok := cipherNumbers[string(name)]; ok {
		return suite, true
	}
	return hexOf(name)
}

// TLSOf is the Record.TLS of a protocol as ssl-protocol has it; false for a name
// that is not known. It allocates nothing for those that are.
func TLSOf(name []byte) (uint8, bool) {
	for version, known := range tlsNames {
		if known == string(name) && version > 0 {
			return uint8(version), true
		}
	}
	n, ok := hexOf(name)
	return uint8(n - 0x0300), ok && n >= 0x0300 && n < 0x0400
}

// hexOf reads what appendHex wrote.
func hexOf(name []byte) (uint16, bool) {
	digits, ok := strings.CutPrefix(string(name), "0x")
	if !ok || len(digits) != 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 16, 16)
	return uint16(n), err == nil
}

// headChars of a request id hold its first word.
const headChars = 12

// NumberOf is a number for a request id (x-edge-request-id): the Record.ID that
// AppendRequestID made it from or, for an id of CloudFront's, one that is as good
// as the id's first 64 bits. False for what has not an id's form.
func NumberOf(id []byte) (uint64, bool) {
	var word [headChars / 4 * 3]byte
	if len(id) != base64.URLEncoding.EncodedLen(idWords*8) {
		return 0, false
	}
	if _, err := base64.URLEncoding.Decode(word[:], id[:headChars]); err != nil {
		return 0, false
	}
	return unmix(binary.BigEndian.Uint64(word[:])) - idStep, true
}

// unmix undoes the mixing of SplitMix64, step by step from the last: a shift is
// undone by shifting on until nothing is left, a product by the inverse factor
// modulo 2^64.
func unmix(z uint64) uint64 {
	z ^= z>>31 ^ z>>62
	z *= 0x319642B2D24D8EC3
	z ^= z>>27 ^ z>>54
	z *= 0x96DE1B173F119089
	return z ^ z>>30 ^ z>>60
}
