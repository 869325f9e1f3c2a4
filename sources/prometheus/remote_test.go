package prometheus_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/golang/snappy"
)

// This file writes samples to a Prometheus by its remote-write protocol,
// version 1 (prometheus.io/docs/specs/prw/remote_write_spec): a protobuf
// message, compressed with snappy.

// A stored sample: milliseconds and value.
type stored struct {
	at    int64
	value float64
}

// gone is the staleness marker: Prometheus writes it where a series ends.
var gone = math.Float64frombits(0x7ff0000000000002)

// A store keeps samples by series until they are written.
type store map[string]*storedSeries

type storedSeries struct {
	labels  [][2]string
	samples []stored
}

// series returns the series with these labels, a new one if there is none.
func (st store) series(labels map[string]string) *storedSeries {
	pairs := make([][2]string, 0, len(labels))
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		pairs = append(pairs, [2]string{name, labels[name]})
	}
	key := fmt.Sprint(pairs)
	if st[key] == nil {
		st[key] = &storedSeries{labels: pairs}
	}
	return st[key]
}

// add appends a sample. Samples of a series come in order.
func (s *storedSeries) add(at int64, value float64) {
	s.samples = append(s.samples, stored{at, value})
}

func (st store) size() int {
	n := 0
	for _, s := range st {
		n += len(s.samples)
	}
	return n
}

// write sends everything in half-hour batches, the earliest first.
func (st store) write(ctx context.Context, url string) error {
	keys := slices.Sorted(maps.Keys(st))
	next := make([]int, len(keys)) // first sample that was not sent, by series
	const half = 30 * 60 * 1000
	for {
		first := int64(math.MaxInt64)
		for i, key := range keys {
			if s := st[key].samples; next[i] < len(s) {
				first = min(first, s[next[i]].at)
			}
		}
		if first == math.MaxInt64 {
			return nil
		}
		end := first - first%half + half
		var message []byte
		for i, key := range keys {
			s := st[key]
			from := next[i]
			for next[i] < len(s.samples) && s.samples[next[i]].at < end {
				next[i]++
			}
			if from < next[i] {
				message = field(message, 1, timeseries(s.labels, s.samples[from:next[i]]))
			}
		}
		if err := send(ctx, url, message); err != nil {
			return err
		}
	}
}

func send(ctx context.Context, url string, message []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/api/v1/write", bytes.NewReader(snappy.Encode(nil, message)))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Encoding", "snappy")
	req.Header.Set("Content-Type", "application/x-protobuf")
	req.Header.Set("X-Prometheus-Remote-Write-Version", "0.1.0")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode/100 != 2 {
		return fmt.Errorf("remote write: %s: %s", resp.Status, strings.TrimSpace(string(body)))
	}
	return nil
}

// timeseries is the message TimeSeries{labels = 1, samples = 2}.
func timeseries(labels [][2]string, samples []stored) []byte {
	var m []byte
	for _, l := range labels {
		m = field(m, 1, field(field(nil, 1, []byte(l[0])), 2, []byte(l[1])))
	}
	for _, s := range samples {
		var sample []byte // Sample{value = 1, double; timestamp = 2, int64}
		sample = append(sample, 1<<3|1)
		sample = binary.LittleEndian.AppendUint64(sample, math.Float64bits(s.value))
		sample = append(sample, 2<<3|0)
		sample = binary.AppendUvarint(sample, uint64(s.at))
		m = field(m, 2, sample)
	}
	return m
}

// field appends a length-delimited field.
func field(m []byte, number int, value []byte) []byte {
	m = append(m, byte(number<<3|2))
	m = binary.AppendUvarint(m, uint64(len(value)))
	return append(m, value...)
}
