package results

// State is a U.S. state, territory or Armed Forces region, as far as the
// viewers' locations report tells them apart (reference, section 2.5); zero
// when unknown or where the viewer is elsewhere. One byte of a record holds it.
type State uint8

// NoState is where nothing is known.
const NoState State = 0

// stateNames are the codes and names of ISO 3166-2:US, which are the Postal
// Service's but for its three Armed Forces regions.
var stateNames = [...]struct{ code, name string }{
	{"-", "Unknown"},
	{"AL", "Alabama"}, {"AK", "Alaska"}, {"AZ", "Arizona"}, {"AR", "Arkansas"}, {"CA", "California"},
	{"CO", "Colorado"}, {"CT", "Connecticut"}, {"DE", "Delaware"}, {"DC", "District of Columbia"},
	{"FL", "Florida"}, {"GA", "Georgia"}, {"HI", "Hawaii"}, {"ID", "Idaho"}, {"IL", "Illinois"},
	{"IN", "Indiana"}, {"IA", "Iowa"}, {"KS", "Kansas"}, {"KY", "Kentucky"}, {"LA", "Louisiana"},
	{"ME", "Maine"}, {"MD", "Maryland"}, {"MA", "Massachusetts"}, {"MI", "Michigan"}, {"MN", "Minnesota"},
	{"MS", "Mississippi"}, {"MO", "Missouri"}, {"MT", "Montana"}, {"NE", "Nebraska"}, {"NV", "Nevada"},
	{"NH", "New Hampshire"}, {"NJ", "New Jersey"}, {"NM", "New Mexico"}, {"NY", "New York"},
	{"NC", "North Carolina"}, {"ND", "North Dakota"}, {"OH", "Ohio"}, {"OK", "Oklahoma"}, {"OR", "Oregon"},
	{"PA", "Pennsylvania"}, {"RI", "Rhode Island"}, {"SC", "South Carolina"}, {"SD", "South Dakota"},
	{"TN", "Tennessee"}, {"TX", "Texas"}, {"UT", "Utah"}, {"VT", "Vermont"}, {"VA", "Virginia"},
	{"WA", "Washington"}, {"WV", "West Virginia"}, {"WI", "Wisconsin"}, {"WY", "Wyoming"},
	{"AS", "American Samoa"}, {"GU", "Guam"}, {"MP", "Northern Mariana Islands"}, {"PR", "Puerto Rico"},
	{"UM", "U.S. Minor Outlying Islands"}, {"VI", "U.S. Virgin Islands"},
	{"AA", "Armed Forces Americas"}, {"AE", "Armed Forces Europe"}, {"AP", "Armed Forces Pacific"},
}

// States is how many values a State has, NoState included.
const States = State(len(stateNames))

// stateOf is the State of two letters, for a lookup without hashing.
var stateOf = func() (table [26 * 26]State) {
	for s := State(1); s < States; s++ {
		code := stateNames[s].code
		table[int(code[0]-'A')*26+int(code[1]-'A')] = s
	}
	return table
}()

// String is the state's two-letter code, as CA; "-" where none is known.
func (s State) String() string { return stateNames[s.known()].code }

// Name is the state's name in English, as California.
func (s State) Name() string { return stateNames[s.known()].name }

func (s State) known() State {
	if s < States {
		return s
	}
	return NoState
}

// StateOf is the state of a two-letter code, as an ISO 3166-2 code has it behind
// "US-"; NoState for anything else. It does not allocate.
func StateOf(code string) State {
	if len(code) != 2 || code[0] < 'A' || code[0] > 'Z' || code[1] < 'A' || code[1] > 'Z' {
		return NoState
	}
	return stateOf[int(code[0]-'A')*26+int(code[1]-'A')]
}
