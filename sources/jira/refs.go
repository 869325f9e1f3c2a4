package jira

import (
	"context"

	"preread/sources"
)

// keyOnly asks for nothing but the key, which is the one field for which Cloud
// gives up to 5,000 issues at once.
var keyOnly = []string{"key"}

const keyPage = 5000

// A keyed is an issue of which nothing but the key was asked for.
type keyed struct {
	ID  string `json:"id"`
	Key string `json:"key"`
}

func (k keyed) id() string { return k.ID }

// refs lists the keys of everything that a question finds today, however old.
// A goal's scope is read whole anyway.
func (s *source) refs(ctx context.Context, _ sources.Window, q sources.Query) ([]string, error) {
	if q.Noun != sources.Quality && q.Noun != sources.Incidents {
		return nil, sources.Unansweredf("%s does not list the keys of a %s question", s.name, q.Noun)
	}
	parsed, err := parse(q.Text)
	if err != nil {
		return nil, err
	}
	st, err := s.at(ctx)
	if err != nil {
		return nil, err
	}
	var rows []keyed
	if jql := parsed.on(st) + order; st.cloud {
		rows, err = cloudRows[keyed](ctx, s, jql, keyOnly, "")
	} else {
		rows, err = serverRows[keyed](ctx, s, jql, keyOnly)
	}
	if err != nil {
		return nil, s.rejected(err)
	}
	keys := make([]string, 0, len(rows))
	for _, row := range rows {
		if row.Key == "" {
			return nil, s.unreadable()
		}
		keys = append(keys, row.Key)
	}
	return keys, nil
}

// onlyKeys reports that nothing but keys is asked for.
func onlyKeys(fields []string) bool { return len(fields) == 1 && fields[0] == keyOnly[0] }
