package load

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
)

// Shares of one run each count for Prometheus, and tell what they have counted in
// their beats: samples in its text format, packed. Who waits for them serves the sums.

// longestSeries is how many bytes of packed samples a beat carries, which is enough for
// a workload of some thousand distributions, and longestSamples how many of unpacked
// ones are read. What is longer is not told.
const (
	longestSeries  = 128 << 10
	longestSamples = 8 << 20
)

// series are the run's samples, packed; nil: nobody wants them, or they are too many.
func (s *Run) series() []byte {
	if s.scraped == nil {
		return nil
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	s.writeMetrics(w)
	if w.Close() != nil || b.Len() > longestSeries {
		return nil
	}
	return b.Bytes()
}

// samples are values by name and labels, as they are written before a value.
type samples map[string]float64

// readSamples unpacks what a share has told; what is no sample is passed over.
func readSamples(packed []byte) (samples, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(r, longestSamples+1))
	if err == nil && len(text) > longestSamples {
		err = fmt.Errorf("more than %d bytes of samples", longestSamples)
	}
	if err != nil {
		return nil, err
	}
	all := samples{}
	for line := range strings.Lines(string(text)) {
		name, value, _ := cutLast(strings.TrimRight(line, "\n"), ' ')
		v, err := strconv.ParseFloat(value, 64)
		if err == nil && name != "" && name[0] != '#' && v == v {
			all[name] = v
		}
	}
	return all, nil
}

// cutLast cuts at the last of a byte: label values may have it, too.
func cutLast(s string, at byte) (before, after string, found bool) {
	i := strings.LastIndexByte(s, at)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// add adds another share's: counters and buckets add up, and of times that have
// passed the longest is that of all.
func (all samples) add(s samples) {
	for name, v := range s {
		if name == elapsed {
			all[name] = max(all[name], v)
		} else {
			all[name] += v
		}
	}
}

func (all samples) write(w io.Writer) {
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(w, "%s %s\n", name, strconv.FormatFloat(all[name], 'g', -1, 64))
	}
}

// ServeMetrics answers a scrape with the sums of all shares, as one process would have
// them, and how each of them goes. What a lost one has counted stays counted.
func (c *Crew) ServeMetrics(w http.ResponseWriter, _ *http.Request) {
	all := samples{}
	c.mu.Lock()
	for _, h := range c.hands {
		all.add(h.counted)
		of := fmt.Sprintf("{share=%q,worker=%q}", fmt.Sprintf("%d/%d", h.Share, c.Of), h.Last.Worker)
		all["loadgen_share_sent_total"+of] = float64(h.Last.Progress.Sent)
		all["loadgen_share_done_total"+of] = float64(h.Last.Progress.Done)
		if !h.Heard.IsZero() {
			all["loadgen_share_heard_seconds_ago"+of] = time.Since(h.Heard).Seconds()
			all["loadgen_share_clock_ahead_seconds"+of] = h.Last.Clock.Ahead.Seconds()
		}
		lost := 0.0
		if h.Err != nil {
			lost = 1
			all[inFlight] -= h.counted[inFlight]
		}
		all["loadgen_share_lost"+of] = lost
	}
	c.mu.Unlock()
	var page bytes.Buffer
	all.write(&page)
	answerScrape(w, page.Bytes())
}
