package config

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"preread/sources"
)

func digits(n int) string { return strconv.Itoa(n) }

// A table is one table of the file, with the path that [places] knows it by.
type table struct {
	path   string
	values map[string]any
}

// errTable says that a table's mistakes have been noted already.
var errTable = errors.New("the table has mistakes")

// decode reads a table into a struct, key by key, so that every mistake is
// noted at its own place and the first does not hide the others. Keys that
// hold tables are left to the caller if they are named in except.
func (l *loader) decode(t table, into any, except ...string) error {
	fields := tomlFields(into)
	before := len(l.problems)
	for _, key := range l.sorted(t) {
		if slices.Contains(except, key) {
			continue
		}
		field, known := fields[key]
		if !known {
			l.complain(join(t.path, key), "unknown key %q in %s%s", sources.OneLine(key, 60), l.label(t.path), nearest(key, slices.Concat(keysOf(fields), except)))
			continue
		}
		if wrong := explain(decodeOne(key, t.values[key], into), t.values[key], field); wrong != "" {
			l.complain(join(t.path, key), "%s: %s", key, wrong)
		}
	}
	if len(l.problems) > before {
		return errTable
	}
	return nil
}

func decodeOne(key string, value any, into any) error {
	var doc bytes.Buffer
	if err := toml.NewEncoder(&doc).Encode(map[string]any{key: plainDates(value)}); err != nil {
		return errors.New("a value that cannot be used here")
	}
	_, err := toml.Decode(doc.String(), into)
	return err
}

// plainDates turns TOML's local dates into texts, which is how a sources.Day
// reads itself.
func plainDates(value any) any {
	switch v := value.(type) {
	case time.Time:
		if v.Hour() == 0 && v.Minute() == 0 && v.Second() == 0 {
			return v.Format(time.DateOnly)
		}
	case []any:
		dates := make([]any, len(v))
		for i := range v {
			dates[i] = plainDates(v[i])
		}
		return dates
	}
	return value
}

// explain puts into words what came of decoding a value; "": it is right. An
// error of the value's own type is its own; any other means a value of the wrong
// kind.
func explain(err error, value any, field reflect.Type) string {
	var parse toml.ParseError
	if errors.As(err, &parse) {
		return parse.Message
	}
	if bad, found := noText(value, field); found {
		return "a text in quotes is wanted here, not " + valueWord(bad)
	}
	if err == nil {
		return ""
	}
	return fmt.Sprintf("%s is wanted here, not %s", kindWord(field), valueWord(value))
}

// noText returns what is no text where a text is wanted, as a value or in a list
// of them. The library does not mind: it writes a number out for whatever reads
// texts, and so 5 would be the name of a file.
func noText(value any, field reflect.Type) (bad any, found bool) {
	if list, ok := value.([]any); ok && field.Kind() == reflect.Slice {
		for _, v := range list {
			if bad, found = noText(v, field.Elem()); found {
				return bad, true
			}
		}
		return nil, false
	}
	switch value.(type) {
	case time.Time:
		if field == reflect.TypeFor[sources.Day]() {
			return nil, false
		}
	case bool, int64, float64:
	default:
		return nil, false
	}
	return value, field.Kind() == reflect.String || field.Kind() == reflect.Struct
}

func kindWord(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a text in quotes"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list"
	case reflect.Map:
		return "a table of texts"
	}
	return "a text in quotes"
}

func valueWord(v any) string {
	switch v.(type) {
	case string:
		return "a text"
	case bool:
		return "true or false"
	case int64:
		return "a number"
	case float64:
		return "a number with a fraction"
	case time.Time:
		return "a date"
	case []any, []map[string]any:
		return "a list"
	case map[string]any:
		return "a table"
	}
	return "this"
}

// tomlFields maps the toml tags of the struct that into points to, to the
// types of their fields.
func tomlFields(into any) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	t := reflect.TypeOf(into)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return fields
	}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("toml"), ","); name != "" && name != "-" {
			fields[name] = f.Type
		}
	}
	return fields
}

func keysOf[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// sorted returns a table's keys in the order of the file.
func (l *loader) sorted(t table) []string {
	keys := keysOf(t.values)
	slices.SortStableFunc(keys, func(a, b string) int {
		p, q := l.places[join(t.path, a)], l.places[join(t.path, b)]
		if p.line != q.line {
			return p.line - q.line
		}
		return p.col - q.col
	})
	return keys
}

// sub returns the table under a key, and whether there is one.
func (l *loader) sub(t table, key string) (table, bool) {
	value, found := t.values[key]
	if !found {
		return table{}, false
	}
	values, ok := value.(map[string]any)
	if !ok {
		l.complain(join(t.path, key), "%s is written as a table: [%s]", key, headerOf(join(t.path, key)))
		return table{}, false
	}
	return table{join(t.path, key), values}, true
}

// list returns the tables of the array of tables under a key.
func (l *loader) list(t table, key string) []table {
	value, found := t.values[key]
	if !found {
		return nil
	}
	path := join(t.path, key)
	values, ok := tablesOf(value)
	if !ok {
		l.complain(path, "%s is written with double brackets: [[%s]]", key, headerOf(path))
		return nil
	}
	tables := make([]table, len(values))
	for i, v := range values {
		tables[i] = table{path + "." + digits(i), v}
	}
	return tables
}

// tablesOf returns the tables of a list, written with double brackets or
// inline.
func tablesOf(value any) (tables []map[string]any, ok bool) {
	if tables, ok = value.([]map[string]any); ok {
		return tables, true
	}
	list, ok := value.([]any)
	for _, v := range list {
		t, isTable := v.(map[string]any)
		if !isTable {
			return nil, false
		}
		tables = append(tables, t)
	}
	return tables, ok
}

// headerOf returns a path as it stands in a header: without indexes.
func headerOf(path string) string {
	var parts []string
	for _, part := range split(path) {
		if _, err := strconv.Atoi(part); err != nil {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ".")
}

// label names a table to people, as its header.
func (l *loader) label(path string) string {
	if path == "" {
		return "the file"
	}
	return "[" + headerOf(path) + "]"
}

// nearest says which of the valid words was probably meant, or which there
// are.
func nearest(word string, valid []string) string {
	best, distance := "", 1+len(word)/2
	for _, v := range valid {
		if d := editDistance(word, v); d < distance || d == distance && best == "" {
			best, distance = v, d
		}
	}
	switch {
	case best != "":
		return fmt.Sprintf("; did you mean %q?", best)
	case len(valid) == 0:
		return ""
	}
	sorted := slices.Clone(valid)
	slices.Sort(sorted)
	return "; there is " + strings.Join(slices.Compact(sorted), ", ")
}

// editDistance is Levenshtein's, capped texts being short here.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(row[j]+1, row[j+1]+1, cost)
		}
	}
	return row[len(b)]
}
