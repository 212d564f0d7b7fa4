package report

// What each report makes of a digest.

func (c *cacheStatistics) digests() bool { return c.continent == all }

func (c *cacheStatistics) addDigest(*digest) {} // crowds tell it all

func (v *viewers) digests() bool { return true }

func (v *viewers) addDigest(d *digest) {
	v.addAgents(d)
	for i := range d.places {
		p := &d.places[i]
		at := v.inHour(p.distribution, p.hour)
		at.Country, at.State = p.country, p.state
		if n, covered := v.location(&at); covered && d.wants(p.distribution) {
			t := v.cellOf(&at).locations.at(n)
			t.requests += p.n
			t.bytes += p.bytes
		}
	}
}

// addAgents asks for each User-Agent when as many records have come by as there had
// when it came, since its budget goes by that.
func (v *viewers) addAgents(d *digest) {
	asked, records, whole := int64(0), int64(0), v.o.whole()
	for i := range d.agents {
		a := &d.agents[i]
		if !d.wants(a.distribution) {
			continue
		}
		if whole {
			v.agents.Pass(a.after)
			asked += a.after
		}
		at := v.inHour(a.distribution, a.hour)
		*v.cellOf(&at).classes.at(uint32(v.agents.Of(d.texts[a.agent]))) += a.n
		asked++
		records += a.n
	}
	v.agents.Pass(records - asked)
}

func (t *topReferrers) digests() bool {
	_, exact := t.counter.(*exactReferrers)
	return exact
}

func (t *topReferrers) addDigest(d *digest) {
	t.hosts.renew()
	e := t.counter.(*exactReferrers)
	for i := range d.referrers {
		r := &d.referrers[i]
		if !d.wants(r.distribution) {
			continue
		}
		total := placeOf(&t.totals, r.distribution)
		total.requests += r.n
		switch n := t.hosts.of(d.texts[r.referrer]); n {
		case noReferrer:
			total.none += r.n
		case noDomain:
			total.junk += r.n
		default:
			*e.at(r.distribution, n, t.hosts) += r.n
		}
	}
}

func (p *popularObjects) digests() bool {
	_, exact := p.counter.(*exactObjects)
	return exact
}

func (p *popularObjects) addDigest(d *digest) {
	e, whole := p.counter.(*exactObjects), p.o.whole()
	p.repeats.addDigest(d, whole)
	for i := range d.objects {
		if o := &d.objects[i]; d.wants(o.distribution) {
			e.merge(o.distribution, d.texts[o.path], d.texts[o.query], &o.objectCounts)
		}
	}
}

// addDigest finds out which of the digest's first downloads are none, and makes them
// repeats of their objects.
func (p *repeats) addDigest(d *digest, whole bool) {
	for i := range d.scopes {
		if of := &d.scopes[i]; d.wants(of.distribution) {
			p.unknown += of.unknown
		}
	}
	again := int64(0)
	for i := range d.objects {
		if o := &d.objects[i]; d.wants(o.distribution) {
			again += int64(o.downloadsRepeated)
		}
	}
	p.known += again
	var names [addAtOnce]uint64
	var between, rows [addAtOnce]uint32
	var had [addAtOnce]bool
	p.seen.Reserve(len(d.pairs))
	n := 0
	settle := func() {
		p.known += int64(n)
		p.seen.AddApart(names[:n], between[:n], had[:n])
		for i, row := range rows[:n] {
			if had[i] {
				d.objects[row].downloadsRepeated++
			}
		}
		n = 0
	}
	for i := range d.pairs {
		pair := &d.pairs[i]
		of := d.objects[pair.object].distribution
		if !d.wants(of) {
			continue
		}
		names[n], rows[n], between[n] = within(pair.pair, of), pair.object, 0
		if whole {
			between[n] = pair.again
		}
		if n++; n == addAtOnce {
			settle()
		}
	}
	settle()
	if whole {
		again = int64(d.again)
	}
	p.seen.Skip(again)
}
