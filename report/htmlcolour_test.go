package report

import (
	"math"
	"regexp"
	"strconv"
	"testing"
)

// A light is a colour as linear light: red, green, blue, each 0 to 1.
type light [3]float64

func lightOf(t *testing.T, hex string) (l light) {
	t.Helper()
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	for i := range l {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if l[i] = c / 12.92; c > 0.04045 {
			l[i] = math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return l
}

func (l light) luminance() float64 { return 0.2126*l[0] + 0.7152*l[1] + 0.0722*l[2] }

// contrast is that of WCAG 2.2, 1 to 21.
func contrast(a, b light) float64 {
	low, high := min(a.luminance(), b.luminance()), max(a.luminance(), b.luminance())
	return (high + 0.05) / (low + 0.05)
}

// sight is how somebody sees light, for whom one kind of cone does not work:
// Machado, Oliveira, Fernandes (2009), severity 1.
type sight [3][3]float64

var sights = map[string]sight{
	"all cones":    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritanopia":   {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

func (s sight) of(l light) (seen light) {
	for i, row := range s {
		seen[i] = min(1, max(0, row[0]*l[0]+row[1]*l[1]+row[2]*l[2]))
	}
	return seen
}

// apart is how far apart two colours look: CIE 1976, in L*a*b* under D65. From
// about 10 on they are told at a glance.
func apart(a, b light) float64 {
	lab := func(l light) (v [3]float64) {
		f := func(t float64) float64 {
			if t > 0.008856 {
				return math.Cbrt(t)
			}
			return 7.787*t + 16.0/116
		}
		x, y, z := f((0.4124*l[0]+0.3576*l[1]+0.1805*l[2])/0.95047), f(l.luminance()), f((0.0193*l[0]+0.1192*l[1]+0.9505*l[2])/1.08883)
		return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
	}
	p, q := lab(a), lab(b)
	return math.Sqrt((p[0]-q[0])*(p[0]-q[0]) + (p[1]-q[1])*(p[1]-q[1]) + (p[2]-q[2])*(p[2]-q[2]))
}

// Whoever looks, in the light and in the dark: words stand out from the paper,
// and red, amber and green from each other. Shape and word say it too.
func TestColours(t *testing.T) {
	themes := regexp.MustCompile(`--paper: [^}]*`).FindAllString(HTMLStyle, -1)
	if len(themes) != 2 {
		t.Fatalf("%d themes", len(themes))
	}
	for i, theme := range themes {
		name := []string{"light", "dark"}[i]
		colours := map[string]light{}
		for _, m := range regexp.MustCompile(`--(\w+): #([0-9a-f]{6}|[0-9a-f]{3});`).FindAllStringSubmatch(theme, -1) {
			colours[m[1]] = lightOf(t, m[2])
		}
		for _, ink := range []string{"ink", "soft", "link", "red", "amber", "green"} {
			for _, paper := range []string{"paper", "wash"} {
				if c := contrast(colours[ink], colours[paper]); c < 4.5 {
					t.Errorf("%s: %s on %s has a contrast of %.2f, at least 4.5 are needed", name, ink, paper, c)
				}
			}
		}
		least := math.Inf(1)
		for who, s := range sights {
			for _, pair := range [][2]string{{"red", "amber"}, {"red", "green"}, {"amber", "green"}} {
				d := apart(s.of(colours[pair[0]]), s.of(colours[pair[1]]))
				if least = min(least, d); d < 10 {
					t.Errorf("%s: %s and %s are %.1f apart for %s, at least 10 are needed", name, pair[0], pair[1], d, who)
				}
			}
		}
		t.Logf("%s: the states are at least %.1f apart, whoever looks", name, least)
	}
}
