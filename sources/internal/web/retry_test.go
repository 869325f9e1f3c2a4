package web

import (
	"net/http"
	"testing"
	"time"
)

// Whatever a server writes about when to come back, no wait is negative,
// and one that is bearable is neither cut short nor drawn out.
func FuzzInstructed(f *testing.F) {
	for _, seed := range [][4]string{
		{"7", "Sat, 01 Jan 2000 00:00:00 GMT", "", ""},
		{"Sat, 01 Jan 2000 00:00:20 GMT", "Sat, 01 Jan 2000 00:00:00 GMT", "", ""},
		{"-1", "", "0", "99999999999999999999"},
		{"2147483648", "yesterday", "0", "2026-10-04T22:00Z"},
		{"", "Sat, 01 Jan 2000 00:00:00 GMT", "0", "946684830"},
		{" 5 ", "", "1", "-9223372036854775808"},
		{"0x10", "Sat, 01 Jan 0000 00:00:00 GMT", "0", "9223372036854775807"},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	c := New(Options{Source: "far", Pace: time.Second, Patience: time.Minute})
	f.Fuzz(func(t *testing.T, after, date, remaining, reset string) {
		resp := &http.Response{StatusCode: http.StatusTooManyRequests, Header: http.Header{}}
		for name, value := range map[string]string{"Retry-After": after, "Date": date, "X-RateLimit-Remaining": remaining, "X-RateLimit-Reset": reset} {
			if value != "" {
				resp.Header.Set(name, value)
			}
		}
		asked, named := instructed(resp)
		if asked < 0 || !named && asked != 0 {
			t.Fatalf("a wait of %s, named %t", asked, named)
		}
		if !c.bearable(resp) {
			return // nobody waits for it
		}
		if wait := c.wait(3, resp); wait < asked || wait > 75*time.Second {
			t.Fatalf("asked for %s, waits %s", asked, wait)
		}
	})
}
