package sources

import (
	"cmp"
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
		defer close(came)
		for i, ask := range asks {
			group.Go(func() error {
				facts.Answers[i] = answer(ctx, window, ask)
				came <- i
				return nil
			})
		}
		_ = group.Wait()
	}()
	for i := range came {
		a := facts.Answers[i]
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

// Guard runs a piece of a source's work and turns a panic into an error of that
// source: an answer that nobody thought of must not take the other questions, or
// the program, with it. Whatever a source runs beside the call that it was asked
// by has a guard of its own.
func Guard(source string, work func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = Unansweredf("%s gave an answer that this program could not read", source)
		}
	}()
	return work()
}

// answer asks one question.
func answer(ctx context.Context, whole Window, ask Ask) Answer {
	window := ask.window(whole)
	a := Answer{Question: ask.Question}
	if window.Count < whole.Count {
		a.Weeks = window.Count
	}
	gap := a
	err := error(Unansweredf("%s cannot tell about %s", ask.Question.Source, ask.Question.Query.Noun))
	if ask.Source.Answers(ask.Question.Query.Noun) {
		err = Guard(ask.Question.Source, func() error {
			if err := a.fill(ctx, window, ask.Source); err != nil {
				return err
			}
			a.surround(ctx, whole, window, ask.Source)
			return nil
		})
	}
	if err != nil {
		gap.Gap, gap.Hint = unanswered(ask.Question.Source, err)
		return gap
	}
	return a
}

// unanswered says why a question has no answer: never nothing, which would make
// a true "none" of it.
func unanswered(source string, err error) (reason, hint string) {
	reason, hint = Reason(err)
	return cmp.Or(reason, source+" gave no answer and no reason"), hint
}

// fill asks for the facts of the question's noun.
func (a *Answer) fill(ctx context.Context, window Window, s Source) (err error) {
	switch q := a.Question.Query; q.Noun {
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
	return err
}

// surround adds what stands beside the facts: which program told them, where
// people see them whole, what else there is, and what is planned.
func (a *Answer) surround(ctx context.Context, whole, window Window, s Source) {
	q := a.Question.Query
	if s.Health != nil {
		a.Version = s.Health().Version
	}
	if s.Evidence != nil {
		a.Evidence = s.Evidence(whole, q)
	}
	if a.Weeks > 0 && s.Refs != nil {
		// Without the list nothing is missed that was not missed before.
		if refs, err := s.Refs(ctx, whole, q); err == nil {
			a.Refs = append([]string{}, refs...)
		}
	}
	if q.Noun == Goals && s.Plan != nil {
		plan, err := s.Plan(ctx, window, q)
		if err != nil {
			a.PlanGap, _ = unanswered(a.Question.Source, err)
		} else if len(plan.Milestones)+len(plan.Updates) > 0 {
			a.Plan = &plan
		}
	}
}
