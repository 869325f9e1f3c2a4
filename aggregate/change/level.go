package change

// excess is how much week i lies above a level: of a Count in events, of a
// Proportion in successes, of a Duration in items longer less items shorter.
func (m *Metric) excess(i int, level float64) float64 {
	w := &m.Weeks[i]
	switch m.Type {
	case Count:
		return w.Value - w.Exposure*level
	case Proportion:
		return w.Successes - w.Trials*level
	case Duration:
		longer := 0.0
		for _, v := range w.Items {
			longer += float64(directionOf(v - level))
		}
		return longer
	}
	return w.Value - level
}

// run counts the latest known weeks strictly on one side of the baseline's
// level.
func (m *Metric) run(b *Block) (weeks int) {
	side := Same
	for i := len(m.Weeks) - 1; i >= max(0, m.From); i-- {
		if !m.known(i) {
			continue
		}
		at := directionOf(m.excess(i, b.Base.Value))
		if at == Same || side != Same && at != side {
			break
		}
		side = at
		weeks++
	}
	return weeks
}

// since returns about where the present level began. Without a change that is
// where the baseline begins. With one it is the week from which on the weeks
// together lie furthest beyond the middle between old and new level, the usual
// estimate of a cumulative sum (Page 1954).
func (m *Metric) since(v *Verdict, b *Block) int {
	if v.State < Watch {
		return b.BaseFrom
	}
	middle := (b.Base.Value + b.Recent.Value) / 2
	first, best, sum := len(m.Weeks)-1, 0.0, 0.0
	for i := len(m.Weeks) - 1; i >= b.BaseFrom; i-- {
		if !m.known(i) {
			continue
		}
		sum += float64(v.Direction) * m.excess(i, middle)
		if sum > best {
			first, best = i, sum
		}
	}
	return first
}
