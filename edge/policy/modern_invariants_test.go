package policy

import "fmt"

// brokenModern is broken of the policies that learn or draw.
func brokenModern(p Policy, used int64, n int, capacity int64) string {
	switch p := p.(type) {
	case *wtinylfu:
		if p.resident != n || p.protected.bytes > p.protectedCap {
			return fmt.Sprintf("wtinylfu: %d residents, not %d; protected %d of %d", p.resident, n, p.protected.bytes, p.protectedCap)
		}
		return brokenChains(p.nodes, used, n, p.window, p.probation, p.protected)
	case *qdlp:
		return brokenChains(p.nodes, used, n, p.small, p.main) + brokenGhost(&p.ghost)
	case *lecar:
		return brokenHeap(&p.heap, n) + brokenGhost(&p.experts.history[0]) + brokenGhost(&p.experts.history[1])
	case *cacheus:
		return brokenHeap(&p.heap, n) + brokenChains(p.nodes, used, n, p.s, p.q) + brokenCacheus(p)
	case *klru:
		wrong := ""
		for i := range p.stages {
			wrong += brokenGhost(&p.stages[i])
		}
		return wrong
	case *lhd:
		return brokenLHD(p, used, n, capacity)
	case *hyperbolic:
		for i, t := range p.tags {
			if int(p.place[t.slot]) != i {
				return fmt.Sprintf("hyperbolic: slot %d thinks it is at %d, not %d", t.slot, p.place[t.slot], i)
			}
		}
	case *adaptsize:
		bytes := int64(0)
		for _, a := range p.known {
			bytes += max(0, a.size)
		}
		if bytes != p.bytes {
			return fmt.Sprintf("adaptsize: knows %d bytes, says %d", bytes, p.bytes)
		}
	}
	return ""
}

// brokenCacheus counts the demoted and the new.
func brokenCacheus(p *cacheus) string {
	demoted, fresh := 0, 0
	for s := p.q.head; s != None; s = p.nodes[s].next {
		if p.nodes[s].mark()&cacheusDemoted != 0 {
			demoted++
		}
	}
	g := &p.experts.history[recency]
	for at := g.order.head; at != None; at = g.nodes[at].next {
		if p.experts.regrets[recency][at].fresh {
			fresh++
		}
	}
	if demoted != p.demoted || fresh != p.fresh || p.sCap < 0 || p.sCap > p.capacity {
		return fmt.Sprintf("cacheus: %d demoted, says %d; %d new, says %d; S has %d of %d", demoted, p.demoted, fresh, p.fresh, p.sCap, p.capacity)
	}
	return brokenGhost(g) + brokenGhost(&p.experts.history[frequency])
}

// brokenLHD: everybody knows his place, suspects are resident, and what explorers
// have is not in the budget.
func brokenLHD(p *lhd, used int64, n int, capacity int64) string {
	budget := share(capacity, lhdBudget)
	for i, t := range p.tags {
		if int(p.place[t.slot]) != i {
			return fmt.Sprintf("lhd: slot %d thinks it is at %d, not %d", t.slot, p.place[t.slot], i)
		}
		if t.explorer {
			budget -= int64(t.size)
		}
		used -= int64(t.size)
	}
	for _, s := range p.suspect {
		if s != None && p.tags[p.place[s]].slot != s {
			return fmt.Sprintf("lhd: suspect %d is not resident", s)
		}
	}
	if len(p.tags) != n || used != 0 || budget != p.budget {
		return fmt.Sprintf("lhd: %d residents, not %d; lacks %d bytes; budget %d, not %d", len(p.tags), n, used, p.budget, budget)
	}
	return ""
}
