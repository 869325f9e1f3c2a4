package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// swap puts a new file in the place of an old one and the old one in the place
// of the new, in one step, so that what stood there last is at hand and not
// overwritten. swapped is false where the file system cannot do that.
func swap(fresh, path string) (swapped bool, err error) {
	err = unix.Renameat2(unix.AT_FDCWD, fresh, unix.AT_FDCWD, path, unix.RENAME_EXCHANGE)
	switch err {
	case nil:
		return true, nil
	case unix.ENOSYS, unix.EINVAL, unix.EOPNOTSUPP:
		return false, nil
	}
	return false, &os.PathError{Op: "rename", Path: path, Err: err}
}
