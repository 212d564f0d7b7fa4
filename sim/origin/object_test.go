package origin

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestVersionsFollowEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := Object{Key: rapid.Uint64().Draw(t, "key"), ChangeEvery: time.Duration(rapid.Int64Range(1, 1<<45).Draw(t, "every"))}
		at := time.Duration(rapid.Int64Range(0, 1<<55).Draw(t, "at"))
		v, since := Version(o, at), LastModified(o, at)
		if since > at || at-since >= o.ChangeEvery {
			t.Fatalf("version %d at %v began at %v, with a change every %v", v, at, since, o.ChangeEvery)
		}
		if next := since + o.ChangeEvery; Version(o, next) != v+1 || Version(o, next-1) != v || LastModified(o, next) != next {
			t.Fatalf("version %d should last from %v to %v", v, since, next)
		}
	})
}

func TestObjectsDoNotChangeAllAtOnce(t *testing.T) {
	early := 0
	for key := range uint64(1000) {
		if Version(Object{Key: key, ChangeEvery: time.Hour}, 15*time.Minute) == 1 {
			early++
		}
	}
	if early < 200 || early > 300 {
		t.Errorf("%d of 1000 hourly objects changed in the first quarter, want about 250", early)
	}
}

func TestWhatNeverChangesIsOld(t *testing.T) {
	for key := range uint64(1000) {
		o := Object{Key: key}
		if lm := LastModified(o, 0); lm > -day || lm < -366*day || lm != LastModified(o, 1e15) || Version(o, 1e18) != 0 {
			t.Fatalf("object %d was last modified at %v, version %d", key, lm, Version(o, 1e18))
		}
	}
}

func TestETagCarriesKeyAndVersion(t *testing.T) {
	if got := string(AppendETag(nil, 0xABC, 12)); got != `"0000000000000abc-12"` {
		t.Errorf("entity tag %s", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		key, version := rapid.Uint64().Draw(t, "key"), rapid.Uint64().Draw(t, "version")
		tag := AppendETag(nil, key, version)
		for _, tag := range [][]byte{tag, append([]byte("W/"), tag...)} {
			if k, v, ok := ParseETag(tag); !ok || k != key || v != version {
				t.Fatalf("%s is read as %x, %d, %v", tag, k, v, ok)
			}
		}
	})
}

func TestForeignETagsAreNotOurs(t *testing.T) {
	for _, tag := range []string{``, `"`, `""`, `W/`, `"abc"`, `0000000000000abc-1`, `"0000000000000abc-"`, `"0000000000000abc-01"`,
		`"0000000000000ABC-1"`, `"0000000000000abc-18446744073709551616"`, `"0000000000000abc+1"`, `"0000000000000abc-1" `} {
		if _, _, ok := ParseETag([]byte(tag)); ok {
			t.Errorf("%q is taken for one of ours", tag)
		}
	}
}

func FuzzParseETagUndoesAppendETag(f *testing.F) {
	f.Add([]byte(`"0000000000000abc-12"`))
	f.Add([]byte(`W/"0000000000000abc-0"`))
	f.Fuzz(func(t *testing.T, tag []byte) {
		key, version, ok := ParseETag(tag)
		if !ok {
			return
		}
		again := string(AppendETag(nil, key, version))
		if string(tag) != again && string(tag) != "W/"+again {
			t.Errorf("%q is read as %x, %d, which is written %s", tag, key, version, again)
		}
	})
}
