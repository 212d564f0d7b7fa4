package load

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"edgesim/sim/objective"
	"edgesim/sim/scenario"
	"edgesim/sim/unit"
)

// Options say what is played, against what, and what is kept of it. Their errors
// name them as loadgen's flags do. Check reads them; then they are not changed. As
// JSON they are what another machine is told: no path, and nothing that is kept.
type Options struct {
	URLs []string `json:"urls"` // servers of the same path: http or https, host, port, path; at least one

	Rate        unit.Schedule `json:"rate"`
	Duration    unit.Duration `json:"duration"`    // warm-up included; 0: until Requests
	Warmup      unit.Duration `json:"warmup"`      // this first part is left out of the figures
	Requests    uint64        `json:"requests"`    // end after so many; 0: no such end
	Connections int           `json:"connections"` // 1 to 65,536
	Threads     int           `json:"threads"`     // that play plain HTTP, each on its part of the connections; 0: 1
	Arrivals    string        `json:"arrivals"`    // as workloads.CheckArrivals takes it
	Shapes      []string      `json:"shapes"`      // of the rate, as workloads.CheckShape takes them
	Closed      bool          `json:"closed"`      // each connection asks again as soon as it is answered
	Timeout     unit.Duration `json:"timeout"`     // of one request

	Zipf         float64    `json:"zipf"`       // exponent, 0 to 10
	Objects      uint64     `json:"objects"`    // 1 to 2^53
	Popularity   string     `json:"popularity"` // as workloads.CheckPopularity takes it
	Workload     string     `json:"workload"`   // a preset's name
	Scenario     string     `json:"-"`          // a file, or a built-in one's name
	Ranges       unit.Share `json:"ranges"`
	Aborts       unit.Share `json:"aborts"`
	Conditionals unit.Share `json:"conditionals"`
	Seed         uint64     `json:"seed"`

	Trace    string  `json:"-"`         // file that is played
	Format   string  `json:"format"`    // of it; "": told by its content
	Columns  string  `json:"columns"`   // of it: which is what
	Speed    float64 `json:"speed"`     // so much faster than in the file
	SkipBad  bool    `json:"skip_bad"`  // pass over what is no request
	OwnHosts bool    `json:"own_hosts"` // send the log's Host names

	Host        string    `json:"host"`     // sent as Host; "": the URL's or the scenario's
	Insecure    bool      `json:"insecure"` // take any certificate
	CA          string    `json:"-"`        // PEM file with the authorities to trust; "": the system's
	NoKeepAlive bool      `json:"no_keepalive"`
	Resolve     []string  `json:"resolve"`    // HOST:PORT:ADDR
	ConnectTo   []string  `json:"connect_to"` // HOST:PORT:HOST:PORT
	Slow        string    `json:"slow"`       // SHARE:BANDWIDTH of viewers who read slowly
	Think       string    `json:"think"`      // of a closed loop: TIME, or constant:TIME
	Headers     []string  `json:"headers"`    // Name: value
	Method      string    `json:"method"`
	Body        unit.Size `json:"body"`   // of every POST, PUT and PATCH
	Verify      bool      `json:"verify"` // compare every byte with what a simulated origin answers

	Share    Share              `json:"-"` // of the schedule; zero: all of it
	StartAt  Moment             `json:"-"` // zero: at once
	Out      string             `json:"-"` // run folder that is left; "": none
	Records  bool               `json:"-"` // keep every record there
	CSV      string             `json:"-"` // file with a line a second; "": none
	Metrics  string             `json:"-"` // address for Prometheus; "": none
	Promises []objective.Target `json:"-"` // that the run has to keep
	Command  []string           `json:"-"` // arguments as typed, for the manifest

	// Given names the options that the user gave, as flags are named: in place of a
	// scenario's own values.
	Given []string `json:"given"`

	// Of a share that is played for another machine: what it is called, whether it
	// counts for Prometheus, and the texts in place of files.
	Name         string `json:"name"`
	Counted      bool   `json:"counted,omitempty"`
	ScenarioText []byte `json:"-"`                       // nil: read from Scenario
	ReplayFormat string `json:"replay_format,omitempty"` // of the file that it replays; "": as it says
	Authorities  []byte `json:"-"`                       // PEM; nil: read from CA
	Handed       bool   `json:"-"`                       // it is handed in, and needs no Out of its own

	// ScenarioFiles is where the files of a ScenarioText lie; it reads no others.
	ScenarioFiles scenario.Files `json:"-"`

	urls []*url.URL
	url  *url.URL // the first
	wire wire
}

// MostConnections is how many connections a run may have.
const MostConnections = 65_536

// MostThreads is how many threads may play.
const MostThreads = 256

// Addresses are those that are connected to, as host:port.
func (o *Options) Addresses() (list []string) {
	for _, u := range o.urls {
		list = append(list, o.wire.address(u))
	}
	return list
}

// URL is the first server's.
func (o *Options) URL() *url.URL { return o.url }

func (o *Options) given(name string) bool { return slices.Contains(o.Given, name) }

// parseURL reads the target. A missing scheme means http, as in curl.
func parseURL(text string) (*url.URL, error) {
	full := text
	if !strings.Contains(full, "://") {
		full = "http://" + full
	}
	u, err := url.Parse(full)
	switch {
	case err != nil || u.Hostname() == "":
		return nil, fmt.Errorf("URL %q has no host; right is http://host:port/path", text)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("URL %q: scheme %s is not spoken; only http and https are", text, u.Scheme)
	case u.User != nil:
		return nil, fmt.Errorf("URL %q: user and password cannot be sent", text)
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return nil, fmt.Errorf("URL %q: port %s; right are 1 to 65535", text, port)
		}
	}
	return u, nil
}

// Check reads the options, and says what is wrong with them in one line.
func (o *Options) Check() error {
	if err := o.readURLs(); err != nil {
		return err
	}
	workloads := 0
	for _, given := range []bool{o.ranked(), o.Workload != "", o.Scenario != "", o.Trace != ""} {
		if given {
			workloads++
		}
	}
	switch {
	case workloads > 1:
		return errors.New("--zipf with --objects, --workload, --scenario and --trace are four ways to name a workload; give one")
	case math.IsNaN(o.Zipf) || o.Zipf < 0 || o.Zipf > 10:
		return fmt.Errorf("--zipf %v; right are 0 to 10", o.Zipf)
	case o.Objects < 1 || o.Objects > 1<<53:
		return fmt.Errorf("--objects %d; right are 1 to 2^53", o.Objects)
	case o.Connections < 1 || o.Connections > MostConnections:
		return fmt.Errorf("--connections %d; right are 1 to %d", o.Connections, MostConnections)
	case o.Threads < 0 || o.Threads > MostThreads || o.Threads == 0 && o.given("threads"):
		return fmt.Errorf("--threads %d; right are 1 to %d", o.Threads, MostThreads)
	case o.Rate.Rate <= 0 && !o.Closed:
		return fmt.Errorf("--rate %v; right is more than 0, or --closed for as fast as it goes", o.Rate)
	case o.Closed && o.given("rate"):
		return errors.New("--rate with --closed: a closed loop has no rate; give one of them")
	case o.Closed && o.given("arrivals"):
		return errors.New("--arrivals with --closed: a closed loop has no arrivals; give one of them")
	case o.Timeout <= 0:
		return errors.New("--timeout 0s; right is more than 0")
	case strings.ContainsAny(o.Host, " \t\r\n"):
		return fmt.Errorf("--host %q holds spaces", o.Host)
	case o.Verify && !o.hasWorkload():
		return errors.New("--verify needs --zipf, --workload, --scenario or --trace: the bytes of other content are not known")
	}
	for _, check := range []func() error{o.checkKept, o.checkPopularity, o.checkReplay, o.checkWire, o.checkArrivals, o.checkTimes} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (o *Options) readURLs() error {
	if len(o.URLs) == 0 {
		return errors.New("no URL given; right is one or several, as: loadgen http://127.0.0.1:8080/")
	}
	o.urls, o.wire = nil, wire{}
	for _, text := range o.URLs {
		u, err := parseURL(text)
		if err != nil {
			return err
		}
		o.urls = append(o.urls, u)
	}
	o.url = o.urls[0]
	return nil
}

// checkKept says what of the outlets does not go together.
func (o *Options) checkKept() error {
	switch {
	case o.Share.Of > 0 && o.Out == "" && !o.Handed:
		return fmt.Errorf("--share %v needs --out: the folders of all shares are what edgesim merge puts together", &o.Share)
	case o.Records && o.Out == "":
		return errors.New("--records needs --out: they are kept in the run folder")
	}
	return o.checkCSV()
}

func (o *Options) checkTimes() error {
	switch {
	case o.given("duration") && o.Duration <= 0:
		return errors.New("--duration 0s; right is more than 0")
	case o.given("warmup") && o.Duration > 0 && o.Warmup >= o.Duration && o.Scenario == "" && o.Trace == "":
		return fmt.Errorf("--warmup %v leaves nothing of --duration %v; right is a shorter one", o.Warmup, o.Duration)
	}
	return nil
}

// hasWorkload reports whether a workload is named, rather than one URL.
func (o *Options) hasWorkload() bool {
	return o.ranked() || o.Workload != "" || o.Scenario != "" || o.Trace != ""
}
