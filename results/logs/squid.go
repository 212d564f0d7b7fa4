package logs

import "sync"

// Squid's own format, which proxies and other caches write, too:
//
//	time elapsed client code/status bytes method URL user hierarchy/server type
//
// time in seconds since 1970 at the response's end, elapsed in milliseconds,
// numbers padded with spaces (Squid's wiki, SquidLogs).

const squidLayout = `$msec $elapsed $remote_addr $cache_status/$status $bytes_sent $request_method $request_uri $user $hierarchy $sent_http_content_type`

func init() {
	register(Format{
		Name:  "squid",
		About: "Squid's own format of access.log: seconds, milliseconds, client, TCP_HIT/200, bytes, method, URL, user, hierarchy, type",
		new:   func(j *job) (decoder, error) { return newServer(j, squidStandard()), nil },
	})
}

var squidStandard = sync.OnceValue(func() *layout {
	l, err := parseNginx(squidLayout)
	if err != nil {
		panic("logs: Squid's own layout: " + err.Error())
	}
	l.runs = true
	for i := range l.parts {
		if l.parts[i].name == "$elapsed" {
			l.parts[i].read = span(1e6, setTotal)
		}
	}
	return l
})
