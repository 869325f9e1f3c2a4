package jira

import (
	"context"
	"net/http"
	"slices"

	"preread/sources"
	"preread/sources/internal/web"
)

// Page sizes of the searches. Cloud gives no more than 100 issues as soon as
// any field beside the key is asked for; Data Center's default limit is 1,000.
// Both may give fewer than asked.
const (
	cloudPage  = 100
	serverPage = 1000
	mostIssues = 50000
)

// search returns the issues that JQL finds, each once, in order of creation.
// On Data Center they carry their changelogs.
func (s *source) search(ctx context.Context, st *site, jql string, fields ...string) ([]issue, error) {
	rows, err := s.find(ctx, st, jql, fields)
	return rows, s.rejected(err)
}

// rejected puts a refusal of JQL into words.
func (s *source) rejected(err error) error {
	if !refused(err) {
		return err
	}
	return sources.Unansweredf("%s does not accept the query (400)", s.name).
		WithHint("try it in jira's own issue search; a name in it may be misspelt or hidden from this token")
}

// refused reports an error by which Jira says that JQL is not to its liking.
func refused(err error) bool { return web.Status(err) == http.StatusBadRequest }

func (s *source) find(ctx context.Context, st *site, jql string, fields []string) ([]issue, error) {
	fields = append(asked[:len(asked):len(asked)], fields...)
	var rows []issue
	var err error
	if st.cloud {
		rows, err = s.searchCloud(ctx, jql+order, fields, "")
	} else {
		rows, err = s.searchServer(ctx, jql+order, fields)
	}
	if err != nil {
		return nil, err
	}
	return unique(rows), nil
}

// unique drops what came twice, as happens when a list changes while its
// pages are read.
func unique(rows []issue) []issue {
	seen := map[string]bool{}
	return slices.DeleteFunc(rows, func(i issue) bool {
		twice := seen[i.ID]
		seen[i.ID] = true
		return twice
	})
}

// tooMany is the error of a query that a weekly page cannot mean.
func tooMany() error {
	return sources.Unansweredf("the query finds more than %d issues", mostIssues).WithHint("name a project, an epic or a version in it")
}

// repeats guards against being led in a circle by page tokens.
type repeats map[string]bool

// add reports whether a token came before.
func (r repeats) add(token string) (again bool) {
	again = r[token]
	r[token] = true
	return again
}

func (s *source) circle() error {
	return sources.Unansweredf("%s leads in a circle: its list of pages does not end", s.name).
		WithHint("something between here and jira may answer in its place; run again later")
}

// A row is an issue as one kind of search wants it.
type row interface{ id() string }

func (i issue) id() string { return i.ID }

func (s *source) searchCloud(ctx context.Context, jql string, fields []string, expand string) ([]issue, error) {
	return cloudRows[issue](ctx, s, jql, fields, expand)
}

func (s *source) searchServer(ctx context.Context, jql string, fields []string) ([]issue, error) {
	return serverRows[issue](ctx, s, jql, fields)
}

func cloudRows[R row](ctx context.Context, s *source, jql string, fields []string, expand string) ([]R, error) {
	ask := struct {
		JQL        string   `json:"jql"`
		Fields     []string `json:"fields"`
		MaxResults int      `json:"maxResults"`
		Expand     string   `json:"expand,omitempty"`
		Token      string   `json:"nextPageToken,omitempty"`
	}{JQL: jql, Fields: fields, MaxResults: cloudPage, Expand: expand}
	if onlyKeys(fields) {
		ask.MaxResults = keyPage
	}
	var all []R
	tokens := repeats{}
	for {
		var answer struct {
			Issues *[]R   `json:"issues"`
			Token  string `json:"nextPageToken"`
			IsLast bool   `json:"isLast"`
		}
		if err := s.post(ctx, "rest/api/3/search/jql", ask, &answer); err != nil {
			return nil, err
		}
		if answer.Issues == nil {
			return nil, s.unreadable()
		}
		if all = append(all, *answer.Issues...); len(all) > mostIssues {
			return nil, tooMany()
		}
		if answer.Token == "" || answer.IsLast {
			return all, nil
		}
		if tokens.add(answer.Token) {
			return nil, s.circle()
		}
		ask.Token = answer.Token
	}
}

func serverRows[R row](ctx context.Context, s *source, jql string, fields []string) ([]R, error) {
	ask := struct {
		JQL        string   `json:"jql"`
		StartAt    int      `json:"startAt"`
		MaxResults int      `json:"maxResults"`
		Fields     []string `json:"fields"`
		Expand     []string `json:"expand,omitempty"`
	}{JQL: jql, MaxResults: serverPage, Fields: fields}
	if !onlyKeys(fields) {
		ask.Expand = []string{"changelog"}
	}
	var all []R
	firsts := repeats{}
	for {
		var answer struct {
			Total  *int `json:"total"`
			Issues *[]R `json:"issues"`
		}
		if err := s.post(ctx, "rest/api/2/search", ask, &answer); err != nil {
			return nil, err
		}
		if answer.Issues == nil || answer.Total == nil {
			return nil, s.unreadable()
		}
		if *answer.Total > mostIssues {
			return nil, tooMany()
		}
		if len(*answer.Issues) > 0 {
			if firsts.add((*answer.Issues)[0].id()) {
				return nil, s.circle()
			}
		}
		all = append(all, *answer.Issues...)
		ask.StartAt += len(*answer.Issues)
		if ask.StartAt >= *answer.Total {
			return all, nil
		}
		if len(*answer.Issues) == 0 {
			return nil, sources.Unansweredf("%s stopped in the middle of a list: %d of %d issues came", s.name, len(all), *answer.Total)
		}
	}
}
