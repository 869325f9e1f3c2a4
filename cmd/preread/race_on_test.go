//go:build race

package main

// underRace tells that the race detector is on, under which everything takes
// many times as long.
const underRace = true
