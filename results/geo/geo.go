// Package geo knows where an address is: the country, and for addresses in the
// United States the state, from a database in MaxMind's format that the user
// has. It must never know what the address did, and it ships no database.
//
// The format is MaxMind's (MMDB, version 2), which others write too: besides
// MaxMind's own records (country.iso_code, subdivisions[0].iso_code) those with
// the code itself at the top (country_code or country) are understood.
package geo

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"sync/atomic"

	"github.com/oschwald/maxminddb-golang/v2"

	"edgesim/results"
)

// place is where an address is.
type place struct {
	country [2]byte       // ISO 3166-1 alpha-2, or one of the codes below; zero when unknown
	state   results.State // of addresses in the United States and its territories
}

// The codes that stand for no country (reference, section 2.5): those that
// MaxMind gave them, so that a record has them as it has a country.
var (
	AnonymousProxy     = [2]byte{'A', '1'}
	SatelliteProvider  = [2]byte{'A', '2'}
	EuropeUnknown      = [2]byte{'E', 'U'}
	AsiaPacificUnknown = [2]byte{'A', 'P'}
)

// Database answers where addresses are. It may be used by several goroutines.
// An answer that was given before costs some 20 ns: see memory.
type Database struct {
	reader *maxminddb.Reader
	known  memory
	fault  atomic.Pointer[error]
}

// Open opens a database. The error says what the file is where it is not one
// that has countries.
func Open(path string) (*Database, error) {
	if info, err := os.Stat(path); err == nil && (info.IsDir() || info.Size() == 0) {
		return nil, fmt.Errorf("%s is a folder or an empty file: want a database in MaxMind's format (.mmdb)", path)
	}
	reader, err := maxminddb.Open(path)
	var invalid maxminddb.InvalidDatabaseError
	switch {
	case errors.As(err, &invalid):
		return nil, fmt.Errorf("%s is not a database in MaxMind's format (.mmdb), or a damaged one: %w", path, err)
	case err != nil:
		return nil, fmt.Errorf("opening the locations %s: %w", path, err)
	}
	d := &Database{reader: reader}
	if err := d.check(); err != nil {
		reader.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return d, nil
}

// Close gives the database's memory back; nothing may be asked of it then.
func (d *Database) Close() error { return d.reader.Close() }

// Type is what the database says it is, as GeoLite2-City.
func (d *Database) Type() string { return d.reader.Metadata.DatabaseType }

// Fault is the first damage that an answer met: from then on addresses may be
// without a place. Nil while there is none.
func (d *Database) Fault() error {
	if e := d.fault.Load(); e != nil {
		return *e
	}
	return nil
}

// looked is how many networks are looked at for a country before a database is
// said to have none. Databases of locations have one nearly everywhere. Empty
// networks count too: a damaged tree may have any number of them.
const looked = 100_000

func (d *Database) check() error {
	n := 0
	for result := range d.reader.Networks(maxminddb.IncludeNetworksWithoutData()) {
		if p, err := placeOf(result); err != nil {
			return fmt.Errorf("a damaged database of type %q: %w", d.Type(), err)
		} else if p.country != [2]byte{} {
			return nil
		}
		if n++; n == looked {
			break
		}
	}
	return fmt.Errorf("a database of type %q has no countries: want one of cities or countries, such as GeoLite2-City", d.Type())
}

// Locate is the country of an address, and the state of one in the United
// States; zeros when nobody knows.
func (d *Database) Locate(addr netip.Addr) (country [2]byte, state results.State) {
	p := d.place(addr)
	return p.country, p.state
}

func (d *Database) place(addr netip.Addr) place {
	if !addr.IsValid() {
		return place{}
	}
	block := blockOf(addr)
	if e := d.known.find(block); e != nil && !e.finer {
		return e.place
	} else if e != nil {
		if own := d.known.find(wholeOf(addr)); own != nil {
			return own.place
		}
	}
	return d.look(addr, block)
}

// look asks the database itself, and remembers the answer for the address's
// block, or for the address alone where the block has more than one.
func (d *Database) look(addr netip.Addr, block key) place {
	result := d.reader.Lookup(addr.Unmap())
	p, err := placeOf(result)
	if err != nil {
		err = fmt.Errorf("the database of locations is damaged: %w", err)
		d.fault.CompareAndSwap(nil, &err)
	}
	if result.Prefix().IsValid() && covers(result.Prefix()) {
		d.known.keep(&entry{key: block, place: p})
		return p
	}
	d.known.keep(&entry{key: block, finer: true})
	d.known.keep(&entry{key: wholeOf(addr), place: p})
	return p
}
