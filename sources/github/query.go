package github

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"preread/sources"
)

// A Repo names a repository.
type Repo struct{ Owner, Name string }

// String returns "owner/name".
func (r Repo) String() string { return r.Owner + "/" + r.Name }

// A Query is a question in GitHub's search words. Everything in it must hold
// of an item, but for Repos and Bases, of which one must.
type Query struct {
	Repos     []Repo   // at least one, but for a parent or a project
	Pulls     bool     // pull requests, not issues
	Labels    []string // all of them, in any case
	Milestone string   // "": any; of sprints a pattern, in which * stands for anything
	Author    string   // a login; "": anybody
	Bases     []string // branches merged into; none: the default branch

	Parent       Ref      // a goal's issue, of which the sub-issues are asked for
	Project      Project  // a goal's project, or the one whose iterations are sprints
	Iteration    string   // of sprints a pattern of iterations, as for milestones; "": all of the project
	Field        string   // the project's field that they are in; "": it has but one
	Environments []string // whose deployments are asked for with what was shipped
}

// A Ref names an issue.
type Ref struct {
	Repo
	Number int // 0: none
}

// String returns "owner/name#1".
func (r Ref) String() string { return r.Repo.String() + "#" + strconv.Itoa(r.Number) }

// A Project names a project of an organisation or a person.
type Project struct {
	Owner  string
	Number int // 0: none
}

// String returns "owner/1".
func (p Project) String() string { return p.Owner + "/" + strconv.Itoa(p.Number) }

// validWords is the hint of every refusal.
const validWords = `the words that can be answered are repo:owner/name, is:issue, is:pr, label:, milestone:, author:, for shipped base: and environment:, for goals parent: and project:, for sprints project:, iteration: and field:`

// ParseQuery reads the search words of a question about a noun. What cannot
// be answered from GitHub's lists is refused by name: a word that was ignored
// would make a wrong figure.
func ParseQuery(noun sources.Noun, text string) (Query, error) {
	terms, err := split(text)
	if err != nil {
		return Query{}, err
	}
	q := Query{Pulls: noun == sources.Shipped}
	said := map[string]bool{}
	for _, t := range terms {
		if err := q.add(noun, t, said); err != nil {
			return Query{}, err
		}
	}
	if err := q.alone(terms); err != nil {
		return Query{}, err
	}
	switch {
	case q.Parent.Number != 0, q.Project.Number != 0:
	case q.Iteration != "" || q.Field != "":
		return Query{}, refuse("iterations are a project's, and the query names none, such as project:acme/3")
	case len(q.Repos) == 0:
		return Query{}, refuse("the query names no repository, such as repo:acme/payments")
	case said["is:issue"] && said["is:pr"]:
		return Query{}, refuse("the query asks for is:issue and is:pr, and nothing is both")
	case said["is:issue"] && noun == sources.Shipped:
		return Query{}, refuse("issues are not shipped, so is:issue cannot be answered here")
	case noun == sources.Delivery && q.Pulls:
		return Query{}, refuse("milestones are sprints of issues, so is:pr cannot be answered here")
	case noun == sources.Delivery && q.Milestone == "":
		return Query{}, refuse("the query names no milestones that are sprints, such as milestone:\"Sprint *\"")
	}
	return q, nil
}

// check refuses what [ParseQuery] does.
func check(q sources.Query) error {
	_, err := ParseQuery(q.Noun, q.Text)
	return err
}

// alone refuses words beside those that say all: the sub-issues of an issue and
// the items of a project are in whatever repository, and a deployment has
// nothing of a pull request.
func (q *Query) alone(terms []term) error {
	for _, t := range terms {
		switch {
		case q.Parent.Number != 0 && t.key != "parent" && (t.key != "is" || t.value != "issue"):
			return refuse("parent: asks for all sub-issues, so %s cannot be answered beside it", t)
		case q.Project.Number != 0 && !slices.Contains([]string{"project", "is", "iteration", "field"}, t.key):
			return refuse("project: asks for all items, so %s cannot be answered beside it", t)
		case len(q.Environments) > 0 && (t.key == "label" || t.key == "milestone" || t.key == "author"):
			return refuse("deployments have none, so %s cannot be answered beside environment:", t)
		}
	}
	return nil
}

var repoName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9_.-]*/[A-Za-z0-9_.-]+$`)

// A clause is what a query may say: for which nouns, whether once only, and what
// it does. The zero clause may stand for all nouns, and often.
type clause struct {
	nouns []sources.Noun
	only  string // the nouns, for people
	twice string // why it cannot stand twice
	set   func(*Query, term) error
}

// clauseOf returns the clause of a key, nil if there is none.
func clauseOf(key string) *clause {
	switch key {
	case "repo":
		return &clause{set: (*Query).setRepo}
	case "is":
		return &clause{set: (*Query).setKind}
	case "label":
		return &clause{set: (*Query).setLabel}
	case "milestone":
		return &clause{twice: "the query names two milestones, and nothing is in both", set: (*Query).setMilestone}
	case "author":
		return &clause{twice: "the query names two authors", set: (*Query).setAuthor}
	case "base":
		return &clause{nouns: []sources.Noun{sources.Shipped}, only: "shipped", set: (*Query).setBase}
	case "environment":
		return &clause{nouns: []sources.Noun{sources.Shipped}, only: "shipped", set: (*Query).setEnvironment}
	case "parent":
		return &clause{nouns: []sources.Noun{sources.Goals}, only: "goals", twice: "the query names two parents, and nothing has both", set: (*Query).setParent}
	case "project":
		return &clause{nouns: []sources.Noun{sources.Goals, sources.Delivery}, only: "goals and sprints",
			twice: "the query names two projects, and one is all that it can be about", set: (*Query).setProject}
	case "iteration":
		return &clause{nouns: []sources.Noun{sources.Delivery}, only: "sprints",
			twice: "the query names two of iteration:, and one is all that it can be about", set: (*Query).setIteration}
	case "field":
		return &clause{nouns: []sources.Noun{sources.Delivery}, only: "sprints",
			twice: "the query names two of field:, and one is all that it can be about", set: (*Query).setField}
	}
	return nil
}

// add takes one term into the query. said holds the words so far.
func (q *Query) add(noun sources.Noun, t term, said map[string]bool) error {
	w := clauseOf(t.key)
	switch {
	case t.key == "":
		return refuse("%s looks for a text, which cannot be answered", t)
	case w == nil:
		return refuse("%s cannot be answered", t)
	case w.nouns != nil && !slices.Contains(w.nouns, noun):
		return refuse("%s can be answered for %s only", t, w.only)
	case w.twice != "" && said[t.key]:
		return refuse("%s", w.twice)
	case t.key == "author" && noun == sources.Delivery:
		return refuse("sprints are a team's, so %s cannot be answered here", t)
	}
	said[t.key], said[t.key+":"+t.value] = true, true
	return w.set(q, t)
}

func (q *Query) setRepo(t term) error {
	if !isRepo(t.value) {
		return refuse("%s names no repository; it is written owner/name", t)
	}
	owner, name, _ := strings.Cut(t.value, "/")
	if repo := (Repo{owner, name}); !slices.ContainsFunc(q.Repos, func(r Repo) bool { return strings.EqualFold(r.String(), repo.String()) }) {
		q.Repos = append(q.Repos, repo)
	}
	return nil
}

func (q *Query) setKind(t term) error {
	if t.value != "issue" && t.value != "pr" {
		return refuse("%s cannot be answered", t)
	}
	q.Pulls = q.Pulls || t.value == "pr"
	return nil
}

func (q *Query) setLabel(t term) error {
	if !t.quoted && strings.Contains(t.value, ",") {
		return refuse("%s asks for one label or another, which cannot be answered", t)
	}
	q.Labels = append(q.Labels, t.value)
	return nil
}

func (q *Query) setMilestone(t term) error {
	q.Milestone = t.value
	return nil
}

func (q *Query) setAuthor(t term) error {
	if strings.HasPrefix(t.value, "@") {
		return refuse("%s depends on whose token is used; name the login", t)
	}
	q.Author = login(t.value)
	return nil
}

func (q *Query) setBase(t term) error {
	q.Bases = append(q.Bases, t.value)
	return nil
}

func (q *Query) setEnvironment(t term) error {
	if !slices.Contains(q.Environments, t.value) {
		q.Environments = append(q.Environments, t.value)
	}
	return nil
}

func (q *Query) setParent(t term) error {
	ref, ok := parseRef(t.value)
	if !ok {
		return refuse("%s names no issue; a goal can be the sub-issues of one, such as parent:acme/payments#12", t)
	}
	q.Parent = ref
	return nil
}

func (q *Query) setProject(t term) error {
	project, ok := parseProject(t.value)
	if !ok {
		return refuse("%s names no project; it is written by its owner and number, such as project:acme/3", t)
	}
	q.Project = project
	return nil
}

func (q *Query) setIteration(t term) error {
	if strings.HasPrefix(t.value, "@") {
		return refuse("%s is another one each week; name them all by a pattern, such as iteration:\"Sprint *\"", t)
	}
	q.Iteration = t.value
	return nil
}

func (q *Query) setField(t term) error {
	q.Field = t.value
	return nil
}

func parseRef(s string) (Ref, bool) {
	path, number, _ := strings.Cut(s, "#")
	n, err := strconv.Atoi(number)
	owner, name, _ := strings.Cut(path, "/")
	return Ref{Repo{owner, name}, n}, err == nil && n > 0 && isRepo(path)
}

var ownerName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func parseProject(s string) (Project, bool) {
	owner, number, _ := strings.Cut(s, "/")
	n, err := strconv.ParseInt(number, 10, 32)
	return Project{owner, int(n)}, err == nil && n > 0 && ownerName.MatchString(owner)
}

// isRepo reports whether a text is owner/name and cannot lead elsewhere.
func isRepo(s string) bool {
	return repoName.MatchString(s) && !strings.HasSuffix(s, "/.") && !strings.HasSuffix(s, "/..")
}

// login returns the REST name of an author: search says app/dependabot where
// the lists say dependabot[bot].
func login(s string) string {
	if app, ok := strings.CutPrefix(s, "app/"); ok {
		return app + "[bot]"
	}
	return s
}

func refuse(format string, args ...any) error {
	return sources.Unansweredf(format, args...).WithHint(validWords)
}

// A term is one search word: key:value, or a text with no key.
type term struct {
	key, value string
	quoted     bool
}

// String returns the term to be shown in a complaint.
func (t term) String() string {
	s := t.value
	if t.quoted {
		s = `"` + s + `"`
	}
	if t.key != "" {
		s = t.key + ":" + s
	}
	return sources.OneLine(s, 60)
}

// split cuts a query into its terms. Quotes hold a value with spaces
// together; inside them a backslash takes the next character as it is.
func split(text string) ([]term, error) {
	var terms []term
	rest := []rune(strings.TrimSpace(text))
	for len(rest) > 0 {
		t, n, err := next(rest)
		if err != nil {
			return nil, err
		}
		terms = append(terms, t)
		rest = []rune(strings.TrimSpace(string(rest[n:])))
	}
	return terms, nil
}

// next reads the term at the start of a text and how many runes it takes.
func next(text []rune) (term, int, error) {
	var t term
	var value strings.Builder
	i, open := 0, false
	for ; i < len(text); i++ {
		switch c := text[i]; {
		case open && c == '\\' && i+1 < len(text):
			i++
			value.WriteRune(text[i])
		case c == '"':
			open, t.quoted = !open, true
		case open:
			value.WriteRune(c)
		case isSpace(c):
			return t.finish(value.String(), i)
		case c == ':' && t.key == "" && !t.quoted && value.Len() > 0:
			t.key = strings.ToLower(value.String())
			value.Reset()
		default:
			value.WriteRune(c)
		}
	}
	if open {
		t.value = value.String()
		return term{}, 0, refuse("a quote is opened but not closed in %s", term{key: t.key, value: t.value})
	}
	return t.finish(value.String(), i)
}

func (t term) finish(value string, n int) (term, int, error) {
	t.value = value
	switch {
	case strings.HasPrefix(t.key, "-"), t.key == "" && !t.quoted && strings.HasPrefix(value, "-"):
		return term{}, 0, refuse("%s excludes something, which cannot be answered", t)
	case strings.TrimSpace(value) == "":
		return term{}, 0, refuse("%s says nothing after the colon", t)
	}
	return t, n, nil
}

func isSpace(c rune) bool { return strings.TrimSpace(string(c)) == "" }
