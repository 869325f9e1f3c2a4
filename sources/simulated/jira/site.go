// Package jira is a Jira that answers from memory: as Jira Cloud and as Jira
// Data Center, both views of one made-up world with the full history of every
// issue. Collectors are run against it, and what they collect is compared
// with the truth, which this package computes forward from that history.
//
// It is strict where the real one is: an unknown path is not found, an
// unknown parameter, field or JQL word is refused, lists come in pages with
// the real caps, and the reads of issues that Cloud has removed answer 410.
// Shapes are those of Atlassian's published descriptions of the platform and
// agile REST APIs. Slowness and breakage are not its business; package fault
// stands before it for that.
package jira

import (
	"slices"
	"strconv"
	"time"

	"preread/sources"
)

// A Site is a whole Jira. It must not be changed while it is being asked,
// except for Anonymous before the first request.
type Site struct {
	Address string       // where people open it, without a slash at the end
	Now     time.Time    // nothing in it is later
	Zone    sources.Zone // of the token's user: JQL dates are read in it

	// Anonymous has a wrong token answered with 200, as a visitor who sees
	// nothing, rather than with 401.
	Anonymous bool

	// HistoryLimit is how many histories of an issue come with a search of
	// Data Center; 0 means all.
	HistoryLimit int

	// NoBulk takes the bulk read of changelogs away from Cloud's token.
	NoBulk bool

	// Roadmaps has Data Center keep what is above epics, as Advanced Roadmaps
	// does; without it there is nothing above them. ParentWords has it write keys
	// into changelogs of that as words that name no issue.
	Roadmaps, ParentWords bool

	Versions map[string]Version // by name; of others only the name is known
	Projects []Project
	Statuses []Status
	Boards   []*Board
	Sprints  []*Sprint
	Issues   []*Issue
}

// A Version is what is known of a version beside its name.
type Version struct {
	Release  string // a day; "": none is set
	Released bool
}

// A Project is a Jira project.
type Project struct{ ID, Key, Name string }

// A Status is a status with the key of its category.
type Status struct{ ID, Name, Category string }

// The statuses of every generated site. The second one that means done is
// translated, and one is on no board's column.
const (
	ToDo       = "10000"
	InProgress = "10001"
	InReview   = "10002"
	Done       = "10003"
	Erledigt   = "10004"
	InTheKiln  = "10005"
)

func statuses() []Status {
	return []Status{
		{ToDo, "To Do", "new"}, {InProgress, "In Progress", "indeterminate"}, {InReview, "In Review", "indeterminate"},
		{Done, "Done", "done"}, {Erledigt, "Erledigt", "done"}, {InTheKiln, "In the kiln", "indeterminate"},
	}
}

// A Board shows the issues of a filter in columns.
type Board struct {
	ID       int64
	Name     string
	Kanban   bool
	Project  string // key
	Filter   int64
	JQL      string // of the filter
	Columns  []Column
	Unsized  bool // estimates by counting issues
	Unshared bool // its configuration may not be read

	// TeamManaged makes it the board of a team-managed project, as Cloud has
	// them: of the type simple, with a filter that nobody may read, and with the
	// project's estimates in a field of their own. Untold leaves out how it
	// estimates, NoSprints takes the feature away.
	TeamManaged, Untold, NoSprints bool

	Private bool // its filter may not be read
}

// A Column holds statuses, or none.
type Column struct {
	Name     string
	Statuses []string
}

// A Sprint is a sprint of one board. Without a Start it lies in the future,
// without a Completed it runs.
type Sprint struct {
	ID           int64
	Board        int64
	Name, Goal   string
	PlannedStart time.Time // zero: as it was started
	Start        time.Time // when it was started
	End          time.Time // planned
	Completed    time.Time
}

// An Issue is an issue with all that ever happened to it.
type Issue struct {
	ID      int64
	Key     string
	Project string
	Type    string // one of issueTypes
	Created time.Time
	Links   []Link

	first State
	edits []edit
}

// A Link leads from an issue to another one, and is shown on both.
type Link struct {
	Type string // Relates, Duplicate, Cloners or Blocks
	To   *Issue
}

// A State is what an issue's fields hold at one time.
type State struct {
	Summary    string
	Status     string // id
	Priority   string
	Severity   string // of the custom field; "": none
	Resolution string // "": unresolved
	Parent     *Issue
	Versions   []string // names
	Sprints    []int64
	Points     *float64
	Labels     []string
	Flagged    bool
	Blockers   []*Issue // that it is blocked by, by links
	Due        string   // a day; "": none is set
	Major      bool     // a major incident
}

// An edit is a change to an issue's state.
type edit struct {
	at  time.Time
	set func(*State)
}

// A Moment is a state and since when it is.
type Moment struct {
	At time.Time
	State
}

// NewIssue adds an issue as it was created; its number follows from the order
// of addition. One that would be created after the site's now is returned but
// not added.
func (s *Site) NewIssue(project, kind string, created time.Time, first State) *Issue {
	if first.Status == "" {
		first.Status = ToDo
	}
	if first.Priority == "" {
		first.Priority = "Medium"
	}
	i := &Issue{Project: project, Type: kind, Created: created, first: first}
	if created.After(s.Now) {
		return i // not yet
	}
	s.Issues = append(s.Issues, i)
	n := len(s.Issues)
	i.ID, i.Key = 10000+int64(n), project+"-"+strconv.Itoa(n)
	return i
}

// Edit changes an issue at an instant; edits may be given in any order. What
// lies after the site's now, or before the issue's creation, does not happen.
func (s *Site) Edit(i *Issue, at time.Time, set func(*State)) {
	if at.After(s.Now) || at.Before(i.Created) {
		return
	}
	at = at.Truncate(time.Millisecond)
	place, _ := slices.BinarySearchFunc(i.edits, at, func(e edit, t time.Time) int {
		if e.at.After(t) {
			return 1
		}
		return -1 // after its equals
	})
	i.edits = slices.Insert(i.edits, place, edit{at, set})
}

// Moments returns the issue's states, oldest first, the first at its
// creation.
func (i *Issue) Moments() []Moment {
	now := i.first
	moments := []Moment{{i.Created, now}}
	for _, e := range i.edits {
		now.Sprints, now.Versions, now.Labels = slices.Clone(now.Sprints), slices.Clone(now.Versions), slices.Clone(now.Labels)
		now.Blockers = slices.Clone(now.Blockers)
		e.set(&now)
		moments = append(moments, Moment{e.at, now})
	}
	return moments
}

// Last returns the issue's present state.
func (i *Issue) Last() State {
	m := i.Moments()
	return m[len(m)-1].State
}

// At returns the issue's state at an instant, and false before its creation.
func (i *Issue) At(t time.Time) (State, bool) { return stateAt(i.Moments(), t) }

func stateAt(moments []Moment, t time.Time) (state State, ok bool) {
	for _, m := range moments {
		if m.At.After(t) {
			break
		}
		state, ok = m.State, true
	}
	return state, ok
}

// level returns the issue's place in the hierarchy: 1 is that of epics.
func (i *Issue) level() int {
	return map[string]int{"Sub-task": -1, "Epic": 1, "Initiative": 2, "Theme": 3}[i.Type]
}

// subtask reports whether the issue is part of another one.
func (i *Issue) subtask() bool { return i.Type == "Sub-task" }

// number gives the issues ids and keys in the order of their creation. Those
// with a reserved key get that; the others are counted from first in each
// project.
func (s *Site) number(first int, reserved map[*Issue]string) {
	slices.SortStableFunc(s.Issues, func(a, b *Issue) int { return a.Created.Compare(b.Created) })
	next := map[string]int{}
	for n, i := range s.Issues {
		i.ID = 10000 + int64(n)
		if key, ok := reserved[i]; ok {
			i.Key = key
			continue
		}
		i.Key = i.Project + "-" + strconv.Itoa(first+next[i.Project])
		next[i.Project]++
	}
}

func (s *Site) status(id string) Status {
	for _, st := range s.Statuses {
		if st.ID == id {
			return st
		}
	}
	return Status{ID: id}
}

func (s *Site) board(id int64) *Board {
	for _, b := range s.Boards {
		if b.ID == id {
			return b
		}
	}
	return nil
}

// Browse returns the page of an issue.
func (s *Site) Browse(key string) string { return s.Address + "/browse/" + key }

// inSprint and outOfSprint are edits that Jira's boards make.
func inSprint(id int64) func(*State) {
	return func(st *State) {
		if !slices.Contains(st.Sprints, id) {
			st.Sprints = append(st.Sprints, id)
		}
	}
}

func outOfSprint(id int64) func(*State) {
	return func(st *State) {
		st.Sprints = slices.DeleteFunc(st.Sprints, func(other int64) bool { return other == id })
	}
}

// move is an edit of the status. Entering done resolves, leaving it reopens,
// as workflows do.
func move(status string) func(*State) {
	return func(st *State) {
		st.Status = status
		switch done := status == Done || status == Erledigt; {
		case !done:
			st.Resolution = ""
		case st.Resolution == "":
			st.Resolution = "Done"
		}
	}
}

// giveUp closes an issue that nobody will do.
func giveUp(resolution string) func(*State) {
	return func(st *State) { st.Status, st.Resolution = Done, resolution }
}

func sized(points float64) func(*State) { return func(st *State) { st.Points = &points } }

// resized is an estimate that turns out to have been low.
func resized(more float64) func(*State) {
	return func(st *State) {
		points := more
		if st.Points != nil {
			points += *st.Points
		}
		st.Points = &points
	}
}
