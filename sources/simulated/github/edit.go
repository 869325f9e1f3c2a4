package github

import "slices"

// Delete deletes an issue. Nothing tells of it any more.
func (o *Org) Delete(repo string, number int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if r := o.Repo(repo); r != nil {
		r.Issues = slices.DeleteFunc(r.Issues, func(i *Issue) bool { return i.Number == number })
	}
}

// Transfer moves an issue to another repository, where it gets the next number.
func (o *Org) Transfer(repo string, number int, to string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	from, dest := o.Repo(repo), o.Repo(to)
	if from == nil || dest == nil {
		return
	}
	if i := from.find(number); i != nil {
		from.Issues = slices.DeleteFunc(from.Issues, func(o *Issue) bool { return o == i })
		i.repo, i.Number = dest, 0
		for _, o := range dest.Issues {
			i.Number = max(i.Number, o.Number+1)
		}
		dest.Issues = append(dest.Issues, i)
	}
}

// Happens takes an event into the life of an issue, now.
func (o *Org) Happens(repo string, number int, what, word string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if r := o.Repo(repo); r != nil {
		if i := r.find(number); i != nil {
			i.happens(o.Now, Event{o.Now, what, word})
		}
	}
}
