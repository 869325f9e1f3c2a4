package prometheus

import (
	"fmt"
	"regexp"
	"strings"

	"preread/sources"
)

// expression returns the PromQL of a metric's query, which may be written in a
// short form for what is left of an error budget.
//
//   - sloth:SERVICE/SLO reads slo:period_error_budget_remaining:ratio, which the
//     rules of Sloth record with the labels sloth_service and sloth_slo.
//   - pyrra:SLO reads pyrra_availability and pyrra_objective, which the generic
//     rules of Pyrra record with the label slo. They are off unless asked for,
//     and leave out objectives with a grouping.
//
// Both are 1 for a budget that nobody touched, 0 for one that is spent, and less
// for one that is overspent.
func (s *server) expression(query string) (string, error) {
	query = strings.TrimSpace(query)
	tool, name, found := strings.Cut(query, ":")
	if !found {
		return query, nil
	}
	switch tool = strings.ToLower(tool); tool {
	case "sloth":
		parts, ok := budgetName(name, 2)
		if !ok {
			return "", notBudget(query, "sloth:SERVICE/SLO", "sloth:checkout/requests-availability")
		}
		return s.oneReplica(series("slo:period_error_budget_remaining:ratio", []matcher{{"sloth_service", "=", parts[0]}, {"sloth_slo", "=", parts[1]}})), nil
	case "pyrra":
		parts, ok := budgetName(name, 1)
		if !ok {
			return "", notBudget(query, "pyrra:SLO", "pyrra:checkout-errors")
		}
		labels := []matcher{{"slo", "=", parts[0]}}
		return fmt.Sprintf("1 - (1 - %s) / on (slo) (1 - %s)", s.oneReplica(series("pyrra_availability", labels)), s.oneReplica(series("pyrra_objective", labels))), nil
	}
	return query, nil
}

// budgetPart is a name as both tools allow it.
var budgetPart = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$`)

func budgetName(name string, n int) (parts []string, ok bool) {
	parts = strings.Split(name, "/")
	for _, part := range parts {
		if !budgetPart.MatchString(part) {
			return nil, false
		}
	}
	return parts, len(parts) == n
}

func notBudget(query, form, example string) error {
	return sources.Unansweredf("%s names no error budget", quoted(query)).WithHint("write %s, such as %s", form, example)
}

// oneReplica takes the lowest of what replicas say, if there are any.
func (s *server) oneReplica(expr string) string {
	if len(s.replica) == 0 {
		return expr
	}
	names := make([]string, len(s.replica))
	for i, l := range s.replica {
		names[i] = string(l)
	}
	return "min without (" + strings.Join(names, ", ") + ") (" + expr + ")"
}
