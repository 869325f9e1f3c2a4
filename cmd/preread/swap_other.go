//go:build !linux

package main

// swap is not to be had on this system.
func swap(fresh, path string) (swapped bool, err error) { return false, nil }
