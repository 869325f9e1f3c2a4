package prometheus

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParseMatchers(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{``, ``},
		{`  `, ``},
		{`{}`, ``},
		{`team="checkout"`, `team="checkout"`},
		{`{ team = "checkout" , }`, `team="checkout"`},
		{`team='it"s', tier!="x"`, `team="it\"s",tier!="x"`},
		{"pot=~`a\\.b|c`", `pot=~"a\\.b|c"`},
		{`pot!~"\x41\u00e4"`, `pot!~"Aä"`},
		{`a="}",b=","`, `a="}",b=","`},
	} {
		got, err := parseMatchers(c.text)
		if err != nil || join(got) != c.want {
			t.Errorf("parseMatchers(%s) = %s, %v, want %s", c.text, join(got), err, c.want)
		}
	}
}

func TestParseMatchersRefuses(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`team`, `"team" is no list of label matchers`},
		{`team=checkout`, `"team=checkout" is no list of label matchers`},
		{`{team="x"`, `"(team=\"x\"" is no list of label matchers`},
		{`team="x"} or up{a="b"`, `"team=\"x\") or up(a=\"b\"" is no list of label matchers`},
		{`a="b" c="d"`, `"a=\"b\" c=\"d\"" is no list of label matchers`},
		{`a="b`, `"a=\"b" is no list of label matchers`},
		{`a=="b"`, `"a==\"b\"" is no list of label matchers`},
		{`1a="b"`, `"1a=\"b\"" is no list of label matchers`},
		{`,`, `"," is no list of label matchers`},
		{`a="\xff"`, `"a=\"\\xff\"" is no list of label matchers`},
		{`a=~"("`, `the matcher of a is not a regular expression`},
		{`alertstate="pending"`, `alarms are those that fired; alertstate cannot be asked for`},
		{`__name__="up"`, `alarms are those that fired; __name__ cannot be asked for`},
	} {
		got, err := parseMatchers(c.text)
		if err == nil || err.Error() != c.want {
			t.Errorf("parseMatchers(%s) = %v, %v, want the error %s", c.text, got, err, c.want)
		}
	}
}

// Whatever the labels and values, what is written can be read again.
func TestMatchersRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) matcher {
			return matcher{
				"l" + rapid.StringMatching(`[a-zA-Z0-9_]*`).Draw(t, "label"),
				rapid.SampledFrom([]string{"=", "!="}).Draw(t, "op"),
				rapid.String().Draw(t, "value"),
			}
		}), 1, 4).Draw(t, "matchers")
		got, err := parseMatchers(join(want))
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(matcher{})); err != nil || diff != "" {
			t.Fatalf("%s: %v (-want +got):\n%s", join(want), err, diff)
		}
	})
}

// Whatever stands in the settings, what goes to the server is matchers and
// nothing else: written again it is the same.
func FuzzParseMatchers(f *testing.F) {
	for _, seed := range []string{``, `{}`, `a="b"`, "a=~`x`,", `a='\'',b!="}"`, `a="\377"`, `é="x"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		matchers, err := parseMatchers(text)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n{}<>") {
				t.Errorf("%q is not one plain line", err)
			}
			return
		}
		again, err := parseMatchers(join(matchers))
		if diff := cmp.Diff(matchers, again, cmp.AllowUnexported(matcher{})); err != nil || diff != "" {
			t.Errorf("%q becomes %q, which is another (-first +second), %v:\n%s", text, join(matchers), err, diff)
		}
	})
}

func TestSelector(t *testing.T) {
	for text, want := range map[string]string{
		` up{job="prometheus"} `: `up{job="prometheus"}`,
		`up`:                     `up`,
		`a:b:rate5m{x=~'.+',}`:   `a:b:rate5m{x=~".+"}`,
		`{__name__="up"}`:        `{__name__="up"}`,
	} {
		var s selector
		if err := s.UnmarshalText([]byte(text)); err != nil || string(s) != want {
			t.Errorf("%s becomes %s, %v, want %s", text, s, err, want)
		}
	}
	for _, text := range []string{``, `{}`, `up[5m]`, `rate(up[5m])`, `up or down`, `up{job="x"} offset 1h`, `up{`, `1up`} {
		var s selector
		if err := s.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q becomes %s, want it refused", text, s)
		}
	}
}

// Whatever is taken for a selector is one, and read again it is the same: a
// range and nothing else can be put behind it.
func FuzzSelector(f *testing.F) {
	for _, seed := range []string{`up`, `up{job="prometheus"}`, `{__name__=~"up|down"}`, `up{a='}',b="\"}"}`, "up{x=`}`}", `up[5m]`, `up{} or up{}`, `a:b{c!~"d",}`, "up\n{a=\"\\n\"}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var first, again selector
		if err := first.UnmarshalText([]byte(text)); err != nil {
			if strings.ContainsAny(err.Error(), "\n\r\x00") {
				t.Errorf("%q is not one plain line", err)
			}
			return
		}
		if err := again.UnmarshalText([]byte(first)); err != nil || again != first {
			t.Errorf("%q becomes %q, and that %q, %v", text, first, again, err)
		}
		outside := quotedText.ReplaceAllString(string(first), "")
		if strings.ContainsAny(outside, "[]() \n@") || strings.Count(outside, "{") > 1 {
			t.Errorf("%q becomes %q, which is more than a selector", text, first)
		}
	})
}

var quotedText = regexp.MustCompile(`"(\\.|[^"\\])*"`)
