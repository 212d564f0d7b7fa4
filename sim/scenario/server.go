package scenario

import (
	"path/filepath"
	"reflect"
	"slices"
	"time"

	"edgesim/sim/unit"
)

// AccessLog is where a server writes CloudFront's standard log, and how it is
// cut into files.
type AccessLog struct {
	File    string        `yaml:"file"`     // one file, gzip if its name ends in .gz, begun anew at a reload. Default: none
	Dir     string        `yaml:"dir"`      // or a folder, for files by distribution and hour as CloudFront names them. Default: none
	Prefix  string        `yaml:"prefix"`   // with dir: before the distribution's id; may have slashes. Default: none
	Every   unit.Duration `yaml:"every"`    // with dir: the longest a file takes lines, 1s to 1h. Default: 1h
	MaxSize unit.Size     `yaml:"max_size"` // with dir: the size at which the next file is begun, 64KiB at least. Default: 64MiB
	Cookies bool          `yaml:"cookies"`  // write the viewers' cookies too. Default: false
}

// Limits bound what viewers may make a server do. A limit that is left out, or
// 0, is its default.
type Limits struct {
	Header     unit.Size     `yaml:"header"`      // a request's line and fields. Default: 32KiB
	URL        unit.Size     `yaml:"url"`         // a request's target, within header. Default: 8KiB
	Fields     int           `yaml:"fields"`      // lines of a request's header. Default: 256
	Body       unit.Size     `yaml:"body"`        // a request's body. Default: 1GiB
	Handshake  unit.Duration `yaml:"handshake"`   // for a viewer's TLS handshake. Default: 10s
	Idle       unit.Duration `yaml:"idle"`        // from a response to the next request's first byte. Default: 60s
	HeaderTime unit.Duration `yaml:"header_time"` // from a request's first byte to the end of its header. Default: 20s
	BodyTime   unit.Duration `yaml:"body_time"`   // for a viewer to send some more of a request's body. Default: 60s
	Write      unit.Duration `yaml:"write"`       // for a viewer to take some of a response. Default: 60s
	MinRate    unit.Size     `yaml:"min_rate"`    // a second that a viewer has to send of a body, or take of a response, after that. Default: 256B
	Conns      int           `yaml:"conns"`       // viewers' connections at a time. Default: 100000
	PerAddress int           `yaml:"per_address"` // of these, from one IPv4 address or one /64 of IPv6. Default: 0, all
}

func (c *Config) checkServer(src *source) *fault {
	if f := checkListen(src, at{"listen"}, c.Listen); f != nil {
		return f
	}
	if f := checkListen(src, at{"admin"}, c.Admin); f != nil {
		return f
	}
	if f := c.AccessLog.check(src); f != nil {
		return f
	}
	if c.Grace < 0 {
		return src.fault(at{"grace"}, "%v: want 0s or more", c.Grace)
	}
	return c.Limits.check(src)
}

func (l *AccessLog) check(src *source) *fault {
	where := at{"access_log"}
	switch {
	case l.File != "" && l.Dir != "":
		return src.fault(where.then("dir"), "there is a file already: want one of the two")
	case l.Dir == "" && (l.Prefix != "" || l.Every != 0 || l.MaxSize != 0):
		return src.fault(where, "prefix, every and max_size are for files in a dir, which is missing")
	case !filepath.IsLocal(l.Prefix + "x"):
		return src.fault(where.then("prefix"), "%q leads out of the folder", l.Prefix)
	case l.Every != 0 && (l.Every.Std() < time.Second || l.Every.Std() > time.Hour):
		return src.fault(where.then("every"), "%v: want 1s to 1h", l.Every)
	case l.MaxSize != 0 && l.MaxSize < 64*unit.KiB:
		return src.fault(where.then("max_size"), "%v: want at least 64KiB", l.MaxSize)
	}
	return nil
}

func (l *Limits) check(src *source) *fault {
	where := at{"limits"}
	switch {
	case l.Header != 0 && (l.Header < unit.KiB || l.Header > 16*unit.MiB):
		return src.fault(where.then("header"), "%v: want 1KiB to 16MiB", l.Header)
	case l.URL != 0 && (l.URL < 64 || l.URL > 16*unit.MiB):
		return src.fault(where.then("url"), "%v: want 64B to 16MiB", l.URL)
	case l.Fields < 0:
		return src.fault(where.then("fields"), "%d: want at least 1, or 0 for the default", l.Fields)
	case l.HeaderTime < 0:
		return src.fault(where.then("header_time"), "%v: want more than 0s", l.HeaderTime)
	case l.BodyTime < 0:
		return src.fault(where.then("body_time"), "%v: want more than 0s", l.BodyTime)
	case l.PerAddress < 0:
		return src.fault(where.then("per_address"), "%d: want at least 1, or 0 for no limit", l.PerAddress)
	case l.Handshake < 0:
		return src.fault(where.then("handshake"), "%v: want more than 0s", l.Handshake)
	case l.Idle < 0:
		return src.fault(where.then("idle"), "%v: want more than 0s", l.Idle)
	case l.Write < 0:
		return src.fault(where.then("write"), "%v: want more than 0s", l.Write)
	case l.Conns < 0:
		return src.fault(where.then("conns"), "%d: want at least 1, or 0 for the default", l.Conns)
	}
	return nil
}

// Restarts lists the keys, as "edge.capacity", in which two configurations
// differ and which a running server cannot take over.
func (c *Config) Restarts(next *Config) []string {
	return differences(reflect.ValueOf(c).Elem(), reflect.ValueOf(next).Elem(), "")
}

// reloadable are the keys that a running server takes over.
var reloadable = []string{"origins", "origin_groups", "policies", "distributions", "tls.certificates"}

func differences(a, b reflect.Value, path string) (keys []string) {
	if slices.Contains(reloadable, path) || reflect.DeepEqual(a.Interface(), b.Interface()) {
		return nil
	}
	if a.Kind() != reflect.Struct {
		return []string{path}
	}
	for _, f := range fieldsOf(a.Type()) {
		keys = append(keys, differences(a.Field(f.index), b.Field(f.index), join(path, f.name))...)
	}
	return keys
}
