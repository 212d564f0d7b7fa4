package behavior

// Device is what a viewer's User-Agent tells of the device: a set, because a
// tablet is often mobile too, and a television may run Android.
type Device uint8

const (
	Desktop Device = 1 << iota // nothing below was recognised
	Mobile
	SmartTV
	Tablet
	IOS
	Android
	notAndroid // though it says so
)

// signs are parts of a User-Agent, in lower case, and what each of them tells.
var signs = []struct {
	part string
	is   Device
}{
	{"iphone", IOS | Mobile}, {"ipod", IOS | Mobile}, {"ipad", IOS | Tablet | Mobile},
	{"windows phone", Mobile | notAndroid}, {"iemobile", Mobile}, {"blackberry", Mobile}, {"bb10", Mobile},
	{"opera mini", Mobile}, {"opera mobi", Mobile}, {"kaios", Mobile}, {"symbian", Mobile}, {"mobile;", Mobile}, {"mobile safari", Mobile},
	{"tablet", Tablet}, {"kindle", Tablet}, {"playbook", Tablet}, {"silk/", Tablet},
	{"smart-tv", SmartTV}, {"smarttv", SmartTV}, {"smart tv", SmartTV}, {"hbbtv", SmartTV}, {"googletv", SmartTV}, {"google tv", SmartTV},
	{"appletv", SmartTV}, {"apple tv", SmartTV}, {"netcast", SmartTV}, {"roku", SmartTV}, {"bravia", SmartTV}, {"viera", SmartTV},
	{"crkey", SmartTV}, {"android tv", SmartTV}, {"; aft", SmartTV}, {"web0s", SmartTV}, {"dtv", SmartTV},
	{"android", Android},
}

// signsBy are the signs that may begin with a byte, so that one pass finds them
// all.
var signsBy = func() (by [256][]uint8) {
	for i, s := range signs {
		first := s.part[0]
		by[first] = append(by[first], uint8(i))
		if 'a' <= first && first <= 'z' {
			by[first-'a'+'A'] = append(by[first-'a'+'A'], uint8(i))
		}
	}
	return by
}()

// mostAgent is how much of a User-Agent is looked at, in bytes.
const mostAgent = 512

// DeviceOf reads a User-Agent field. What it does not know is a desktop, as is
// a viewer without the field.
//
// Android's browsers say "Mobile" on telephones and leave it out on tablets;
// Windows Phone called itself Android, too, and is none.
func DeviceOf(agent []byte) Device {
	agent = agent[:min(len(agent), mostAgent)]
	var d Device
	for i := range agent {
		for _, s := range signsBy[agent[i]] {
			if part := signs[s].part; len(agent)-i >= len(part) && equalLower(agent[i:i+len(part)], part) {
				d |= signs[s].is
			}
		}
	}
	if d&notAndroid != 0 {
		d &^= Android | notAndroid
	}
	if d&Android != 0 && d&(Mobile|SmartTV|Tablet) == 0 {
		d |= Tablet
	}
	if d&SmartTV != 0 {
		d &^= Mobile | Tablet // a television's browser may say so; nobody carries it
	}
	if d&(Mobile|Tablet|SmartTV) == 0 {
		d |= Desktop
	}
	return d
}

func equalLower(s []byte, low string) bool {
	for i := range s {
		b := s[i]
		if 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		if b != low[i] {
			return false
		}
	}
	return true
}
