package logs

import (
	"strings"
	"sync"
)

// Apache's logs, and those of whoever writes like it (Varnish's varnishncsa), by
// a layout in the syntax of Apache's directive LogFormat (mod_log_config).

// apacheCombined is Apache's format "combined"; what mod_cache did may stand
// behind it.
const (
	apacheCombined = `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"`
	apacheDefault  = apacheCombined + ` %{cache-status}e %D %v`
	apacheNeeds    = 9 // values of apacheCombined
)

func init() {
	register(Format{
		Name: "apache",
		About: "Apache's or Varnish's access log: combined, then the cache's result (%{cache-status}e), %D and %v as far as they are there: told by its first lines; " +
			"or apache:LAYOUT, as LogFormat and varnishncsa -F have it",
		Layout: func(l string) error { _, err := parseApache(l); return err },
		Detect: detectApache,
		Looks:  "as Apache's combined log",
		new: func(j *job) (decoder, error) {
			if j.layout == "" {
				return newServer(j, apacheStandard()), nil
			}
			l, err := parseApache(j.layout)
			return newServer(j, l), err
		},
	})
}

var apacheStandard = sync.OnceValue(func() *layout {
	l, err := parseApache(apacheDefault)
	if err != nil {
		panic("logs: Apache's own layout: " + err.Error())
	}
	l.need = apacheNeeds
	return l
})

// parseApache reads a layout. A quote may be written \" as in a configuration.
func parseApache(format string) (*layout, error) {
	format = strings.NewReplacer(`\"`, `"`, `\t`, "\t", `\n`, "", `\\`, `\`).Replace(format)
	var b builder
	for format != "" {
		text, rest, has := strings.Cut(format, "%")
		b.literal(text)
		if !has {
			break
		}
		if after, ok := strings.CutPrefix(rest, "%"); ok {
			b.literal("%")
			format = after
			continue
		}
		format = b.apacheValue(rest)
	}
	return b.done()
}

// apacheValue takes a value, of which s is what comes behind its %: modifiers
// that say which request is meant or for which statuses, a name in braces, a
// letter, or ^ and two.
func (b *builder) apacheValue(s string) (rest string) {
	at := strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune("<>!,0123456789", r) })
	if at < 0 {
		b.fail("a %% without a letter at the end")
		return ""
	}
	s = s[at:]
	argument := ""
	if strings.HasPrefix(s, "{") {
		end := strings.IndexByte(s, '}')
		if end < 0 {
			b.fail("no } after %q", s)
			return ""
		}
		argument, s = s[1:end], s[end+1:]
	}
	n := 1
	if strings.HasPrefix(s, "^") {
		n = 3
	}
	if len(s) < n {
		b.fail("no letter after %%{%s}", argument)
		return ""
	}
	b.apache(s[:n], argument)
	return s[n:]
}

func (b *builder) apache(letter, argument string) {
	switch {
	case letter == "t":
		b.apacheMoment(argument)
	case argument == "":
		read, known := apacheLetters[letter]
		if !known && !strings.Contains(apacheUnread, letter) {
			b.fail("%%%s is not known", letter)
		}
		b.value("%"+letter, read)
	default:
		b.value("%{"+argument+"}"+letter, apacheArgument(letter, argument))
	}
}

// apacheMoment takes %t, which stands in brackets unless a format is given.
func (b *builder) apacheMoment(format string) {
	begins := true
	if f, ok := strings.CutPrefix(format, "end:"); ok {
		format, begins = f, false
	}
	format = strings.TrimPrefix(format, "begin:")
	switch format {
	case "":
		b.literal("[")
		b.value("%t", moment(localTime, begins))
		b.literal("]")
	case "sec":
		b.value("%t", momentOf(1e9, begins))
	case "msec":
		b.value("%t", momentOf(1e6, begins))
	case "usec":
		b.value("%t", momentOf(1e3, begins))
	case "msec_frac", "usec_frac":
		b.value("%{"+format+"}t", nil)
	default:
		form, unknown := strftimeForm(format)
		if unknown != "" {
			b.fail("%s in the format of a time is not known", unknown)
		}
		b.value("%t", moment(form, begins))
	}
}

// apacheLetters are the letters of values that a record needs.
var apacheLetters = map[string]reading{
	"a": readAddr, "h": readAddr, "r": readRequest, "m": readMethod, "U": readPath, "q": readQuery, "H": readVersion,
	"s": readStatus, "b": readBody, "B": readBody, "O": readSent, "I": readReceived,
	"D": span(1e3, setTotal), "T": span(1e9, setTotal), "^FB": span(1e3, setFirstByte),
	"v": readServer, "V": readServer, "X": readConnection, "L": readID,
}

// apacheUnread are the letters of those that it does not.
const apacheUnread = "A l u k f P p R S C e i o n x ^ti ^to"

// apacheArgument is the reading of a value with an argument; nil of one that no
// record needs.
func apacheArgument(letter, argument string) reading {
	name := strings.ToLower(argument)
	if read, ok := apacheArguments[name+" "+letter]; ok {
		return read
	}
	if strings.Contains("i o e n x", letter) && cacheSays(name) {
		return readCache
	}
	return nil
}

var apacheArguments = map[string]reading{
	"c a": readAddr, "remote p": readPort,
	"us T": span(1e3, setTotal), "ms T": span(1e6, setTotal), "s T": span(1e9, setTotal),
	"referer i": readReferrer, "user-agent i": readAgent, "host i": readHost, "cookie i": readCookie,
	"x-forwarded-for i": readForwarded,
	"content-type o":    readType, "content-length o": readLength, "content-range o": readRange,
	"ssl_protocol x": readTLS, "ssl_cipher x": readCipher, "https e": readHTTPS, "unique_id e": readID,
	"geoip_country_code e": readCountry, "mm_country_code e": readCountry,
	"varnish:handling x": readCache, "varnish:hitmiss x": readCache, "varnish:time_firstbyte x": span(1e9, setFirstByte),
	"varnish:vxid x": readID,
}
