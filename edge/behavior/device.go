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
)

// signs are parts of a User-Agent, in lower case, and what each of them tells.
var signs = []struct {
	part string
	is   Device
}{
	{"iphone", IOS | Mobile}, {"ipod", IOS | Mobile}, {"ipad", IOS | Tablet | Mobile},
	{"windows phone", Mobile}, {"iemobile", Mobile}, {"blackberry", Mobile}, {"bb10", Mobile},
	{"opera mini", Mobile}, {"opera mobi", Mobile}, {"kaios", Mobile}, {"symbian", Mobile}, {"mobile;", Mobile}, {"mobile safari", Mobile},
	{"tablet", Tablet}, {"kindle", Tablet}, {"playbook", Tablet}, {"silk/", Tablet},
	{"smart-tv", SmartTV}, {"smarttv", SmartTV}, {"smart tv", SmartTV}, {"hbbtv", SmartTV}, {"googletv", SmartTV}, {"google tv", SmartTV},
	{"appletv", SmartTV}, {"apple tv", SmartTV}, {"netcast", SmartTV}, {"roku", SmartTV}, {"bravia", SmartTV}, {"viera", SmartTV},
	{"crkey", SmartTV}, {"android tv", SmartTV}, {"; aft", SmartTV}, {"web0s", SmartTV}, {"dtv", SmartTV},
	{"android", Android},
}

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
	for i := range signs {
		if containsFold(agent, signs[i].part) {
			d |= signs[i].is
		}
	}
	if d&Android != 0 && containsFold(agent, "windows phone") {
		d &^= Android
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

// containsFold reports whether s has a part that is given in lower case.
func containsFold(s []byte, part string) bool {
	for i := 0; i+len(part) <= len(s); i++ {
		if s[i]|0x20 == part[0]|0x20 && equalLower(s[i:i+len(part)], part) {
			return true
		}
	}
	return false
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
