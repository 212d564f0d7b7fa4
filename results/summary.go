package results

import "fmt"

// Summary is summary.json: every headline figure of a run under a stable name.
//
// Two streams of records feed it. Traffic is what the cache did, latency what
// viewers saw; a live run has both (edge and client), a virtual run or a log
// one that serves as both. Records of the warm-up are in no figure but
// WarmupRequests.
//
// All ratios run from 0 to 1 and are 0, with a warning, where there is nothing
// to divide by. Ratios are given to six decimals, times to the microsecond.
type Summary struct {
	Name     string   `json:"name"`
	Seed     uint64   `json:"seed"`
	Partial  bool     `json:"partial"`
	Logged   bool     `json:"logged,omitempty"` // of an access log: of what it does not tell, figures are 0
	Warnings []string `json:"warnings"`

	// Unsound says that the figures are the load generator's own as much as the
	// server's, since it did not keep its schedule, and UnsoundReason why.
	Unsound       bool   `json:"unsound,omitempty"`
	UnsoundReason string `json:"unsound_reason,omitempty"`

	Duration       float64 `json:"duration_s"` // measured, warm-up excluded
	Warmup         float64 `json:"warmup_s"`
	WarmupRequests int64   `json:"warmup_requests"` // left out

	// Requests counts traffic, of any method and status. ViewerRequests
	// counts latency; in a live run the two differ by what was under way at
	// the edges of the measured time, and by what never reached the edge.
	Requests       int64 `json:"requests"`
	ViewerRequests int64 `json:"viewer_requests"`

	// Errors counts the viewers' requests that failed (Record.Failed).
	Errors     int64   `json:"errors"`
	ErrorRatio float64 `json:"error_ratio"` // of ViewerRequests

	// Troubles are the errors by kind, those that occurred; together they are Errors.
	Troubles []Trouble `json:"errors_by_kind"`

	// HitRatio is hits among all requests, as CloudFront's cache statistics
	// have it: the result type at the start of the response is Hit. A refresh
	// hit asked the origin, and so has a ratio of its own.
	HitRatio        float64 `json:"hit_ratio"`
	RefreshHitRatio float64 `json:"refresh_hit_ratio"`

	// ByteHitRatio is the share of body bytes that no origin had to send for
	// the request they answer: those of hits and refresh hits.
	ByteHitRatio float64 `json:"byte_hit_ratio"`

	OriginRequests int64   `json:"origin_requests"`
	OriginBytes    int64   `json:"origin_bytes"` // header included
	OriginOffload  Offload `json:"origin_offload"`

	BytesOut  int64 `json:"bytes_out"`  // to viewers, header included
	BytesIn   int64 `json:"bytes_in"`   // from viewers, header included
	BodyBytes int64 `json:"body_bytes"` // to viewers

	Rate      Rate           `json:"rate"`
	Shares    []ShareFigures `json:"shares,omitempty"`        // of runs that several workers played together
	StartSkew float64        `json:"start_skew_ms,omitempty"` // of their starts, at most
	Generator *Generator     `json:"generator,omitempty"`     // of runs that were played against a server
	Latency   Latency        `json:"latency_ms"`

	ByResult map[string]ResultFigures `json:"by_result"` // by result type; the four usual ones always
	ByLayer  map[string]ResultFigures `json:"by_layer"`  // by the layer that had the bytes
	Status   map[string]int64         `json:"status"`    // "000", "2xx", ...

	// What viewers saw by status ("200"; "000" where none came), by content class and by
	// the distribution's ID; of runs that were measured at a client alone.
	ByStatus       map[string]GroupFigures `json:"by_status,omitempty"`
	ByClass        map[string]GroupFigures `json:"by_class,omitempty"`
	ByDistribution map[string]GroupFigures `json:"by_distribution,omitempty"`

	Collapsed int64 `json:"collapsed"` // rode another request's flight
	Stale     int64 `json:"stale"`     // answered with a stale object

	Aborted    int64 `json:"aborted"`     // the viewer hung up
	Truncated  int64 `json:"truncated"`   // the response broke off
	NoResponse int64 `json:"no_response"` // refused, reset or timed out
	Late       int64 `json:"late"`        // sent later than the player's tolerance
	Verified   int64 `json:"verified"`    // bodies compared with what they should be, and right
	Unverified int64 `json:"unverified"`  // bodies that were wrong
	Dropped    int64 `json:"dropped_records"`

	Objectives []Objective `json:"objectives,omitempty"` // what was promised, and whether it was kept

	Objects       Objects               `json:"objects"`
	Distributions []DistributionFigures `json:"distributions"`

	// Tiers are the places that were asked: the edge locations, the tiers
	// between, the origins.
	Tiers []TierFigures `json:"tiers"`
}

// Rate is requests per second: as the schedule had them, as they were sent, as
// they were answered.
type Rate struct {
	Scheduled float64 `json:"scheduled"`
	Sent      float64 `json:"sent"`
	Achieved  float64 `json:"achieved"`
}

// Generator is how a load generator kept its schedule, warm-up included.
type Generator struct {
	Scheduled uint64 `json:"scheduled"` // requests whose time came before the run ended
	Sent      uint64 `json:"sent"`      // of these, begun
	Done      uint64 `json:"done"`      // of those, answered whole, or hung up on as the schedule said
	Waited    uint64 `json:"waited"`    // found every connection busy at their time: the server's doing, or too few connections
	Late      uint64 `json:"late"`      // begun more than 1 ms late with a connection free: the generator's own doing
	Retried   uint64 `json:"retried"`   // sent again, since a kept connection had been closed

	Lag      Figures `json:"lag_ms"`       // actual start after intended start, of all requests sent
	OwnDelay Figures `json:"own_delay_ms"` // the same, of those for which a connection was free

	Processors float64 `json:"processors,omitempty"` // that the generator's process kept busy, on average; 0: not known
}

// Add adds the counts of another generator, which played beside this one; times are
// not added.
func (g *Generator) Add(o *Generator) {
	if o == nil {
		return
	}
	g.Scheduled += o.Scheduled
	g.Sent += o.Sent
	g.Done += o.Done
	g.Waited += o.Waited
	g.Late += o.Late
	g.Retried += o.Retried
	g.Processors += o.Processors
}

// Names of the histograms behind Generator's figures, where a file of records has
// them.
const (
	LagTimes      = "lag"
	OwnDelayTimes = "own_delay"
)

// Objective is a promise about a run's figures, and what came of it.
type Objective struct {
	Objective string   `json:"objective"` // as it was written: "ttfb-p99<=50ms"
	Quantity  string   `json:"quantity"`  // that it is about: "ttfb-p99"
	Measured  *float64 `json:"measured"`  // seconds, a share of 1, or per second; null: not known
	Kept      bool     `json:"kept"`
}

// Offload is what the cache kept from the origin. The share of bytes falls
// below 0 when the origin sends more than viewers take, as with ranges.
type Offload struct {
	Requests float64 `json:"requests"` // 1 − origin requests / requests
	Bytes    float64 `json:"bytes"`    // 1 − origin bytes / bytes out
}

// Latency holds the figures of the three metrics, in milliseconds.
type Latency struct {
	Total   Figures `json:"total"`
	TTFB    Figures `json:"ttfb"`
	Service Figures `json:"service"`
}

// ResultFigures are the figures of the requests of one result type or layer.
type ResultFigures struct {
	Requests  int64   `json:"requests"`
	Share     float64 `json:"share"` // of Summary.Requests
	BytesOut  int64   `json:"bytes_out"`
	BodyBytes int64   `json:"body_bytes"`
	Latency   Latency `json:"latency_ms"`
}

// Objects tells of the population that was asked for.
type Objects struct {
	Distinct      int64   `json:"distinct"`
	OneHitWonders int64   `json:"one_hit_wonders"`      // asked for once
	OneHitShare   float64 `json:"one_hit_wonder_share"` // of Distinct
}

// DistributionFigures are the figures of one distribution.
type DistributionFigures struct {
	ID             string   `json:"id"`
	Name           string   `json:"name"`
	Domain         string   `json:"domain"`
	Aliases        []string `json:"aliases"`
	Requests       int64    `json:"requests"`
	HitRatio       float64  `json:"hit_ratio"`
	ByteHitRatio   float64  `json:"byte_hit_ratio"`
	OriginRequests int64    `json:"origin_requests"`
	OriginBytes    int64    `json:"origin_bytes"`
	BytesOut       int64    `json:"bytes_out"`
	TTFB           Figures  `json:"ttfb_ms"`
}

// Warn adds a warning to the summary.
func (s *Summary) Warn(format string, args ...any) {
	s.Warnings = append(s.Warnings, fmt.Sprintf(format, args...))
}
