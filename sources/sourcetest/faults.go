package sourcetest

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"time"

	"preread/sources/simulated/fault"
)

// patience ends the questions whose answers never end.
const patience = 100 * time.Millisecond

// general are the cases of any system. elsewhere is the address of another
// host, which must not be asked.
func general(elsewhere string) []Case {
	one := func(name string, want Outcome, f fault.Fault) Case {
		return Case{Name: name, Want: want, Faults: []fault.Fault{f}}
	}
	head := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h.Set(pairs[i], pairs[i+1])
		}
		return h
	}
	message := `{"message":"` + canary + `","errorMessages":["` + canary + `"]}`
	cases := []Case{
		{Name: "token that is not known", Token: "wrong-" + canary, Want: Unknown},
		one("sign-in page", Unknown, fault.Fault{Body: "<!DOCTYPE html><title>Sign in</title>" + canary}),
		{Name: "redirect to a sign-in page", Want: Unknown, Faults: []fault.Fault{
			{Path: `^\w+ /(rest|api|repos)`, Status: 302, Header: head("Location", "/login")},
			{Path: `^\w+ /login`, Status: 200, Body: "<!DOCTYPE html><title>Sign in</title>" + canary},
		}},
		one("401", Unknown, fault.Fault{Status: 401, Body: message}),
		one("403", Unknown, fault.Fault{Status: 403, Body: message}),
		one("404", Unknown, fault.Fault{Status: 404, Body: message}),
		one("410", Unknown, fault.Fault{Status: 410, Body: message}),
		one("500", Unknown, fault.Fault{Status: 500, Body: "oops " + canary}),
		one("502", Unknown, fault.Fault{Status: 502, Body: "<html>bad gateway " + canary}),
		one("503", Unknown, fault.Fault{Status: 503, Body: "down " + canary}),
		one("503 in JSON", Unknown, fault.Fault{Status: 503, Body: message}),
		one("504", Unknown, fault.Fault{Status: 504, Body: "<html>late " + canary}),
		one("storm of 429 that names no wait", Unknown, fault.Fault{Status: 429, Body: message}),
		one("storm of 429 that names a wait", Unknown, fault.Fault{Status: 429, Header: head("Retry-After", "0"), Body: message}),
		one("429 for an hour", Unknown, fault.Fault{Status: 429, Header: head("Retry-After", "3600"), Body: message}),
		one("429 until a date, by a clock a day ahead", Unknown, fault.Fault{Status: 429, Body: message,
			Header: head("Date", "Tue, 17 Nov 2026 08:30:00 GMT", "Retry-After", "Tue, 17 Nov 2026 10:30:00 GMT")}),
		{Name: "no answer in time", Want: Unknown, Limit: patience, Faults: []fault.Fault{{Delay: time.Hour}}},
		{Name: "slow drip", Want: Unknown, Limit: patience, Faults: []fault.Fault{{Drip: 5 * time.Millisecond}}},
		one("connection cut", Unknown, fault.Fault{Cut: true}),
		one("JSON cut", Unknown, fault.Fault{Edit: func(b []byte) []byte { return b[:len(b)/2] }}),
		one("empty body", Unknown, fault.Fault{Body: " ", Header: head("Content-Type", "application/json")}),
		one("null", Unknown, fault.Fault{Body: "null"}),
		one("empty object", Unknown, fault.Fault{Body: "{}"}),
		one("a number", Unknown, fault.Fault{Body: "7"}),
		one("list turned into text", Unknown, fault.Fault{WrongType: true}),
		one("1 GiB, announced", Unknown, fault.Fault{Flood: 1 << 30, Header: head("Content-Length", strconv.Itoa(1<<30))}),
		{Name: "1 GiB, not announced", Want: Unknown, Once: true, Faults: []fault.Fault{{Times: 1, Flood: 1 << 30}}},
		{Name: "1 GiB, squeezed into 1 MiB", Want: Unknown, Once: true,
			Faults: []fault.Fault{{Times: 1, Body: squeezed(), Header: head("Content-Type", "application/json", "Content-Encoding", "gzip")}}},
		one("redirect to another host", Unknown, fault.Fault{Status: 302, Header: head("Location", elsewhere+"/")}),
		one("redirect to another host, method kept", Unknown, fault.Fault{Status: 307, Header: head("Location", elsewhere+"/")}),
		one("redirect in a circle", Unknown, fault.Fault{Status: 302, Header: head("Location", "/rest")}),
		one("redirect without a place", Unknown, fault.Fault{Status: 302}),
		one("endless header", Unknown, fault.Fault{Header: head("X-Padding", strings.Repeat("x", 2<<20))}),

		one("clock 10 minutes behind", True, fault.Fault{Header: head("Date", "Mon, 16 Nov 2026 08:20:00 GMT")}),
		one("clock a day ahead", True, fault.Fault{Header: head("Date", "Tue, 17 Nov 2026 08:30:00 GMT")}),
		one("429 twice", True, fault.Fault{Times: 2, Status: 429, Header: head("Retry-After", "0"), Body: "{}"}),
		one("429 until now, by a clock a day behind", True, fault.Fault{Times: 2, Status: 429, Body: "{}",
			Header: head("Date", "Sun, 15 Nov 2026 08:30:00 GMT", "Retry-After", "Sun, 15 Nov 2026 08:30:00 GMT")}),
		one("503 once", True, fault.Fault{Times: 1, Status: 503, Body: "down"}),
		one("502 twice, later on", True, fault.Fault{After: 2, Times: 2, Status: 502, Body: "<html>"}),
	}
	for _, f := range []struct {
		name  string
		fault fault.Fault
	}{
		{"403", fault.Fault{Status: 403, Body: message}},
		{"404", fault.Fault{Status: 404, Body: message}},
		{"500", fault.Fault{Status: 500, Body: message}},
		{"sign-in page", fault.Fault{Body: "<!DOCTYPE html>" + canary}},
		{"connection cut", fault.Fault{Cut: true}},
		{"JSON cut", fault.Fault{Edit: func(b []byte) []byte { return b[:len(b)/2] }}},
		{"empty object", fault.Fault{Body: "{}"}},
		{"list turned into text", fault.Fault{WrongType: true}},
		{"429 for an hour", fault.Fault{Status: 429, Header: head("Retry-After", "3600"), Body: message}},
	} {
		cases = append(cases, Case{Name: f.name + ", each request in turn", InTurn: true, Faults: []fault.Fault{f.fault}})
	}
	return cases
}

// squeezed is a gibibyte of blanks as gzip writes it, in many members.
func squeezed() string {
	var member bytes.Buffer
	z := gzip.NewWriter(&member)
	_, _ = z.Write(bytes.Repeat([]byte(" "), 1<<20))
	_ = z.Close()
	return strings.Repeat(member.String(), 1<<10)
}
