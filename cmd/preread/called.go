package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"preread/sources"
)

// This file says what is wrong with a call. The library has words for it too,
// which are for programmers: none of them reaches whoever called.

// noArguments refuses words behind a verb that takes none.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return withExamples(cmd, fmt.Errorf("%s takes no argument, and got %q", cmd.CommandPath(), sources.OneLine(args[0], 40)))
}

// atMostOne refuses more than one word behind a verb that can do without.
func atMostOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) <= 1 {
			return nil
		}
		return withExamples(cmd, fmt.Errorf("%s takes %s, and got %d", cmd.CommandPath(), what, len(args)))
	}
}

func withExamples(cmd *cobra.Command, err error) error {
	return withHint(err, "%s --help shows examples", cmd.CommandPath())
}

// wrongFlag is the error of a flag that a verb does not know, or of a value that
// the flag cannot have.
func wrongFlag(cmd *cobra.Command, err error) error {
	return withHint(plainFlagError(cmd, err), "%s --help lists the flags", cmd.CommandPath())
}

// flagValues are the types of flags, as the library calls them, with what their
// values are called.
var flagValues = map[string]string{
	"int": "whole number", "duration": "time such as 30s or 10m", "bool": "true or false", "stringSlice": "list such as markdown,html",
}

func plainFlagError(cmd *cobra.Command, err error) error {
	var value *pflag.InvalidValueError
	var none *pflag.NotExistError
	var empty *pflag.ValueRequiredError
	var garbled *pflag.InvalidSyntaxError
	switch {
	case errors.As(err, &value):
		if wanted, known := flagValues[value.GetFlag().Value.Type()]; known {
			return fmt.Errorf("--%s: %q is no %s", value.GetFlag().Name, sources.OneLine(value.GetValue(), 40), wanted)
		}
	case errors.As(err, &none):
		name := "--" + none.GetSpecifiedName()
		if none.GetSpecifiedShortnames() != "" {
			name = name[1:]
		}
		return fmt.Errorf("%s has no flag %s", cmd.CommandPath(), sources.OneLine(name, 40))
	case errors.As(err, &empty):
		return fmt.Errorf("--%s: its value is missing", empty.GetFlag().Name)
	case errors.As(err, &garbled):
		return fmt.Errorf("%q is no flag", sources.OneLine(garbled.GetSpecifiedFlag(), 40))
	}
	return err
}
