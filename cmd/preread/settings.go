package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"preread/config"
	"preread/sources"
)

// settingsName is the file that is looked for where none is named.
const settingsName = "preread.toml"

// settings finds, reads and checks the settings file.
func (p *program) settings() (*config.Config, error) {
	file, err := p.settingsFile()
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, withHint(fmt.Errorf("settings file %s: %w", file, plainFileError(err)), "preread demo writes one to start from")
	}
	return config.Load(file, string(text), collectors)
}

func (p *program) settingsFile() (string, error) {
	if p.configFile != "" {
		return p.configFile, nil
	}
	if file := p.getenv("PREREAD_CONFIG"); file != "" {
		return file, nil
	}
	if dir, err := os.Getwd(); err == nil {
		for {
			file := filepath.Join(dir, settingsName)
			if _, err := os.Stat(file); err == nil {
				return relative(file), nil
			}
			_, atRoot := os.Stat(filepath.Join(dir, ".git"))
			if parent := filepath.Dir(dir); atRoot != nil && parent != dir {
				dir = parent
				continue
			}
			break
		}
	}
	home := p.getenv("XDG_CONFIG_HOME")
	if home == "" && p.getenv("HOME") != "" {
		home = filepath.Join(p.getenv("HOME"), ".config")
	}
	if home != "" {
		file := filepath.Join(home, "preread", settingsName)
		if _, err := os.Stat(file); err == nil {
			return file, nil
		}
	}
	return "", withHint(errors.New("no preread.toml here or above"), "name one with --config, or see one made: preread demo")
}

// relative shortens a path to what people would type from here.
func relative(file string) string {
	if dir, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(dir, file); err == nil && len(rel) < len(file) {
			return rel
		}
	}
	return file
}

// plainFileError says what is wrong with a file without repeating its name.
func plainFileError(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("there is no such file")
	case errors.Is(err, fs.ErrPermission):
		return errors.New("it may not be opened by this user")
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// weekFlag is what a hint puts behind a verb to mean a week: nothing where the
// verb means that one by itself.
func (p *program) weekFlag(c *config.Config, week sources.Week) string {
	if last, err := p.window(c, "last"); err == nil && last.Last == week {
		return ""
	}
	return " --week " + week.String()
}

// window returns the weeks to report on: --week, or the last complete one.
func (p *program) window(c *config.Config, week string) (sources.Window, error) {
	now := p.now()
	w := sources.Window{Count: c.Report.Weeks + c.Report.Baseline, Shown: c.Report.Weeks, Zone: c.Report.Zone, Now: now.UTC().Truncate(0)}
	running := sources.WeekOf(now, w.Zone)
	w.Last = running.Add(-1)
	if week == "" || week == "last" {
		return w, nil
	}
	asked, err := sources.ParseWeek(week)
	if err != nil {
		return w, withHint(fmt.Errorf("--week: %w", err), "the last complete week is %s", w.Last)
	}
	switch asked.Compare(running) {
	case 0:
		return w, withHint(fmt.Errorf("--week: %s is still running", asked), "the last complete week is %s", w.Last)
	case 1:
		return w, withHint(fmt.Errorf("--week: %s is in the future", asked), "the last complete week is %s", w.Last)
	}
	w.Last = asked
	return w, nil
}
