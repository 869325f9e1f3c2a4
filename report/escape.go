package report

import (
	"net/url"
	"regexp"
	"strings"

	"preread/sources"
)

// titleLimit is how much of a title the page shows, in characters.
const titleLimit = 120

// shortened is [sources.OneLine], but ends a text that is too long after a sentence,
// where one ends in the second half of what fits, or else between two words, where
// there are any.
func shortened(s string, limit int) string {
	short := sources.OneLine(s, limit)
	if short == sources.OneLine(s, limit+1) {
		return short
	}
	ends := nextSentence.FindAllStringIndex(short, -1)
	if n := len(ends); n > 0 && ends[n-1][0] >= len(short)/2 {
		return short[:ends[n-1][0]+1] + " …"
	}
	if i := strings.LastIndexByte(short, ' '); i > 0 {
		return strings.TrimRight(short[:i], " ,;:–-") + " …"
	}
	return short
}

// nextSentence is where one sentence ends on a line and another begins.
var nextSentence = regexp.MustCompile(`[.?!] \p{Lu}`)

// Escape makes a stranger's text safe inside a line of Markdown, a table cell
// included: it stays in its line, starts no markup, no HTML and no mention,
// and is cut past 120 characters.
func Escape(s string) string { return escape(s, titleLimit) }

// unlinked keeps an address in a text from becoming a link by itself: people
// should only open what a source is known to have shown. The joiner is not
// seen.
var unlinked = strings.NewReplacer("://", ":\u2060//", "www.", "www\u2060.", "GH-", "GH\u2060-")

// escape is Escape with another limit.
func escape(s string, limit int) string {
	var b strings.Builder
	for _, r := range unlinked.Replace(sources.OneLine(s, limit)) {
		switch r {
		case '@', '#':
			// A backslash does not stop a mention or an issue link; a joiner
			// of no width after the sign does, and is not seen.
			b.WriteRune(r)
			b.WriteRune('\u2060')
		case '\\', '`', '*', '_', '[', ']', '<', '>', '!', '|', '~', '&', '$':
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

var plainHost = regexp.MustCompile(`^(\[[0-9a-fA-F:.]+\]|[\pL\pN.-]+)(:[0-9]+)?$`)

// addressEscapes keep the rest of an address from ending a Markdown link or a
// table cell, or from starting markup.
var addressEscapes = strings.NewReplacer("(", "%28", ")", "%29", "<", "%3C", ">", "%3E", "[", "%5B", "]", "%5D", " ", "%20", "|", "%7C",
	`"`, "%22", "'", "%27", `\`, "%5C", "`", "%60", "*", "%2A", "_", "%5F", "~", "%7E", "!", "%21", "{", "%7B", "}", "%7D", "^", "%5E")

// safeAddress returns an address as it can stand in Markdown. One that is not
// plain http or https is refused.
func safeAddress(address string) (safe string, ok bool) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || !plainHost.MatchString(u.Host) || u.User != nil {
		return "", false
	}
	rest := u.EscapedPath()
	if u.RawQuery != "" {
		rest += "?" + u.RawQuery
	}
	if u.Fragment != "" {
		rest += "#" + u.EscapedFragment()
	}
	return u.Scheme + "://" + u.Host + addressEscapes.Replace(sources.OneLine(rest, 2000)), true
}

// link returns text, which must be escaped already, as a link, or alone if the
// address is refused.
func link(text, address string) string {
	safe, ok := safeAddress(address)
	if !ok {
		return text
	}
	return "[" + text + "](" + safe + ")"
}

// opened returns a fact's name as a link to where it was seen.
func opened(e sources.Evidence) string { return link(Escape(e.Ref), e.URL) }
