package agent

import (
	"testing"
)

// real are User-Agents as devices send them, with what they are (reference,
// section 2.5). Names of browsers and systems are ua-parser's.
var real = []struct {
	userAgent string
	device    Device
	browser   string // with its version
	system    string
}{
	// Desktop.
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36", Desktop, "Chrome 130", "Windows 10"},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0", Desktop, "Edge 130", "Windows 10"},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0", Desktop, "Firefox 131", "Windows 10"},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/118.0.0.0 Safari/537.36 OPR/104.0.0.0", Desktop, "Opera 104", "Windows 10"},
	{"Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko", Desktop, "IE 11", "Windows 7"},
	{"Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; WOW64; Trident/4.0; SLCC2; .NET CLR 2.0.50727; Media Center PC 6.0; Tablet PC 2.0)", Desktop, "IE 8", "Windows 7"},
	{"Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)", Desktop, "IE 6", "Windows XP"},
	{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36", Desktop, "Chrome 130", "Mac OS X 10.15"},
	{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15", Desktop, "Safari 17", "Mac OS X 10.15"},
	{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:131.0) Gecko/20100101 Firefox/131.0", Desktop, "Firefox 131", "Mac OS X 10.15"},
	{"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36", Desktop, "Chrome 130", "Linux"},
	{"Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0", Desktop, "Firefox 115", "Ubuntu"},
	{"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36", Desktop, "Chrome 130", "Chrome OS 14541.0"},
	{"Mozilla/5.0 (X11; FreeBSD amd64; rv:109.0) Gecko/20100101 Firefox/118.0", Desktop, "Firefox 118", "FreeBSD"},
	{"Opera/9.80 (Windows NT 6.1; WOW64) Presto/2.12.388 Version/12.18", Desktop, "Opera 12", "Windows 7"},
	{"Spotify/1 CFNetwork/1410.0.3 Darwin/22.6.0 (x86_64)", Desktop, "Spotify 1", "iOS 16"},

	// Phones.
	{"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36", Mobile, "Chrome Mobile 130", "Android 10"},
	{"Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36", Mobile, "Samsung Internet 26", "Android 14"},
	{"Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0", Mobile, "Firefox Mobile 131", "Android 14"},
	{"Mozilla/5.0 (Linux; Android 13; Pixel 7 Build/TQ3A.230901.001; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/117.0.0.0 Mobile Safari/537.36", Mobile, "Chrome Mobile WebView 117", "Android 13"},
	{"Mozilla/5.0 (iPhone; CPU iPhone OS 17_6_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1", Mobile, "Mobile Safari 17", "iOS 17.6"},
	{"Mozilla/5.0 (iPhone; CPU iPhone OS 17_6_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/130.0.6723.90 Mobile/15E148 Safari/604.1", Mobile, "Chrome Mobile iOS 130", "iOS 17.6"},
	{"Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/118.0 Mobile/15E148 Safari/605.1.15", Mobile, "Firefox iOS 118", "iOS 16.6"},
	{"Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/430.0.0.31.112;FBBV/512345;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBSV/16.6;FBSS/3;FBID/phone;FBLC/en_US;FBOP/5]", Mobile, "Facebook 430", "iOS 16.6"},
	{"Mozilla/5.0 (iPod touch; CPU iPhone OS 12_5_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1.2 Mobile/15E148 Safari/604.1", Mobile, "Mobile Safari 12", "iOS 12.5"},
	{"Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/52.0.2743.116 Mobile Safari/537.36 Edge/15.15063", Mobile, "Edge Mobile 15", "Windows Phone 10.0"},
	{"Opera/9.80 (J2ME/MIDP; Opera Mini/9.80 (S60; SymbOS; Opera Mobi/23.348; U; en) Presto/2.5.25 Version/10.54", Mobile, "Opera Mini 9", "Symbian OS"},
	{"Mozilla/5.0 (BB10; Touch) AppleWebKit/537.10+ (KHTML, like Gecko) Version/10.0.9.2372 Mobile Safari/537.10+", Mobile, "BlackBerry WebKit 10", "BlackBerry OS 10.0"},
	{"Mozilla/5.0 (Mobile; Nokia 8110 4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5", Mobile, "Firefox Mobile 48", "KaiOS 2.5"},
	{"Mozilla/5.0 (Linux; U; Android 11; en-US; CUBOT X50 Build/RP1A.200720.011) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/78.0.3904.108 UCBrowser/13.4.0.1306 Mobile Safari/537.36", Mobile, "UC Browser 13", "Android 11"},
	{"Dalvik/2.1.0 (Linux; U; Android 9; SM-G960F Build/PPR1.180610.011)", Mobile, "Android 9", "Android 9"},
	{"MyApp/7 CFNetwork/1410.0.3 Darwin/22.6.0", Mobile, "MyApp 7", "iOS 16"},

	// Tablets.
	{"Mozilla/5.0 (iPad; CPU OS 16_7_10 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1", Tablet, "Mobile Safari 16", "iOS 16.7"},
	{"Mozilla/5.0 (iPad; CPU OS 15_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/104.0.5112.99 Mobile/15E148 Safari/604.1", Tablet, "Chrome Mobile iOS 104", "iOS 15.6"},
	{"Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36", Tablet, "Chrome 130", "Android 14"},
	{"Mozilla/5.0 (Linux; Android 12; Lenovo TB-X606F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36", Tablet, "Chrome 119", "Android 12"},
	{"Mozilla/5.0 (Android 13; Tablet; rv:109.0) Gecko/118.0 Firefox/118.0", Tablet, "Firefox Mobile 118", "Android 13"},
	{"Mozilla/5.0 (Linux; Android 9; KFMAWI) AppleWebKit/537.36 (KHTML, like Gecko) Silk/108.7.6 like Chrome/108.0.5359.220 Safari/537.36", Tablet, "Amazon Silk 108", "Android 9"},
	{"Mozilla/5.0 (Macintosh; U; Intel Mac OS X 10_6_3; en-us; Silk/1.1.0-80) AppleWebKit/533.16 (KHTML, like Gecko) Version/5.0 Safari/533.16 Silk-Accelerated=true", Tablet, "Amazon Silk 1", "Android"},
	{"Mozilla/5.0 (PlayBook; U; RIM Tablet OS 2.1.0; en-US) AppleWebKit/536.2+ (KHTML, like Gecko) Version/7.2.1.0 Safari/536.2+", Tablet, "BlackBerry WebKit 2", "BlackBerry Tablet OS 2.1"},
	{"Mozilla/5.0 (Linux; Android 5.1.1; Nexus 7 Build/LMY47V) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/47.0.2526.83 Safari/537.36", Tablet, "Chrome 47", "Android 5.1"},

	// Televisions and what makes one of a screen.
	{"Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) 94.0.4606.31/7.0 TV Safari/537.36", SmartTV, "Safari", "Tizen 7.0"},
	{"Mozilla/5.0 (SMART-TV; Linux; Tizen 5.5) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/3.0 Chrome/69.0.3497.106 TV Safari/537.36", SmartTV, "Samsung Internet 3", "Tizen 5.5"},
	{"Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/94.0.4606.128 Safari/537.36 WebAppManager", SmartTV, "Chrome 94", "Web0S"},
	{"Roku/DVP-13.0 (13.0.0.4209-88)", SmartTV, "Roku 13", "Roku 13.0"},
	{"Mozilla/5.0 (Linux; Android 9; AFTMM Build/PS7633.3445N; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/117.0.0.0 Mobile Safari/537.36", SmartTV, "Chrome Mobile WebView 117", "Android 9"},
	{"Mozilla/5.0 (Linux; Android 11; BRAVIA 4K VH2 Build/RTM8.210514.001) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/117.0.0.0 Safari/537.36", SmartTV, "Chrome 117", "Android 11"},
	{"AppleCoreMedia/1.0.0.20J373 (Apple TV; U; CPU OS 16_0 like Mac OS X; en_us)", SmartTV, Unknown, "ATV OS X"},
	{"Mozilla/5.0 (X11; Linux armv7l) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0.4430.225 Safari/537.36 CrKey/1.56.500000", SmartTV, "Chrome 90", "Chromecast Linux 1.56"},
	{"HbbTV/1.4.1 (+DRM;Philips;50PUS6704;;_TV_5596;) NETTV/8.2.1", SmartTV, "HbbTV 1", Unknown},

	// Consoles: none of CloudFront's classes.
	{"Mozilla/5.0 (PlayStation; PlayStation 5/6.50) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15", UnknownDevice, "Safari 13", Unknown},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/58.0.3029.110 Safari/537.36 Edge/16.16299", UnknownDevice, "Edge 16", "Windows 10"},
	{"Mozilla/5.0 (Nintendo Switch; WifiWebAuthApplet) AppleWebKit/601.6 (KHTML, like Gecko) NF/4.0.0.5.10 NintendoBrowser/5.1.0.13343", UnknownDevice, Unknown, Unknown},

	// Applications that say little.
	{"okhttp/4.12.0", UnknownDevice, "okhttp 4", Unknown},
	{"VLC/3.0.18 LibVLC/3.0.18", UnknownDevice, "VLC 3", Unknown},
	{"SomethingElse", UnknownDevice, Unknown, Unknown},

	// Programs: the browser and the system are Bot/Crawler, the device is what
	// they claim.
	{"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", UnknownDevice, Bot, Bot},
	{"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1; +http://www.google.com/bot.html) Chrome/129.0.0.0 Safari/537.36", UnknownDevice, Bot, Bot},
	{"Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", Mobile, Bot, Bot},
	{"Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", UnknownDevice, Bot, Bot},
	{"Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", UnknownDevice, Bot, Bot},
	{"Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)", UnknownDevice, Bot, Bot},
	{"Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)", UnknownDevice, Bot, Bot},
	{"Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)", UnknownDevice, Bot, Bot},
	{"facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", UnknownDevice, Bot, Bot},
	{"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.6099.28 Safari/537.36", Desktop, Bot, Bot},
	{"curl/8.10.1", UnknownDevice, Bot, Bot},
	{"Wget/1.21.4 (linux-gnu)", UnknownDevice, Bot, Bot},
	{"python-requests/2.32.3", UnknownDevice, Bot, Bot},
	{"Go-http-client/2.0", UnknownDevice, Bot, Bot},
	{"Java/1.8.0_392", UnknownDevice, Bot, Bot},
	{"Amazon CloudFront", UnknownDevice, Bot, Bot},

	{"", EmptyDevice, Empty, Empty},
	{"-", EmptyDevice, Empty, Empty},
}

func TestRealUserAgents(t *testing.T) {
	if len(real) < 60 {
		t.Errorf("%d User-Agents", len(real))
	}
	for _, c := range real {
		a := Classify(c.userAgent)
		if a.Device != c.device || a.Browser.String() != c.browser || a.System.String() != c.system {
			t.Errorf("%q is %s with %q on %q, want %s with %q on %q",
				c.userAgent, a.Device, a.Browser, a.System, c.device, c.browser, c.system)
		}
	}
}
