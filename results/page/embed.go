package page

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"slices"
)

// How large the data in a page may be, in bytes as they stand there. With the
// document around them a page stays below 3 MB.
const (
	plainData = 1 << 20   // up to here data are JSON that one can read
	mostData  = 2_200_000 // beyond, distributions are left out
)

// embedded are data as they stand in a page.
type embedded struct {
	text   string
	packed bool // gzip in base64, else JSON
}

// embedData makes the page's data as short as the page wants them: as they are, or
// packed, or packed without the distributions at the end of the list. Then it
// returns the page without them, which says so.
func embedData(p Page) (Page, embedded, error) {
	whole, all := p, singles(p)
	for n := len(all); ; {
		data, err := Data(p)
		if err != nil {
			return p, embedded{}, err
		}
		if len(data) <= plainData {
			return p, embedded{text: string(data)}, nil
		}
		packed, err := packedData(data)
		if err != nil || len(packed) <= mostData || n == 0 {
			return p, embedded{packed, true}, err
		}
		n = min(n-1, int(float64(n)*mostData/float64(len(packed))))
		p = without(whole, all[n:])
	}
}

func packedData(data []byte) (string, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.DefaultCompression)
	if err != nil {
		panic("page: " + err.Error())
	}
	if _, err := z.Write(data); err != nil {
		return "", fmt.Errorf("packing the page's data: %w", err)
	}
	if err := z.Close(); err != nil {
		return "", fmt.Errorf("packing the page's data: %w", err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

// singles are the distributions that some tab has beside its first scope.
func singles(p Page) []string {
	var all []string
	for _, t := range p.Tabs {
		for _, s := range t.Scopes[min(1, len(t.Scopes)):] {
			if !slices.Contains(all, s.Distribution) {
				all = append(all, s.Distribution)
			}
		}
	}
	return all
}

// without is the page without what it has of those distributions by themselves.
func without(p Page, left []string) Page {
	p.Tabs = slices.Clone(p.Tabs)
	for i, t := range p.Tabs {
		var kept []Scope
		for j, s := range t.Scopes {
			if j == 0 || !slices.Contains(left, s.Distribution) {
				kept = append(kept, s)
			}
		}
		p.Tabs[i].Scopes = kept
	}
	p.Manifest.Warnings = append(slices.Clone(p.Manifest.Warnings), fmt.Sprintf(
		"this page has no room for %d distributions by themselves, from %s on: their reports are in the CSV files", len(left), left[0]))
	return p
}
