// Package private reads the notes that managers keep for themselves: people,
// concerns, what to raise in a 1:1, their own career. They are a Markdown text
// that is kept apart from the page, and nothing of it reaches the page but what
// is released, item by item.
//
// Keeping the text secret is left to whoever stores it.
package private

import (
	"fmt"
	"regexp"
	"strings"

	"preread/sources"
)

// Template is the text that private notes begin with.
const Template = `# People

# Concerns

# 1:1

# Career log
`

// An Item is one entry of a list.
type Item struct {
	Section  string // the heading that it stands under, "" for none
	Words    string // in one line, with what is set below it
	Released bool   // it was put on a page
	line     int    // of the text, counted from 0
}

var (
	heading  = regexp.MustCompile(`^#{1,6}[ \t]+(\S.*?)[ \t]*#*[ \t]*$`)
	entry    = regexp.MustCompile(`^(?:[-*+]|\d{1,9}[.)])[ \t]+(\S.*)$`)
	released = regexp.MustCompile(`[ \t]*\(released \d{4}-W\d{2}\)$`)
)

// Items returns the entries of a text in their order. Any text is taken.
func Items(text string) (all []Item) {
	section, number, open := "", -1, false
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimRight(line, " \t\r\n")
		words := strings.TrimSpace(line)
		top := line == strings.TrimLeft(line, " \t")
		head, item := heading.FindStringSubmatch(line), entry.FindStringSubmatch(line)
		switch {
		case head != nil:
			section, open = sources.OneLine(head[1], 60), false
		case item != nil:
			said := released.ReplaceAllString(item[1], "")
			all = append(all, Item{Section: section, Words: said, Released: said != item[1], line: number})
			open = true
		case top && words != "":
			open = false
		case open && words != "":
			all[len(all)-1].Words += " " + words
		}
	}
	return all
}

// Release marks an item of a text, counted from 1, as put on a page of a week,
// and returns the marked text with the item.
func Release(text string, n int, week sources.Week) (string, Item, error) {
	items := Items(text)
	if n < 1 || n > len(items) {
		return "", Item{}, fmt.Errorf("there is no item %d; there are %d", n, len(items))
	}
	item := items[n-1]
	if item.Released {
		return "", Item{}, fmt.Errorf("item %d was released before", n)
	}
	lines := strings.SplitAfter(text, "\n")
	bare := strings.TrimRight(lines[item.line], " \t\r\n")
	lines[item.line] = bare + fmt.Sprintf(" (released %s)", week) + lines[item.line][len(bare):]
	return strings.Join(lines, ""), item, nil
}
