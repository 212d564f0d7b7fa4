package replay

import (
	"bytes"

	"edgesim/workloads"
)

// kinds are what an object is, by how its path ends. The first is of what ends in
// none of these, and of everything in a trace of numbers. Media types are those of
// the IANA registry.
var kinds = []workloads.Type{
	{Name: "other", Ext: "", ContentType: "application/octet-stream"},
	{Name: "html", Ext: "/", ContentType: "text/html; charset=utf-8"},
	{Name: "html", Ext: ".html", ContentType: "text/html; charset=utf-8"},
	{Name: "html", Ext: ".htm", ContentType: "text/html; charset=utf-8"},
	{Name: "html", Ext: ".php", ContentType: "text/html; charset=utf-8"},
	{Name: "style", Ext: ".css", ContentType: "text/css"},
	{Name: "script", Ext: ".js", ContentType: "text/javascript"},
	{Name: "script", Ext: ".mjs", ContentType: "text/javascript"},
	{Name: "api", Ext: ".json", ContentType: "application/json"},
	{Name: "api", Ext: ".xml", ContentType: "application/xml"},
	{Name: "image", Ext: ".jpg", ContentType: "image/jpeg"},
	{Name: "image", Ext: ".jpeg", ContentType: "image/jpeg"},
	{Name: "image", Ext: ".png", ContentType: "image/png"},
	{Name: "image", Ext: ".gif", ContentType: "image/gif"},
	{Name: "image", Ext: ".webp", ContentType: "image/webp"},
	{Name: "image", Ext: ".avif", ContentType: "image/avif"},
	{Name: "image", Ext: ".svg", ContentType: "image/svg+xml"},
	{Name: "image", Ext: ".ico", ContentType: "image/vnd.microsoft.icon"},
	{Name: "font", Ext: ".woff2", ContentType: "font/woff2"},
	{Name: "font", Ext: ".woff", ContentType: "font/woff"},
	{Name: "font", Ext: ".ttf", ContentType: "font/ttf"},
	{Name: "video", Ext: ".m3u8", ContentType: "application/vnd.apple.mpegurl"},
	{Name: "video", Ext: ".mpd", ContentType: "application/dash+xml"},
	{Name: "video", Ext: ".ts", ContentType: "video/mp2t"},
	{Name: "video", Ext: ".m4s", ContentType: "video/iso.segment"},
	{Name: "video", Ext: ".mp4", ContentType: "video/mp4"},
	{Name: "video", Ext: ".webm", ContentType: "video/webm"},
	{Name: "audio", Ext: ".mp3", ContentType: "audio/mpeg"},
	{Name: "text", Ext: ".txt", ContentType: "text/plain; charset=utf-8"},
	{Name: "document", Ext: ".pdf", ContentType: "application/pdf"},
	{Name: "download", Ext: ".zip", ContentType: "application/zip"},
	{Name: "download", Ext: ".gz", ContentType: "application/gzip"},
	{Name: "download", Ext: ".bin", ContentType: "application/octet-stream"},
}

var kindByExt = func() map[string]int {
	m := map[string]int{}
	for i, k := range kinds {
		m[k.Ext] = i
	}
	return m
}()

// Types are the kinds of objects, as a catalog has them: by how paths end.
func Types() []workloads.Type {
	list := make([]workloads.Type, len(kinds))
	for i, k := range kinds {
		k.Prefix = "/"
		list[i] = k
	}
	return list
}

// longestExt is the longest ending that tells a kind, with its dot.
const longestExt = 6

// KindOf is the place in Types of the kind of object under a path with its query.
func KindOf(target []byte) int {
	path, _, _ := bytes.Cut(target, []byte{'?'})
	if len(path) > 0 && path[len(path)-1] == '/' {
		return kindByExt["/"]
	}
	at := bytes.LastIndexAny(path, "./")
	if at < 0 || path[at] == '/' || len(path)-at > longestExt {
		return 0
	}
	var ext [longestExt]byte
	n := 0
	for _, c := range path[at:] {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		ext[n] = c
		n++
	}
	return kindByExt[string(ext[:n])]
}
