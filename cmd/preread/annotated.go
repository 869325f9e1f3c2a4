package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"preread/report"
	"preread/sources"
)

// annotatedWords are those of the demo's manager on the page of a week, by slot:
// an example of each part of a page.
func annotatedWords(week sources.Week) map[string]string {
	date := func(days int) string { return spokenDay(week.Sunday().Add(days)) }
	friday, thursday := date(5), date(4)
	return map[string]string{
		"context": "The shop sells teapots on the internet. One team builds its checkout, one its search.",
		"summary": fmt.Sprintf("Checkout got slower because the pool of connections is too small for the new region. Some customers give up and call us. Earl doubles the pool by %s.", thursday),
		"wanted":  fmt.Sprintf("Could you read the part on the search index before %s? It is what I worry about most.", date(2)),

		"checkout/one-click": fmt.Sprintf("The validator works on small screens now, for which the last two regions waited. Next: Anya opens Norway by %s.", date(19)),
		"checkout/returns":   fmt.Sprintf("Nothing was finished, because both people were on call. Ben takes it up again, and shows the new form by %s.", friday),
		"search/typos":       fmt.Sprintf("Every item is done. Next: Chai measures for two weeks, and we close the goal by %s.", date(19)),
		"search/index":       fmt.Sprintf("New stock waits for the change feed of the warehouse, which nobody has promised yet. Next: Chai splits the import by %s, so that we need the feed for new stock alone. I ask for help below.\n\n!discuss", friday),
		"checkout/p95":       fmt.Sprintf("The pool is too small since the new region went live. Next: Earl doubles it by %s. If that is not enough, we go back to one region on the Monday after.\n\n- [ ] Earl: double the pool by %s", thursday, thursday),

		"checkout/incidents": fmt.Sprintf("The cause was a deployment that had skipped one test. Anya rolled it back, and adds the missing test by %s.", friday),
		"search/incidents":   fmt.Sprintf("A counter ran below zero after a return. Chai mended it, and adds an alert by %s.", friday),

		"next":  fmt.Sprintf("- Earl ships the larger pool to all regions by %s\n- Ben shows the new form for returns to support by %s", thursday, friday),
		"later": "- January: the search index moves to a cluster of its own\n- February: we choose who hosts the pictures",
		"asks": fmt.Sprintf(`- **Unblock:** Could the warehouse promise a date for its change feed?
  - Need by: %s
  - If silent: new stock stays a day late, and the goal slips past its date
  - To: Ola, Warehouse
  - Serves: search/index
- **Decide:** May we keep one person off the on-call rota until the form for returns is done? I recommend yes.
  - Need by: %s
  - If silent: the rota stays as it is
  - To: Dana, VP Engineering
  - Serves: checkout/returns`, week.Sunday().Add(5), week.Sunday().Add(8)),
		"parked":      fmt.Sprintf("- Gift cards: since %s, until %s, agreed with Dana; four weeks of work for few orders", week.Monday().Add(-28), week.Monday().Add(56)),
		"people":      "Anya rolled back a bad deployment, alone and calmly. A word from you would mean a lot to her.",
		"top-of-mind": "I am glad that search is nearly done, and uneasy about December: three people are away at once.",
	}
}

// spokenDay writes a day as people say it: "27 November".
func spokenDay(d sources.Day) string { return fmt.Sprintf("%d %s", d.Day, d.Month) }

// annotatedBefore are those on the page of the week before: what is carried
// over, and what is held against what came.
func annotatedBefore(week sources.Week) map[string]string {
	friday := spokenDay(week.Sunday().Add(5))
	return map[string]string{
		"context": annotatedWords(week)["context"],
		"next":    fmt.Sprintf("- Show the validator on small screens, POUR-453\n- Ben shows the new form for returns to support by %s", friday),
		"parked":  annotatedWords(week.Add(1))["parked"],
		"asks": fmt.Sprintf(`- **Confirm:** Is the goal still all regions?
  - Need by: %s
  - If silent: we go on with all regions
  - To: Dana, VP Engineering
  - Answer: %s yes, Norway too`, week.Sunday().Add(5), week.Sunday().Add(2)),
	}
}

// annotate fills the demo with examples: a page of the week before that was
// sent, and this week's. Where somebody has written, their words stay.
func (j *job) annotate(week sources.Week) error {
	before := week.Add(-1)
	if _, err := j.draft(drafting{request: request{week: before.String()}, formats: []string{"markdown"}, silent: true}); err != nil {
		return err
	}
	if err := j.write(before, annotatedBefore(before)); err != nil {
		return err
	}
	var sent *alreadySent
	if err := j.publish(before.String()); err != nil && !errors.As(err, &sent) {
		return err
	}
	return nil
}

// write puts words into the slots of a page in which nobody has written.
func (j *job) write(week sources.Week, words map[string]string) error {
	return j.change(week.String(), func(page report.Page, text []byte) ([]byte, error) {
		for _, id := range slices.Sorted(maps.Keys(words)) {
			now, err := report.ParsePage("", text)
			if err != nil {
				return nil, err
			}
			note, err := now.Note(id)
			if err != nil || note.Words() != "" || !now.Mark.Sent.IsZero() {
				continue
			}
			if text, err = report.PutNote(text, id, now.Fitted(note, words[id])); err != nil {
				return nil, err
			}
		}
		return text, nil
	})
}
