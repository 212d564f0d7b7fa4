package origin_test

import (
	"fmt"
	"time"

	"edgesim/sim/origin"
)

// The slow origin: the first byte after 40 ms with 16 KiB at once, then 16 KiB
// every 200 ms.
func ExampleModel_Answer() {
	m, err := origin.New(origin.Config{
		Kind:      origin.Bucket,
		FirstByte: origin.Delay{Kind: "constant", Constant: 40 * time.Millisecond},
		Piece:     16 << 10,
		Every:     200 * time.Millisecond,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	photo := origin.Object{Key: 7, Size: 1 << 20}
	answer := m.Answer(photo.Key, 0, 0)
	fmt.Println(answer.Status, answer.FirstByte, answer.Curve.Due(photo.Size))
	// Output: 200 40ms 12.6s
}

// A client needs the entity tag alone to verify a body, or any part of one.
func ExampleCheck() {
	part := make([]byte, 1000)
	origin.Fill(part, 7, 3, 500)
	tag := origin.AppendETag(nil, 7, 3)

	key, version, ok := origin.ParseETag(tag)
	fmt.Println(string(tag), ok, origin.Check(part, key, version, 500), origin.Check(part, key, version, 501))
	// Output: "0000000000000007-3" true -1 0
}
