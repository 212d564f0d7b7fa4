package live

import "edgesim/workloads"

// targets are the edges that viewers go to, by viewer.
func (st *stage) targets(v *workloads.Viewers) []uint16 {
	if len(st.addrs) == 1 {
		return nil
	}
	list := make([]uint16, v.Count())
	for i := range list {
		viewer := uint32(i)
		list[i] = uint16(st.far.Route(st.far.Home(viewer, v.CountryIndex(viewer))))
	}
	return list
}
