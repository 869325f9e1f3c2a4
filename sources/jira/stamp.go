package jira

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"time"
)

// A stamp is an instant in any of the forms that Jira writes: with an offset
// of -0700, -07:00 or Z, as a number of milliseconds or seconds, or null for
// none. It is kept in UTC.
type stamp struct{ time.Time }

var stampLayouts = [...]string{"2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00"}

var errStamp = errors.New("not a time")

// UnmarshalJSON reads a stamp. What is no time is refused rather than taken
// for none.
func (s *stamp) UnmarshalJSON(data []byte) error {
	if bytes.Equal(data, []byte("null")) {
		s.Time = time.Time{}
		return nil
	}
	if n, err := strconv.ParseInt(string(data), 10, 64); err == nil {
		return s.set(epoch(n))
	}
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return errStamp
	}
	if text == "" {
		s.Time = time.Time{}
		return nil
	}
	for _, layout := range stampLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return s.set(t)
		}
	}
	return errStamp
}

// epoch reads a number as milliseconds, or as seconds where milliseconds
// would be before spring of 1973.
func epoch(n int64) time.Time {
	if n >= 1e11 {
		return time.UnixMilli(n)
	}
	return time.Unix(n, 0)
}

func (s *stamp) set(t time.Time) error {
	t = t.UTC()
	if t.Year() < 1970 || t.Year() > 9999 {
		return errStamp
	}
	s.Time = t
	return nil
}
