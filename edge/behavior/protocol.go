package behavior

// ViewerProtocol says what becomes of requests over plain HTTP, in CloudFront's
// words.
type ViewerProtocol string

const (
	AllowAll        ViewerProtocol = "allow-all"         // they are served
	RedirectToHTTPS ViewerProtocol = "redirect-to-https" // 301 for GET and HEAD, 307 for others, 403 for others of HTTP/1.0
	HTTPSOnly       ViewerProtocol = "https-only"        // 403
)

func (p ViewerProtocol) known() bool {
	return p == "" || p == AllowAll || p == RedirectToHTTPS || p == HTTPSOnly
}

// WantsHTTPS reports whether plain HTTP is not served.
func (p ViewerProtocol) WantsHTTPS() bool { return p != "" && p != AllowAll }
