package rfc9111

import (
	"strconv"

	"github.com/dunglas/httpsfv"
)

// settle finds the directives that count: those of CDN-Cache-Control where it is
// valid and not empty, and then neither Cache-Control's nor Expires (RFC 9213
// §2.2). Where field forms do not count, they are made the plain ones.
func (r *Response) settle(rules *Rules) {
	if rules.CDNCacheControl && len(r.targeted) > 0 {
		if cc, ok := parseTargeted(string(r.targeted[:len(r.targeted)-1])); ok {
			r.CC, r.HasExpires = cc, false
		}
	}
	r.targeted = nil
	if rules.FieldForms {
		return
	}
	r.CC.Held = ""
	if r.CC.Is(NoCacheFields) {
		r.CC.Has |= NoCache
	}
	if r.CC.Is(PrivateFields) {
		r.CC.Has |= Private
	}
}

// parseTargeted reads a targeted field: a dictionary of structured fields whose
// members are directives (RFC 9213 §2.1). One that does not parse, is empty, or
// gives a directive we heed a value of another type is as if it were not there.
func parseTargeted(value string) (cc CacheControl, ok bool) {
	dict, err := httpsfv.UnmarshalDictionary([]string{value})
	if err != nil || len(dict.Names()) == 0 {
		return cc, false
	}
	for _, name := range dict.Names() {
		m, _ := dict.Get(name)
		if !cc.targeted(name, m) {
			return cc, false
		}
	}
	return cc, true
}

// targeted notes one member; false when its type is wrong.
func (c *CacheControl) targeted(name string, m httpsfv.Member) bool {
	bit, kind := typeOf(name)
	item, isItem := m.(httpsfv.Item)
	if kind == unknownDirective {
		return true
	}
	if !isItem {
		return false
	}
	switch v := item.Value.(type) {
	case bool:
		if v && kind != secondsDirective {
			c.Has |= bit
		}
		return kind != secondsDirective
	case int64:
		if kind == secondsDirective {
			c.add(directive{name: []byte(name), arg: strconv.AppendInt(nil, v, 10), hasArg: true})
		}
		return kind == secondsDirective
	case string:
		if kind == fieldsDirective {
			c.add(directive{name: []byte(name), arg: []byte(v), hasArg: true, quoted: true})
		}
		return kind == fieldsDirective
	}
	return false
}

// directiveKind is what a directive of responses takes.
type directiveKind uint8

const (
	unknownDirective directiveKind = iota
	plainKind
	secondsDirective
	fieldsDirective // nothing, or field names
)

func typeOf(name string) (Directives, directiveKind) {
	switch name {
	case "max-age", "s-maxage", "stale-while-revalidate", "stale-if-error":
		return 0, secondsDirective
	case "no-cache":
		return NoCache, fieldsDirective
	case "private":
		return Private, fieldsDirective
	}
	if bit := plainDirective([]byte(name)); bit != 0 {
		return bit, plainKind
	}
	return 0, unknownDirective
}
