package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"filippo.io/age"
	"github.com/google/renameio/v2/maybe"
	"github.com/spf13/cobra"

	"preread/report"
	"preread/report/private"
	"preread/sources"
)

func (p *program) privateVerb() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "private",
		Short: "Write what is for you alone: people, concerns, 1:1, career",
		Long: `private opens your own notes in $VISUAL or $EDITOR. They are kept encrypted
beside the settings, in private.age or where private in [report] says, with a key
that is made in your configuration folder: keep a copy of it. Nothing of them is
on a page, in the history or in any other form, but an item that you release:
then its words stand under People of this week's page.`,
		Example: `  preread private                write
  preread private show           read, with the numbers of the items
  preread private release 3      put item 3 on this week's page`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return p.with((*job).editPrivate) },
	}
	show := &cobra.Command{Use: "show", Short: "Print them, with the numbers of the items", Args: noArguments, Example: "  preread private show",
		RunE: func(*cobra.Command, []string) error { return p.with((*job).showPrivate) }}
	release := &cobra.Command{Use: "release N", Short: "Put one item on this week's page", Args: cobra.ArbitraryArgs, Example: "  preread private release 3",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return withHint(errors.New("private release takes the number of one item"), "preread private show tells the numbers")
			}
			n, err := strconv.Atoi(args[0])
			if err != nil {
				return withHint(fmt.Errorf("%q is not a number of an item", sources.OneLine(args[0], 40)), "preread private show tells the numbers")
			}
			return p.with(func(j *job) error { return j.releasePrivate(n) })
		}}
	cmd.AddCommand(show, release)
	return cmd
}

// A vault is a file that only one key opens.
type vault struct {
	path string
	key  *age.X25519Identity
}

// vault returns the file of private notes with its key. Where there is neither,
// fresh makes the key.
func (j job) vault(fresh bool) (vault, error) {
	path := j.config.Report.Private
	if path == "" {
		path = "private.age"
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(j.config.File), path)
	}
	v := vault{path: path}
	file, err := j.keyFile()
	if err != nil {
		return v, err
	}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(path); err == nil {
			return v, withHint(fmt.Errorf("%s is encrypted, and its key is not here: %s", path, file), "copy the key there from the machine that made it, or name it in PREREAD_IDENTITY")
		}
		if !fresh {
			return v, nil
		}
		return v, j.newKey(file, &v)
	}
	if err != nil {
		return v, fmt.Errorf("key %s: %w", file, plainFileError(err))
	}
	keys, err := age.ParseIdentities(bytes.NewReader(text))
	if err != nil || len(keys) != 1 {
		return v, fmt.Errorf("key %s: it is not one age identity", file)
	}
	key, is := keys[0].(*age.X25519Identity)
	if !is {
		return v, fmt.Errorf("key %s: it is of another kind than preread makes", file)
	}
	v.key = key
	return v, nil
}

// keyFile is where the key of private notes is.
func (p *program) keyFile() (string, error) {
	if file := p.getenv("PREREAD_IDENTITY"); file != "" {
		return file, nil
	}
	home := p.getenv("XDG_CONFIG_HOME")
	if home == "" && p.getenv("HOME") != "" {
		home = filepath.Join(p.getenv("HOME"), ".config")
	}
	if home == "" {
		return "", withHint(errors.New("there is no folder for the key: neither XDG_CONFIG_HOME nor HOME is set"), "set one of them, or PREREAD_IDENTITY")
	}
	return filepath.Join(home, "preread", "identity.txt"), nil
}

// newKey makes a key that nobody else may read.
func (p *program) newKey(file string, v *vault) error {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return fmt.Errorf("a key cannot be made: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("folder %s cannot be made: %w", filepath.Dir(file), plainFileError(err))
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		_, err = fmt.Fprintf(f, "# opens the private notes of preread\n%s\n", key)
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if err != nil {
		return fmt.Errorf("key %s cannot be written: %w", file, plainFileError(err))
	}
	v.key = key
	fmt.Fprintf(p.stderr, "note: the key is %s; without it nobody can read the notes, so keep a copy\n", file)
	return nil
}

// read returns the notes; the template if there are none yet.
func (v vault) read() (string, error) {
	sealed, err := os.ReadFile(v.path)
	if errors.Is(err, fs.ErrNotExist) {
		return private.Template, nil
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", v.path, plainFileError(err))
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), v.key)
	if err != nil {
		return "", withHint(fmt.Errorf("%s cannot be opened with your key", v.path), "name another key in PREREAD_IDENTITY")
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return "", fmt.Errorf("%s is damaged", v.path)
	}
	return string(text), nil
}

// write replaces the notes, whole or not at all.
func (v vault) write(text string) error {
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, v.key.Recipient())
	if err == nil {
		_, err = io.WriteString(w, text)
		err = errors.Join(err, w.Close())
	}
	if err == nil {
		err = maybe.WriteFile(v.path, sealed.Bytes(), 0o600)
	}
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", v.path, plainFileError(err))
	}
	return nil
}

// unsealed returns the notes, which are the caller's alone until unlock; without
// a key there are none.
func (j *job) unsealed(fresh bool) (v vault, text string, unlock func(), err error) {
	unlock = func() {}
	if v, err = j.vault(fresh); err != nil || v.key == nil {
		return v, "", unlock, err
	}
	if unlock, err = j.lock(v.path); err != nil {
		return v, "", unlock, err
	}
	if text, err = v.read(); err != nil {
		unlock()
	}
	return v, text, unlock, err
}

// editPrivate lets an editor change the notes. What was typed is never lost: if
// it cannot be put away, its file is left and named.
func (j *job) editPrivate() error {
	v, text, unlock, err := j.unsealed(true)
	if err != nil {
		return err
	}
	defer unlock()
	dir, err := j.openDesk()
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "private.md")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return errors.Join(fmt.Errorf("%s cannot be written: %w", file, plainFileError(err)), os.RemoveAll(dir))
	}
	failed := j.editor(file)
	edited, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("%s: %w", file, plainFileError(err))
	}
	if string(edited) != text {
		if err := v.write(string(edited)); err != nil {
			return withHint(err, "what you wrote is in %s, not encrypted; move it to a safe place", file)
		}
	}
	return errors.Join(failed, os.RemoveAll(dir))
}

// openDesk makes a folder for a text while it is not encrypted: in memory, where
// the system has such a place, and nobody else may look.
func (p *program) openDesk() (string, error) {
	base := p.getenv("XDG_RUNTIME_DIR")
	if !filepath.IsAbs(base) {
		state, err := p.stateFolder()
		if err != nil {
			return "", err
		}
		if err := makeFolder(state); err != nil {
			return "", err
		}
		base = state
	}
	dir, err := os.MkdirTemp(base, "preread-private-")
	if err != nil {
		return "", fmt.Errorf("folder %s: %w", base, plainFileError(err))
	}
	return dir, nil
}

// editorPatience is how long an editor may take to save when the program is told
// to end.
const editorPatience = 10 * time.Second

// editor runs the user's editor on a file.
func (p *program) editor(file string) error {
	name := p.getenv("VISUAL")
	if name == "" {
		name = p.getenv("EDITOR")
	}
	if name == "" {
		name = "vi"
	}
	cmd := exec.CommandContext(p.ctx, "sh", "-c", name+` "$1"`, "sh", file)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // it may save what was typed
	cmd.WaitDelay = editorPatience
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, p.stderr
	if err := cmd.Run(); err != nil {
		return withHint(fmt.Errorf("the editor %s ended with an error", sources.OneLine(name, 60)), "name another one in EDITOR")
	}
	return nil
}

func (j *job) showPrivate() error {
	v, text, unlock, err := j.unsealed(false)
	if err != nil || v.key == nil {
		return err
	}
	defer unlock()
	fmt.Fprint(j.stdout, text)
	for i, item := range private.Items(text) {
		mark := ""
		if item.Released {
			mark = " (released)"
		}
		section := ""
		if item.Section != "" {
			section = item.Section + ": "
		}
		fmt.Fprintf(j.stdout, "%3d  %s%s%s\n", i+1, section, sources.OneLine(item.Words, 60), mark)
	}
	return nil
}

// releasePrivate puts one item on the page, in the words in which it is written.
func (j *job) releasePrivate(n int) error {
	v, text, unlock, err := j.unsealed(false)
	if err != nil {
		return err
	}
	defer unlock()
	if v.key == nil {
		return withHint(errors.New("there are no private notes"), "preread private begins them")
	}
	window, err := j.window(j.config, "last")
	if err != nil {
		return err
	}
	marked, item, err := private.Release(text, n, window.Last)
	if err != nil {
		return withHint(err, "preread private show tells the numbers")
	}
	err = j.rewrite("last", func(page report.Page, text []byte) ([]byte, error) {
		note, err := page.Note(peopleSlot)
		if err != nil {
			return nil, err
		}
		return report.PutNote(text, peopleSlot, page.Appended(note, "- "+item.Words, true))
	})
	if err != nil {
		return err
	}
	return v.write(marked)
}

// peopleSlot is the slot of the page for praise, growth and support.
const peopleSlot = "people"
