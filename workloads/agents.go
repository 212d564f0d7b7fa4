package workloads

import "strings"

// Agent is a share of the viewers.
type Agent struct {
	Name   string  // the User-Agent header; may be empty
	Weight float64 // relative
}

// DefaultAgents are 20 bots in 100 viewers and, of the other 80, devices in the
// proportions desktop 55, mobile 40, tablet 2, television 1.5, unknown 1, no
// User-Agent at all 0.5. Shares of browsers follow published ones of 2024
// (Chrome near two thirds, then Safari, Edge, Firefox, Samsung). The whole is
// a synthesis with assumptions, not a measurement.
func DefaultAgents() []Agent {
	const (
		windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) "
		mac     = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) "
		linux   = "Mozilla/5.0 (X11; Linux x86_64) "
		android = "Mozilla/5.0 (Linux; Android 10; K) "
		iphone  = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6_1 like Mac OS X) "
		webkit  = "AppleWebKit/537.36 (KHTML, like Gecko) "
		apple   = "AppleWebKit/605.1.15 (KHTML, like Gecko) "
		bot     = "Mozilla/5.0 (compatible; "
	)
	return []Agent{
		// desktop: 44
		{windows + webkit + "Chrome/130.0.0.0 Safari/537.36", 18},
		{windows + webkit + "Chrome/129.0.0.0 Safari/537.36", 5},
		{windows + webkit + "Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0", 5.5},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0", 2},
		{mac + webkit + "Chrome/130.0.0.0 Safari/537.36", 6},
		{mac + apple + "Version/17.6 Safari/605.1.15", 4.5},
		{linux + webkit + "Chrome/130.0.0.0 Safari/537.36", 2},
		{"Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0", 1},
		// mobile: 32
		{android + webkit + "Chrome/130.0.0.0 Mobile Safari/537.36", 18.5},
		{android + webkit + "SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36", 2},
		{"Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0", 0.5},
		{iphone + apple + "Version/17.6 Mobile/15E148 Safari/604.1", 8},
		{iphone + apple + "CriOS/130.0.6723.90 Mobile/15E148 Safari/604.1", 3},
		// tablet: 1.6
		{"Mozilla/5.0 (iPad; CPU OS 16_7_10 like Mac OS X) " + apple + "Version/16.6 Mobile/15E148 Safari/604.1", 1},
		{"Mozilla/5.0 (Linux; Android 14; SM-X710) " + webkit + "Chrome/130.0.0.0 Safari/537.36", 0.6},
		// television: 1.2
		{"Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) " + webkit + "94.0.4606.31/7.0 TV Safari/537.36", 0.5},
		{"Mozilla/5.0 (Web0S; Linux/SmartTV) " + webkit + "Chrome/94.0.4606.128 Safari/537.36 WebAppManager", 0.4},
		{"Roku/DVP-13.0 (13.0.0.4209-88)", 0.3},
		// unknown: 0.8, none: 0.4
		{"okhttp/4.12.0", 0.5}, {"curl/8.10.1", 0.2}, {"python-requests/2.32.3", 0.1}, {"", 0.4},
		// bots: 20
		{bot + "Googlebot/2.1; +http://www.google.com/bot.html)", 7},
		{bot + "bingbot/2.0; +http://www.bing.com/bingbot.htm)", 4},
		{bot + "AhrefsBot/7.0; +http://ahrefs.com/robot/)", 3},
		{bot + "SemrushBot/7~bl; +http://www.semrush.com/bot.html)", 2.5},
		{bot + "YandexBot/3.0; +http://yandex.com/bots)", 1.5},
		{"facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", 2},
	}
}

func (v *Viewers) fillAgents(cfg ViewersConfig) error {
	v.agents = cfg.Agents
	if len(v.agents) == 0 {
		v.agents = DefaultAgents()
	}
	var weights []float64
	for _, a := range v.agents {
		if strings.ContainsAny(a.Name, "\r\n\x00") {
			return wrong("Agents", a.Name, "one line each, as a header has it")
		}
		weights = append(weights, a.Weight)
	}
	if err := checkWeights("Agents", weights); err != nil {
		return err
	}
	v.byWeight = newAlias(evenIfZero(weights))
	return nil
}
