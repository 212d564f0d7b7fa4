package logs

import (
	"strings"
	"sync"
)

// nginx's logs, and those of whoever writes like it, by a layout in the syntax of
// nginx's directive log_format (ngx_http_log_module).

// nginxCombined is nginx's own format "combined" with what it says of its cache
// behind it. A line may end after any of the values from the cache's on.
const (
	nginxCombined = `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"`
	nginxDefault  = nginxCombined + ` $upstream_cache_status $request_time $upstream_response_time $host`
	nginxNeeds    = 8 // values of nginxCombined
)

func init() {
	register(Format{
		Name: "nginx",
		About: "nginx's access log: combined, then $upstream_cache_status, $request_time, $upstream_response_time and $host as far as they are there: told by its first lines; " +
			"or nginx:LAYOUT, as log_format has it",
		Layout: func(l string) error { _, err := parseNginx(l); return err },
		Detect: detectNginx,
		Looks:  "as nginx's combined log",
		new: func(j *job) (decoder, error) {
			if j.layout == "" {
				return newServer(j, nginxStandard()), nil
			}
			l, err := parseNginx(j.layout)
			return newServer(j, l), err
		},
	})
}

var nginxStandard = sync.OnceValue(func() *layout {
	l, err := parseNginx(nginxDefault)
	if err != nil {
		panic("logs: nginx's own layout: " + err.Error())
	}
	l.need = nginxNeeds
	return l
})

// parseNginx reads a layout.
func parseNginx(format string) (*layout, error) {
	var b builder
	for format != "" {
		text, rest, has := strings.Cut(format, "$")
		b.literal(text)
		if !has {
			break
		}
		name := nginxName(rest)
		format = rest[len(name):]
		name = strings.Trim(name, "{}")
		if name == "" {
			b.fail("a $ without a name after %q", text)
			break
		}
		b.value("$"+name, nginxReading(name))
	}
	return b.done()
}

// nginxName is the name after a $, with the braces that may be around it.
func nginxName(s string) string {
	if strings.HasPrefix(s, "{") {
		return s[:strings.IndexByte(s, '}')+1]
	}
	n := 0
	for n < len(s) && (s[n] == '_' || 'a' <= s[n]|0x20 && s[n]|0x20 <= 'z' || '0' <= s[n] && s[n] <= '9') {
		n++
	}
	return s[:n]
}

// nginxReading is the reading of a variable; nil of one that no record needs.
func nginxReading(name string) reading {
	if read, ok := nginxReadings[name]; ok {
		return read
	}
	for _, prefix := range []string{"sent_http_", "upstream_http_", "http_", ""} {
		if header, ok := strings.CutPrefix(name, prefix); ok && cacheSays(header) {
			return readCache
		}
	}
	return nil
}

// nginxReadings are the variables that a record needs. $time_local, $msec and
// their like are the moment the line was written: the end of the response.
var nginxReadings = map[string]reading{
	"remote_addr": readAddr, "realip_remote_addr": readAddr, "remote_port": readPort,
	"time_local": moment(localTime, false), "time_iso8601": moment("2006-01-02T15:04:05Z07:00", false),
	"msec":    momentOf(1e9, false),
	"request": readRequest, "request_method": readMethod, "request_uri": readTarget,
	"uri": readPath, "document_uri": readPath, "args": readQuery, "query_string": readQuery,
	"server_protocol": readVersion, "scheme": readScheme, "https": readHTTPS,
	"host": readHost, "http_host": readHost, "server_name": readServer,
	"status": readStatus, "body_bytes_sent": readBody, "bytes_sent": readSent, "request_length": readReceived,
	"http_referer": readReferrer, "http_user_agent": readAgent, "http_cookie": readCookie,
	"http_x_forwarded_for": readForwarded, "proxy_add_x_forwarded_for": readForwarded,
	"request_time": span(1e9, setTotal), "request_completion": readCompletion, "request_id": readID,
	"upstream_cache_status": readCache, "upstream_response_time": readUpstream(setOriginTotal),
	"upstream_header_time": readUpstream(setOriginTTFB), "upstream_bytes_received": readUpstreamBytes,
	"sent_http_content_type": readType, "sent_http_content_length": readLength, "sent_http_content_range": readRange,
	"ssl_protocol": readTLS, "ssl_cipher": readCipher,
	"geoip_country_code": readCountry, "geoip2_data_country_code": readCountry, "geoip2_country_code": readCountry,
}
