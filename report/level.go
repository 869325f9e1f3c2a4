package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"preread/aggregate"
	"preread/sources"
)

// worstTold is how many lines that are not green are told one by one in a note, by
// how much its reader wants to know.
var worstTold = [...]int{Operational: 3, Organisational: 2, Strategic: 1}

// ownRow is the end of a row of a glance as the program writes it; what is behind
// it somebody put there.
var ownRow = regexp.MustCompile(`\|[ \t]*$`)

// changedRow is the end of a row of a line that changed, or may have.
var changedRow = regexp.MustCompile(`\| (?:\*\*\w+\*\*|watch) \|$`)

// glance is the part "At a glance" for who does not run the teams: goals, what is
// not green and what changed. How many lines are left out is said.
func (t *teller) glance(part string) string {
	var b, table strings.Builder
	rows, left := 0, aggregate.Counts{}
	end := func() {
		if rows > 0 {
			b.WriteString(table.String())
		}
		if words := countWords(left); words != "" {
			fmt.Fprintf(&b, "\nNot listed: %s.\n", words)
		}
		table.Reset()
		rows, left = 0, aggregate.Counts{}
	}
	for line := range strings.Lines(part) {
		bare := strings.TrimRight(line, "\n")
		m := glanceRow.FindStringSubmatch(bare)
		switch {
		case m != nil && t.calmRow(bare, m):
			if m[1] == "GREEN" {
				left.Green++
			} else {
				left.NoTarget++
			}
		case m != nil:
			rows++
			table.WriteString(line)
		case strings.HasPrefix(bare, "|"):
			table.WriteString(line)
		default:
			if table.Len() > 0 {
				end()
			}
			b.WriteString(line)
		}
	}
	if table.Len() > 0 {
		end()
	}
	return unsigned(b.String())
}

// calmRow reports a row of a glance, taken apart, that is not worth a minute of
// who does not run the teams.
func (t *teller) calmRow(row string, m []string) bool {
	goal := func(team aggregate.TeamReport) bool {
		return slices.ContainsFunc(team.Lines, func(f aggregate.Finding) bool { return f.Noun == sources.Goals && Escape(f.Title) == m[2] })
	}
	calm := m[1] == "GREEN" || m[1] == "NO TARGET"
	return calm && ownRow.MatchString(row) && !changedRow.MatchString(row) && !slices.ContainsFunc(t.Teams, goal)
}

// unsigned is a text without the explanation of a sign that no row has.
func unsigned(text string) string {
	if strings.Contains(text, aloneSign+" |") {
		return text
	}
	return alonePart.ReplaceAllString(text, "")
}

var alonePart = regexp.MustCompile(`(?m)^\\\* Another colour by that week alone; colours span .*\n\n?`)

// calmGoal are the paragraphs of a green goal that its row in the glance says too,
// or that its reader knows.
func calmGoal(paragraph string) bool {
	return strings.HasPrefix(paragraph, "*Why:* ") || strings.HasPrefix(paragraph, "*Done:* ")
}

// redTopics are the lines that turned red. Who does not run the teams talks about
// goals; the other lines are named.
func (t *teller) redTopics() (all []topic) {
	var names []string
	for _, team := range t.Teams {
		for _, f := range team.Lines {
			switch {
			case f.Status.Status != aggregate.Red || f.Before.Status == aggregate.Red:
			case t.profile.Level == Strategic && f.Noun != sources.Goals:
				names = append(names, t.listed(team, f))
			default:
				all = append(all, topic{5, t.standing(team, f)})
			}
		}
	}
	if len(names) > 0 {
		all = append(all, topic{3, "Turned red too: " + namesWords(names)})
	}
	return all
}

// calmQuarter reports a line that was never in trouble in any week told of a
// quarter. Who runs the teams sees it all the same, and nobody misses a goal.
func (t *teller) calmQuarter(f aggregate.Finding, told []aggregate.Status) bool {
	if t.profile.Level == Operational || t.profile.Level == Strategic && f.Noun == sources.Goals {
		return false
	}
	return !slices.ContainsFunc(told, func(s aggregate.Status) bool { return s != aggregate.Green && s != aggregate.NoTarget })
}
