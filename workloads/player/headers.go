package player

import (
	"fmt"
	"strings"
)

// framing are the fields that say where a message ends and whose it is: the
// player's to write.
var framing = []string{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Trailer", "Upgrade", "TE"}

func (c *Config) checkHeaders() error {
	for _, h := range c.Headers {
		switch {
		case h.Name == "" || strings.ContainsFunc(h.Name, notToken):
			return fmt.Errorf("player: header %q: a name has letters, digits and - only", h.Name)
		case strings.ContainsFunc(h.Value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
			return fmt.Errorf("player: header %s: value %q holds line ends or controls", h.Name, h.Value)
		}
		for _, name := range framing {
			if strings.EqualFold(name, h.Name) {
				return fmt.Errorf("player: header %s is written by the player itself", name)
			}
		}
	}
	return nil
}

// notToken reports what a field's name cannot have (RFC 9110 §5.6.2).
func notToken(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune("()<>@,;:\\\"/[]?={}", r)
}

// extra are the lines that are the same in every request.
func (w *words) addHeaders(cfg *Config) {
	for _, h := range cfg.Headers {
		w.extra = append(w.extra, h.Name+": "+h.Value+"\r\n"...)
		switch strings.ToLower(h.Name) {
		case "user-agent":
			w.noAgent = true
		case "referer":
			w.noReferrer = true
		case "x-forwarded-for":
			w.noAddr = true
		}
	}
	if cfg.NoKeepAlive {
		w.extra = append(w.extra, "Connection: close\r\n"...)
	}
	for _, host := range cfg.Hosts {
		w.ofTarget = append(w.ofTarget, w.phrase("Host: ", host))
	}
}

// host is the Host line of a request to a target.
func (w *words) host(host uint16, target int) *phrase {
	if w.ofTarget != nil {
		return &w.ofTarget[target]
	}
	return &w.hosts[host]
}
