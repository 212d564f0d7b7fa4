package agent

import "strings"

// mark is a text that tells a family, under the name that ua-parser gives it,
// and the text that its version follows; "": the mark itself.
type mark struct {
	text, name, version string
	minor               bool // the version has two parts
}

// browserMarks are in order: the later ones stand in the words of the earlier.
var browserMarks = []mark{
	{text: "Roku/DVP-", name: "Roku"}, {text: "Edg/", name: "Edge"}, {text: "EdgA/", name: "Edge Mobile"}, {text: "EdgiOS/", name: "Edge Mobile"}, {text: "Edge/", name: "Edge"},
	{text: "OPR/", name: "Opera"}, {text: "SamsungBrowser/", name: "Samsung Internet"}, {text: "UCBrowser/", name: "UC Browser"},
	{text: "YaBrowser/", name: "Yandex Browser"}, {text: "CriOS/", name: "Chrome Mobile iOS"}, {text: "FxiOS/", name: "Firefox iOS"},
	{text: "FBAV/", name: "Facebook"}, {text: "Instagram ", name: "Instagram"},
	{text: "; wv)", name: "Chrome Mobile WebView", version: "Chrome/"}, {text: " Mobile Safari/", name: "Chrome Mobile", version: "Chrome/"},
	{text: "Mobile; rv:", name: "Firefox Mobile", version: "Firefox/"}, {text: "Tablet; rv:", name: "Firefox Mobile", version: "Firefox/"},
	{text: "Firefox/", name: "Firefox"},
	{text: "Trident/7", name: "IE", version: "rv:"}, {text: "MSIE ", name: "IE"},
	{text: "Chrome/", name: "Chrome"}, {text: "Mobile/", name: "Mobile Safari", version: "Version/"},
	{text: "Safari/", name: "Safari", version: "Version/"}, {text: "okhttp/", name: "okhttp"}, {text: "CFNetwork/", name: "CFNetwork"},
}

var systemMarks = []mark{
	{text: "Roku/DVP-", name: "Roku", minor: true},
	{text: "Windows Phone", name: "Windows Phone", version: "Windows Phone "}, {text: "Windows", name: "Windows", version: "Windows NT "},
	{text: "Tizen", name: "Tizen", version: "Tizen ", minor: true}, {text: "Web0S", name: "webOS"},
	{text: "Android", name: "Android", version: "Android "},
	{text: "iPhone", name: "iOS", version: " OS ", minor: true}, {text: "iPad", name: "iOS", version: " OS ", minor: true},
	{text: "Darwin/", name: "iOS", version: "\x00"},
	{text: "Mac OS X", name: "Mac OS X", version: "Mac OS X ", minor: true}, {text: "CrOS", name: "Chrome OS", version: "\x00"},
	{text: "Ubuntu", name: "Ubuntu", version: "\x00"}, {text: "Linux", name: "Linux", version: "\x00"},
}

// glance is the first family whose mark is there.
func glance(userAgent string, marks []mark) Product {
	for _, m := range marks {
		at := strings.Index(userAgent, m.text)
		if at < 0 {
			continue
		}
		before := m.version
		if before == "" {
			before = m.text
		}
		major, minor := numbersAfter(userAgent, before)
		if !m.minor {
			minor = ""
		}
		return product(m.name, major, minor)
	}
	return Product{Name: Unknown}
}

// numbersAfter are the two numbers behind the first such text, "" where there is
// none; points or underscores part them.
func numbersAfter(line, text string) (major, minor string) {
	_, rest, _ := strings.Cut(line, text)
	n := digits(rest)
	major, rest = rest[:n], rest[n:]
	if major != "" && rest != "" && (rest[0] == '.' || rest[0] == '_') {
		minor = rest[1 : 1+digits(rest[1:])]
	}
	return major, minor
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
