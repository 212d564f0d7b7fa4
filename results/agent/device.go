package agent

import "strings"

// The marks of classes of devices, in small letters, as makers and browsers
// document them. They are tried in the order of the functions below: a
// television's browser calls itself Linux and Safari, too, and a phone's calls
// itself whatever opens doors.
//
// Consoles are none of CloudFront's classes and count as unknown, whatever
// system they claim.
var (
	consoleMarks = textsOf("playstation", "xbox", "nintendo")

	tvMarks = textsOf(
		"smart-tv", "smarttv", "smart tv", "hbbtv", "ce-html", "dlnadoc", "inettvbrowser", "nettv", "netcast.tv",
		"googletv", "google tv", "android tv", "androidtv", "appletv", "apple tv", "crkey",
		"roku", "bravia", "viera", "aquosbrowser", "philipstv", "opera tv", "tv store", "web0s", "vizio",
		"; aftb", "; aftm", "; afts", "; aftt", "; aftk", "; aftn", "; afta", "; aftp", "; aftg", "; aftr", "; afte", "; aftw",
		"fire tv", "mibox", "large screen", " tv safari", "sonydtv", "settopbox", "set-top",
	)

	tabletMarks = textsOf(
		"ipad", "playbook", "kindle", "touchpad", "nexus 7", "nexus 9", "nexus 10", "xoom",
		"; sm-t", "; sm-x", "; sm-p", "; gt-p", "; gt-n8", "; kf", "silk-accelerated", "lenovo tab", "lenovo tb", "mediapad",
		"pixel tablet", "pixel c ",
	)

	mobileMarks = textsOf(
		"iphone", "ipod", "windows phone", "windows ce", "iemobile", "blackberry", "bb10", "opera mini", "opera mobi", "mobile",
		"symbian", "series60", "series40", "nokia", "j2me", "midp", "webos/", "kaios", "maemo", "meego", "bada/",
		"android", "up.browser", "phone",
	)

	desktopMarks = textsOf(
		"windows nt", "windows 9", "win98", "win95", "win64", "windows", "macintosh", "mac os x", "mac_powerpc", "macos", "x11", "cros ",
		"linux x86_64", "linux i686", "linux amd64", "freebsd", "openbsd", "netbsd", "sunos",
	)
)

// deviceOf is the class of the device, unknown where nothing tells. What may be
// phone or tablet counts as phone (reference, section 2.5): so does Android in
// an application's words, which leave out the "Mobile" that browsers on phones
// say; and an application on iOS that says no more than its libraries.
func deviceOf(l *line) Device {
	switch {
	case l.has(consoleMarks):
		return UnknownDevice
	case l.has(tvMarks) || strings.Contains(l.low, "tizen") && strings.Contains(l.low, "tv"):
		return SmartTV
	case l.has(tabletMarks) || calledTablet(l) || androidTablet(l):
		return Tablet
	case l.has(mobileMarks) || appleApplication(l):
		return Mobile
	case l.has(desktopMarks) || appleLibraries(l):
		return Desktop
	}
	return UnknownDevice
}

// calledTablet leaves out Windows, which names the digitizer of a PC so.
func calledTablet(l *line) bool {
	return strings.Contains(l.low, "tablet") && !strings.Contains(l.low, "tablet pc")
}

// androidTablet goes by what Google asks of browsers on Android: those on phones
// say "Mobile".
func androidTablet(l *line) bool {
	return strings.Contains(l.low, "android") && strings.HasPrefix(l.low, "mozilla/") &&
		!strings.Contains(l.low, "mobi") && !strings.Contains(l.low, "windows phone")
}

func appleLibraries(l *line) bool {
	return strings.Contains(l.low, "cfnetwork/") && strings.Contains(l.low, "darwin/")
}

// appleApplication: those on a Mac add its processor.
func appleApplication(l *line) bool {
	return appleLibraries(l) && !strings.Contains(l.low, "(x86_64)") && !strings.Contains(l.low, "(arm64)")
}
