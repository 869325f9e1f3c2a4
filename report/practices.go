// # The practices that the page serves
//
// Managing up is a set of habits. Each of those that the program was built for is
// listed with where it lives, or with what is left to people.
//
//	 1  write it every week                       preread draft: one fixed page, Markdown in the manager's own folder
//	 2  send it the day before                    the page's head: to be sent by, from session in the settings
//	 3  keep 1:1 and session apart                preread private; of people the agenda, the manager’s own paper, has only what is marked
//	 4  drive the agenda                          preread agenda: marks, asks and new reds, in thirty minutes
//	 5  quarter goals, week by week, with colour  the section Goals
//	 6  six weeks of key metrics                  the glance, and a table and chart behind each line
//	 7  quality                                   the line quality: opened, closed, open at the end
//	 8  delivery rate of sprints                  the line delivery, graded, with added, removed, carried in
//	 9  number of alarms                          the line alarms: by name, severity, and hour of the day
//	10  trends to dig into                        Look closer: signals alone; the rest is one quiet line
//	11  people, support needed                    the slot people; preread private for what is not for the page
//	12  incidents, reaction, follow-ups           Operations; “no follow-up scheduled” after followups_within
//	13  top of mind                               the slot top-of-mind, with last week's words under it for the writer alone
//	14  highlight what to come back to            !discuss; To discuss, first on the page, with links to slots and back
//	15  read it as your manager would             preread review
//	16  ambiguity is a topic for the session      a finding of review names the line; mark it with !discuss
//	17  is anything red or amber                  the counts that open the glance, and what changed
//	18  treat it as a retrospective               draft --format quarter; there is no slot of its own for what was learnt
//	19  parking needs agreement                   the slot parked: who agreed, until when; what is missing is pointed out
//	20  no surprises                              “red, and no page before said that it might be”
//	21  one checklist for all teams               teams share sections, and a roll-up is never better than its worst
//	22  information is scattered                  collectors; every figure links to its source
//	23  a steady cadence                          pages that were not sent are told on the next one; there is no streak
//	24  no response required                      draft --format nrr
//	25  make help cheap                           preread asks N, and --mail
//	26  specific questions                        package ask: yes or no, or at most three options
//	27  the history of earlier talks              Asked: in an ask, and its age in the ledger
//	28  ask how they want updates                 preread reader new: seven questions; there is no reminder to ask again
//	29  highlights, people, me                    draft --format hpm
//	30  stuck for days: escalate                  blocked for longer than two working days, under its goal
//	31  something from another team               the kinds Unblock and Connect, with Serves:
//	32  light updates when all is well            A quiet week
//	33  check-ins catch misunderstanding          assumptions of a goal, shown until somebody takes them out
//	34  do not over-ask                           review: more than three open asks that are not ranked or Mine
//	35  waiting too long                          the age of an ask; that of a problem before its first page is not known
//	36  start with context                        the slot context, carried over, and why of each goal
//	37  lead with what got done                   outcomes before activity, which is folded away
//	38  spare the details                         details are folded; level of a reader
//	39  insight on your best thinking             the kind Insight, with I recommend:
//	40  adapt the detail                          level: operational, organisational, strategic
//	41  the boss's boss differs                   [[reader]]; people and top of mind stay with the page's own reader
//	42  the five Cs                               left to people: a card in the slot later, which is carried over
//	43  leverage points and issues                left to people, as 42
//	44  what matters and why                      why and assumptions of a goal
//	45  challenge choices                         the kind Insight; there is no record of decisions but the asks that were answered
//	46  who else to talk to                       the kind Connect
//	47  next, then later                          Next is held against what came; Later is carried over
//	48  resources                                 the kind Resource: amount, until, if granted, if not
//	49  connections beyond reach                  the kind Connect, and its message
//	50  push information                          cron, and what the page answers before it is asked
//	51  how the team drives value                 driver of a goal, and the share of what was done
//	52  customer validation                       left to people, in the slot of the goal
//	53  tasks, milestones, objective              milestones of a goal, its tracker's among them
//	54  drift and scope growth                    Drift: scope, milestones, dates that moved, idle weeks
//	55  catch up after absence                    draft --since DAY
//	56  other work counts                         driver takes any word: onboarding, morale
//	57  praise people                             the slot people; nobody is ever ranked, nothing suggested
//	58  concerns early                            preread private, section Concerns
//	59  settle with the boss first                Pre-check: in an ask
//	60  long-term goals                           cadence of a goal
//	61  your own career                           preread private, section Career log
//	62  solutions, not problems                   review: a problem without a proposal
//	63  requests, not complaints                  review: a complaint without a request
//	64  a cadence for each project                cadence of a goal: weekly, fortnightly, monthly
//	65  updates prevent questions                 left to people; there is no log of questions
//	66  the boss cannot read minds                assumptions of a goal
package report
