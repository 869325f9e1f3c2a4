package ask_test

import (
	"fmt"

	"preread/report/ask"
	"preread/sources"
)

const page = `
1. **Decide:** Do we drop the old card vault? I recommend yes: it frees two weeks.
   - Need by: 2026-11-27
   - If silent: we keep both until January
   - To: Ravi, Platform
`

func ExampleParse() {
	for _, a := range ask.Parse(page) {
		fmt.Println(a.At.Line, a.Kind, a.Rank, a.Question)
		fmt.Println(a.NeedBy, a.To.Name, a.Recommend)
	}
	// Output:
	// 2 decide 1 Do we drop the old card vault?
	// 2026-11-27 Ravi yes: it frees two weeks.
}

func ExampleWrite() {
	fmt.Print(ask.Write(ask.Parse("* [X] __confirm__: Is the goal still *all*\n  regions?\n    * answer: 2026\\-11\\-24 yes")))
	// Output:
	// - [x] **Confirm:** Is the goal still all regions?
	//   - Answer: 2026-11-24 yes
}

func ExampleProblems() {
	asks := ask.Parse("- **Unblock:** Platform never answers our tickets\n  - To: Ravi\n  - If silent: we build it ourselves")
	for _, p := range ask.Problems(asks[0], sources.Day{Year: 2026, Month: 11, Day: 20}) {
		fmt.Printf("%s: %s; %s\n", p.Rule, p.Text, p.Instead)
	}
	// Output:
	// complaint: it is a complaint without a request; write what somebody is to do, as a question: “Could … do … by …?”
	// need-by: it does not say until when; write the day as “Need by: 2026-11-27”
}

func ExampleLedger_Take() {
	week := sources.Week{Year: 2026, N: 46}
	var l ask.Ledger
	l = l.Take(week, ask.Parse(page))
	l = l.Take(week.Add(1), ask.Parse("- **Decide:** Shall we drop the card vault?\n  - Need by: 2026-11-27"))
	l = l.Take(week.Add(2), nil)
	for _, e := range l {
		fmt.Println(e.ID, e.First, e.Ask.Question)
		fmt.Println(ask.Standing(e, sources.Day{Year: 2026, Month: 12, Day: 7}))
	}
	// Output:
	// decide-f0ff2cef 2026-W46 Shall we drop the card vault?
	// asked 3 weeks ago, due since 27 November, dropped from the page in 2026-W48
}

func ExampleDraft() {
	m, err := ask.Draft(ask.Parse(page)[0], ask.Frame{Boss: ask.Person{Name: "Dana"}, Manager: "Ana", Team: "Checkout"}, "One-click checkout in all regions", sources.Day{Year: 2026, Month: 11, Day: 20})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Subject)
	fmt.Println()
	fmt.Print(m.Body)
	// Output:
	// A decision by 27 November 2026: Do we drop the old card vault?
	//
	// Hello Ravi,
	//
	// I would like a decision from you for Ana’s team, Checkout: Do we drop the old card vault?
	//
	// Ana recommends yes: it frees two weeks. It serves our goal: One-click checkout in all regions.
	//
	// Please answer by 27 November 2026. Without an answer, in the words of Ana: we keep both until January.
	//
	// Thank you,
	// Dana
}
