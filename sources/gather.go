package sources

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// An Ask is a question with the source that it goes to.
type Ask struct {
	Question Question
	Source   Source
	Weeks    int // how many of the window's last weeks to ask about; 0: all
}

// window returns the part of a window that is asked about.
func (a Ask) window(whole Window) Window {
	if a.Weeks > 0 && a.Weeks < whole.Count {
		whole.Count = a.Weeks
		whole.Shown = min(whole.Shown, a.Weeks)
	}
	return whole
}

// A Progress tells that one question has come back.
type Progress struct {
	Question Question
	Gap      string // "" if it was answered
	Left     int    // questions of the same source still out
}

// atOnce is how many questions are out together. Each source holds its own,
// lower, limit of requests; this one only bounds memory.
const atOnce = 16

// Gather puts every question to its source, many at a time, and returns when
// all have come back. It never fails as a whole: a question that got an error
// is an [Answer] with a Gap. The result depends on the answers alone, not on
// who answered first.
//
// Gather calls progress, if not nil, once for each question, never twice at
// the same time.
func Gather(ctx context.Context, window Window, asks []Ask, progress func(Progress)) Facts {
	facts := Facts{Version: FactsVersion, Window: window, Answers: make([]Answer, len(asks)), Requests: map[string]int{}}
	left := map[string]int{}
	for _, ask := range asks {
		left[ask.Question.Source]++
	}
	came := make(chan int)
	var group errgroup.Group
	group.SetLimit(atOnce)
	go func() {
		for i, ask := range asks {
			group.Go(func() error {
				facts.Answers[i] = answer(ctx, window, ask)
				came <- i
				return nil
			})
		}
	}()
	for range asks {
		a := facts.Answers[<-came]
		left[a.Question.Source]--
		if progress != nil {
			progress(Progress{a.Question, a.Gap, left[a.Question.Source]})
		}
	}
	for _, ask := range asks {
		if ask.Source.Requests != nil {
			facts.Requests[ask.Question.Source] = ask.Source.Requests()
		}
	}
	return facts
}

// answer asks one question. A source that panics on a stranger's answer must
// not take the other questions with it.
func answer(ctx context.Context, whole Window, ask Ask) (a Answer) {
	window, weeks := ask.window(whole), 0
	if window.Count < whole.Count {
		weeks = window.Count
	}
	a.Question, a.Weeks = ask.Question, weeks
	unanswered := func(err error) Answer {
		reason, hint := Reason(err)
		return Answer{Question: ask.Question, Weeks: weeks, Gap: reason, Hint: hint}
	}
	if !ask.Source.Answers(ask.Question.Query.Noun) {
		return unanswered(Unansweredf("%s cannot tell about %s", ask.Question.Source, ask.Question.Query.Noun))
	}
	defer func() {
		if p := recover(); p != nil {
			a = unanswered(Unansweredf("%s gave an answer that this program could not read", ask.Question.Source))
		}
	}()
	var err error
	s, q := ask.Source, ask.Question.Query
	switch q.Noun {
	case Goals, Quality, Shipped:
		a.Items, err = s.Items(ctx, window, q)
	case Delivery:
		a.Sprints, err = s.Sprints(ctx, window, q)
	case Incidents:
		a.Incidents, err = s.Incidents(ctx, window, q)
	case Alarms:
		a.Alarms, err = s.Alarms(ctx, window, q)
	case Metrics:
		a.Readings, err = s.Readings(ctx, window, q)
	}
	if err != nil {
		return unanswered(err)
	}
	if s.Health != nil {
		a.Version = s.Health().Version
	}
	if s.Evidence != nil {
		a.Evidence = s.Evidence(whole, q)
	}
	if weeks > 0 && s.Refs != nil {
		// Without the list nothing is missed that was not missed before.
		if refs, err := s.Refs(ctx, whole, q); err == nil {
			a.Refs = append([]string{}, refs...)
		}
	}
	if q.Noun == Goals && s.Plan != nil {
		plan, err := s.Plan(ctx, window, q)
		if err != nil {
			a.PlanGap, _ = Reason(err)
		} else if len(plan.Milestones)+len(plan.Updates) > 0 {
			a.Plan = &plan
		}
	}
	return a
}
