// Package agent tells from a User-Agent what a viewer used: the class of
// device, the browser and the operating system, under the names that
// CloudFront's viewers reports group by. Names and versions come from the
// definitions of the ua-parser project; classes of devices and what is a bot
// from small tables here. It knows texts, and must never know requests.
package agent

import (
	"strings"
)

// Device is a class of devices, as CloudFront's report on devices has them.
type Device uint8

const (
	NoDevice Device = iota // nothing is said of the device
	Desktop
	Mobile
	SmartTV
	Tablet
	UnknownDevice // there is a User-Agent, and it matches none
	EmptyDevice   // there is no User-Agent
	Devices       // how many there are
)

var deviceNames = [Devices]string{"", "Desktop", "Mobile", "Smart-TV", "Tablet", "Unknown", "Empty"}

func (d Device) String() string { return deviceNames[min(d, Devices-1)] }

// The groups that are not the names of a browser or a system.
const (
	Bot     = "Bot/Crawler" // programs that nobody watches
	Empty   = "Empty"       // no User-Agent
	Other   = "Other"       // what is not listed by itself
	Unknown = "Unknown"     // a User-Agent that names none
)

// Product is a browser or an operating system.
type Product struct {
	Name    string // as "Chrome Mobile"; at most 60 bytes of valid UTF-8
	Version string // as "130" or "10.15": see Agent; "" when unknown
}

// String is name and version.
func (p Product) String() string {
	if p.Version == "" {
		return p.Name
	}
	return p.Name + " " + p.Version
}

// Agent is what a User-Agent says. Browsers have their major version: those of
// today tell no more, or change it every week. Systems have major and minor
// where they tell both, since macOS was at 10 for twenty years.
type Agent struct {
	Device          Device
	Browser, System Product
}

// Classify reads a User-Agent header as the viewer sent it, 1,024 bytes of it. One that was never
// seen costs some 20 µs: Cache remembers.
func Classify(userAgent string) Agent {
	l := lineOf(userAgent)
	if a, ok := l.special(); ok {
		return a
	}
	d := shared()
	return Agent{Device: deviceOf(l), Browser: d.browser(l), System: d.system(l)}
}

// Glance reads a User-Agent by the tables of this package alone, which know the
// large families only. It takes some two microseconds.
func Glance(userAgent string) Agent {
	l := lineOf(userAgent)
	if a, ok := l.special(); ok {
		return a
	}
	return Agent{Device: deviceOf(l), Browser: glance(l.text, browserMarks), System: glance(l.text, systemMarks)}
}

// special are the agents whose browser needs no looking up.
func (l *line) special() (Agent, bool) {
	if l.text == "" || l.text == "-" {
		return Agent{EmptyDevice, Product{Name: Empty}, Product{Name: Empty}}, true
	}
	if l.isBot() {
		return Agent{deviceOf(l), Product{Name: Bot}, Product{Name: Bot}}, true
	}
	return Agent{}, false
}

// longestName is where a name is cut: some definitions take the name from the
// User-Agent, which may be anything.
const longestName = 60

// product is a Product from texts that may be anything.
func product(name string, version ...string) Product {
	name = strings.TrimSpace(strings.ToValidUTF8(name[:min(len(name), longestName)], ""))
	if name == "" || name == Other {
		return Product{Name: Unknown}
	}
	p := Product{Name: name}
	for _, v := range version {
		if v == "" || len(v) > 8 {
			break
		}
		if p.Version != "" {
			p.Version += "."
		}
		p.Version += v
	}
	p.Version = strings.ToValidUTF8(p.Version, "")
	return p
}
