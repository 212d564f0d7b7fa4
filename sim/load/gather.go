package load

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"edgesim/results"
	"edgesim/results/folder"
)

// Gathering is what the shares of a crew are put together to.
type Gathering struct {
	Hands []*Hand
	// Scenario is the text as one process has it: shares have fewer connections.
	Scenario string
	Into     folder.Merging // but for what the shares say themselves
	// Fetch copies a share's records to a file, and takes them out of the store.
	Fetch func(ctx context.Context, blob, path string) error
}

// Gather puts the records of all shares together, as folder.Merge does, and says of
// each share what it did and how much of the load is missing.
func Gather(ctx context.Context, g Gathering) (*results.Summary, error) {
	dir, err := os.MkdirTemp("", "edgesim-shares-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	m := g.Into
	m.Shares = Shared(g.Hands)
	for i, h := range g.Hands {
		if h.Result == nil {
			continue
		}
		own := filepath.Join(dir, fmt.Sprintf("share-%d", h.Share))
		if err := g.lay(ctx, h.Result, own); err != nil {
			return nil, fmt.Errorf("share %s, from worker %s: %w", m.Shares[i].Share, m.Shares[i].Worker, err)
		}
		m.Runs = append(m.Runs, own)
	}
	if len(m.Runs) == 0 {
		return nil, ErrLost{fmt.Errorf("no share came to anything: %s", m.Shares[0].Trouble)}
	}
	m.Unsound = missing(m.Shares)
	return folder.Merge(m)
}

// lay makes the folder of a run of a share.
func (g *Gathering) lay(ctx context.Context, r *Parted, dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	r.Manifest.Scenario = g.Scenario
	if err := results.WriteJSON(filepath.Join(dir, results.ManifestFile), r.Manifest); err != nil {
		return err
	}
	if err := results.WriteJSON(filepath.Join(dir, results.SummaryFile), r.Summary); err != nil {
		return err
	}
	return g.Fetch(ctx, r.Records, filepath.Join(dir, results.RecordsFile))
}

// Shared says what each share did. One without a result has no figures but what it
// would have had: as many requests as the others, since they are dealt in turn.
func Shared(hands []*Hand) (list []results.ShareFigures) {
	whole := uint64(0)
	for _, h := range hands {
		f := h.figures(len(hands))
		if f.State == results.ShareWhole {
			whole = max(whole, f.Scheduled)
		}
		list = append(list, f)
	}
	for i := range list {
		switch f := &list[i]; f.State {
		case results.ShareLost:
			f.Missing = whole
		case results.SharePartial:
			f.Missing = whole - min(whole, f.Scheduled)
		}
	}
	return list
}

func (h *Hand) figures(of int) results.ShareFigures {
	f := results.ShareFigures{Share: fmt.Sprintf("%d/%d", h.Share, of), Worker: h.Last.Worker, State: results.ShareLost}
	r := h.Result
	if r == nil {
		f.Trouble, f.Sent, f.Done = h.Err.Error(), h.Last.Progress.Sent, h.Last.Progress.Done
		f.ClockAhead, f.ClockUnsure = h.Last.Clock.Ahead.Seconds()*1e3, h.Last.Clock.Unsure.Seconds()*1e3
		return f
	}
	if f.State = results.ShareWhole; r.Summary.Partial || r.Trouble != "" {
		f.State = results.SharePartial
	}
	f.Host, f.Unsound = r.Host, r.Summary.Unsound
	if r.Trouble != errStopped.Error() { // that was asked for
		f.Trouble = r.Trouble
	}
	f.ClockAhead, f.ClockUnsure = r.Before.Ahead.Seconds()*1e3, r.Before.Unsure.Seconds()*1e3
	f.ClockDrift = (r.After.Ahead - r.Before.Ahead).Seconds() * 1e3
	if g := r.Summary.Generator; g != nil {
		f.Scheduled, f.Sent, f.Done, f.Late = g.Scheduled, g.Sent, g.Done, g.Late
	}
	f.Achieved = r.Summary.Rate.Achieved
	return f
}

// missing says how much of the load there was not, and why the figures are of
// another load than was asked for.
func missing(list []results.ShareFigures) (unsound string) {
	scheduled, gone := uint64(0), uint64(0)
	var who []string
	for _, f := range list {
		scheduled, gone = scheduled+f.Scheduled+f.Missing, gone+f.Missing
		if f.Trouble != "" {
			who = append(who, fmt.Sprintf("share %s (worker %s): %s", f.Share, cmp.Or(f.Worker, "none"), f.Trouble))
		}
	}
	if len(who) == 0 {
		return ""
	}
	text := "Load is missing: " + strings.Join(who, "; ") + "."
	if gone > 0 {
		text += fmt.Sprintf(" Of %d requests scheduled %d (%.1f%%) are missing: the server had less to do than was asked for, or what it did was not measured.",
			scheduled, gone, 100*float64(gone)/float64(scheduled))
	}
	return text
}
