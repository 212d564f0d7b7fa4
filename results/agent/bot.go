package agent

import "strings"

// botMarks are what programs that nobody watches call themselves, in small
// letters: search engines, previews, monitors, libraries of scripts, tools.
// Libraries of applications that people hold (okhttp, CFNetwork, media players)
// are not among them.
var botMarks = textsOf(
	"crawl", "spider", "slurp", "archiver", "scraper", "fetcher", "facebookexternalhit", "mediapartners-google",
	"google-read-aloud", "google-inspectiontool", "googleother", "bingpreview", "google favicon", "web preview",
	"whatsapp/", "skypeuripreview", "slack-imgproxy", "embedly", "iframely", "vkshare", "flipboardproxy",
	"pingdom", "statuscake", "newrelicpinger", "site24x7", "checkly", "datadog", "elb-healthchecker", "health check", "healthcheck",
	"lighthouse", "ptst/", "headlesschrome", "phantomjs", "puppeteer", "playwright", "selenium",
	"curl/", "wget/", "libcurl", "python-", "python/", "aiohttp", "go-http-client", "libwww", "lwp::", "apache-httpclient",
	"axios/", "node-fetch", "undici", "guzzlehttp", "php/", "ruby/", "rest-client", "faraday", "httpie/", "postmanruntime",
	"insomnia/", "scrapy", "heritrix", "nutch", "wordpress/", "feedly", "feedburner", "w3c_validator", "validator.nu",
	"masscan", "zgrab", "nmap", "nikto", "sqlmap", "nuclei", "aws-cli/", "aws-sdk", "boto3/", "rclone/", "apachebench", "vegeta", "k6/",
)

// botStarts are marks only at the beginning.
var botStarts = []string{"java/", "perl/", "wrk/", "http_request", "amazon cloudfront"}

// isBot: the word itself counts wherever it stands, "compatible; Googlebot/2.1"
// as well as "SomeRobot", but not the phones of Cubot.
func (l *line) isBot() bool {
	if strings.Contains(l.low, "bot") && strings.Contains(strings.ReplaceAll(l.low, "cubot", ""), "bot") {
		return true
	}
	for _, start := range botStarts {
		if strings.HasPrefix(l.low, start) {
			return true
		}
	}
	return l.has(botMarks)
}
