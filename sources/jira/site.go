package jira

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync"

	"preread/sources"
)

// A site is what a Jira is, learnt once: which product, under which address
// people open it, its fields and its statuses.
type site struct {
	name     string // of its source in the settings
	cloud    bool
	web      string // where people open it, without a slash at the end
	fields   []field
	statuses []status
}

// A field is a system or custom field.
type field struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Plain  string `json:"untranslatedName"` // "" where it is the same, or not told
	Schema struct {
		Custom string `json:"custom"`
	} `json:"schema"`
}

// A category is the key of a status category.
type category string

const (
	toDo category = "new"
	done category = "done"
)

// A status is one that an issue can be in.
type status struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Category struct {
		Key category `json:"key"`
	} `json:"statusCategory"`
}

func (s status) value() value { return value{id: s.ID, text: s.Name} }

// Custom field types, by which fields are recognised: names are translated
// and changed, and ids differ from site to site.
const (
	sprintType   = "com.pyxis.greenhopper.jira:gh-sprint"
	epicLinkType = "com.pyxis.greenhopper.jira:gh-epic-link"
	parentType   = "com.atlassian.jpo:jpo-custom-field-parent"
	epicNameType = "com.pyxis.greenhopper.jira:gh-epic-label"
	checkboxType = "com.atlassian.jira.plugin.system.customfieldtypes:multicheckboxes"
	pointsType   = "com.pyxis.greenhopper.jira:jsw-story-points"
	floatType    = "com.atlassian.jira.plugin.system.customfieldtypes:float"
)

// above returns the fields in which Data Center keeps what an issue belongs to:
// the epic, or the issue above an epic. It also shows which issues are epics.
func (st *site) above() []field {
	if st.cloud {
		return nil
	}
	return slices.Concat(st.ofType(epicLinkType), st.ofType(parentType), st.ofType(epicNameType))
}

// at returns the site, asking for it if nobody has.
func (s *source) at(ctx context.Context) (*site, error) { return s.site.get(ctx, s.visit) }

// visit asks what no question can do without, all at once. Server information
// and fields are shown to anybody, so only "myself" proves who is asking.
func (s *source) visit(ctx context.Context) (*site, error) {
	var (
		info struct {
			BaseURL        string `json:"baseUrl"`
			DeploymentType string `json:"deploymentType"`
			Version        string `json:"version"`
		}
		myself struct {
			AccountID string `json:"accountId"`
			Name      string `json:"name"`
			Key       string `json:"key"`
		}
		st     = site{name: s.name}
		asking sync.WaitGroup
		errs   [4]error
	)
	for i, ask := range []struct {
		path string
		into any
	}{
		{"serverInfo", &info}, {"myself", &myself}, {"field", &st.fields}, {"status", &st.statuses},
	} {
		if ask.into == &info && s.atlassian() {
			info.DeploymentType = "Cloud" // the address says it
			continue
		}
		asking.Go(func() {
			errs[i] = sources.Guard(s.name, func() error { return s.get(ctx, "rest/api/2/"+ask.path, ask.into) })
		})
	}
	asking.Wait()
	if err := cmp.Or(errs[:]...); err != nil {
		return nil, err
	}
	if cmp.Or(myself.AccountID, myself.Name, myself.Key) == "" {
		return nil, anonymous(s.name)
	}
	if len(st.fields) == 0 || len(st.statuses) == 0 || info.BaseURL+info.DeploymentType+info.Version == "" {
		return nil, s.unreadable()
	}
	switch info.DeploymentType {
	case "Cloud":
		st.cloud = true
	case "":
		st.cloud = s.atlassian()
	}
	st.web = s.public(info.BaseURL)
	s.told(sources.OneLine(strings.TrimSpace("Jira "+info.DeploymentType+" "+info.Version), 60))
	return &st, nil
}

// atlassian reports an address at which Atlassian itself runs Jira, and at which
// people open it too.
func (s *source) atlassian() bool {
	return strings.HasSuffix(s.settings.URL.Hostname(), ".atlassian.net")
}

// public chooses the address for links: the one in the settings, else the one
// that Jira gives for itself, else the one that is asked.
func (s *source) public(base string) string {
	if s.settings.Web.URL != nil {
		return s.settings.Web.String()
	}
	var own address
	if own.UnmarshalText([]byte(base)) == nil {
		return own.String()
	}
	return s.settings.URL.String()
}

// browse returns the page of an issue.
func (st *site) browse(key string) string { return st.web + "/browse/" + url.PathEscape(key) }

// evidence points to an issue.
func (s *source) evidence(st *site, key string) sources.Evidence {
	return sources.Evidence{Source: s.name, Ref: sources.OneLine(key, 60), URL: st.browse(key)}
}

// navigator points to Jira's own list of what a query finds. Before anything was
// answered the public address is not known, and there is no evidence.
func (s *source) navigator(_ sources.Window, query sources.Query) sources.Evidence {
	st, known := s.site.peek()
	if !known || query.Noun == sources.Delivery {
		return sources.Evidence{} // each sprint has its own
	}
	return sources.Evidence{
		Source: s.name, Ref: sources.OneLine(query.Text, 200),
		URL: st.web + "/issues/?jql=" + url.QueryEscape(query.Text),
	}
}

// status finds the status that a value names: by id, else by a name that all
// bearers of it have in one category. A status that was deleted since is not
// found by its id.
func (st *site) status(v value) (status, bool) {
	var named []status
	for _, s := range st.statuses {
		if v.id != "" && s.ID == v.id {
			return s, true
		}
		if v.text != "" && strings.EqualFold(s.Name, v.text) {
			named = append(named, s)
		}
	}
	for _, s := range named {
		if s.Category.Key != named[0].Category.Key {
			return status{}, false
		}
	}
	if len(named) == 0 {
		return status{}, false
	}
	return named[0], true
}

// category returns the category of the status that a value names, "" if it
// cannot be told.
func (st *site) category(v value) category {
	s, _ := st.status(v)
	return s.Category.Key
}

// done reports whether a value names a status of the category Done.
func (st *site) done(v value) bool { return st.category(v) == done }

// sprintFields returns the ids of the fields that hold an issue's sprints.
func (st *site) sprintFields() []string {
	var ids []string
	for _, f := range st.ofType(sprintType) {
		ids = append(ids, f.ID)
	}
	return ids
}

// ofType returns the fields of a custom type.
func (st *site) ofType(custom string) []field {
	var found []field
	for _, f := range st.fields {
		if f.Schema.Custom == custom {
			found = append(found, f)
		}
	}
	return found
}

// field finds a field by its id, else by a name that only one field bears.
func (st *site) field(ref string) (field, error) {
	var named []field
	for _, f := range st.fields {
		if f.ID == ref {
			return f, nil
		}
		if strings.EqualFold(f.Name, ref) {
			named = append(named, f)
		}
	}
	switch len(named) {
	case 1:
		return named[0], nil
	case 0:
		return field{}, sources.Unansweredf("%s has no field %q, or does not show it to this token", st.name, sources.OneLine(ref, 60)).
			WithHint("fields are named as jira shows them, or by an id such as customfield_10016")
	}
	return field{}, sources.Unansweredf("%s has %d fields named %q", st.name, len(named), sources.OneLine(ref, 60)).
		WithHint("name the right one by its id, such as %s", named[0].ID)
}

// An estimate says in which fields an issue's size is kept.
type estimate struct {
	fields []field // the first that is filled counts
	graded sources.Graded
}

const inSeconds = "timeoriginalestimate"

// estimate finds the fields for issues that are looked at without a board.
// Company-managed and team-managed projects keep points in different fields,
// so there may be one of each.
func (s *source) estimate(st *site) (estimate, error) {
	if s.settings.EstimateField != "" {
		f, err := st.field(s.settings.EstimateField)
		return estimate{[]field{f}, sources.Whole()}, err
	}
	float := slices.DeleteFunc(st.ofType(floatType), func(f field) bool { return !strings.EqualFold(f.Name, "Story Points") })
	return st.points(st.ofType(pointsType), float), nil
}

// points is an estimate in one field of each kind.
func (st *site) points(kinds ...[]field) estimate {
	found := estimate{graded: sources.Whole()}
	for _, fields := range kinds {
		if len(fields) > 1 {
			return estimate{graded: sources.Graded{Grade: sources.Approximate,
				Reason: "several fields could hold the story points, so none is read; set estimate_field"}}
		}
		found.fields = append(found.fields, fields...)
	}
	return found
}

// ids returns the ids of the estimate's fields.
func (e estimate) ids() []string {
	ids := make([]string, len(e.fields))
	for i, f := range e.fields {
		ids[i] = f.ID
	}
	return ids
}

// number reads a field's present value; text and null are no number.
func number(raw json.RawMessage) *float64 {
	var n *float64
	if json.Unmarshal(raw, &n) != nil {
		return nil
	}
	return n
}
