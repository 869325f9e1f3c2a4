package report

import (
	_ "embed"
	"encoding/json"
	"math"
	"time"

	"preread/aggregate"
	"preread/aggregate/forecast"
	"preread/sources"
)

// JSONVersion is the version of the JSON form. It grows when a field changes
// its meaning or goes away; new fields may come without.
const JSONVersion = 1

// Schema is the JSON Schema (draft 2020-12) of the JSON form.
//
//go:embed schema.json
var Schema []byte

type jsonPage struct {
	Version     int            `json:"version"`
	Week        sources.Week   `json:"week"`
	Weeks       []sources.Week `json:"weeks"`
	Timezone    string         `json:"timezone"`
	GeneratedAt time.Time      `json:"generated_at"`
	Teams       []jsonTeam     `json:"teams"`
	Gaps        []sources.Gap  `json:"gaps"`
	Requests    map[string]int `json:"requests"`
}

type jsonTeam struct {
	ID     string           `json:"id"`
	Name   string           `json:"name"`
	Status aggregate.Status `json:"status"`
	Lines  []jsonLine       `json:"lines"`
}

type jsonLine struct {
	ID           string             `json:"id"`
	Noun         sources.Noun       `json:"noun"`
	Title        string             `json:"title"`
	Unit         string             `json:"unit"`
	Better       string             `json:"better"`
	Status       aggregate.Status   `json:"status"`
	StatusRule   string             `json:"status_rule"`
	StatusReason string             `json:"status_reason"`
	Since        *sources.Week      `json:"since"`
	Before       aggregate.Status   `json:"before"`  // of the last page; where that is not remembered, of the week before
	Level        *jsonLevel         `json:"level"`   // null: the rule needs none
	Wish         aggregate.Status   `json:"wish"`    // what the last report asks for; "unknown" where no rule asks
	Improve      *jsonImprovement   `json:"improve"` // null: nothing to better, or nothing that can be named
	Own          *jsonOwn           `json:"own"`     // a person's own colour; null: none that holds today
	Waived       bool               `json:"waived"`
	Surprise     bool               `json:"surprise"`
	Signal       string             `json:"signal"`
	SignalReason string             `json:"signal_reason"`
	Weeks        []jsonWeek         `json:"weeks"`
	Evidence     []sources.Evidence `json:"evidence"`
	Notes        []jsonNote         `json:"notes"`

	*jsonGoal
	Measured  *jsonMeasured   `json:"measured,omitempty"`
	Drift     *[]jsonDrift    `json:"drift,omitempty"`
	Duration  *jsonDuration   `json:"duration,omitempty"`
	Sprints   *[]jsonSprint   `json:"sprints,omitempty"`
	Opened    *[]int          `json:"opened,omitempty"`
	Closed    *[]int          `json:"closed,omitempty"`
	OpenAtEnd *[]int          `json:"open_at_end,omitempty"`
	Incidents *[]jsonIncident `json:"incidents,omitempty"`
	Alarms    *[]jsonAlarm    `json:"alarms,omitempty"`
	Coverage  *[]float64      `json:"coverage,omitempty"`
	Bots      *[]int          `json:"bots,omitempty"`
	Releases  *[]jsonRelease  `json:"releases,omitempty"`
}

type jsonLevel struct {
	Value float64  `json:"value"`
	Low   *float64 `json:"low"` // null: open
	High  *float64 `json:"high"`
	Weeks int      `json:"weeks"`
}

// levelJSON returns nil where nothing was pooled.
func levelJSON(e aggregate.Estimate) *jsonLevel {
	if e.Weeks == 0 {
		return nil
	}
	return &jsonLevel{e.Value, finite(e.Low), finite(e.High), e.Weeks}
}

type jsonImprovement struct {
	To    aggregate.Status `json:"to"`
	Weeks int              `json:"weeks"` // 0: of a goal, at once
	Value float64          `json:"value"`
	Of    float64          `json:"of"` // 0: Value is no share
}

type jsonOwn struct {
	Status aggregate.Status `json:"status"`
	Until  sources.Day      `json:"until"`
	Reason string           `json:"reason"`
	Where  string           `json:"where"`
}

type jsonMeasured struct {
	Was   float64       `json:"was"`
	Aim   float64       `json:"aim"`
	Way   float64       `json:"way"` // share of the way from was to aim
	AtDue *jsonInterval `json:"at_due"`
}

type jsonInterval struct {
	Value float64  `json:"value"`
	Low   *float64 `json:"low"` // null: open
	High  *float64 `json:"high"`
}

type jsonDrift struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

type jsonDuration struct {
	Of       string        `json:"of"`
	Finished []int         `json:"finished"` // by week
	Median   *jsonInterval `json:"median"`   // hours; null: nothing was finished
	P85      *jsonInterval `json:"p85"`
	Open     int           `json:"open"`
	Oldest   *jsonAge      `json:"oldest"`
}

type jsonAge struct {
	Ref   string  `json:"ref"`
	URL   string  `json:"url"`
	Hours float64 `json:"hours"`
}

// finite returns nil for an end that is open.
func finite(v float64) *float64 {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return nil
	}
	return &v
}

func durationJSON(f aggregate.Finding) *jsonDuration {
	d := &jsonDuration{Of: f.Of, Open: f.Durations.Open, Finished: []int{}}
	for _, w := range f.Durations.Weeks {
		d.Finished = append(d.Finished, w.Finished)
	}
	if f.Durations.Finished > 0 {
		m, p := f.Durations.Median, f.Durations.P85
		d.Median = &jsonInterval{m.Estimate, finite(m.Lower), finite(m.Upper)}
		d.P85 = &jsonInterval{p.Estimate, finite(p.Lower), finite(p.Upper)}
	}
	if a := f.Durations.Oldest; a.Hours > 0 {
		d.Oldest = &jsonAge{a.Ref, a.URL, a.Hours}
	}
	return d
}

func measuredJSON(m *aggregate.Measured) *jsonMeasured {
	j := &jsonMeasured{Was: m.Was, Aim: m.Want, Way: m.Way}
	if m.Moving && m.HasDueDate {
		j.AtDue = &jsonInterval{m.AtDue, finite(m.Low), finite(m.High)}
	}
	return j
}

type jsonWeek struct {
	Week   sources.Week  `json:"week"`
	Value  *float64      `json:"value"`
	Known  bool          `json:"known"`
	Grade  sources.Grade `json:"grade"`
	Reason string        `json:"reason"`
}

type jsonNote struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

type jsonGoal struct {
	Done     int           `json:"done"`
	Total    int           `json:"total"`
	DoneNow  int           `json:"done_this_week"`
	Added    int           `json:"added_this_week"`
	Removed  int           `json:"removed_this_week"`
	Forecast *jsonForecast `json:"forecast"` // null: not forecast
	Blocked  []jsonBlocked `json:"blocked"`  // for longer than two working days
}

type jsonBlocked struct {
	Ref   string `json:"ref"`
	URL   string `json:"url"`
	Title string `json:"title"`
	Days  int    `json:"working_days"`
}

type jsonForecast struct {
	PDue         *float64     `json:"p_due"` // 0 to 1; null: no due date
	P50          *sources.Day `json:"p50"`   // null: not within two years
	P85          *sources.Day `json:"p85"`
	Remaining    int          `json:"remaining"`
	AddedPerWeek float64      `json:"added_per_week"`
}

// forecastJSON returns nil where there is no forecast.
func forecastJSON(f aggregate.Finding) *jsonForecast {
	o := f.Goal.Outlook
	if o.State != forecast.Forecast {
		return nil
	}
	week := f.Goal.Last().Week
	by := func(weeks int) *sources.Day {
		if weeks == 0 {
			return nil
		}
		d := aggregate.DoneBy(week, weeks)
		return &d
	}
	j := &jsonForecast{P50: by(o.P50), P85: by(o.P85), Remaining: o.Remaining, AddedPerWeek: o.Added}
	if f.Status.Rule == aggregate.ByForecast {
		p := f.Status.Value
		j.PDue = &p
	}
	return j
}

type jsonAmount struct {
	Items  int      `json:"items"`
	Points *float64 `json:"points"`
}

type jsonSprint struct {
	ID                   int64         `json:"id"`
	Name                 string        `json:"name"`
	Board                string        `json:"board"`
	Start                time.Time     `json:"start"`
	End                  *time.Time    `json:"end"`
	CompletedAt          *time.Time    `json:"completed_at"`
	Week                 *sources.Week `json:"week"`
	Grade                sources.Grade `json:"grade"`
	Reason               string        `json:"reason"`
	Committed            jsonAmount    `json:"committed"`
	Completed            jsonAmount    `json:"completed"`
	CompletedOfCommitted jsonAmount    `json:"completed_of_committed"`
	Added                jsonAmount    `json:"added"`
	Removed              jsonAmount    `json:"removed"`
	NotCompleted         jsonAmount    `json:"not_completed"`
	CarriedIn            jsonAmount    `json:"carried_in"`
}

type jsonIncident struct {
	Ref          string         `json:"ref"`
	URL          string         `json:"url"`
	Title        string         `json:"title"`
	Severity     string         `json:"severity"`
	Opened       time.Time      `json:"opened"`
	Acknowledged *time.Time     `json:"acknowledged"`
	Resolved     *time.Time     `json:"resolved"`
	FollowUps    []jsonFollowUp `json:"followups"`
}

type jsonFollowUp struct {
	Ref   string `json:"ref"`
	URL   string `json:"url"`
	Title string `json:"title"`
	Done  bool   `json:"done"`
}

type jsonAlarm struct {
	Name     string          `json:"name"`
	Severity string          `json:"severity"`
	Weeks    []jsonAlarmWeek `json:"weeks"`
}

type jsonAlarmWeek struct {
	Week     sources.Week `json:"week"`
	Episodes int          `json:"episodes"`
	Minutes  float64      `json:"minutes"`
}

type jsonRelease struct {
	Name       string    `json:"name"`
	Published  time.Time `json:"published"`
	URL        string    `json:"url"`
	Prerelease bool      `json:"prerelease"`
}

// JSON returns the JSON form of a report. notes are what people wrote in the
// slots of the page; a line carries those of its own slot.
func JSON(r aggregate.Report, notes []Note) ([]byte, error) {
	page := jsonPage{
		Version: JSONVersion, Week: r.Window.Last, Weeks: r.Window.Weeks(), Timezone: r.Window.Zone.String(),
		GeneratedAt: r.Window.Now.UTC(), Teams: []jsonTeam{}, Gaps: r.Gaps, Requests: r.Requests,
	}
	if page.Gaps == nil {
		page.Gaps = []sources.Gap{}
	}
	if page.Requests == nil {
		page.Requests = map[string]int{}
	}
	for _, t := range r.Teams {
		team := jsonTeam{ID: t.ID, Name: t.Name, Status: t.Status, Lines: []jsonLine{}}
		for _, f := range t.Lines {
			line := lineJSON(f)
			for _, n := range notes {
				if n.ID == t.ID+"/"+f.ID && !n.untouched() {
					line.Notes = append(line.Notes, jsonNote{n.ID, n.Text})
				}
			}
			team.Lines = append(team.Lines, line)
		}
		page.Teams = append(page.Teams, team)
	}
	out, err := json.MarshalIndent(page, "", "  ")
	return append(out, '\n'), err
}

func lineJSON(f aggregate.Finding) jsonLine {
	line := jsonLine{
		ID: f.ID, Noun: f.Noun, Title: f.Title, Unit: f.Unit, Better: f.Better.String(),
		Status: f.Status.Status, StatusRule: RuleWords(f), StatusReason: StatusReason(f),
		Level: levelJSON(f.Status.Level), Wish: f.Status.Wish, Waived: f.Waived, Surprise: f.Surprising(),
		Signal: f.Signal.State.String(), SignalReason: SignalReason(f), Evidence: f.Evidence, Notes: []jsonNote{},
	}
	if !f.Status.Since.IsZero() && f.Status.Status != aggregate.Unknown {
		line.Since = &f.Status.Since
	}
	line.Before = f.Before.Status
	if f.Told != nil {
		line.Before = f.Told.Status
	}
	if i := f.Status.Improve; i.To != aggregate.Unknown {
		line.Improve = &jsonImprovement{i.To, i.Weeks, i.Value, i.Trials}
	}
	if f.Own != nil {
		line.Own = &jsonOwn{f.Own.Status, f.Own.Until, f.Own.Reason, f.Own.Where}
	}
	if f.Noun == sources.Goals {
		drifts := mapped(f.Drift, func(d aggregate.Drift) jsonDrift { return jsonDrift{string(d.Kind), driftWords(d)} })
		line.Drift = &drifts
	}
	if line.Evidence == nil {
		line.Evidence = []sources.Evidence{}
	}
	for _, p := range f.Weeks {
		week := jsonWeek{Week: p.Week, Known: p.State != aggregate.NotKnown, Grade: p.Grade, Reason: p.Reason}
		if p.State == aggregate.Known {
			week.Value = &p.Value
		}
		line.Weeks = append(line.Weeks, week)
	}
	line.nounJSON(f)
	return line
}

func (line *jsonLine) nounJSON(f aggregate.Finding) {
	switch {
	case f.Measured != nil:
		line.Measured = measuredJSON(f.Measured)
	case f.Durations != nil:
		line.Duration = durationJSON(f)
	case f.Goal != nil:
		w := f.Goal.Last()
		line.jsonGoal = &jsonGoal{Done: w.Done, Total: w.Total, DoneNow: w.DoneNow, Added: w.Added, Removed: w.Removed, Forecast: forecastJSON(f)}
		line.jsonGoal.Blocked = mapped(f.Goal.Blocked, func(b aggregate.Blocked) jsonBlocked {
			return jsonBlocked{b.Item.Ref, b.Item.URL, b.Item.Title, b.Days}
		})
	case f.Delivery != nil:
		sprints := mapped(f.Delivery.Sprints, sprintJSON)
		line.Sprints = &sprints
	case f.Quality != nil:
		line.Opened, line.Closed, line.OpenAtEnd = &f.Quality.Opened, &f.Quality.Closed, &f.Quality.OpenAtEnd
	case f.Incidents != nil:
		incidents := mapped(f.Incidents.Incidents, incidentJSON)
		line.Incidents = &incidents
	case f.Alarms != nil:
		alarms := mapped(f.Alarms.Alarms, alarmJSON)
		line.Alarms, line.Coverage = &alarms, &f.Alarms.Coverage
	case f.Shipped != nil:
		releases := mapped(f.Shipped.Releases, func(r sources.Item) jsonRelease {
			return jsonRelease{r.Title, r.Done[0].From.UTC(), r.URL, r.Prerelease}
		})
		line.Bots, line.Releases = &f.Shipped.Bots, &releases
	}
}

// mapped applies a function to each of many things; the result is never nil,
// so that JSON has a list and not null.
func mapped[A, B any](many []A, one func(A) B) []B {
	out := make([]B, len(many))
	for i, a := range many {
		out[i] = one(a)
	}
	return out
}

func sprintJSON(s aggregate.Sprint) jsonSprint {
	amount := func(a aggregate.Amount) jsonAmount { return jsonAmount{a.Items, a.Points} }
	j := jsonSprint{
		ID: s.ID, Name: s.Name, Board: s.Board, Start: s.Start.UTC(), End: given(s.End), CompletedAt: given(s.Sprint.Completed),
		Grade: s.Grade, Reason: s.Reason,
		Committed: amount(s.Committed), Completed: amount(s.Completed), CompletedOfCommitted: amount(s.CompletedOfCommitted),
		Added: amount(s.Added), Removed: amount(s.Removed), NotCompleted: amount(s.NotCompleted), CarriedIn: amount(s.CarriedIn),
	}
	if !s.Running() {
		j.Week = &s.Week
	}
	return j
}

func incidentJSON(i sources.Incident) jsonIncident {
	return jsonIncident{
		Ref: i.Ref, URL: i.URL, Title: i.Title, Severity: i.Severity, Opened: i.Opened.UTC(),
		Acknowledged: given(i.Acknowledged), Resolved: given(i.Resolved),
		FollowUps: mapped(i.FollowUps, func(f sources.FollowUp) jsonFollowUp {
			return jsonFollowUp{f.Ref, f.URL, f.Title, f.Done}
		}),
	}
}

func alarmJSON(a aggregate.AlarmSeries) jsonAlarm {
	j := jsonAlarm{Name: a.Name, Severity: a.Severity, Weeks: []jsonAlarmWeek{}}
	for _, w := range a.Weeks {
		if w.Known {
			j.Weeks = append(j.Weeks, jsonAlarmWeek{w.Week, w.Episodes, w.Minutes})
		}
	}
	return j
}

// given returns nil for a time that is not there.
func given(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
