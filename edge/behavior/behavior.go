// Package behavior says what an edge does with a request before any cache or
// origin is asked: which distribution its Host names, which of the ordered
// behaviors its path falls under, which methods pass, what makes up the cache
// key. It knows names, patterns and settings. It must never know a socket, a
// clock, a header's bytes beyond what it is handed, or what is in the cache.
//
// Distributions are written down as plain structs and checked once, by Compile;
// the Table it returns answers without allocating and never changes.
package behavior

import "time"

// Distribution is one site of the edge: its names, and what happens to the
// requests for them.
type Distribution struct {
	ID      string   // names it in keys, records and reports, as E2EXAMPLE1IMGS; required, unique
	Domain  string   // its own name, as d111111abcdef8.cloudfront.net; required, lower case
	Aliases []string // further names: "img.example.com", "*.example.com" for any depth below, "*" for every other host
	Comment string

	Disabled bool // its names are known but not served

	// DefaultRootObject is served for exactly "/": a path without leading
	// slash, at most 255 bytes. Empty: "/" goes to the origin.
	DefaultRootObject string

	// DecodePaths matches patterns with the path percent-decoded; key and origin
	// get it as it came either way. CloudFront's documentation does not say which
	// it does.
	DecodePaths bool

	Errors []ErrorRule // what happens to errors, by status
	Geo    Geo         // whom it is for

	Behaviors []Behavior // tried in this order
	Default   Behavior   // what none of them matches
}

// Behavior is what happens to the requests of one path pattern. Standard and
// CloudFront give the usual settings; the zero Behavior lets no method pass.
type Behavior struct {
	Path   string // pattern (see Pattern); the default's is "" or "*"
	Origin string // name of the origin that misses go to; required

	ViewerProtocol ViewerProtocol // what becomes of requests over plain HTTP; "": AllowAll

	AllowedMethods Methods // others are answered 403 in CloudFront's way, 405 otherwise
	CachedMethods  Methods // of GET, HEAD and OPTIONS; responses to others are never kept. Zero: nothing is kept

	TTL TTL
	Key Key

	// Compress has the edge compress what it fetches, for viewers who take an
	// encoding that the key has: text and its like from 1,000 to 10,000,000 bytes
	// that came uncompressed. Without caching (TTL.Max 0) nothing is compressed.
	Compress bool

	ForwardHost bool    // the origin sees the viewer's Host instead of its own name; also where Key.Host is set
	Forward     Forward // what goes to the origin beside what the key holds
	Request     Request // how requests to the origin are written

	ResponseHeaders ResponseHeaders // what viewers get in place of, or beside, the origin's fields

	// CollapseWait is how long a request that joined a flight waits for the
	// origin's header before it asks the origin itself; 0: as long as the
	// flight lasts.
	CollapseWait time.Duration
	NoCollapse   bool // every miss asks the origin by itself

	// Slice is the size of the aligned pieces, in bytes, in which an object is
	// fetched and kept when ranges of it are asked for before it is there; at
	// least 64 KiB. 0: such a request fetches the whole object.
	Slice int64
	// MaxRanges is how many ranges one request may ask for, 1 to 64; with more,
	// as with none that is valid, the whole object answers. AscendingRanges makes
	// it so also for ranges that overlap or do not come in order.
	MaxRanges       int
	AscendingRanges bool

	// The settings in which RFC 9111 and CloudFront differ, or which RFC 9111
	// leaves open. rfc9111.Rules explains those of the same name.
	Heuristic          bool          // lifetime from Last-Modified where the origin gave none and TTL.Default is 0
	RequestDirectives  bool          // Cache-Control and Pragma of requests count
	MinBeatsDirectives bool          // with TTL.Min > 0 even no-cache, no-store and private are kept
	DefaultAnyStatus   bool          // TTL.Default goes to every final status below 400
	IgnoreVary         bool          // Vary keeps no variants apart
	ErrorCaching       bool          // errors are kept by CloudFront's table
	ErrorTTL           time.Duration // and for this long at least; 0: only as long as the origin says
	StaleDespiteShared bool          // stale-while-revalidate and stale-if-error count beside s-maxage
	StaleOnError       time.Duration // how stale a response may be served while the origin fails, unless it says; 0: not at all
	CachePosts         bool          // a response to POST that is what a GET would get is kept for it
	CDNCacheControl    bool          // CDN-Cache-Control takes the place of Cache-Control and Expires
	FieldForms         bool          // no-cache and private that name fields hold back these alone
	NormalizeVary      bool          // variants whose request fields mean the same, spelled otherwise, are one; one in the language asked for first is good
	MaxVariants        int           // variants kept under one key, the oldest leave; 0: no limit
	ForwardInterim     bool          // interim responses (1xx) of the origin go to the viewer whom it answers
	NoAuthorization    bool          // Authorization of GET and HEAD does not go to the origin
	CookieRules        bool          // CloudFront's: Set-Cookie reaches viewers only where cookies go to the origin; where they do, nothing is collapsed and viewers' conditions do not count
	TidyCookies        bool          // of cookies only pairs "name=value" count and go to the origin, sorted by name
	FilterVary         bool          // of Vary viewers see Accept-Encoding, Cookie and what goes to the origin by key or Forward
	RefuseGetBody      bool          // GET with a body is refused with 403; else the body goes nowhere
	Quotas             bool          // lists of names are held to CloudFront's quotas
}

// collapsesNothing also holds where nothing is kept and, as CloudFront documents
// it, where cookies go to the origin.
func (b *Behavior) collapsesNothing() bool {
	return b.NoCollapse || b.TTL.Max == 0 || b.CookieRules && b.forwardsCookies()
}

// TTL bounds the time a response is fresh. Max 0 switches caching off.
type TTL struct {
	Min     time.Duration // at least this long, whatever the origin says; 0: no minimum
	Default time.Duration // where the origin says nothing; 0, or from Min to Max
	Max     time.Duration // at most this long, where the origin says something
}

// Forever is the longest TTL: RFC 9111 §1.2.2 lets numbers of seconds end at
// 2^31.
const Forever = (1 << 31) * time.Second

// DefaultSlice and DefaultMaxRanges are what Standard and CloudFront have.
const (
	DefaultSlice     = 1 << 20
	DefaultMaxRanges = 16
)

// Standard is a behavior of a shared cache by RFC 9111: every method passes,
// GET and HEAD are cached under path and query, lifetimes are the origin's.
func Standard() Behavior {
	return Behavior{
		AllowedMethods: AnyMethod, CachedMethods: ReadMethods,
		TTL: TTL{Max: Forever}, Key: Key{Query: All, Scheme: true},
		Forward: Forward{Cookies: All},
		Request: Request{Untrusted: Untrusted()},
		Slice:   DefaultSlice, MaxRanges: DefaultMaxRanges,
		Heuristic: true, RequestDirectives: true,
		CachePosts: true, CDNCacheControl: true, FieldForms: true,
		NormalizeVary: true, MaxVariants: 128, ForwardInterim: true,
	}
}

// CloudFront is a behavior as CloudFront makes it when nothing is chosen: GET
// and HEAD, the path alone as key, a default TTL of a day.
func CloudFront() Behavior {
	return Behavior{
		AllowedMethods: ReadMethods, CachedMethods: ReadMethods,
		TTL:   TTL{Default: 24 * time.Hour, Max: 365 * 24 * time.Hour},
		Slice: DefaultSlice, MaxRanges: DefaultMaxRanges, AscendingRanges: true,
		MinBeatsDirectives: true, DefaultAnyStatus: true, IgnoreVary: true,
		ErrorCaching: true, ErrorTTL: 10 * time.Second,
		StaleDespiteShared: true, StaleOnError: Forever,
		NoAuthorization: true,
		Request: Request{Untrusted: Untrusted(), Drop: cloudFrontDrops(),
			Agent: "Amazon CloudFront", KeepAlive: true, ID: true},
		CookieRules: true, TidyCookies: true, FilterVary: true, Quotas: true, RefuseGetBody: true,
	}
}
