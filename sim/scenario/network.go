package scenario

import (
	"fmt"
	"strings"

	"edgesim/sim/unit"
)

// Origin is where misses go: a real server, or a simulated one.
type Origin struct {
	URL string `yaml:"url"` // of a real server, http://host or http://host:port, and a path to put before every request's

	// How the edge asks it, whether real or simulated.
	Protocol  string    `yaml:"protocol"`   // http-only, https-only, or match-viewer: TLS for viewers who speak it. Default: the url's
	HTTPSPort int       `yaml:"https_port"` // of match-viewer. Default: 443
	TLS       OriginTLS `yaml:"tls"`

	Host              string            `yaml:"host"`               // sent as Host. Default: the url's, or NAME.origin.internal
	Headers           map[string]string `yaml:"headers"`            // sent with every request in place of the viewer's. Default: none
	ConnectTimeout    unit.Duration     `yaml:"connect_timeout"`    // of one attempt. Default: 10s
	ConnectAttempts   int               `yaml:"connect_attempts"`   // 1 to 3. Default: 3
	ReadTimeout       unit.Duration     `yaml:"read_timeout"`       // to the first byte, and from packet to packet. Default: 30s
	ResponseAttempts  int               `yaml:"response_attempts"`  // of a GET or HEAD that gets no response in time, 1 to 3. Default: standard 1, cloudfront connect_attempts
	CompletionTimeout unit.Duration     `yaml:"completion_timeout"` // to the last byte; at least read_timeout. Default: 0s, none
	KeepAlive         unit.Duration     `yaml:"keep_alive"`         // of an idle connection. Default: 5s
	MaxIdle           int               `yaml:"max_idle"`           // idle connections kept. Default: 256
	MaxConns          int               `yaml:"max_conns"`          // connections at a time; more requests wait. Default: 0, unlimited
	MaxWait           unit.Duration     `yaml:"max_wait"`           // for one of them. Default: connect_timeout

	Tier          string `yaml:"tier"`           // regional or shield: this is an edge of ours, and believed; see via. Default: none
	Via           string `yaml:"via"`            // name of such an origin, through which what may be cached goes. Default: none
	MethodsDirect *bool  `yaml:"methods_direct"` // methods that are not cached pass the tier by. Default: standard false, cloudfront true

	Location string `yaml:"location"` // of a simulated one: an AWS region, as eu-central-1, an airport, as FRA, or latitude,longitude. Default: none, at no distance

	Kind string `yaml:"kind"` // bucket: answers as an S3 bucket does; server: dynamic. No default

	FirstByte   Delay         `yaml:"first_byte"`  // from the start of service to the first byte. Default: none
	Bandwidth   Bandwidth     `yaml:"bandwidth"`   // of a body on one connection, as 50MB/s. Default: 0, unlimited
	Piece       unit.Size     `yaml:"piece"`       // written at a time. Default: 0B, by the bandwidth, at most 16KiB
	Every       unit.Duration `yaml:"every"`       // from piece to piece, in place of a bandwidth. Default: 0s
	Concurrency int           `yaml:"concurrency"` // requests served at once; the rest wait in order. Default: 0, unlimited
	QueueLimit  int           `yaml:"queue_limit"` // how many may wait; the next is answered 503. Default: 0, unlimited

	Errors    unit.Share `yaml:"errors"`    // of the requests, answered 503 (a server: 500 or 503). Default: 0%
	Resets    unit.Share `yaml:"resets"`    // of the requests, reset before the response. Default: 0%
	Truncates unit.Share `yaml:"truncates"` // of the responses, broken off at a random point. Default: 0%
	Outages   []Outage   `yaml:"outages"`   // times at which nothing is well. Default: none

	Uncacheable  unit.Share `yaml:"uncacheable"`   // server: of the objects, answered with no-store. Default: 0%
	CacheControl string     `yaml:"cache_control"` // of objects whose type has none. Default: none is sent
	Missing      int        `yaml:"missing"`       // status for a path that is not there, 404 or 403. Default: 404
	Chunked      bool       `yaml:"chunked"`       // server: bodies without Content-Length. Default: false
	WeakETag     bool       `yaml:"weak_etag"`     // server: weak entity tags. Default: false
}

// Delay is a distribution of waiting times, given in one of three ways.
type Delay struct {
	Constant  unit.Duration `yaml:"constant"`  // always this long
	Median    unit.Duration `yaml:"median"`    // lognormal: half are below it,
	P99       unit.Duration `yaml:"p99"`       // and 99 of 100 below this; at least the median
	Quantiles []Quantile    `yaml:"quantiles"` // straight lines between points, in ascending order
}

// Quantile says that a share of the waits is at most so long.
type Quantile struct {
	At   unit.Share    `yaml:"at"`
	Wait unit.Duration `yaml:"wait"`
}

// Outage is a time in which every request meets the same fate.
type Outage struct {
	From unit.Duration `yaml:"from"` // since the run began. Default: 0s
	For  unit.Duration `yaml:"for"`  // above 0
	Kind string        `yaml:"kind"` // refuse: no connection; hang: no answer until it is over; error: 503
}

// Distribution is one site of the edge.
type Distribution struct {
	ID      string   `yaml:"id"`      // as E2EXAMPLE1IMGS; required, unique
	Domain  string   `yaml:"domain"`  // its own name, as d111111abcdef8.cloudfront.net; required
	Aliases []string `yaml:"aliases"` // further names, lower case; *.example.com for any depth below. Default: none
	Comment string   `yaml:"comment"`

	Disabled          bool   `yaml:"disabled"`            // its names are known but not served. Default: false
	DefaultRootObject string `yaml:"default_root_object"` // served for "/", as index.html. Default: none
	Geo               Geo    `yaml:"geo"`                 // whom it is for; experiments only, a server cannot tell where viewers are. Default: everyone
	DecodePaths       bool   `yaml:"decode_paths"`        // match patterns with the path percent-decoded. Default: false, as it came

	Errors []ErrorRule `yaml:"errors"` // what happens to errors, by status. Default: none

	Behaviors []Behavior `yaml:"behaviors"` // the first whose path matches decides. Default: none
	Default   Behavior   `yaml:"default"`   // what none of them matches; its origin is required
}

// Geo restricts a distribution to viewers of some countries, by their two
// letters; only one of the lists can be given.
type Geo struct {
	Allow []string `yaml:"allow"` // only these. Default: all
	Block []string `yaml:"block"` // all but these. Default: none
}

// Behavior is what happens to the requests of one path pattern. Settings left
// out are those of the edge's mode.
type Behavior struct {
	Path   string `yaml:"path"`   // pattern, as /images/* or *.jpg; the default behavior has none
	Origin string `yaml:"origin"` // a name among the origins; required

	ViewerProtocol string `yaml:"viewer_protocol"` // of plain HTTP: allow-all, redirect-to-https or https-only. Default: allow-all

	Methods       []string `yaml:"methods"`        // that pass. Default: standard all ("*"), cloudfront GET and HEAD
	CachedMethods []string `yaml:"cached_methods"` // of GET, HEAD and OPTIONS. Default: GET and HEAD

	TTL TTL  `yaml:"ttl"`
	Key *Key `yaml:"key"` // Default: standard query all, cloudfront nothing but the path

	// Policies by name: of CloudFront's managed ones, also by id, or of the
	// file's own. Each stands in place of what it decides.
	CachePolicy           string `yaml:"cache_policy"`            // in place of ttl and key. Default: none
	OriginRequestPolicy   string `yaml:"origin_request_policy"`   // in place of forward. Default: none
	ResponseHeadersPolicy string `yaml:"response_headers_policy"` // in place of response_headers. Default: none

	// What goes to the origin beside the key, and how it is written.
	Forward          *Forward `yaml:"forward"`            // Default: standard all cookies, cloudfront nothing
	DropHeaders      []string `yaml:"drop_headers"`       // go only where key or forward have them; "x-*" for all with that beginning. Default: standard none, cloudfront Accept and others
	UntrustedHeaders []string `yaml:"untrusted_headers"`  // go only where key or forward name them. Default: X-Forwarded-Host and its like
	UserAgent        *string  `yaml:"user_agent"`         // in place of the viewer's, unless key or forward have that. Default: standard "", the viewer's, cloudfront Amazon CloudFront
	KeepAliveHeader  *bool    `yaml:"keep_alive_header"`  // send Connection: Keep-Alive. Default: standard false, cloudfront true
	ForwardRequestID *bool    `yaml:"forward_request_id"` // send X-Amz-Cf-Id. Default: standard false, cloudfront true

	Compress bool `yaml:"compress"` // text and its like, for who takes an encoding of the key. Default: false

	ForwardHost bool       `yaml:"forward_host"` // the origin sees the viewer's Host. Default: false
	Collapse    *bool      `yaml:"collapse"`     // requests that miss together ask the origin once. Default: true
	Slice       *unit.Size `yaml:"slice"`        // in which an object is fetched when a range of it is asked for; 0B: whole. Default: 1MiB
	MaxRanges   *int       `yaml:"max_ranges"`   // of one request, 1 to 64; with more the whole object answers. Default: 16

	CollapseWait unit.Duration `yaml:"collapse_wait"` // how long one waits for the header before it asks by itself. Default: 0s, no limit

	ResponseHeaders *ResponseHeaders `yaml:"response_headers"` // what viewers get in place of, or beside, the origin's fields. Default: nothing

	// In these the modes differ; edge/behavior explains them.
	AscendingRanges    *bool          `yaml:"ascending_ranges"`     // others are not looked at. Default: standard false, cloudfront true
	Heuristic          *bool          `yaml:"heuristic"`            // Default: standard true, cloudfront false
	RequestDirectives  *bool          `yaml:"request_directives"`   // Default: standard true, cloudfront false
	MinBeatsDirectives *bool          `yaml:"min_beats_directives"` // Default: standard false, cloudfront true
	DefaultAnyStatus   *bool          `yaml:"default_any_status"`   // Default: standard false, cloudfront true
	IgnoreVary         *bool          `yaml:"ignore_vary"`          // Default: standard false, cloudfront true
	ErrorCaching       *bool          `yaml:"error_caching"`        // Default: standard false, cloudfront true
	ErrorTTL           *unit.Duration `yaml:"error_ttl"`            // Default: standard 0s, cloudfront 10s
	StaleDespiteShared *bool          `yaml:"stale_despite_shared"` // Default: standard false, cloudfront true
	StaleOnError       *unit.Duration `yaml:"stale_on_error"`       // Default: standard 0s, cloudfront no limit
	CachePosts         *bool          `yaml:"cache_posts"`          // Default: standard true, cloudfront false
	CDNCacheControl    *bool          `yaml:"cdn_cache_control"`    // Default: standard true, cloudfront false
	FieldForms         *bool          `yaml:"field_forms"`          // Default: standard true, cloudfront false
	NormalizeVary      *bool          `yaml:"normalize_vary"`       // Default: standard true, cloudfront false
	MaxVariants        *int           `yaml:"max_variants"`         // 0: no limit. Default: standard 128, cloudfront 0
	ForwardInterim     *bool          `yaml:"forward_interim"`      // Default: standard true, cloudfront false
	NoAuthorization    *bool          `yaml:"no_authorization"`     // Default: standard false, cloudfront true
	CookieRules        *bool          `yaml:"cookie_rules"`         // Default: standard false, cloudfront true
	TidyCookies        *bool          `yaml:"tidy_cookies"`         // Default: standard false, cloudfront true
	FilterVary         *bool          `yaml:"filter_vary"`          // Default: standard false, cloudfront true
	RefuseGetBody      *bool          `yaml:"refuse_get_body"`      // with 403. Default: standard false, cloudfront true
	Quotas             *bool          `yaml:"quotas"`               // Default: standard false, cloudfront true
}

// TTL bounds the time a response is fresh.
type TTL struct {
	Min     *unit.Duration `yaml:"min"`     // at least. Default: 0s
	Default *unit.Duration `yaml:"default"` // where the origin says nothing. Default: standard 0s, cloudfront 1d, or min where that is more
	Max     *unit.Duration `yaml:"max"`     // at most; 0s switches caching off. Default: standard no limit, cloudfront 365d, or default where that is more
}

// Key is what the cache key holds beside distribution and path.
type Key struct {
	Query       string   `yaml:"query"`        // none, all, include or except. Default: none
	QueryNames  []string `yaml:"query_names"`  // for include and except
	Cookies     string   `yaml:"cookies"`      // none, all, include or except. Default: none
	CookieNames []string `yaml:"cookie_names"` // for include and except
	Headers     []string `yaml:"headers"`      // names. Default: none
	Host        bool     `yaml:"host"`         // aliases do not share objects. Default: false
	Scheme      *bool    `yaml:"scheme"`       // http and https do not share objects. Default: standard true, cloudfront false
	Gzip        bool     `yaml:"gzip"`         // who takes gzip gets objects of its own, and Accept-Encoding says no more. Default: false
	Brotli      bool     `yaml:"brotli"`       // the same for br. Default: false
}

// Bandwidth is a number of bytes per second, written 50MB/s or 16KiB/s; 0 is
// unlimited.
type Bandwidth int64

// UnmarshalText implements encoding.TextUnmarshaler.
func (b *Bandwidth) UnmarshalText(text []byte) error {
	number, _ := strings.CutSuffix(string(text), "/s")
	size, err := unit.ParseSize(strings.TrimSpace(number))
	if err != nil {
		return fmt.Errorf("bandwidth %q: want bytes per second, as 50MB/s or 16KiB/s (%w)", text, err)
	}
	*b = Bandwidth(size)
	return nil
}

// MarshalText implements encoding.TextMarshaler.
func (b Bandwidth) MarshalText() ([]byte, error) {
	return []byte(unit.Size(b).String() + "/s"), nil
}
