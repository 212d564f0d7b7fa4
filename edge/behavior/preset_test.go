package behavior

import (
	"reflect"
	"testing"

	"edgesim/edge/rfc9111"
)

// The presets here and those of rfc9111 are two ways to say the same.
func TestPresetsAreThoseOfRFC9111(t *testing.T) {
	for _, row := range []struct {
		name  string
		mine  Behavior
		rules rfc9111.Rules
	}{{"standard", Standard(), rfc9111.Standard()}, {"cloudfront", CloudFront(), rfc9111.CloudFront()}} {
		if got, want := row.mine.TTL, (TTL{row.rules.MinTTL, row.rules.DefaultTTL, row.rules.MaxTTL}); got != want {
			t.Errorf("%s: TTL %+v, want %+v", row.name, got, want)
		}
		shared := 0
		rules, mine := reflect.ValueOf(row.rules), reflect.ValueOf(row.mine)
		for i := range rules.NumField() {
			name := rules.Type().Field(i).Name
			field := mine.FieldByName(name)
			if !field.IsValid() {
				continue
			}
			shared++
			if !field.Equal(rules.Field(i)) {
				t.Errorf("%s: %s is %v, want %v", row.name, name, field, rules.Field(i))
			}
		}
		if shared != 12 {
			t.Errorf("%d settings have the same name, want 12", shared)
		}
	}
}
