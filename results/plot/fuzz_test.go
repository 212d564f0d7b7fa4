package plot

import (
	"encoding/json"
	"io"
	"testing"
)

// A figure may come from a file that anybody wrote: whatever JSON says of one is
// drawn on the paper, or refused as JSON.
func FuzzFigureFromJSONIsDrawn(f *testing.F) {
	for _, form := range forms() {
		b, err := json.Marshal(form)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"x":{"scale":"category","names":null},"series":[{"form":"stack","x":[0,null,1e99],"y":[1]}],"strip":{}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var figure Figure
		if json.Unmarshal(b, &figure) != nil {
			return
		}
		checkInside(t, &figure, Slide())
		if err := Render(io.Discard, &figure, "svg", Slide()); err != nil {
			t.Fatal(err)
		}
	})
}
