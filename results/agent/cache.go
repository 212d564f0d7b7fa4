package agent

import (
	"github.com/zeebo/xxh3"

	"edgesim/results"
)

// The budget of a Cache: so many User-Agents are looked up in full, and one more
// for every few records. Ten thousand are more than a busy site's browsers; a
// stream in which every record has its own would spend most of its time here.
const (
	freeLookups      = 20_000
	recordsPerLookup = 64
	mostRemembered   = 1 << 20 // User-Agents remembered by hash: 24 MB
	mostClasses      = 1 << 16
)

// Class numbers the different Agents of a Cache, from 0.
type Class uint32

// Cache knows the Class of every User-Agent that came before, for a few
// nanoseconds. It is used by one goroutine.
type Cache struct {
	strings  *results.Strings
	versions bool

	generation uint64
	bySym      []Class              // plus 1; of this generation
	byText     results.Tally[Class] // plus 1, under the text's hash: outlives a generation
	classes    []Agent
	numbers    map[Agent]Class

	asked, looked, glanced int64
}

// NewCache is a cache of the User-Agents that strings holds. Without versions,
// browsers and systems are told apart by name alone.
func NewCache(strings *results.Strings, versions bool) *Cache {
	return &Cache{strings: strings, versions: versions, generation: strings.Generation(), numbers: map[Agent]Class{}}
}

// Of is the class of the User-Agent under sym.
func (c *Cache) Of(sym results.Sym) Class {
	c.asked++
	if g := c.strings.Generation(); g != c.generation {
		c.generation, c.bySym = g, c.bySym[:0]
	}
	if int(sym) < len(c.bySym) && c.bySym[sym] != 0 {
		return c.bySym[sym] - 1
	}
	return c.learn(sym)
}

func (c *Cache) learn(sym results.Sym) Class {
	for len(c.bySym) <= int(sym) {
		c.bySym = append(c.bySym, 0)
	}
	if c.byText.Len() >= mostRemembered {
		c.byText = results.Tally[Class]{}
	}
	text := c.strings.Get(sym)
	known := c.byText.At(xxh3.HashString(text))
	if *known == 0 {
		*known = c.Number(c.read(sym, text)) + 1
	}
	c.bySym[sym] = *known
	return *known - 1
}

// read takes the text of a table that was full for what it is: any.
func (c *Cache) read(sym results.Sym, text string) Agent {
	if sym == results.Overflow {
		return Agent{UnknownDevice, Product{Name: Other}, Product{Name: Other}}
	}
	if c.looked >= freeLookups+c.asked/recordsPerLookup {
		c.glanced++
		return Glance(text)
	}
	c.looked++
	return Classify(text)
}

// Pass notes that n records came by whose User-Agents were known.
func (c *Cache) Pass(n int64) { c.asked += n }

// Takes reports whether n more User-Agents would be looked up in full however few
// records came by.
func (c *Cache) Takes(n int) bool { return c.looked+int64(n) <= freeLookups }

// Number is the class of what was read elsewhere. Beyond 65,536 classes a new one
// counts with those of its device, browser and system being Other.
func (c *Cache) Number(a Agent) Class {
	if !c.versions {
		a.Browser.Version, a.System.Version = "", ""
	}
	if n, ok := c.numbers[a]; ok {
		return n
	}
	if len(c.classes) >= mostClasses {
		a = Agent{a.Device, Product{Name: Other}, Product{Name: Other}}
		if n, ok := c.numbers[a]; ok {
			return n
		}
	}
	n := Class(len(c.classes))
	c.classes, c.numbers[a] = append(c.classes, a), n
	return n
}

// Agent is what a class stands for.
func (c *Cache) Agent(n Class) Agent { return c.classes[n] }

// Classes is how many there are.
func (c *Cache) Classes() int { return len(c.classes) }

// Glanced counts the User-Agents that the budget left to Glance.
func (c *Cache) Glanced() int64 { return c.glanced }
