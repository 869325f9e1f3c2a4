package main

import (
	"preread/aggregate"
	"preread/report"
)

// html renders the page that is about to be written, with all that people
// wrote in it.
func html(frame report.Frame, judged aggregate.Report, merged report.Merged) ([]byte, error) {
	page, err := report.ParsePage("", merged.Text)
	if err != nil {
		return nil, err
	}
	return report.HTML(frame, judged, page)
}
