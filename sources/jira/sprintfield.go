package jira

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// sprintIDs reads the present value of the Sprint field: a list of objects on
// Cloud, a list of strings of Java's making on Data Center.
func sprintIDs(raw json.RawMessage) []int64 {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	var ids []int64
	for _, entry := range list {
		var object struct {
			ID text `json:"id"`
		}
		var written string
		if json.Unmarshal(entry, &written) == nil {
			object.ID = text(sprintAttributes(written)["id"])
		} else if json.Unmarshal(entry, &object) != nil {
			continue
		}
		if id, err := strconv.ParseInt(string(object.ID), 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// A comma separates attributes only before one of their names: a sprint's
// name and goal can hold commas, brackets and equal signs.
var sprintAttribute = regexp.MustCompile(`(?:^|,)(id|rapidViewId|state|name|goal|startDate|endDate|completeDate|activatedDate|sequence|synced|autoStartStop|incompleteIssuesDestinationId)=`)

// sprintAttributes reads
// "com.atlassian.greenhopper.service.sprint.Sprint@1f[id=10,name=A, B,…]".
// The attributes come in any order; the first of a name counts.
func sprintAttributes(s string) map[string]string {
	open, end := strings.IndexByte(s, '['), strings.LastIndexByte(s, ']')
	if open < 0 || end < open {
		return nil
	}
	s = s[open+1 : end]
	attributes := map[string]string{}
	places := sprintAttribute.FindAllStringSubmatchIndex(s, -1)
	for i, p := range places {
		next := len(s)
		if i+1 < len(places) {
			next = places[i+1][0]
		}
		name := s[p[2]:p[3]]
		if _, twice := attributes[name]; twice {
			continue
		}
		if v := s[p[1]:next]; v != "<null>" {
			attributes[name] = v
		}
	}
	return attributes
}

// splitIDs reads the ids that a changelog writes as "38, 40".
func splitIDs(v value) []int64 {
	var ids []int64
	for part := range strings.SplitSeq(v.id, ",") {
		if id, err := strconv.ParseInt(strings.TrimSpace(part), 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// joinIDs is the reverse of splitIDs.
func joinIDs(ids []int64) value {
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.FormatInt(id, 10))
	}
	return value{id: b.String()}
}

func holdsID(v value, id int64) bool { return slices.Contains(splitIDs(v), id) }
