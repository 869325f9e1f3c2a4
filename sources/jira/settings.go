package jira

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"preread/sources"
	"preread/sources/internal/web"
)

// settings is the table [[source.jira]].
type settings struct {
	URL           address           `toml:"url"`
	User          string            `toml:"user"`
	Token         sources.SecretRef `toml:"token"`
	Web           address           `toml:"web"`
	MaxRequests   count             `toml:"max_requests"`
	Timeout       duration          `toml:"timeout"`
	EstimateField string            `toml:"estimate_field"`
	SeverityField string            `toml:"severity_field"`
	WontDo        []string          `toml:"wont_do"`
	FollowupLinks []string          `toml:"followup_links"`
	MajorField    string            `toml:"major_field"`
	ReviewTypes   []string          `toml:"review_types"`
	ReviewField   string            `toml:"review_field"`
	FlagField     string            `toml:"flag_field"`
	BlockerLinks  []string          `toml:"blocker_links"`
}

// check refuses what no single value shows to be wrong.
func (s settings) check(name string) error {
	switch {
	case s.URL.URL == nil:
		return fmt.Errorf(`%s has no url; name the site, such as "https://acme.atlassian.net"`, name)
	case s.Token.IsZero():
		return fmt.Errorf(`%s has no token; name where it is kept, such as "env:JIRA_TOKEN"`, name)
	case s.URL.Scheme != "https" && !web.Loopback(s.URL.Hostname()):
		return fmt.Errorf("the url of %s is plain http, and a token goes over plain http to this machine only; write https", name)
	}
	return nil
}

// wontDo lists the resolutions that mean "not delivered".
func (s settings) wontDo() []string {
	if s.WontDo != nil {
		return s.WontDo
	}
	return []string{"Won't Do", "Won't Fix", "Duplicate", "Cannot Reproduce", "Declined"}
}

// follows reports whether a link of this type makes a follow-up of an
// incident.
func (s settings) follows(linkType string) bool {
	if s.FollowupLinks != nil {
		return holdsFold(s.FollowupLinks, linkType)
	}
	return !holdsFold([]string{"Duplicate", "Cloners"}, linkType)
}

// reviews reports whether an issue of this type is the review of an incident.
func (s settings) reviews(issueType string) bool {
	if s.ReviewTypes != nil {
		return holdsFold(s.ReviewTypes, issueType)
	}
	return holdsFold([]string{"Post-incident review", "[System] Post-incident review"}, issueType)
}

// blocks reports whether a link of this type leads, inward, to an issue that
// blocks.
func (s settings) blocks(t linkType) bool {
	if s.BlockerLinks != nil {
		return holdsFold(s.BlockerLinks, string(t.Name))
	}
	return strings.EqualFold(string(t.Name), "Blocks") || strings.EqualFold(string(t.Inward), blockedBy)
}

// blockedBy is what Jira's own type of link says, unless it was renamed.
const blockedBy = "is blocked by"

func holdsFold(list []string, s string) bool {
	return slices.ContainsFunc(list, func(e string) bool { return strings.EqualFold(e, s) })
}

// An address is an http or https URL without credentials, query or fragment.
type address struct{ *url.URL }

// UnmarshalText reads an address and drops a slash at its end. What it
// refuses may hold a password, so the refusal does not repeat it.
func (a *address) UnmarshalText(text []byte) error {
	u, err := url.Parse(strings.TrimRight(string(text), "/"))
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return fmt.Errorf("not an address such as https://acme.atlassian.net")
	case u.User != nil:
		return fmt.Errorf("an address with a user or password in it; those belong into user and token")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return fmt.Errorf("an address with a query in it; write only where jira is, such as https://acme.atlassian.net")
	}
	a.URL = u
	return nil
}

// A count is a whole number of at least 1.
type count int

// UnmarshalText reads a count.
func (c *count) UnmarshalText(text []byte) error {
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 1 {
		return fmt.Errorf("%q is not a whole number of at least 1", sources.OneLine(string(text), 40))
	}
	*c = count(n)
	return nil
}

// A duration is a positive length of time, as "30s".
type duration struct{ time.Duration }

// UnmarshalText reads a duration.
func (d *duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil || v <= 0 {
		return fmt.Errorf("%q is not a length of time such as 30s", sources.OneLine(string(text), 40))
	}
	d.Duration = v
	return nil
}
