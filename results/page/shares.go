package page

import (
	"cmp"

	"edgesim/results"
)

// share is what one of several workers did, as people read it.
type share struct {
	Share, Worker, Host, State, Trouble                string
	Scheduled, Sent, Late, Missing, Rate, Clock, Drift string
	Bad                                                bool // it is not whole, or was late
}

func sharesOf(list []results.ShareFigures) (all []share) {
	for _, s := range list {
		row := share{Share: s.Share, Worker: cmp.Or(s.Worker, "–"), Host: s.Host, State: s.State, Trouble: s.Trouble,
			Scheduled: count(int64(s.Scheduled)), Sent: count(int64(s.Sent)), Late: count(int64(s.Late)), Missing: count(int64(s.Missing)),
			Rate: rate(s.Achieved), Clock: s.Clock() + " ms", Drift: millis(s.ClockDrift), Bad: s.State != results.ShareWhole || s.Unsound}
		if s.Unsound {
			row.State += ", late"
		}
		if s.State == results.ShareLost { // nothing of it is known but what it said on the way
			row.Scheduled, row.Late, row.Rate, row.Drift = "–", "–", "–", "–"
		}
		all = append(all, row)
	}
	return all
}
