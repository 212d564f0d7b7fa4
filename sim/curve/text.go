package curve

import (
	"encoding/json"
	"errors"
)

// curveText is a Curve as it travels between programs of one version.
type curveText struct {
	Requests  float64   `json:"requests"`
	Bytes     float64   `json:"bytes"`
	Distances []float64 `json:"distances"` // requests by bucket of their stack distance
	Weights   []float64 `json:"weights"`   // bytes of these
}

// MarshalJSON writes the whole curve; nothing of it is rounded.
func (c *Curve) MarshalJSON() ([]byte, error) {
	n := c.hits.end()
	return json.Marshal(curveText{c.Requests, c.Bytes, c.hits.requests[:n], c.hits.bytes[:n]})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (c *Curve) UnmarshalJSON(text []byte) error {
	var t curveText
	if err := json.Unmarshal(text, &t); err != nil {
		return err
	}
	if len(t.Distances) != len(t.Weights) || len(t.Distances) > bucketOf(1<<62)+1 {
		return errors.New("curve: as many distances as weights are right")
	}
	*c = Curve{t.Requests, t.Bytes, distances{t.Distances, t.Weights}}
	return nil
}
