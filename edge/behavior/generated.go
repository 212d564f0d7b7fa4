package behavior

import "strings"

// Generated is a field that the edge makes itself, from what it knows of the
// viewer, under a name of CloudFront's. Key and Forward may name it. A viewer's
// own field of such a name is never taken for it and never goes to an origin.
type Generated uint8

const (
	IsDesktop Generated = iota // "true" or "false", as all that begin with Is
	IsMobile
	IsSmartTV
	IsTablet
	IsIOS
	IsAndroid
	ViewerCountry     // ISO 3166-1 alpha-2; absent where it is not known
	ForwardedProto    // "http" or "https": how the viewer asked
	ViewerHTTPVersion // "1.0" or "1.1"
	ViewerAddress     // address and port; for the origin only
	generatedNames
)

var generated = [generatedNames]string{
	"CloudFront-Is-Desktop-Viewer", "CloudFront-Is-Mobile-Viewer", "CloudFront-Is-SmartTV-Viewer",
	"CloudFront-Is-Tablet-Viewer", "CloudFront-Is-IOS-Viewer", "CloudFront-Is-Android-Viewer",
	"CloudFront-Viewer-Country", "CloudFront-Forwarded-Proto", "CloudFront-Viewer-Http-Version", "CloudFront-Viewer-Address",
}

// Name is the field's name.
func (g Generated) Name() string { return generated[g] }

// GeneratedOf is the field of that name; case does not count.
func GeneratedOf(name string) (Generated, bool) {
	for g, have := range generated {
		if strings.EqualFold(have, name) {
			return Generated(g), true
		}
	}
	return 0, false
}

// device is the Device that the field tells; 0 for the others.
func (g Generated) device() Device {
	if g <= IsAndroid {
		return 1 << g
	}
	return 0
}

// IsDevice reports whether the field tells something of the viewer's device.
func (g Generated) IsDevice() bool { return g.device() != 0 }

// Device reports what the field says of a viewer's device, where that is what
// it is about.
func (g Generated) Device(d Device) (value string, ok bool) {
	switch bit := g.device(); {
	case bit == 0:
		return "", false
	case d&bit != 0:
		return "true", true
	}
	return "false", true
}

// cloudFrontName reports whether a name in lower case is one that only an edge
// may give.
func cloudFrontName(low []byte) bool {
	const head = "cloudfront-"
	return len(low) > len(head) && string(low[:len(head)]) == head
}

// checkGenerated is what is wrong with a name of CloudFront's, or "".
func checkGenerated(name string) string {
	if _, ok := GeneratedOf(name); ok || !cloudFrontName([]byte(strings.ToLower(name))) {
		return ""
	}
	return "this edge does not know what it should say: there is " + strings.Join(generated[:], ", ")
}
