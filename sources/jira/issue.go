package jira

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
)

// A ref is how Jira points to something: a parent, a version, a resolution.
type ref struct {
	ID   text `json:"id"`
	Key  text `json:"key"`
	Name text `json:"name"`
}

// A version is a fix version of an issue.
type version struct {
	ref
	Released bool `json:"released"`
	Release  text `json:"releaseDate"` // a day; "": none is set
}

func (r *ref) value() value {
	if r == nil {
		return value{}
	}
	if r.Key != "" {
		return value{string(r.ID), string(r.Key)}
	}
	return value{string(r.ID), string(r.Name)}
}

// A text is a string that may also come as a number or as null.
type text string

// UnmarshalJSON reads a text.
func (t *text) UnmarshalJSON(data []byte) error {
	switch {
	case bytes.Equal(data, []byte("null")):
		*t = ""
		return nil
	case len(data) > 0 && data[0] == '"':
		return json.Unmarshal(data, (*string)(t))
	}
	var n json.Number
	if err := json.Unmarshal(data, &n); err != nil {
		return err
	}
	*t = text(n)
	return nil
}

// An issue is one row of a search. It is not changed after it was decoded, so
// questions may share it.
type issue struct {
	ID, Key string
	Log     *page // its changelog as far as it came with the search, if at all

	Summary        text
	Created        stamp
	Updated        stamp
	Type           issueType
	Status         status
	Resolution     *ref
	ResolutionDate stamp
	Priority       *ref
	Parent         *ref
	Due            text // a day; "": none is set
	FixVersions    []version
	Project        ref
	Links          []link

	fields map[string]json.RawMessage // those that a setting can name, as they came
}

type issueType struct {
	Name    string `json:"name"`
	Subtask bool   `json:"subtask"`
	Level   *int   `json:"hierarchyLevel"` // 1 is that of epics; Cloud only
}

// A link leads to another issue, in one of two directions.
type link struct {
	Type    linkType `json:"type"`
	Inward  *linked  `json:"inwardIssue"`
	Outward *linked  `json:"outwardIssue"`
}

// A linkType has words for either direction.
type linkType struct {
	Name   text `json:"name"`
	Inward text `json:"inward"` // is blocked by
}

// A linked issue carries only a few fields.
type linked struct {
	Key    string `json:"key"`
	Fields struct {
		Summary text      `json:"summary"`
		Status  status    `json:"status"`
		Type    issueType `json:"issuetype"`
	} `json:"fields"`
}

// asked are the fields that every search asks for.
var asked = [...]string{"summary", "created", "updated", "issuetype", "status", "resolution", "resolutiondate", "parent", "project", "fixVersions", "duedate"}

// nameable are those of Jira's own fields that are kept as they came too, since
// settings may name them. All others would take more memory than the rest.
var nameable = [...]string{"priority", "resolution", "issuetype"}

// UnmarshalJSON reads an issue. One without id, key or dates is refused: it
// could not be told apart, or be placed in time.
func (i *issue) UnmarshalJSON(data []byte) error {
	var row struct {
		ID     string                     `json:"id"`
		Key    string                     `json:"key"`
		Log    *page                      `json:"changelog"`
		Fields map[string]json.RawMessage `json:"fields"`
	}
	if err := json.Unmarshal(data, &row); err != nil {
		return err
	}
	*i = issue{ID: row.ID, Key: row.Key, Log: row.Log, fields: row.Fields}
	decoded := map[string]any{
		"summary": &i.Summary, "created": &i.Created, "updated": &i.Updated, "issuetype": &i.Type, "status": &i.Status,
		"resolution": &i.Resolution, "resolutiondate": &i.ResolutionDate, "priority": &i.Priority, "parent": &i.Parent,
		"fixVersions": &i.FixVersions, "project": &i.Project, "issuelinks": &i.Links, "duedate": &i.Due,
	}
	for name, raw := range row.Fields {
		if into, ok := decoded[name]; ok {
			if err := json.Unmarshal(raw, into); err != nil {
				return err
			}
		}
		if decoded[name] != nil && !slices.Contains(nameable[:], name) || bytes.Equal(raw, []byte("null")) {
			delete(i.fields, name)
		}
	}
	if i.ID == "" || i.Key == "" || i.Created.IsZero() || i.Updated.IsZero() {
		return errors.New("not an issue")
	}
	return nil
}

// touched reports whether the issue was changed at or after t. If not, it was
// at t as it is now.
func (i issue) touched(t time.Time) bool { return !i.Updated.Before(t) }

// scale turns times, which are kept in seconds, into hours.
func (e estimate) scale(f field, n *float64) *float64 {
	if n == nil || f.ID != inSeconds {
		return n
	}
	hours := *n / 3600
	return &hours
}

// pointsAt reads the issue's estimate at an instant.
func (i issue) pointsAt(e estimate, log []change, t time.Time) *float64 {
	for _, f := range e.fields {
		now := value{}
		if n := number(i.fields[f.ID]); n != nil {
			now.text = strings.TrimSpace(string(i.fields[f.ID]))
		}
		if n := valueAt(now, changesOf(log, f.ref()), t).number(); n != nil {
			return e.scale(f, n)
		}
	}
	return nil
}
