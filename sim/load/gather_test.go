package load

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"edgesim/results"
)

// What goes to other machines has no path of this one, and nothing of what is kept.
func TestWhatIsToldHasNoPaths(t *testing.T) {
	o := plainly("http://a/")
	o.Scenario, o.Trace, o.CA, o.Out, o.CSV, o.Metrics, o.Command = "/etc/s", "/etc/t", "/etc/c", "/etc/o", "/etc/v", ":9", []string{"/etc/x"}
	text, err := json.Marshal(o)
	if err != nil || strings.Contains(string(text), "/etc") || strings.Contains(string(text), ":9\"") {
		t.Errorf("%s, %v", text, err)
	}
	var back Options
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	again, _ := json.Marshal(&back)
	if string(again) != string(text) {
		t.Errorf("%s\nbecomes\n%s", text, again)
	}
	for f := range reflect.TypeFor[Options]().Fields() {
		if f.IsExported() && f.Tag.Get("json") == "" {
			t.Errorf("%s: is it told to other machines, or not? Its tag says", f.Name)
		}
	}
}

// Requests are dealt in turn, so a share that is gone had as many as the others.
func TestMissingLoad(t *testing.T) {
	hand := func(n int, scheduled uint64, trouble string) *Hand {
		return &Hand{Share: n, Last: Beat{Worker: "w"}, Result: &Parted{Trouble: trouble,
			Summary: &results.Summary{Partial: trouble != "", Generator: &results.Generator{Scheduled: scheduled}}}}
	}
	lost := &Hand{Share: 3, Last: Beat{Worker: "dead"}, Err: errors.New("gone")}
	list := Shared([]*Hand{hand(1, 100, ""), hand(2, 40, "its worker was stopped"), lost, hand(4, 101, "")})
	if list[0].Missing != 0 || list[1].Missing != 61 || list[2].Missing != 101 || list[2].State != results.ShareLost || list[1].State != results.SharePartial {
		t.Errorf("%+v", list)
	}
	if text := missing(list); !strings.Contains(text, "Of 403 requests scheduled 162 (40.2%) are missing") || !strings.Contains(text, "share 3/4 (worker dead): gone") {
		t.Error(text)
	}
	if text := missing(Shared([]*Hand{hand(1, 40, errStopped.Error()), hand(2, 40, errStopped.Error())})); text != "" {
		t.Errorf("a run that was stopped lacks nothing: %s", text)
	}
}

func TestStartSkew(t *testing.T) {
	list := []results.ShareFigures{{ClockUnsure: 1}, {ClockUnsure: 5}, {ClockUnsure: 3}, {ClockUnsure: 99, State: results.ShareLost}}
	if got := results.StartSkew(list); got != 8 {
		t.Errorf("%v; right is that of the two worst, 8", got)
	}
	if got := results.StartSkew(list[:1]); got != 0 {
		t.Errorf("%v of one share; right is 0", got)
	}
}
